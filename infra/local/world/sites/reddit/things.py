"""Things as Reddit's API writes them: everything wrapped with its kind, with ``null`` where nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from infra.local.world.sites.reddit.records import Comment, Post, Records

Json = dict[str, Any]
_HOST = "https://media.example"
NOBODY = "[deleted]"


class Things:
    """Writes what is visible at a time."""

    def __init__(self, records: Records, base: str) -> None:
        self._community = records.community
        self._posts = {post.id: post for post in records.posts}
        self._base = base

    def post(self, post: Post, now: datetime) -> Json:
        """A submission."""
        gone, by_author = post.deleted is not None, post.deleted == "deleted"
        path = f"/r/{self._community}/comments/{post.id}/{'deleted_by_user' if by_author else 'post'}/"
        text = "[removed]" if gone and not post.url else post.text
        return _wrapped(
            "t3",
            {
                "id": post.id,
                "name": f"t3_{post.id}",
                "subreddit": self._community,
                "subreddit_type": "public",
                "title": "[deleted by user]" if by_author else post.title,
                "author": NOBODY if by_author else post.by,
                "selftext": text,
                "selftext_html": f'<div class="md">{post.html or f"<p>{text}</p>"}</div>' if text else None,
                "permalink": path,
                "created_utc": post.time.timestamp(),
                "edited": post.edited.timestamp() if post.edited else False,
                "score": post.score,
                "hide_score": False,
                "num_comments": sum(1 for comment in post.comments if comment.time <= now),
                "num_crossposts": sum(1 for other in self._posts.values() if other.crosspost == post.id),
                "view_count": None,
                "over_18": post.nsfw,
                "spoiler": post.spoiler,
                "quarantine": False,
                "removed_by_category": post.deleted,
                "removal_reason": None,
                "is_robot_indexable": not gone and not post.hidden,
                **self._content(post, path),
                **self._crossposted(post, now),
            },
        )

    def comment(self, comment: Comment, replies: Json | None = None) -> Json:
        """A comment, with the listing of its replies where there are any."""
        text = "[removed]" if comment.removed else comment.text
        return _wrapped(
            "t1",
            {
                "id": comment.id,
                "name": f"t1_{comment.id}",
                "link_id": f"t3_{comment.link}",
                "parent_id": comment.parent,
                "subreddit": self._community,
                "subreddit_type": "public",
                "author": NOBODY if comment.removed else comment.by,
                "body": text,
                "body_html": f'<div class="md"><p>{text}</p>\n</div>',
                "permalink": f"/r/{self._community}/comments/{comment.link}/post/{comment.id}/",
                "created_utc": comment.time.timestamp(),
                "edited": False,
                "score": comment.score,
                "score_hidden": False,
                "replies": replies or "",
            },
        )

    def _content(self, post: Post, path: str) -> Json:
        """What a submission links to: itself, another page, a picture, or several."""
        if post.image:
            return {"is_self": False, "url": f"{_HOST}/{post.image}", "post_hint": "image"}
        if post.gallery:
            pictures = {name: {"status": "valid", "s": {"u": f"{_HOST}/{name}"}} for name in post.gallery}
            order = {"items": [{"media_id": name, "id": place} for place, name in enumerate(post.gallery, 1)]}
            address = f"{self._base}/gallery/{post.id}"
            return {
                "is_gallery": True,
                "url": address,
                "gallery_data": order,
                "media_metadata": pictures,
                "is_self": True,
            }
        return {"is_self": post.url is None and post.crosspost is None, "url": post.url or self._base + path}

    def _crossposted(self, post: Post, now: datetime) -> Json:
        if post.crosspost is None:
            return {}
        original = self.post(self._posts[post.crosspost], now)["data"]
        return {"crosspost_parent": f"t3_{post.crosspost}", "crosspost_parent_list": [original]}


def listing(children: Sequence[Json], after: str | None = None) -> Json:
    """A page."""
    return {"kind": "Listing", "data": {"after": after, "dist": len(children), "children": children, "before": None}}


def more(parent: str, children: Sequence[str]) -> Json:
    """A stub for comments that are not shown."""
    return _wrapped("more", {"count": len(children), "parent_id": parent, "children": children, "id": children[0]})


def _wrapped(kind: str, data: Json) -> Json:
    return {"kind": kind, "data": data}
