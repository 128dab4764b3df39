"""A consumers' association on WordPress with KBoard, as a visitor who is not logged in sees its boards.

Element structure, classes, addresses and what the plugin answers in place of a document follow
https://github.com/cosmosfarm/KBoard-wordpress-plugin (``KBoardBuilder``, the skins ``default`` of both plugins).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.world.sites.kboard.content import association
from infra.local.world.sites.kboard.site import Association

if TYPE_CHECKING:
    from infra.local.world.sites.scene import Scene


def open_site(scene: Scene, base: str) -> Association:
    """The association at an address."""
    return Association(scene, base, association(scene.world.anchor))
