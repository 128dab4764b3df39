"""What kind of thing an attachment is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from socialindex.model import MediaKind

_KINDS: Final = frozenset({"image", "video", "audio"})
_EXTENSIONS: Final[dict[MediaKind, str]] = {
    "image": "avif bmp gif jpeg jpg png svg webp",
    "video": "avi m4v mkv mov mp4 webm",
    "audio": "aac flac m4a mp3 ogg opus wav",
}
_KIND_OF_EXTENSION = {extension: kind for kind, group in _EXTENSIONS.items() for extension in group.split()}


def kind_of(media_type: str, url: str) -> MediaKind:
    """By media type, such as ``image/png``, or Media RSS's ``medium``; else by the address."""
    declared = media_type.strip().lower().partition("/")[0]
    if declared in _KINDS:
        return cast("MediaKind", declared)
    return _KIND_OF_EXTENSION.get(_extension(url), "file")


def _extension(url: str) -> str:
    try:
        return urlsplit(url).path.rpartition(".")[2].lower()
    except ValueError:
        return ""
