"""What all parts of the story share: the anchor, the cast, and one source of chance per part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from infra.local.world.records import Writer
from infra.local.world.story import korean
from infra.local.world.story.calendar import incident_start
from infra.local.world.story.chance import happens
from infra.local.world.story.composer import Composer
from infra.local.world.story.pools import Deck, load

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES = ("ko", "en", "ja")


@dataclass(frozen=True)
class Stage:
    """The setting of the story. Parts draw from sources of their own, so that a change in one moves no other."""

    seed: int
    anchor: datetime
    outbreak: datetime | None = None
    """When something new breaks out; ``None`` where nothing does."""

    def chance(self, part: str) -> Random:
        """The source of chance of a part of the story, the same for the same seed."""
        return Random(f"{self.seed}:{part}")  # noqa: S311 - invented stories need repeatable chance, not secrecy

    def hours(self, at: float) -> datetime:
        """The moment ``at`` hours after the incident's first post."""
        return incident_start(self.anchor) + timedelta(hours=at)

    def seconds(self, after: float) -> datetime:
        """The moment ``after`` seconds after the anchor."""
        return self.anchor + timedelta(seconds=after)


class Cast:
    """The people who write on the boards, each with an address and spelling habits of their own."""

    def __init__(self, rng: Random) -> None:
        people = load("people")
        self._rng = rng
        self._deck = Deck(rng)
        self._members: dict[str, str] = people["members"]
        self._staff: dict[str, str] = people["staff"]
        self._guests: list[str] = people["guests"]["names"]
        self._spelling = {name: korean.habits(rng) for name in (*self._members.values(), *self._guests)}

    def anyone(self) -> Writer:
        """A member, or now and then a guest."""
        if happens(self._rng, 0.12):
            return Writer(name=self._deck.deal(self._guests), ip=self._address())
        return self.named(self._deck.deal(tuple(self._members)))

    def named(self, member: str) -> Writer:
        """The member or employee with an id."""
        name = self._members.get(member) or self._staff[member]
        return Writer(name=name, member=member, ip=self._address())

    def spell(self, writer: Writer, text: str) -> str:
        """``text`` as a person would type it; the company's own people do not slip."""
        spelling = self._spelling.get(writer.name)
        return korean.roughen(korean.respell(text, spelling), self._rng) if spelling else text

    def _address(self) -> str:
        """An address of a range that RFC 5737 reserves for documentation."""
        return f"{self._rng.choice(('192.0.2', '198.51.100', '203.0.113'))}.{self._rng.randrange(2, 250)}"


def broken_out(stage: Stage, part: str) -> Iterator[tuple[dict[str, Any], datetime]]:
    """The items of ``part`` of the outbreak, with their moments; none where nothing broke out."""
    if stage.outbreak is not None:
        for item in scripted("outbreak", part):
            yield item, stage.outbreak + timedelta(seconds=item["after"])


def composers(rng: Random) -> dict[str, Composer]:
    """A composer for every language of the world."""
    return {language: Composer(rng, language) for language in LANGUAGES}


def scripted(name: str, part: str) -> list[dict[str, Any]]:
    """The items of ``part`` that ``data/<name>.toml`` writes out, in the file's order."""
    items: list[dict[str, Any]] = load(name).get(part, [])
    return items
