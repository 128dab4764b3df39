"""Records as the API's version 3 gives them: what does not apply is left out."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - a dataclass's field
from typing import Any

from infra.local.world.sites.lemmy.records import Comment, Community, Person, Post, comment_uri, uri_of

Json = dict[str, Any]
_LANGUAGES = {"en": 37, "ko": 84}


class Views:
    """The views of a server at ``base``."""

    def __init__(self, base: str) -> None:
        self._base = base

    def post(self, post: Post, now: datetime) -> Json:
        """A ``PostView``."""
        given, time = post.given, _time(post.time)
        shown = sum(1 for comment in post.comments if comment.time <= now and not comment.deleted)
        own = {
            "id": post.number,
            "name": post.title,
            "url": given.get("url") or given.get("image"),
            "url_content_type": "image/webp" if "image" in given else None,
            "alt_text": given.get("alt"),
            "body": post.text or None,
            "updated": _time(post.edited) if post.edited and post.edited <= now else None,
            "ap_id": uri_of(post, self._base),
        }
        flags = {
            "removed": "removed" in given,
            "deleted": "deleted" in given,
            "nsfw": given.get("nsfw", False),
            "local": "from" not in given,
            "featured_community": given.get("pinned", False),
            "featured_local": False,
        }
        language = _LANGUAGES.get(given.get("language", ""), 0)
        return {
            "post": {"published": time, "language_id": language, **flags, **_present(own)},
            "creator": self.person(post.by),
            "community": self.community(post.community),
            "counts": {
                "upvotes": post.likes,
                "downvotes": 0,
                "score": post.likes,
                "comments": shown,
                "published": time,
            },
        }

    def comment(self, comment: Comment, now: datetime) -> Json:
        """A ``CommentView``. Of one that is gone the words are not given."""
        time, above = _time(comment.time), f"{comment.path}."
        below = sum(1 for other in comment.post.comments if other.path.startswith(above) and other.time <= now)
        whole = self.post(comment.post, now)
        own = {
            "id": comment.number,
            "post_id": comment.post.number,
            "content": comment.text,
            "published": time,
            "removed": comment.removed,
            "deleted": comment.deleted,
            "ap_id": comment_uri(comment, self._base),
            "local": comment.by.host is None,
            "path": comment.path,
            "language_id": 0,
        }
        return {
            "comment": own,
            "creator": self.person(comment.by),
            "post": whole["post"],
            "community": whole["community"],
            "counts": {"upvotes": comment.likes, "downvotes": 0, "score": comment.likes, "child_count": below},
        }

    def person(self, person: Person) -> Json:
        """A ``Person``."""
        origin = f"https://{person.host}" if person.host else self._base
        return {
            "name": person.name,
            "actor_id": f"{origin}/u/{person.name}",
            "local": person.host is None,
            "deleted": False,
            "banned": False,
            "bot_account": person.bot,
            **_present({"display_name": person.shown, "bio": person.bio}),
        }

    def community(self, community: Community) -> Json:
        """A ``Community``."""
        return {
            "name": community.name,
            "title": community.title,
            "actor_id": f"{self._base}/c/{community.name}",
            "local": True,
            "deleted": False,
            "removed": False,
            "hidden": False,
            "nsfw": False,
            "visibility": community.visibility,
        }

    def site(self) -> Json:
        """``/site``."""
        site = {"name": "누리숲 레미", "actor_id": f"{self._base}/"}
        local = {"private_instance": False}
        return {"site_view": {"site": site, "local_site": local}, "admins": [], "version": "0.19.12"}


def _present(fields: Json) -> Json:
    return {name: value for name, value in fields.items() if value is not None}


def _time(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")
