"""A post as the parameters of the stored script ``merge-post``, which merges it into its document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from datetime import datetime

    from socialindex.model import Post

SCRIPT = "merge-post"


def parameters(post: Post, now: datetime, *, live: bool, replay: bool, refresh: bool = False) -> dict[str, Any]:
    """What the script is given; its header says what each means."""
    written = post.edited_at or post.published_at
    latency = _ms(now) - _ms(post.published_at) if live and not replay and post.published_at else None
    return {
        # Reads filter by these two, so that a document names them even where they are the default.
        "post": {**msgspec.to_builtins(post), "kind": post.kind, "visibility": post.visibility},
        "now": now.isoformat().replace("+00:00", "Z"),
        "edited": _ms(written) if written else 0,
        "seen": _ms(post.collected_at),
        "latency": latency,
        "replay": replay,
        "refresh": refresh,
    }


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
