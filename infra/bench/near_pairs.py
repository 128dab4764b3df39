"""Pairs of texts that are near-duplicates, and pairs that look like it and are not, made from labelled/near.toml.

The texts are few, and what a signature finds of two is also a matter of luck. So each pair comes in many scripts that
do not exist: every letter is replaced by another of its own kind, which leaves all likeness as it is.
"""

from __future__ import annotations

import itertools
import random
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FILE: Final = Path(__file__).parent / "labelled" / "near.toml"
_KINDS: Final = ((0x61, 26), (0xAC00, 11_172), (0x3042, 80), (0x30A2, 80), (0x4E00, 20_000))
"""First letter and number of letters: Latin, Hangul, hiragana, katakana, Chinese."""


class Pair(NamedTuple):
    """Two texts."""

    what: str
    one: str
    other: str
    near: bool

    def written_in(self, script: int) -> Pair:
        """The same pair in a script that does not exist; 0 is as it was."""
        letters = _letters(script)
        return self._replace(one=self.one.lower().translate(letters), other=self.other.lower().translate(letters))


def pairs() -> list[Pair]:
    """All pairs, in the texts' own scripts."""
    data = tomllib.loads(_FILE.read_text("utf-8"))
    stories = data["stories"]
    return [
        *(pair for story in stories for pair in (*_copies(story), *_answers(story))),
        *(_unlike(one, other) for one, other in itertools.combinations(stories, 2) if _same_language(one, other)),
        *(Pair("one template, other facts", *two, near=False) for two in _filled(data["templates"])),
        *(Pair("spam with other links", *two, near=True) for two in _filled(data["spam"])),
        *(Pair("few words, the same", text, text, near=False) for text in data["short"]["texts"]),
    ]


def _copies(story: dict[str, Any]) -> Iterator[Pair]:
    whole = "\n\n".join(story["paragraphs"])
    first, other = story["byline"] + whole, story["other_byline"]
    for what, copy in (
        ("another byline", f"{other}{whole}\n\nⓒ {other}"),
        ("headline in the text", f"{story['other_headline']}\n{other}{whole}"),
        ("paragraph added", f"{other}{whole}\n\n{story['extra']}"),
        ("paragraph in front", f"{other}{story['extra']}\n\n{whole}"),
        ("last paragraph cut", other + "\n\n".join(story["paragraphs"][:-1])),
        ("other spaces and quotes", _respaced(whole)),
        ("one word in twenty changed", _reworded(whole)),
        ("quoted with a comment", f"{story['comment']}\n\n> {whole}"),
    ):
        yield Pair(what, first, copy, near=True)


def _answers(story: dict[str, Any]) -> Iterator[Pair]:
    first, second = story["paragraphs"][:2]
    comment = f"{story['comment']} “{second}” https://short.example/a1b2c3"
    whole = story["byline"] + "\n\n".join(story["paragraphs"])
    yield Pair("short quote with a comment", second, comment, near=True)
    yield Pair("quote within a longer opinion", first, f"{story['opinion']}\n> {first}", near=False)
    yield Pair("same event in other words", whole, story["same_event"], near=False)


def _unlike(one: dict[str, Any], other: dict[str, Any]) -> Pair:
    texts = ["\n".join((story["byline"], *story["paragraphs"])) for story in (one, other)]
    return Pair("other story, same agency", texts[0], texts[1], near=False)


def _same_language(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["language"] == other["language"])


def _filled(templates: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for template in templates:
        yield from itertools.combinations([template["text"].format(*slots) for slots in template["slots"]], 2)


def _respaced(text: str) -> str:
    """Spaces left out, as Korean writers do; in other languages only the quotes differ."""
    chance = random.Random(text)  # noqa: S311 - the same every time, and no secret
    spaced = "".join(c for c in text if c != " " or text[0].isascii() or chance.random() > 0.15)  # noqa: PLR2004 - a share
    return spaced.translate(str.maketrans("“”「」", "\"\"''"))


def _reworded(text: str) -> str:
    """One word in twenty is another; where there are no words, as many letters are."""
    chance = random.Random(text)  # noqa: S311 - the same every time, and no secret
    words = text.split(" ")
    if len(words) < 20:  # noqa: PLR2004 - Japanese
        words = [text[start : start + 3] for start in range(0, len(text), 3)]
    for place in chance.sample(range(len(words)), len(words) // 20):
        words[place] = words[place][::-1]
    return (" " if " " in text else "").join(words)


def _letters(script: int) -> dict[int, int]:
    """By letter, the one that stands for it."""
    if not script:
        return {}
    chance = random.Random(script)  # noqa: S311 - the same every time, and no secret
    found: dict[int, int] = {}
    for first, count in _KINDS:
        letters = range(first, first + count)
        found |= zip(letters, chance.sample(letters, count), strict=True)
    return found
