"""Walking everything that a site lists: its sitemaps one at a time, the articles of each in portions.

A walk has to find its way with what a request can carry. So it carries a position for each level, such as ``0.17.500``
(of the robots.txt the first sitemap, of that index the eighteenth, of that the articles from the 500th on), and begins
at the root again for each portion. That costs two small requests for a few hundred articles, and nothing is remembered.
Positions only grow, so that the walk ends; where a list has changed meanwhile, some articles are read twice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from socialindex.sources._families.articles.sitemaps import Listed

PORTION: Final = 300
"""Articles that are asked for at a time."""
MAX_DEPTH: Final = 4
"""Lists in each other: a robots.txt, an index, a sitemap, and one more for sites that nest their indexes."""
_TRAIL = re.compile(r"\d{1,6}(?:\.\d{1,6}){0,4}")


class Step(NamedTuple):
    """Where a walk stands: a position for each level, and the level of the document that it has come to."""

    trail: tuple[int, ...] = ()
    depth: int = 0

    @property
    def position(self) -> int:
        return self.trail[self.depth] if self.depth < len(self.trail) else 0

    def into(self) -> Step:
        """One level further in, on the way to the same place."""
        return Step((*self.trail[: self.depth], self.position, *self.trail[self.depth + 1 :]), self.depth + 1)

    def on(self, by: int) -> Step:
        """Further in this document; the way begins at the root."""
        return Step((*self.trail[: self.depth], self.position + by))

    def out(self) -> Step | None:
        """Behind this document, in the one that named it; ``None`` behind the root, where the walk ends."""
        if not self.depth:
            return None
        return Step((*self.trail[: self.depth - 1], self.trail[self.depth - 1] + 1))

    def encode(self) -> dict[str, str]:
        """As a request's context."""
        return {"walk": "history", "trail": ".".join(map(str, self.trail)), "depth": str(self.depth)}


def decode(context: dict[str, str]) -> Step:
    """What ``encode`` made; the root of anything else."""
    trail, depth = context.get("trail", ""), context.get("depth", "0")
    if not _TRAIL.fullmatch(trail) or not depth.isdecimal():
        return Step()
    return Step(tuple(map(int, trail.split("."))), min(int(depth), MAX_DEPTH))


class Lists(NamedTuple):
    """What follows in a document that lists further ones: the next of them, or the way on."""

    url: str | None
    step: Step | None


def through_lists(urls: Sequence[str], step: Step) -> Lists:
    """The next document that a list of documents leads to."""
    if step.position >= len(urls) or step.depth + 1 >= MAX_DEPTH:
        return Lists(None, step.out())
    return Lists(urls[step.position], step.into())


class Portion(NamedTuple):
    """Articles to ask for, and where the walk goes on."""

    entries: list[Listed]
    step: Step | None


def through_articles(entries: Sequence[Listed], step: Step) -> Portion:
    """The next articles of a list, the newest first where they have dates."""
    undated = [entry for entry in entries if not entry.date]
    dated = sorted((entry for entry in entries if entry.date), key=lambda e: str(e.date), reverse=True)
    portion = [*dated, *undated][step.position : step.position + PORTION]
    is_last = step.position + PORTION >= len(entries)
    return Portion(portion, step.out() if is_last else step.on(PORTION))
