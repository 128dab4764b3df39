"""Composes posts out of phrase pools: an opening, a middle and an end that fit one theme and one tone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.local.world.story import korean
from infra.local.world.story.chance import happens
from infra.local.world.story.pools import Deck, load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random


class Composer:
    """Writes texts in one language out of ``themes_<language>.toml`` and ``slots_<language>.toml``."""

    def __init__(self, rng: Random, language: str) -> None:
        self.rng = rng
        self.deck = Deck(rng)
        self.language = language
        self.themes: dict[str, Any] = load(f"themes_{language}")
        self._slots: dict[str, list[str]] = load(f"slots_{language}")

    def theme(self, place: str) -> str:
        """A theme that people write about at a place (``board``, ``support``, ``social``), by the themes' weights."""
        fitting = [name for name, theme in self.themes.items() if place in theme.get("places", ())]
        weights = [self.themes[name].get("weight", 1) for name in fitting]
        return self.rng.choices(fitting, weights)[0]

    def title(self, theme: str, given: dict[str, str]) -> tuple[str, list[str]]:
        """A headline for a post on a theme, and the sentences that must go with it (none or one)."""
        title, *lead = self.fill(self.deck.deal(self.themes[theme]["titles"]), given).split(" :: ")
        return title, lead

    def body(self, theme: str, tone: str, given: dict[str, str], sentences: int, lead: Sequence[str] = ()) -> list[str]:
        """Sentences on a theme in a tone: an opening, the lead, ``sentences`` in the middle, often an end."""
        pools = self.themes[theme][tone]
        parts = [self.deck.deal(pools["open"]), *lead]
        parts += [self.deck.deal(pools["body"]) for _ in range(sentences)]
        if happens(self.rng, 0.6):
            parts.append(self.deck.deal(pools["close"]))
        return [self.fill(part, given) for part in dict.fromkeys(parts)]

    def fill(self, template: str, given: dict[str, str]) -> str:
        """A phrase with its slots filled; ``given`` remembers what a post is about, so that it stays with it."""
        return korean.fill(template, given, lambda name: self.deck.deal(self._slots[name]))
