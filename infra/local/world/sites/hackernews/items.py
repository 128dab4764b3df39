"""The items of the stand-in, numbered in the order of their times, as the site numbers them."""

from __future__ import annotations

import tomllib
import zlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

_FIRST = 1001
_DATA = Path(__file__).with_name("data.toml")


@dataclass(frozen=True)
class Item:
    """One item, with the numbers of those that it answers and that answer it. ``key`` places it in the data."""

    key: str
    type: str
    by: str
    time: datetime
    title: str | None = None
    text: str | None = None
    url: str | None = None
    score: int | None = None
    deleted: bool = False
    dead: bool = False
    parent: int | None = None
    number: int = 0
    root: int = 0
    kids: list[int] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)


def items(seed: int, anchor: datetime) -> dict[int, Item]:
    """All items that will ever be, by number."""
    drafts = [draft for place, story in enumerate(_stories()) for draft in _of_story(f"s{place}", story, seed, anchor)]
    ordered = sorted(drafts, key=lambda pair: (pair[0].time, pair[0].key))
    numbers = {draft.key: number for number, (draft, _) in zip(count(_FIRST), ordered, strict=False)}
    found: dict[int, Item] = {}
    for draft, answers in ordered:
        parent, root = numbers.get(answers or ""), numbers[draft.key.partition(".")[0]]
        item = replace(draft, number=numbers[draft.key], parent=parent, root=root, kids=[], parts=[])
        found[item.number] = item
        if parent is not None:
            (found[parent].parts if item.type == "pollopt" else found[parent].kids).append(item.number)
    return found


def _stories() -> list[dict[str, Any]]:
    stories: list[dict[str, Any]] = tomllib.loads(_DATA.read_text(encoding="utf-8"))["stories"]
    return stories


def _of_story(key: str, story: dict[str, Any], seed: int, anchor: datetime) -> list[tuple[Item, str | None]]:
    """A story, a poll's options and the comments, each with the key of what it answers."""
    at = anchor - timedelta(hours=story["at"])
    shared = {name: story[name] for name in ("title", "text", "url", "dead") if name in story}
    head = Item(key=key, type=story["type"], by=story["by"], time=at, score=_figure(seed, key, 200), **shared)
    options = [
        Item(key=f"{key}.o{place}", type="pollopt", by=head.by, time=at, text=text, score=_figure(seed, text, 90))
        for place, text in enumerate(story.get("options", ()))
    ]
    comments = [
        Item(
            key=f"{key}.c{place:02}",
            type="comment",
            by=comment["by"],
            time=anchor - timedelta(hours=comment["at"]),
            text=comment.get("text"),
            deleted=comment.get("deleted", False),
        )
        for place, comment in enumerate(story.get("comments", ()), 1)
    ]
    above = [f"{key}.c{comment['to']:02}" if "to" in comment else key for comment in story.get("comments", ())]
    return [(head, None), *((option, key) for option in options), *zip(comments, above, strict=True)]


def _figure(seed: int, key: str, most: int) -> int:
    return 1 + zlib.crc32(f"{seed}:{key}".encode()) % most
