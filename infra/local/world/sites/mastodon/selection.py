"""What a visitor without an account may see: visible statuses, timelines, conversations, accounts by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.local.world.records import Account, Status
    from infra.local.world.sites.mastodon.entities import EntityWriter

_SHOWN_TO_ALL = ("public", "unlisted")


class Selection:
    """Statuses and accounts as they are visible now, statuses oldest first."""

    def __init__(self, entities: EntityWriter) -> None:
        self._entities = entities
        self._scene = entities.scene

    def public(self) -> list[Status]:
        """What timelines show: public statuses, replies included, boosts not."""
        return [status for status in self._visible(("public",)) if not status.boosts]

    def tagged(self, tag: str) -> list[Status]:
        """Public statuses with a hashtag, whatever its case."""
        return [status for status in self.public() if tag.lower() in self._entities.tags(status)]

    def of_account(self, id_: str) -> list[Status]:
        """What an account wrote and boosted, unlisted statuses included."""
        return [status for status in self._visible(_SHOWN_TO_ALL) if status.account == id_]

    def status(self, id_: str) -> Status | None:
        """The status with an id."""
        found = self._entities.statuses.get(id_)
        return found if found in self._visible(_SHOWN_TO_ALL) else None

    def is_local(self, status: Status) -> bool:
        """Whether a status was written on this server."""
        return self._entities.accounts[status.account].domain is None

    def named(self, name: str, domain: str | None = None) -> Account | None:
        """The account with a user name, of this server where no domain is given."""
        accounts = self._entities.accounts.values()
        return next((a for a in accounts if a.username == name.lower() and a.domain == domain), None)

    def ancestors(self, status: Status) -> list[Status]:
        """What a status answers, the first one first."""
        parent = self.status(status.answers) if status.answers else None
        return [*self.ancestors(parent), parent] if parent else []

    def descendants(self, status: Status) -> list[Status]:
        """What answers a status, depth first."""
        replies = [other for other in self._visible(_SHOWN_TO_ALL) if other.answers == status.id]
        return [found for reply in replies for found in (reply, *self.descendants(reply))]

    def _visible(self, visibilities: tuple[str, ...]) -> list[Status]:
        return [s for s in self._scene.published(self._scene.world.statuses) if s.visibility in visibilities]
