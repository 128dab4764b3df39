"""What bounds a query before it reaches the engine. Every limit answers with an :class:`InvalidQuery` that names it."""

from __future__ import annotations

MAX_LENGTH = 32_768
"""Characters of a query as sent. A GET takes less: an HTTP API allows 10,240 bytes for request line and headers."""
MAX_CLAUSES = 500
"""Words, values and ranges; a phrase counts as its words."""
ENGINE_CLAUSES = 8192
"""What the engine must allow for that (``indices.query.bool.max_clause_count``, 1,024 by default): it counts two to ten
of its own for one of ours, most for phrases within a NEAR. The domain's advanced options and the local node set it."""
MAX_DEPTH = 20
"""Parentheses and NEARs within one another."""
MAX_PREFIXES = 20
"""Terms that end in ``*``."""
MIN_PREFIX = 2
"""Characters before the ``*``: with one, half of the vocabulary begins with it."""
MAX_PREFIX = 12
"""Characters before the ``*`` that the index keeps as a beginning (``beginnings`` in ``analysis.json``)."""
MAX_DISTANCE = 100
"""Words that NEAR may skip; beyond ten or so, AND says the same and costs less."""
MAX_NEAR = 50
"""Terms within one NEAR: it looks at every pair of the two sides' places."""
MAX_WORD = 128
"""Characters of one word or value; the longest words that people write have about thirty."""
MAX_PHRASE_WORDS = 30
"""Words of a phrase."""
