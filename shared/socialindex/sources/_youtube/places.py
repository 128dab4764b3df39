"""What of YouTube an address means, and the addresses that are the identities of videos and comments."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal, NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from socialindex.marks import MARKS
from socialindex.sources._families.one_service import host_name, stand_in
from socialindex.text import canonical_url

SITE: Final = "https://www.youtube.com"
API: Final = "https://www.googleapis.com"
_HOSTS: Final = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com", "youtu.be"})
_SHORT: Final = "youtu.be"
_CHANNEL: Final = re.compile(r"UC[\w-]{22}", re.ASCII)
_VIDEO: Final = re.compile(r"[\w-]{11}", re.ASCII)
_PLAYLIST: Final = re.compile(r"[\w-]{2,64}", re.ASCII)
_COMMENT: Final = re.compile(r"[\w.-]{10,80}", re.ASCII)
_HANDLE: Final = re.compile(rf"@[\w{MARKS}.·-]{{3,30}}")
"""Letters and digits of any script (https://support.google.com/youtube/answer/11585688)."""
_USER: Final = re.compile(r"[\w-]{1,60}")
_VIDEO_PAGES: Final = frozenset({"shorts", "live", "embed", "v"})

Kind = Literal["channel", "handle", "user", "playlist", "video", "search"]


class Place(NamedTuple):
    """A channel by its id, its handle (with ``@``) or its old user name; a playlist, a video, or words searched for."""

    site: str
    """Where its posts have their addresses: the site itself, or a stand-in's origin."""
    kind: Kind
    name: str

    @property
    def url(self) -> str:
        """The page of the site that shows the place."""
        if self.kind in {"video", "playlist", "search"}:
            page, parameter = {
                "video": ("watch", "v"),
                "playlist": ("playlist", "list"),
                "search": ("results", "search_query"),
            }[self.kind]
            return f"{self.site}/{page}?{urlencode({parameter: self.name})}"
        folder = {"channel": "channel/", "user": "user/", "handle": ""}[self.kind]
        return f"{self.site}/{folder}{quote(self.name, safe='@')}"

    @property
    def title(self) -> str:
        """What people call the place."""
        return f"YouTube: {self.name}" if self.kind in {"handle", "user"} else f"YouTube: {self.kind} {self.name}"


@lru_cache(maxsize=256)
def place_of(url: str) -> Place | None:
    """The place that an address leads to; ``None`` where it is none of the site's or of a stand-in's."""
    site = SITE if is_site(url) else stand_in(url)
    if site is None:
        return None
    parts = urlsplit(canonical_url(url) or "")
    path = [unquote(segment) for segment in parts.path.split("/") if segment]
    if host_name(url) == _SHORT:
        path = ["shorts", *path]
    found = _by_query(path, parts.query) if len(path) == 1 and not path[0].startswith("@") else _by_path(path)
    return Place(site, *found) if found else None


def is_site(url: str) -> bool:
    """Whether an address is one of YouTube itself."""
    return host_name(url) in _HOSTS


def api_of(site: str) -> str:
    """Where the API of a site answers."""
    return API if site == SITE else site


def channel_url(site: str, channel: str) -> str:
    """The address of a channel, which is its identity as an author."""
    return f"{site}/channel/{channel}"


def video_url(site: str, video: str) -> str:
    """The address of a video, which is its identity."""
    return f"{site}/watch?v={video}"


def comment_url(site: str, video: str, comment: str) -> str:
    """The address of a comment, which is its identity: the video's page with the comment on top."""
    return f"{video_url(site, video)}&lc={comment}"


def ids_of(uri: str) -> tuple[str, str | None] | None:
    """The video and, for a comment, the comment that an identity names; ``None`` where it is none of these."""
    wanted = parse_qs(urlsplit(uri).query)
    video, comment = wanted.get("v", [""])[0], wanted.get("lc", [None])[0]
    if not _VIDEO.fullmatch(video) or (comment is not None and not _COMMENT.fullmatch(comment)):
        return None
    return video, comment


def _by_query(path: list[str], query: str) -> tuple[Kind, str] | None:
    wanted = {name: values[0].strip() for name, values in parse_qs(query).items()}
    if path == ["watch"] and _VIDEO.fullmatch(wanted.get("v", "")):
        return "video", wanted["v"]
    if path == ["playlist"] and _PLAYLIST.fullmatch(wanted.get("list", "")):
        return "playlist", wanted["list"]
    if path == ["results"] and wanted.get("search_query"):
        return "search", wanted["search_query"]
    return None


def _by_path(path: list[str]) -> tuple[Kind, str] | None:
    """A channel in whichever of its tabs, or a video by one of its short addresses."""
    match path:
        case [handle, *_] if _HANDLE.fullmatch(handle):
            return "handle", handle.lower()
        case ["channel", channel, *_] if _CHANNEL.fullmatch(channel):
            return "channel", channel
        case ["user", user, *_] if _USER.fullmatch(user):
            return "user", user
        case [page, video] if page in _VIDEO_PAGES and _VIDEO.fullmatch(video):
            return "video", video
        case ["hashtag", tag] if tag:
            return "search", f"#{tag}"
    return None
