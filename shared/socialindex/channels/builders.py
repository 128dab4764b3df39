"""Boards of site builders that no source reads, known by their pages so that whoever pastes one is told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

if TYPE_CHECKING:
    from socialindex.sources.base import Recognized, Response

_BOARDS: Final = {
    "imweb": (re.compile(rb"\b(?:cdn(?:-optimized)?|static)\.imweb\.me/"), re.compile(rb"[?&;]bmode=view\b")),
    "Cafe24": (re.compile(rb"\bxans-board-(?:list|read)package\b"),),
}
"""What is on every page of a builder's that has a board or one of its posts; all of it must be there."""


def board_on(page: Response | None) -> str | None:
    """The builder whose board a page shows, as people call it; ``None`` where it is no such page."""
    if page is None:
        return None
    return next((name for name, marks in _BOARDS.items() if all(mark.search(page.body) for mark in marks)), None)


def doubted(sitemap: Recognized, page: Response | None) -> Recognized:
    """A sitemap that was found beside a page, with the doubt that it lists a board's posts: imweb's has menus only."""
    if (builder := board_on(page)) is None:
        return sitemap
    doubt = f"the page is a board of {builder}, which no source reads: of its posts come those that the sitemap lists"
    return replace(sitemap, why=f"{sitemap.why}; {doubt}, which may be none")
