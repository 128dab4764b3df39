"""The API's entities as JSON-ready objects."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from infra.local.world.sites.mastodon.content import ContentWriter, hashtags

if TYPE_CHECKING:
    from infra.local.world.records import Account, Picture, Poll, Status
    from infra.local.world.sites.scene import Scene

VERSION = "4.3.2"
Entity = dict[str, Any]


def instant(moment: datetime) -> str:
    """``2026-11-28T00:41:07.250Z``: milliseconds, always UTC."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class EntityWriter:
    """Makes entities of a server's accounts and statuses as they are at a moment."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.base = scene.directory.addresses.social
        self.accounts = {account.id: account for account in scene.world.accounts}
        self.statuses = {status.id: status for status in scene.world.statuses}
        self.content = ContentWriter(scene.directory, scene.world.accounts)

    def account(self, account: Account) -> Entity:
        """https://docs.joinmastodon.org/entities/Account/."""
        picture = f"{self.base}/media/avatar-{account.username}.png"
        own = [s for s in self.scene.published(self.scene.world.statuses) if s.account == account.id]
        return {
            "id": account.id,
            "username": account.username,
            "acct": f"{account.username}@{account.domain}" if account.domain else account.username,
            "display_name": account.name,
            "locked": account.locked,
            "bot": account.bot,
            "discoverable": account.discoverable,
            "indexable": account.indexable,
            "group": False,
            "created_at": instant(account.created_at),
            "note": self.content.html(account.note),
            "url": self.scene.directory.profile(account),
            "uri": self.scene.directory.actor(account),
            "avatar": picture,
            "avatar_static": picture,
            "header": f"{self.base}/headers/original/missing.png",
            "header_static": f"{self.base}/headers/original/missing.png",
            "followers_count": account.followers,
            "following_count": account.following,
            "statuses_count": len(own),
            "last_status_at": f"{own[-1].published_at:%Y-%m-%d}" if own else None,
            "hide_collections": None,
            "noindex": False,
            "emojis": [],
            "roles": [],
            "fields": [],
        }

    def status(self, status: Status) -> Entity:
        """https://docs.joinmastodon.org/entities/Status/."""
        shown = self.statuses[status.boosts] if status.boosts else None
        text = self._text(status)
        return {
            "id": status.id,
            "created_at": instant(status.published_at),
            "in_reply_to_id": status.answers,
            "in_reply_to_account_id": self.statuses[status.answers].account if status.answers else None,
            "sensitive": bool(status.spoiler),
            "spoiler_text": status.spoiler,
            "visibility": status.visibility,
            "language": status.language,
            "uri": self.scene.directory.status(status),
            "url": self.scene.directory.status(status) if shown else self.scene.directory.status_page(status),
            **self._counts(status),
            "edited_at": instant(status.edited_at) if status.edited_at and self._edited(status) else None,
            "content": self.content.html(text),
            "reblog": self.status(shown) if shown else None,
            "application": {"name": "Web", "website": None},
            "account": self.account(self.accounts[status.account]),
            "media_attachments": [self._media(picture) for picture in status.pictures],
            "mentions": [self._mention(account) for account in self.content.mentioned(text)],
            "tags": [self.content.tag(name) for name in hashtags(text)],
            "emojis": [],
            "card": None,
            "poll": self._poll(status.poll) if status.poll else None,
            "quote": None,
        }

    def tags(self, status: Status) -> set[str]:
        """Lower-case hashtags of a status as it is now."""
        return {name.lower() for name in hashtags(self._text(status))}

    def _edited(self, status: Status) -> bool:
        return status.edited_at is not None and status.edited_at <= self.scene.now()

    def _text(self, status: Status) -> str:
        return status.edited_text or "" if self._edited(status) else status.text

    def _counts(self, status: Status) -> Entity:
        visible = self.scene.published(self.scene.world.statuses)
        age = self.scene.now() - status.published_at
        return {
            "replies_count": sum(1 for other in visible if other.answers == status.id),
            "reblogs_count": sum(1 for other in visible if other.boosts == status.id),
            "favourites_count": int(status.favourites * min(1.0, age / timedelta(hours=24))),
        }

    def _media(self, picture: Picture) -> Entity:
        url = f"{self.base}/media/{picture.id}.png"
        size = {"width": 64, "height": 64, "size": "64x64", "aspect": 1.0}
        return {
            "id": picture.id,
            "type": "image",
            "url": url,
            "preview_url": url,
            "remote_url": None,
            "meta": {"original": size, "small": size},
            "description": picture.description,
            "blurhash": "U00000fQfQfQfQfQfQfQfQfQfQfQfQfQfQfQ",
        }

    def _mention(self, account: Account) -> Entity:
        entity = self.account(account)
        return {name: entity[name] for name in ("id", "username", "url", "acct")}

    def _poll(self, poll: Poll) -> Entity:
        return {
            "id": poll.id,
            "expires_at": instant(poll.expires_at),
            "expired": poll.expires_at <= self.scene.now(),
            "multiple": False,
            "votes_count": sum(poll.votes),
            "voters_count": sum(poll.votes),
            "options": [
                {"title": title, "votes_count": votes} for title, votes in zip(poll.options, poll.votes, strict=True)
            ],
            "emojis": [],
        }
