"""A community on Rhymix with its skin xedition, as a visitor who is not logged in sees it.

Element structure, classes, addresses and statuses follow https://github.com/rhymix/rhymix (``board.view.php``,
``modules/board/skins/xedition``, ``common/tpl/common_layout.html``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.world.sites.rhymix.content import community
from infra.local.world.sites.rhymix.site import Community

if TYPE_CHECKING:
    from infra.local.world.sites.scene import Scene


def open_site(scene: Scene, base: str) -> Community:
    """The community at an address."""
    return Community(scene, base, community(scene.world.anchor))
