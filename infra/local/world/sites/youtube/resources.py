"""Resources of the Data API v3 as it writes them: numbers as strings, absent where they are hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from infra.local.world.sites.youtube.records import Comment, Records, Video

Json = dict[str, Any]


class Resources:
    """Writes what is visible at a time."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._account = records.account

    def channel(self) -> Json:
        """The channel."""
        account = self._account
        return {
            "kind": "youtube#channel",
            "etag": "c1",
            "id": account.id,
            "snippet": {"title": account.title, "customUrl": f"@{account.handle}"},
            "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": account.uploads}},
            "statistics": {"subscriberCount": str(account.subscribers), "hiddenSubscriberCount": False},
        }

    def entry(self, video: Video) -> Json:
        """A playlist's entry; of a deleted video the place is left."""
        title = "Deleted video" if video.deleted else video.title
        privacy = "privacyStatusUnspecified" if video.deleted else self._privacy(video)
        published = {} if video.deleted else {"videoPublishedAt": written(video.time)}
        return {
            "kind": "youtube#playlistItem",
            "etag": "p1",
            "id": f"VVU{video.id}",
            "snippet": {"publishedAt": written(video.time), "title": title, "playlistId": self._account.uploads},
            "contentDetails": {"videoId": video.id, **published},
            "status": {"privacyStatus": privacy},
        }

    def hit(self, video: Video) -> Json:
        """What a search found."""
        return {
            "kind": "youtube#searchResult",
            "etag": "s1",
            "id": {"kind": "youtube#video", "videoId": video.id},
            "snippet": self._about(video),
        }

    def video(self, video: Video, now: datetime) -> Json:
        """A video."""
        comments = sum(1 for comment in video.comments if comment.time <= now)
        about = {**self._about(video), "description": video.text, "tags": video.tags, "defaultAudioLanguage": "ko"}
        counts = {"viewCount": str(video.views), "likeCount": str(video.likes), "favoriteCount": "0"}
        return {
            "kind": "youtube#video",
            "etag": "v1",
            "id": video.id,
            "snippet": about,
            "contentDetails": {"duration": "P0D" if video.live else "PT7M30S", "contentRating": {}},
            "status": {"uploadStatus": "processed", "privacyStatus": self._privacy(video), "madeForKids": False},
            "statistics": counts if video.comments_off else {**counts, "commentCount": str(comments)},
        }

    def thread(self, video: Video, comment: Comment, now: datetime) -> Json:
        """A comment with its replies, at most one: the others are asked for by themselves."""
        replies = [reply for reply in video.comments if reply.parent == comment.id and reply.time <= now]
        shown = {"replies": {"comments": [self.comment(reply) for reply in replies[:1]]}} if replies else {}
        top = self.comment(comment)
        top["snippet"]["videoId"] = video.id
        return {
            "kind": "youtube#commentThread",
            "etag": "t1",
            "id": comment.id,
            "snippet": {"videoId": video.id, "topLevelComment": top, "totalReplyCount": len(replies), "isPublic": True},
            **shown,
        }

    def comment(self, comment: Comment) -> Json:
        """A comment or a reply."""
        parent = {"parentId": comment.parent} if comment.parent else {}
        return {
            "kind": "youtube#comment",
            "etag": "k1",
            "id": comment.id,
            "snippet": {
                **parent,
                "textDisplay": comment.text,
                "textOriginal": comment.text,
                "authorDisplayName": f"@{comment.by}",
                "authorChannelId": {"value": self._records.channel_id(comment.by)},
                "likeCount": comment.likes,
                "publishedAt": written(comment.time),
                "updatedAt": written(comment.time),
            },
        }

    def _about(self, video: Video) -> Json:
        return {
            "publishedAt": written(video.time),
            "channelId": self._account.id,
            "channelTitle": self._account.title,
            "title": video.title,
            "liveBroadcastContent": "live" if video.live else "none",
        }

    def _privacy(self, video: Video) -> str:
        return "unlisted" if video.unlisted else "public"


def written(time: datetime) -> str:
    """A time as the API writes it."""
    return time.isoformat(timespec="seconds").replace("+00:00", "Z")
