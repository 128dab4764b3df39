"""A tree compiled to the engine's query language: the same form for a search and for a stored topic.

Three faces of each text field answer (``infra/opensearch/text-field.json``, ``analysis.json``):

- the field itself holds morphemes: it *finds* words, whatever particles and endings they carry;
- ``.eojeol`` holds words as people see them, parts of Korean ones and beginnings: it *measures* NEAR, and knows names
  that the Korean dictionary takes apart differently in each sentence, prefixes, emoji, and scripts without spaces;
- ``.exact`` holds them as written, for ``raw:``, and alone of the three what is within addresses of pages.

By construction ``a NEAR/n b`` finds nothing that ``a AND b`` does not: what eojeol alone would find (이마트 in
하이마트) must also be found as words. No part of a text's query expands to many terms in the engine, and there are no
scripts and no "now": whatever compiles can be percolated. What cannot add to relevance stands in filter context.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeGuard, assert_never

from socialindex.query.addresses import has_address
from socialindex.query.columns import clause_of, shared_term
from socialindex.query.expanding import EMOJI, HANGUL, SPACELESS, meets_itself
from socialindex.query.names import LONGEST, is_name
from socialindex.query.nodes import (
    And,
    Between,
    Exact,
    Is,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Word,
    leaves_of,
)
from socialindex.query.particles import PARTICLE, ends_in_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Dsl = dict[str, Any]
"""A query of the engine, as JSON."""

COMPILER: Final = 1
"""Which compiler this is: grows whenever it makes something else of a query than before. A topic that an older one
compiled is stored anew (``topics.mending``)."""
TITLE_BOOST: Final = 2
"""What a match in the title counts for, beside one in the text."""
_TITLE: Final = ("title",)
_ANYWHERE: Final = ("title", "text")
_BEGINNING: Final = "eojeol_beginning"
"""The analyzer that makes a beginning into the one term that the index keeps for it."""

_LETTER: Final = re.compile(r"[^\W_]")
"""What emoji lack; nori drops some of them."""
_EMOJI_RUN: Final = re.compile(rf"(?:{EMOJI.pattern}[\ufe0f\u200d\U0001f3fb-\U0001f3ff]*)+")
_SIGN: Final = re.compile("[\u2300-\u2bff]")
"""Emoji that nori drops: it takes them for punctuation."""
_PLAIN: Final = re.compile("[가-힣A-Za-z0-9]+")
"""What the engine folds by making it small, and in no other way."""
_APART: Final = "unordered_no_overlap"
"""In any order, and no word is two of them: dearer than ``ordered: false``, since it is both orders."""
_SENTENCE_END: Final = " ."
"""What nori reads a word before as it stands within a text; no face keeps it."""
_NAME: Final = re.compile("[가-힣][가-힣A-Za-z0-9]{2,11}")
"""A word that, at the beginning of an eojeol, is that word: three characters or more (아이 begins 아이폰), and no more
than the index keeps of a beginning."""


def compile_query(node: Node) -> Dsl:
    """What to ask the engine for, or to store as a topic; scores are zero where only filters are asked for."""
    clause = _clause(node)
    return {"bool": {"filter": [clause]}} if _is_filter(node) else clause


def _clause(node: Node) -> Dsl:  # noqa: C901, PLR0911 - one case a kind of node
    match node:
        case Word():
            return _word(node)
        case Phrase():
            return _phrase(node)
        case Prefix():
            return _beginning(node.text, _columns(title=node.title))
        case Exact():
            return _phrased(node.text, _ANYWHERE, "exact")
        case Near():
            return _near(node)
        case Is() | Between():
            return clause_of(node)
        case And():
            return _all(node.parts)
        case Or():
            return _any(node.parts)
        case Not():
            return {"bool": {"must_not": [_clause(node.part)]}}
        case _:
            assert_never(node)


def _is_filter(node: Node) -> bool:
    """Whether a match says nothing about relevance."""
    if isinstance(node, And | Or):
        return all(_is_filter(part) for part in node.parts)
    return isinstance(node, Is | Between | Not)


def _all(parts: Sequence[Node]) -> Dsl:
    occurs: Dsl = {"must": [], "filter": [], "must_not": []}
    for place, part in enumerate(parts):
        if isinstance(part, Not):
            occurs["must_not"].append(_clause(part.part))
        else:
            clause = _best([_clause(part), *beside]) if (beside := _names(parts, place)) else _clause(part)
            occurs["filter" if _is_filter(part) else "must"].append(clause)
    return {"bool": {occur: clauses for occur, clauses in occurs.items() if clauses}}


def _names(parts: Sequence[Node], place: int) -> list[Dsl]:
    """The names of several words (Nuri Phone) that the word at a place is a part of, each as one.

    As written they are found by their words already; the engine's analysis knows their other spellings.
    """
    if not _is_plain(parts[place]):
        return []
    windows = (
        parts[start : start + length]
        for length in range(2, LONGEST + 1)
        for start in range(max(place - length + 1, 0), place + 1)
        if start + length <= len(parts)
    )
    return [_name(words) for window in windows if (words := _plain_words(window)) and is_name(w.text for w in words)]


def _plain_words(nodes: Sequence[Node]) -> list[Word]:
    """The nodes, if all are words of the same columns that their morphemes find."""
    words = [node for node in nodes if _is_plain(node)]
    return words if len(words) == len(nodes) and len({word.title for word in words}) == 1 else []


def _name(words: Sequence[Word]) -> Dsl:
    return _phrased(" ".join(word.text for word in words), _columns(title=words[0].title))


def _is_plain(node: Node) -> TypeGuard[Word]:
    """Whether this is a word that its morphemes find."""
    return isinstance(node, Word) and not SPACELESS.search(node.text) and _LETTER.search(node.text) is not None


def _any(parts: Sequence[Node]) -> Dsl:
    filters = [part for part in parts if _is_filter(part)]
    scored = [_clause(part) for part in parts if not _is_filter(part)]
    if not scored:
        return _either(_merged(filters))
    return _either([*scored, *({"bool": {"filter": [clause]}} for clause in _merged(filters))])


def _merged(filters: Iterable[Node]) -> list[Dsl]:
    """One ``terms`` query for the values of one field: a list of five hundred sites is one clause."""
    values: dict[str, list[str]] = {}
    others = []
    for node in filters:
        term = shared_term(node) if isinstance(node, Is) else None
        if term is None:
            others.append(_clause(node))
        else:
            values.setdefault(term[0], []).append(term[1])
    return [*({"terms": {field: some}} for field, some in values.items()), *others]


def _either(clauses: Sequence[Dsl]) -> Dsl:
    if len(clauses) == 1:
        return clauses[0]
    return {"bool": {"should": list(clauses), "minimum_should_match": 1}}


def _columns(*, title: bool) -> tuple[str, ...]:
    return _TITLE if title else _ANYWHERE


def _word(word: Word) -> Dsl:
    columns = _columns(title=word.title)
    if has_address(word.text):
        return _phrased(word.text, columns, "exact")
    if EMOJI.search(word.text) and _LETTER.search(word.text) and not SPACELESS.search(word.text):
        return _with_emoji(word, columns)
    found, as_seen = _morphemes(word.text, columns), _phrased(word.text, columns, "eojeol")
    if _NAME.fullmatch(word.text):
        return _best([*found, _beginning(word.text, columns)])
    if PARTICLE.fullmatch(word.text) or SPACELESS.fullmatch(word.text):
        return _best([*found, as_seen])
    return as_seen if SPACELESS.search(word.text) or not _LETTER.search(word.text) else _best(found)


def _phrase(phrase: Phrase) -> Dsl:
    columns = _columns(title=phrase.title)
    if has_address(phrase.text):
        return _phrased(phrase.text, columns, "exact")
    if SPACELESS.search(phrase.text) or not _LETTER.search(phrase.text):
        return _phrased(phrase.text, columns, "eojeol")
    if EMOJI.search(phrase.text):
        return _with_emoji(phrase, columns)
    found = _morphemes(phrase.text, columns)
    if not HANGUL.search(phrase.text):
        return _best(found)
    return _best([*found, _side_by_side(phrase.text.split(), title=phrase.title)])


def _side_by_side(texts: Iterable[str], *, title: bool) -> Dsl:
    """Words as people see them, in this order, without signs that eojeol drops: nothing stands beside nothing."""
    words = tuple(Word(text, title) for text in texts if _LETTER.search(text) or EMOJI.search(text))
    return _placed(Near(words, 0, ordered=True), [_found_or_written(one) for one in words if HANGUL.search(one.text)])


def _with_emoji(term: Word | Phrase, columns: Iterable[str]) -> Dsl:
    """Words and emoji side by side, with or without a space: nori makes one word of all emoji in a row."""
    placed = _side_by_side(_EMOJI_RUN.sub(r" \g<0> ", term.text).split(), title=term.title)
    return placed if _SIGN.search(term.text) else _best([*_morphemes(term.text, columns), placed])


def _found_or_written(word: Word) -> Dsl:
    """A word of a phrase: nori reads a short one by what stands beside it (푼 is a unit in 12 부푼 배터리)."""
    found = _word(word)
    if _NAME.fullmatch(word.text):
        return found
    return _best([found, _phrased(word.text, _columns(title=word.title), "exact")])


def _best(clauses: list[Dsl]) -> Dsl:
    return {"dis_max": {"queries": clauses}} if len(clauses) > 1 else clauses[0]


def _morphemes(text: str, columns: Iterable[str]) -> list[Dsl]:
    """The ways to read a text as morphemes.

    nori takes what ends in the particle 의 for two nouns where nothing follows (배터리 + 의, 삼 + 성의), so that it is
    read as the end of a sentence, too.
    """
    endings = ("", _SENTENCE_END) if ends_in_of(text) else ("",)
    return [_phrased(text + ending, columns) for ending in endings]


def _phrased(text: str, columns: Iterable[str], face: str = "") -> Dsl:
    """The terms that the engine makes of ``text``, side by side, in any of the columns."""
    fields = [_field(column, face) for column in columns]
    return {"multi_match": {"query": text, "type": "phrase", "fields": fields}}


def _beginning(text: str, columns: Iterable[str]) -> Dsl:
    """The term that the index keeps for a beginning; a plain one spares the analysis that each percolation repeats."""
    if SPACELESS.search(text):
        return _phrased(text, columns, "eojeol")
    if not _PLAIN.fullmatch(text):
        fields = [_field(column, "eojeol") for column in columns]
        return {"multi_match": {"query": text, "analyzer": _BEGINNING, "fields": fields}}
    term = f"^{text.lower()}"
    return _either([{"term": {f"{column}.eojeol": term}} for column in columns])


def _field(column: str, face: str) -> str:
    name = f"{column}.{face}" if face else column
    return f"{name}^{TITLE_BOOST}" if column == "title" else name


def _near(near: Near) -> Dsl:
    return _placed(near, _found(near))


def _placed(near: Near, there: list[Dsl]) -> Dsl:
    """The parts of a NEAR at their distance, in posts that have what must be there, too."""
    title_only = all(isinstance(leaf, Word | Phrase | Prefix) and leaf.title for leaf in leaves_of(near))
    place = _either([{"intervals": {f"{column}.eojeol": _interval(near)}} for column in _columns(title=title_only)])
    return {"bool": {"must": there, "filter": [place]}} if there else place


def _found(part: Node) -> list[Dsl]:
    """What must be found too, for letters in a row to be the words of a NEAR: all that has Hangul in it."""
    if isinstance(part, Near):
        return [clause for operand in part.parts for clause in _found(operand)]
    texts = (leaf.text for leaf in leaves_of(part) if isinstance(leaf, Word | Phrase))
    return [_clause(part)] if any(map(HANGUL.search, texts)) else []


def _interval(part: Node) -> Dsl:
    """Where in the eojeol field a part of a NEAR stands."""
    match part:
        case Near():
            inner = [_interval(operand) for operand in part.parts]
            order: Dsl = {"mode": _APART} if meets_itself(part) else {"ordered": part.ordered}
            return {"all_of": {**order, "max_gaps": part.distance, "intervals": inner}}
        case Or():
            return {"any_of": {"intervals": [_interval(operand) for operand in part.parts]}}
        case Prefix() if not SPACELESS.search(part.text):
            return {"match": {"query": part.text, "analyzer": _BEGINNING}}
        case Phrase() if HANGUL.search(part.text):
            joined = part.text.replace(" ", "")
            return {"any_of": {"intervals": [_adjacent(part.text), _adjacent(joined)]}}
        case Word() | Phrase() | Prefix():
            return _adjacent(part.text)
    raise TypeError(f"NEAR holds no {type(part).__name__}")


def _adjacent(text: str) -> Dsl:
    return {"match": {"query": text, "max_gaps": 0, "ordered": True}}
