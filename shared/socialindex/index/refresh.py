"""Which posts must be read again to be kept: the terms of their hosts say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex import terms

if TYPE_CHECKING:
    from socialindex.model import Post


def must_refresh(post: Post) -> bool:
    """Whether the terms of the post's host let it be kept only while it is read again.

    Raises:
        Unavailable: the register cannot be read.
    """
    found = terms.of_host(post.platform.partition(":")[0]) if post.platform else None
    return found is not None and found.refresh_days is not None
