"""Boards that a page of a site links to: whoever pastes a site's home page is told which addresses to paste."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

from socialindex.sources._families.boards.host import Path, path_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.sources.base import Response

_READ: Final = 500_000
"""Bytes of a page that are looked through."""
_HIDDEN: Final = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
"""One without an end hides all behind it, as in a browser; looked for from each beginning, it would take minutes."""
_HREF: Final = re.compile(rb"<a\s[^<>]{0,500}?href=[\"']([^\"'<>\s]{1,500})[\"']", re.IGNORECASE)


def linked(page: Response, base: str) -> Iterator[Path]:
    """Where on the site at ``base`` the links of a page lead, in its order. Never raises."""
    shown = _HIDDEN.sub(b"", page.body[:_READ])
    for match in _HREF.finditer(shown):
        found = path_on(base, html.unescape(match[1].decode("ascii", "ignore")), page.url)
        if found is not None:
            yield found
