"""A query as the service understands it."""

from __future__ import annotations

from typing import Any

from socialindex.client.models.base import Model


class Note(Model, frozen=True, kw_only=True):
    """Something about a query that its author may not have meant."""

    position: int
    """Characters from its beginning."""
    message: str


class Explanation(Model, frozen=True, kw_only=True):
    """What posts the query finds, in words: the end of the sentence "posts …"."""

    en: str
    ko: str


class Estimate(Model, frozen=True, kw_only=True):
    """How many posts it finds now."""

    posts: int
    at_least: bool
    """Whether there are more: it is not counted beyond ten thousand."""


class Cost(Model, frozen=True, kw_only=True):
    """What it costs the engine, in units of one word looked up."""

    units: int
    most: int


class Validation(Model, frozen=True, kw_only=True):
    """A query that can be used."""

    canonical: str
    """Its canonical spelling, which asks the same."""
    explanation: Explanation
    notes: tuple[Note, ...]
    """What its author may not have meant, each with its position (of the canonical spelling for a guided query)."""
    compiled: dict[str, Any]
    """What the engine is asked."""
    cost: Cost
    estimate: Estimate | None
    """``None`` where the engine does not tell in time."""
    topic: bool
    """Whether it can be a topic: every match holds something rare."""
