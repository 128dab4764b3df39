"""What the AppView shows of accounts and posts (lexicons app.bsky.actor.defs, app.bsky.feed.defs, app.bsky.embed.*)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.local.world.sites.bluesky.names import cid, did
from infra.local.world.sites.bluesky.records import Json, instant, post_record

if TYPE_CHECKING:
    from datetime import datetime

    from infra.local.world.sites.bluesky.story import Account, Curated, Post, Repost, Story

_FEED = "app.bsky.feed.defs#"


@dataclass(frozen=True)
class Views:
    """Views at a moment; pictures are at ``base``."""

    story: Story
    base: str
    seed: int
    now: datetime

    @property
    def labeler(self) -> str:
        """The DID of the moderation service whose labels an answer has by default."""
        return did(self.seed, "moderation.test")

    def profile(self, account: Account) -> Json:
        """``profileViewBasic``."""
        return {
            "did": account.did,
            "handle": account.handle,
            "displayName": account.name,
            "avatar": f"{self.base}/img/avatar/plain/{account.did}/{cid(account.did)}",
            "associated": {"chat": {"allowIncoming": "following"}},
            "labels": self._profile_labels(account),
            "createdAt": instant(account.created_at),
        }

    def detailed(self, account: Account) -> Json:
        """``profileViewDetailed``."""
        own = [post for post in self.visible() if post.author is account]
        pinned = next((post for post in own if post.pinned), None)
        return {
            **self.profile(account),
            "description": account.note,
            "indexedAt": instant(account.created_at),
            "followersCount": account.followers,
            "followsCount": account.followers // 7 + 12,
            "postsCount": len(own),
            **({"pinnedPost": {"cid": cid(pinned.uri), "uri": pinned.uri}} if pinned else {}),
        }

    def visible(self) -> list[Post]:
        """Posts that are there now, oldest first."""
        return [post for post in self.story.posts if post.visible(self.now)]

    def reposts(self) -> list[Repost]:
        """Reposts that are there now, and whose posts are."""
        shown = (repost for repost in self.story.reposts if repost.published_at <= self.now)
        return [repost for repost in shown if repost.post.visible(self.now)]

    def post(self, post: Post) -> Json:
        """``postView``."""
        view: Json = {
            "uri": post.uri,
            "cid": cid(post.uri),
            "author": self.profile(post.author),
            "record": post_record(post, self.story.accounts),
        }
        if embed := self._embed(post, quotes=True):
            view["embed"] = embed
        return {**view, **self._figures(post), "labels": self._labels(post)}

    def feed_item(self, post: Post, repost: Repost | None = None, *, pin: bool = False) -> Json:
        """``feedViewPost``."""
        item: Json = {"post": self.post(post)}
        if post.answers and post.root:
            root, parent = self.context(post.root), self.context(post.answers)
            item["reply"] = {"root": root, "parent": parent}
        if pin:
            item["reason"] = {"$type": f"{_FEED}reasonPin"}
        if repost:
            item["reason"] = {
                "$type": f"{_FEED}reasonRepost",
                "by": self.profile(repost.author),
                "uri": repost.uri,
                "cid": cid(repost.uri),
                "indexedAt": instant(repost.published_at),
            }
        return item

    def context(self, post: Post) -> Json:
        """A post above another one, or the word that it is not there."""
        return {"$type": f"{_FEED}postView", **self.post(post)} if post.visible(self.now) else _not_found(post)

    def thread(self, post: Post, depth: int, height: int) -> Json:
        """``threadViewPost``."""
        if not post.visible(self.now):
            return _not_found(post)
        view: Json = {"$type": f"{_FEED}threadViewPost", "post": self.post(post), "threadContext": {}}
        if post.answers and height > 0:
            view["parent"] = self.thread(post.answers, 0, height - 1)
        if depth > 0:
            view["replies"] = [self.thread(each, depth - 1, 0) for each in self.visible() if each.answers is post]
        return view

    def curated(self, curated: Curated) -> Json:
        """The common part of ``listView`` and ``generatorView``."""
        created = instant(curated.owner.created_at)
        owner = {**self.profile(curated.owner), "indexedAt": created}
        return {"uri": curated.uri, "cid": cid(curated.uri), "creator": owner, "indexedAt": created}

    def _figures(self, post: Post) -> Json:
        posts = self.visible()
        return {
            "bookmarkCount": 0,
            "replyCount": sum(each.answers is post for each in posts),
            "repostCount": sum(each.post is post for each in self.reposts()),
            "likeCount": post.likes,
            "quoteCount": sum(each.quotes is post for each in posts),
            "indexedAt": instant(post.published_at),
        }

    def _labels(self, post: Post) -> list[Json]:
        own = [self._label(post.author.did, post.uri, value, post.published_at) for value in post.self_labels]
        return [*own, *(self._label(self.labeler, post.uri, value, post.published_at) for value in post.moderated)]

    def _profile_labels(self, account: Account) -> list[Json]:
        uri = f"at://{account.did}/app.bsky.actor.profile/self"
        wishes = {"!no-unauthenticated": account.signed_in_only, "bot": account.bot}
        return [self._label(account.did, uri, value, account.created_at) for value, is_set in wishes.items() if is_set]

    def _label(self, source: str, uri: str, value: str, created: datetime) -> Json:
        return {"src": source, "uri": uri, "cid": cid(uri), "val": value, "cts": instant(created)}

    def _embed(self, post: Post, *, quotes: bool) -> Json | None:
        """A post's embed; that of a quoted post does not show what it quotes itself."""
        media = self._media(post)
        if post.quotes is None or not quotes:
            return media
        record = {"record": self._quoted(post.quotes)}
        if media:
            return {"$type": "app.bsky.embed.recordWithMedia#view", "media": media, "record": record}
        return {"$type": "app.bsky.embed.record#view", **record}

    def _quoted(self, post: Post) -> Json:
        if not post.visible(self.now):
            return {"$type": "app.bsky.embed.record#viewNotFound", "uri": post.uri, "notFound": True}
        embed = self._embed(post, quotes=False)
        return {
            "$type": "app.bsky.embed.record#viewRecord",
            "uri": post.uri,
            "cid": cid(post.uri),
            "author": self.profile(post.author),
            "value": post_record(post, self.story.accounts),
            "labels": self._labels(post),
            "embeds": [embed] if embed else [],
            **self._figures(post),
        }

    def _media(self, post: Post) -> Json | None:
        if post.pictures:
            images = [self._image(post, number, alt) for number, alt in enumerate(post.pictures)]
            return {"$type": "app.bsky.embed.images#view", "images": images}
        if post.video is not None:
            name = cid(f"{post.uri} video")
            at = f"{self.base}/watch/{post.author.did}/{name}"
            view = {"cid": name, "playlist": f"{at}/playlist.m3u8", "thumbnail": f"{at}/thumbnail.jpg"}
            return {"$type": "app.bsky.embed.video#view", **view, "alt": post.video}
        if post.card:
            card = {"uri": post.card.url, "title": post.card.title, "description": post.card.description}
            return {"$type": "app.bsky.embed.external#view", "external": card}
        return None

    def _image(self, post: Post, number: int, alt: str) -> Json:
        name = f"plain/{post.author.did}/{cid(f'{post.uri} {number}')}@jpeg"
        return {
            "thumb": f"{self.base}/img/feed_thumbnail/{name}",
            "fullsize": f"{self.base}/img/feed_fullsize/{name}",
            "alt": alt,
            "aspectRatio": {"width": 2000, "height": 1500},
        }


def _not_found(post: Post) -> Json:
    return {"$type": f"{_FEED}notFoundPost", "uri": post.uri, "notFound": True}
