"""The ways in which a name may be written: as the dictionary has it, with other spaces, and in another script."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from socialindex.widths import narrow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from socialindex.dictionary import Entry

Origin = Literal["given", "dictionary", "spacing", "brackets", "misspelling", "related"]
"""given: by who asks. dictionary: a spelling that the service knows. spacing: with other spaces. brackets: people write
the two side by side, one of them in brackets. misspelling: hardly different. related: a word that goes with it."""

FEWEST: Final = 2
"""Times that two names must stand side by side until they count as the same."""
_RUN: Final = re.compile(r"[가-힣]+|[^\W\d_가-힣]+|\d+")
"""Letters of one script, or digits: where these meet, people put spaces or do not."""
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SHORTEST: Final = 2
_LONGEST: Final = 40
"""Characters of a name in brackets."""


class Spelling(NamedTuple):
    """One way to write a name."""

    text: str
    origin: Origin


def known(names: Sequence[str], entries: Iterable[Entry]) -> list[Spelling]:
    """The names that are given, all other spellings of theirs in the dictionary, and each with other spaces."""
    given = [Spelling(name, "given") for name in map(_spaced, names)]
    taught = [Spelling(way, "dictionary") for entry in entries if _means(entry, names) for way in _ways(entry)]
    other = [Spelling(way, "spacing") for one in (*given, *taught) for way in spacings(one.text)]
    return distinct([*given, *taught, *other])


def spacings(name: str, parts: Sequence[str] = ()) -> list[str]:
    """The same name with other spaces: none, and one wherever scripts, cases or its ``parts`` meet."""
    joined = name.replace(" ", "")
    cut = " ".join(_RUN.findall(_CAMEL.sub(" ", name)))
    by_parts = " ".join(parts) if "".join(parts).casefold() == joined.casefold() else name
    return [way for way in dict.fromkeys((joined, cut, by_parts)) if way != name and len(way) >= _SHORTEST]


def beside(texts: Iterable[str], names: Sequence[str]) -> list[Spelling]:
    """Names in another script that people write beside one of these, one of the two in brackets: 누리폰(NuriPhone)."""
    found: Counter[str] = Counter()
    shown: dict[str, str] = {}
    patterns = [_bracketed(name) for name in names if len(name) >= _SHORTEST]
    for text in texts:
        once = {folded(other): other for pattern in patterns for other in _others(pattern, text)}
        found.update(once.keys())
        shown = {**once, **shown}
    taken = {folded(name) for name in names}
    return [
        Spelling(shown[way], "brackets") for way, times in found.most_common() if times >= FEWEST and way not in taken
    ]


def distinct(spellings: Iterable[Spelling]) -> list[Spelling]:
    """Each spelling once, where it stands first; case does not tell two apart, spaces do."""
    first: dict[str, Spelling] = {}
    for one in spellings:
        first.setdefault(_folded_words(one.text), one)
    return list(first.values())


def folded(name: str) -> str:
    """What tells two names apart: neither case, width nor spaces do."""
    return narrow(name).casefold().replace(" ", "")


def _folded_words(name: str) -> str:
    return narrow(name).casefold()


def _spaced(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).replace('"', " ").split())


def _means(entry: Entry, names: Sequence[str]) -> bool:
    return not {folded(name) for name in names}.isdisjoint(map(folded, _ways(entry)))


def _ways(entry: Entry) -> tuple[str, ...]:
    return (entry.name, *entry.variants)


def _bracketed(name: str) -> re.Pattern[str]:
    """``name (other)`` and ``other (name)``."""
    own = r"\s*".join(map(re.escape, name.split()))
    other = rf"[^()\n]{{{_SHORTEST},{_LONGEST}}}"
    word = rf"[^\s()]{{{_SHORTEST},{_LONGEST}}}"
    return re.compile(rf"{own}\s?\(({other})\)|({word})\s?\({own}\)", re.IGNORECASE)


def _others(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    for match in pattern.finditer(text):
        other = _spaced(match[1] or match[2]).strip(" ,.·:;'")
        own = match[0].replace(match[1] or match[2], "")
        if other and len(other.split()) <= 3 and _is_korean(other) is not _is_korean(own) and _is_name(other):  # noqa: PLR2004 - a name, no sentence
            yield other


def _is_korean(text: str) -> bool:
    return any("가" <= character <= "힣" for character in text)


def _is_name(text: str) -> bool:
    return any(character.isalpha() for character in text)
