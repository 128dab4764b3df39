"""The newspaper's part of the story: articles with the times at which they appear, change and go."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from infra.local.world.story.calendar import KST, incident_start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_FILE = Path(__file__).with_name("press.toml")
_OLDEST = 50
"""Days before the incident: with it, articles lie in three months at most."""


@dataclass(frozen=True, kw_only=True)
class Article:
    """An article, and what is special about it."""

    number: str
    title: str
    section: str
    byline: str
    paragraphs: tuple[str, ...]
    published_at: datetime
    language: str = "ko"
    tags: tuple[str, ...] = ()
    picture: str = ""
    edited_at: datetime | None = None
    gone_at: datetime | None = None
    locked: bool = False
    noindex: bool = False
    expired: bool = False
    pro: bool = False
    """In a part of the site that robots.txt closes."""
    amp: bool = False
    """Whether sitemaps name its AMP page, by mistake."""
    live: bool = False
    printed_date: bool = False
    """Whether its date is only printed, without a word for machines."""

    @property
    def path(self) -> str:
        """Where its page is."""
        folder = "/pro" if self.pro else "/en" if self.language == "en" else ""
        return f"{folder}/article/{self.number}"

    @property
    def listed_path(self) -> str:
        """Where sitemaps say that its page is."""
        return f"/amp{self.path}" if self.amp else self.path

    def is_there(self, now: datetime) -> bool:
        """Whether its page is there at a time."""
        return self.published_at <= now and not (self.gone_at and self.gone_at <= now)

    @property
    def reason(self) -> str | None:
        """Why it must not be indexed."""
        if self.pro:
            return "robots"
        return "noindex" if self.noindex or self.expired else None


def tell(seed: int, anchor: datetime) -> list[Article]:
    """Every article that will ever appear, the oldest first; the seed decides the ordinary ones."""
    told = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    found = [*_routine(told, Random(f"press {seed}"), anchor), *(_article(raw, anchor) for raw in told["articles"])]  # noqa: S311 - a story, not a secret
    ordered = sorted(found, key=lambda raw: raw["published_at"])
    return [Article(number=_number(raw, position), **raw) for position, raw in enumerate(ordered, 1)]


def _article(raw: dict[str, Any], anchor: datetime) -> dict[str, Any]:
    start = incident_start(anchor)
    at, after = raw.pop("at", None), raw.pop("after", 0)
    published = anchor + timedelta(seconds=after) if at is None else start + timedelta(hours=at)
    moments = {"edited_at": raw.pop("edited", None), "gone_at": raw.pop("gone", None)}
    later = {name: published + timedelta(hours=hours) for name, hours in moments.items() if hours is not None}
    return _tuples(raw) | later | {"published_at": published}


def _routine(told: dict[str, Any], rng: Random, anchor: datetime) -> Iterator[dict[str, Any]]:
    for raw in told["routine"]:
        times = raw.pop("times")
        for _ in range(times):
            words = {name: rng.choice(values) for name, values in told["slots"].items()}
            filled = {key: _filled(value, words) for key, value in raw.items()}
            age = timedelta(days=1 + rng.random() * _OLDEST)
            yield _tuples(filled) | {"published_at": (incident_start(anchor) - age).replace(microsecond=0)}


def _filled(value: Any, words: dict[str, str]) -> Any:  # noqa: ANN401 - a text, or a list of them
    return [text.format(**words) for text in value] if isinstance(value, list) else value.format(**words)


def _tuples(raw: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}


def _number(raw: dict[str, Any], position: int) -> str:
    return f"{raw['published_at'].astimezone(KST):%Y%m%d}{position:05}"
