"""The people of the fediverse: their accounts, languages and spelling."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from infra.local.world.records import Account
from infra.local.world.story import korean
from infra.local.world.story.calendar import MONTHS
from infra.local.world.story.pools import load

if TYPE_CHECKING:
    from random import Random

_FLAGS = ("bot", "indexable", "discoverable", "domain")


def snowflake(at: datetime, rng: Random) -> str:
    """An id like Mastodon's: milliseconds since 1970, shifted by 16 bits, plus chance."""
    return str((int(at.timestamp() * 1000) << 16) | rng.randrange(1 << 16))


class People:
    """Everybody on the fediverse, by user name."""

    def __init__(self, rng: Random, anchor: datetime) -> None:
        self._rng = rng
        self._by_name: dict[str, dict[str, Any]] = {person["username"]: person for person in load("people")["accounts"]}
        self._spelling = {name: korean.habits(rng) for name in self._by_name}
        self.accounts = [self._account(person, anchor) for person in self._by_name.values()]
        self._ids = {account.username: account.id for account in self.accounts}
        self._names = {id_: name for name, id_ in self._ids.items()}

    def id(self, name: str) -> str:
        """The account id of a user name."""
        return self._ids[name]

    def name(self, id_: str) -> str:
        """The user name of an account id."""
        return self._names[id_]

    def language(self, name: str) -> str:
        """The language that somebody writes in."""
        language: str = self._by_name[name]["language"]
        return language

    def address(self, name: str) -> str:
        """What others write behind the ``@``."""
        domain = self._by_name[name].get("domain")
        return f"{name}@{domain}" if domain else name

    def spell(self, name: str, text: str) -> str:
        """``text`` as somebody types it."""
        if self.language(name) != "ko":
            return text
        return korean.roughen(korean.respell(text, self._spelling[name]), self._rng)

    def locals(self, language: str | None = None) -> list[str]:
        """People of this server who write about everyday things, in a language where it is given."""
        return [
            name
            for name, person in self._by_name.items()
            if not {"bot", "staff", "domain"} & person.keys() and language in (None, person["language"])
        ]

    def remotes(self) -> list[str]:
        """People of other servers."""
        return [name for name, person in self._by_name.items() if "domain" in person]

    def _account(self, person: dict[str, Any], anchor: datetime) -> Account:
        created_at = anchor - MONTHS - timedelta(days=self._rng.randrange(30, 900))
        created_at = created_at.replace(hour=0, minute=0, second=0, microsecond=0)
        return Account(
            id=snowflake(created_at, self._rng),
            username=person["username"],
            name=person["name"],
            note=person["note"],
            created_at=created_at,
            followers=person["followers"],
            following=self._rng.randrange(10, 400),
            **{name: person[name] for name in _FLAGS if name in person},
        )
