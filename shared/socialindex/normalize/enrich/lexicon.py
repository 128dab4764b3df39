"""Words that weigh: terms with their weights, read from a table and found in a text all at once.

A table is a file of lines ``weight<TAB>terms``, the terms with commas between them; ``#`` begins a comment. What the
marks at terms and weights mean stands at the heads of the tables.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Literal, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from socialindex.normalize.packaged import packaged

if TYPE_CHECKING:
    from collections.abc import Iterator

Writing = Literal["hangul", "latin", "emoji"]
Role = Literal["judges", "denies", "grades"]
_ROLES: dict[str, Role] = {"!": "denies", "x": "grades"}
_LEAST = 1.0
"""Of VADER's valences (-4 to 4), below which a word says too little: measured."""


class Term(NamedTuple):
    """A word, a stem or a phrase with its weight."""

    text: str
    weight: float
    role: Role
    """Whether it judges, denies the next judgment, or grades it."""
    writing: Writing
    begins: bool
    """Whether it must begin a word."""
    ends: bool
    """Whether it must end one."""


class Found(NamedTuple):
    """A term in a text, from the one position to before the other."""

    start: int
    end: int
    term: Term


class Lexicon:
    """Terms that are found in a text in one pass; of those that begin at one place the longest counts."""

    def __init__(self, terms: Iterator[Term]) -> None:
        self._terms = list({term.text: term for term in terms}.values())
        self._automaton = AhoCorasick([term.text for term in self._terms], MatchKind.LeftmostLongest)

    def find(self, text: str) -> list[Found]:
        """The terms of a folded text, in its order; none overlaps another."""
        matches = self._automaton.find_matches_as_indexes(text)
        found = (Found(start, end, self._terms[number]) for number, start, end in matches)
        return [one for one in found if _fits(one, text)]


def rows(name: str) -> Iterator[tuple[str, list[str]]]:
    """The lines of a table in this package: what stands before the tab, and the terms behind it."""
    for line in resources.files(__package__).joinpath(name).read_text("utf-8").splitlines():
        head, tab, terms = line.partition("\t")
        if tab and line[0] != "#":
            yield head, [term.strip(" ") for term in terms.split(",")]


def read(name: str, writing: Writing) -> Iterator[Term]:
    """The terms of a table of weights."""
    for weight, written in rows(name):
        for term in written:
            yield from _terms(term, weight, writing)


def read_vader() -> Iterator[Term]:
    """The words of VADER's lexicon that say enough (C.J. Hutto and E. Gilbert, ICWSM 2014; MIT licence).

    Only its file is read: importing the package would import an HTTP client.
    """
    for line in packaged("vaderSentiment", "vader_lexicon.txt").read_text("utf-8").splitlines():
        word, valence, *_ = line.split("\t")
        if word.isascii() and word.isalpha() and abs(float(valence)) >= _LEAST:
            yield Term(word.lower(), float(valence), "judges", "latin", begins=True, ends=True)


def _terms(written: str, weight: str, writing: Writing) -> Iterator[Term]:
    """A term as it is written and, in Hangul, without its spaces: they are put at will."""
    begins = writing == "latin" or written.startswith("^")
    ends = written.endswith("$") or (writing == "latin" and not written.endswith("*"))
    text = written.strip("^$*") if writing != "emoji" else written
    role = _ROLES.get(weight[0], "judges")
    term = Term(text, float(weight.lstrip("!x")), role, writing, begins, ends)
    yield term
    if writing == "hangul" and " " in text:
        yield term._replace(text=text.replace(" ", ""))


def _fits(found: Found, text: str) -> bool:
    start, end, term = found
    if term.begins and start and text[start - 1].isalnum():
        return False
    return not (term.ends and text[end : end + 1].isalnum())
