"""The query language: one parser, one tree, one compiled form for searches and topics.

node = parse('(배터리 OR battery*) NEAR/5 (폭발 OR fire) -광고 site:example.com')
compile_query(node)     # what the engine is asked, and what a topic stores
show(node)              # the canonical spelling
explain(node, "ko")     # in words
"""

from __future__ import annotations

from socialindex.query.compile import COMPILER, compile_query
from socialindex.query.explain import explain
from socialindex.query.meaning import selective, terms
from socialindex.query.nodes import And, Between, Exact, Is, Near, Node, Not, Or, Phrase, Prefix, Word
from socialindex.query.parser import Note, Reading, parse, read
from socialindex.query.show import show

__all__ = [
    "COMPILER",
    "And",
    "Between",
    "Exact",
    "Is",
    "Near",
    "Node",
    "Not",
    "Note",
    "Or",
    "Phrase",
    "Prefix",
    "Reading",
    "Word",
    "compile_query",
    "explain",
    "parse",
    "read",
    "selective",
    "show",
    "terms",
]
