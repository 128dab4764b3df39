"""What NEAR can measure the distance of, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from socialindex.errors import InvalidQuery
from socialindex.query.addresses import has_address
from socialindex.query.cost import MAX_UNITS, multiplied
from socialindex.query.expanding import ways
from socialindex.query.limits import MAX_DISTANCE, MAX_NEAR
from socialindex.query.nodes import And, Exact, Near, Node, Not, Operand, Or, Phrase, Prefix, Word, leaves_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def near(parts: Sequence[Node], distance: int, *, ordered: bool, place: int) -> Near:
    """The node for terms near each other; ``place`` goes into the error.

    Raises:
        InvalidQuery: what has no place among the text's words, terms of title and text mixed, or a limit passed.
    """
    if distance > MAX_DISTANCE:
        remedy = f"Use a distance of at most {MAX_DISTANCE}, or AND."
        raise InvalidQuery(f"{distance} words are too far", position=place, remedy=remedy)
    operands = tuple(_operand(part, place) for part in parts)
    terms = [leaf for operand in operands for leaf in leaves_of(operand) if isinstance(leaf, Word | Phrase | Prefix)]
    if len(terms) > MAX_NEAR:
        remedy = f"Use at most {MAX_NEAR}, or several NEARs joined by OR."
        raise InvalidQuery(f"one NEAR over {len(terms)} terms", position=place, remedy=remedy)
    if any(has_address(term.text) for term in terms):
        remedy = "Join the address by AND, or ask for what links to it by link:."
        raise InvalidQuery("NEAR cannot measure from an address", position=place, remedy=remedy)
    if len({term.title for term in terms}) > 1:
        remedy = "Put the whole NEAR into the field: title:(a NEAR/5 b)."
        raise InvalidQuery("NEAR between the title and the text", position=place, remedy=remedy)
    found = Near(operands, distance, ordered)
    _check_groups(found, place)
    return found


def _check_groups(near: Near, place: int) -> None:
    """Pass a NEAR whose groups the engine can hold against each other."""
    if (units := multiplied(near)) > MAX_UNITS:
        remedy = "Split the largest group and ask in parts; phrases and words with a hyphen multiply, words do not."
        message = f"one NEAR over {ways(near).longer} combinations of phrases costs {units} units, {MAX_UNITS} at most"
        raise InvalidQuery(message, position=place, remedy=remedy)


def _operand(node: Node, place: int) -> Operand:
    if _is_operand(node):
        return node
    named, remedy = _refusal(node)
    raise InvalidQuery(f"NEAR cannot measure from {named}", position=place, remedy=remedy)


def _is_operand(node: Node) -> TypeGuard[Operand]:
    if isinstance(node, Or):
        return all(_is_operand(part) for part in node.parts)
    return isinstance(node, Word | Phrase | Prefix | Near)


def _refusal(node: Node) -> tuple[str, str]:
    """What such a node is called, and what to write instead."""
    match node:
        case Or():
            return next(_refusal(part) for part in node.parts if not _is_operand(part))
        case And():
            return "terms joined by AND", "Put OR or NEAR between the terms, or join several NEARs by AND."
        case Not():
            return "an excluded term", "NOT binds tighter than NEAR: write NOT (a NEAR/5 b)."
        case Exact():
            return "a raw: term", "Join the raw: term by AND."
        case _:
            return "a field", "NEAR stands between words, phrases, prefixes and groups of them joined by OR."
