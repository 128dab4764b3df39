"""The grammar (grammar.lark) and the parser agree: the same texts are read, as the same trees."""

from __future__ import annotations

import re
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hypothesis import assume, event, given, settings
from hypothesis.extra.lark import from_lark
from lark import Lark, Token, Transformer, v_args
from lark.exceptions import LarkError, VisitError

from socialindex.errors import InvalidQuery
from socialindex.query import Between, Is, Node, parse
from socialindex.query.nodes import Exact, Near, Phrase, Prefix, Word, all_of, any_of, none_of
from socialindex.query.proximity import near

if TYPE_CHECKING:
    from collections.abc import Callable

GRAMMAR = Lark((Path(__file__).parent / "grammar.lark").read_text("utf-8"), start="query", parser="lalr")
COUNT = re.compile(r"(\w+):([<>]?=?)(\d+)")


class Oracle(Transformer[Token, Any]):
    """The tree that the grammar gives, read by its rules alone."""

    def query(self, parts: list[Node]) -> Node:
        return parts[0]

    def or_(self, parts: list[Node]) -> Node:
        return any_of(parts)

    def and_(self, parts: list[Node]) -> Node:
        return all_of(parts)

    def near_(self, parts: list[Any]) -> Node:
        pairs = zip(parts[1::2], parts[2::2], strict=True)
        nested: Node = reduce(lambda left, pair: self._pair(left, *pair), pairs, parts[0])
        return nested

    def _pair(self, left: Node, operator: Token, right: Node) -> Node:
        distance = int(re.sub(r"\D", "", operator) or 4)
        return near((left, right), distance, ordered="f" in operator or "ONEAR" in operator, place=0)

    def not_(self, parts: list[Node]) -> Node:
        return none_of(parts[0])

    def value(self, values: list[Token]) -> list[str]:
        return [str(value) for value in values]

    @v_args(inline=True)
    def word(self, text: Token) -> Node:
        return Word(str(text))

    @v_args(inline=True)
    def prefix(self, text: Token) -> Node:
        return Prefix(text[:-1])

    @v_args(inline=True)
    def phrase(self, text: Token) -> Node:
        return Phrase(text[1:-1])

    @v_args(inline=True)
    def phrase_within(self, text: Token, distance: Token) -> Node:
        return Near(tuple(Word(word) for word in text[1:-1].split()), int(distance))

    @v_args(inline=True)
    def title_word(self, text: Token) -> Node:
        return Word(str(text), title=True)

    @v_args(inline=True)
    def title_phrase(self, text: Token) -> Node:
        return Phrase(text[1:-1], title=True)

    @v_args(inline=True)
    def hashtag(self, text: Token) -> Node:
        return Is("hashtag", text[1:])

    @v_args(inline=True)
    def mention(self, text: Token) -> Node:
        return Is("mention", text[1:])

    @v_args(inline=True)
    def exact(self, text: Token) -> Node:
        return Exact(text[1:-1])

    @v_args(inline=True)
    def valued(self, field: Token, values: list[str]) -> Node:
        return any_of(Is(field[:-1], value) for value in values)

    def COUNT(self, text: Token) -> Node:  # noqa: N802 - lark names the callback after the terminal
        match = COUNT.fullmatch(text)
        assert match
        name, operator, digits = match.groups()
        number = int(digits)
        low, high = {
            "": (number, number),
            ">": (number + 1, None),
            ">=": (number, None),
            "<": (None, number - 1),
            "<=": (None, number),
        }[operator]
        return Between(name, low, high)


def outcome(reader: Callable[[], Node]) -> Node | Literal["refused"]:
    try:
        return reader()
    except InvalidQuery:
        return "refused"


def told_by_grammar(text: str) -> Node:
    tree = GRAMMAR.parse(text)
    try:
        node: Node = Oracle().transform(tree)
    except VisitError as error:
        raise error.orig_exc from error
    return node


def is_of_grammar(text: str) -> bool:
    """Terminals are generated one by one: side by side they can make another, such as a word and a digit."""
    try:
        GRAMMAR.parse(text)
    except LarkError:
        return False
    return True


@settings(max_examples=200)  # half of the NEARs are refused for what stands beside them
@given(from_lark(GRAMMAR, start="query").filter(is_of_grammar))
def test_the_parser_reads_what_the_grammar_says(text: str) -> None:
    assume(len(text) < 2_000)
    expected = outcome(lambda: told_by_grammar(text))
    event("refused" if expected == "refused" else "read")
    assert outcome(lambda: parse(text)) == expected
