"""What the server says about itself: instance, nodeinfo, webfinger."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from infra.local.world.sites.mastodon.entities import VERSION, Entity, EntityWriter

if TYPE_CHECKING:
    from infra.local.world.records import Account

_TITLE = "한마루"
_DESCRIPTION = "지어낸 사람들이 모인 한마루 서버입니다."


class InstanceWriter:
    """Makes the server's descriptions of itself."""

    def __init__(self, entities: EntityWriter) -> None:
        self._entities = entities
        self._base = entities.base
        self._domain = urlsplit(entities.base).netloc
        self._local = [account for account in entities.accounts.values() if account.domain is None]

    def version_2(self) -> Entity:
        """https://docs.joinmastodon.org/entities/Instance/."""
        return {
            "domain": self._domain,
            "title": _TITLE,
            "version": VERSION,
            "source_url": "https://github.com/mastodon/mastodon",
            "description": _DESCRIPTION,
            "usage": {"users": {"active_month": len(self._local)}},
            "thumbnail": {"url": f"{self._base}/media/thumbnail.png"},
            "icon": [],
            "languages": ["ko"],
            "configuration": {
                "urls": {"streaming": self._base.replace("http", "ws", 1)},
                "statuses": {"max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23},
                "limited_federation": False,
            },
            "registrations": {"enabled": False, "approval_required": False, "message": None, "url": None},
            "api_versions": {"mastodon": 2},
            "contact": {"email": "admin@hanmaru.example", "account": None},
            "rules": [],
        }

    def version_1(self) -> Entity:
        """https://docs.joinmastodon.org/entities/V1_Instance/."""
        statuses = self._entities.scene.published(self._entities.scene.world.statuses)
        return {
            "uri": self._domain,
            "title": _TITLE,
            "short_description": _DESCRIPTION,
            "description": _DESCRIPTION,
            "email": "admin@hanmaru.example",
            "version": VERSION,
            "urls": {"streaming_api": self._base.replace("http", "ws", 1)},
            "stats": {"user_count": len(self._local), "status_count": len(statuses), "domain_count": 2},
            "thumbnail": f"{self._base}/media/thumbnail.png",
            "languages": ["ko"],
            "registrations": False,
            "approval_required": False,
            "invites_enabled": False,
            "contact_account": None,
            "rules": [],
        }

    def nodeinfo_links(self) -> Entity:
        """``/.well-known/nodeinfo`` (https://nodeinfo.diaspora.software/protocol.html)."""
        schema = "http://nodeinfo.diaspora.software/ns/schema/2.0"
        return {"links": [{"rel": schema, "href": f"{self._base}/nodeinfo/2.0"}]}

    def nodeinfo(self) -> Entity:
        """``/nodeinfo/2.0``."""
        count = len(self._local)
        statuses = self._entities.scene.published(self._entities.scene.world.statuses)
        return {
            "version": "2.0",
            "software": {"name": "mastodon", "version": VERSION},
            "protocols": ["activitypub"],
            "services": {"outbound": [], "inbound": []},
            "usage": {
                "users": {"total": count, "activeMonth": count, "activeHalfyear": count},
                "localPosts": len(statuses),
            },
            "openRegistrations": False,
            "metadata": {"nodeName": _TITLE, "nodeDescription": _DESCRIPTION},
        }

    def webfinger(self, account: Account) -> Entity:
        """RFC 7033."""
        profile = self._entities.scene.directory.profile(account)
        actor = self._entities.scene.directory.actor(account)
        return {
            "subject": f"acct:{account.username}@{self._domain}",
            "aliases": [profile, actor],
            "links": [
                {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": profile},
                {"rel": "self", "type": "application/activity+json", "href": actor},
            ],
        }
