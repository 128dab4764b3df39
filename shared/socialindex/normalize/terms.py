"""What the terms of a post's host let us store of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from socialindex import terms

if TYPE_CHECKING:
    from socialindex.model import Post


def allowed(post: Post) -> Post:
    """The post as far as its host's terms let it be stored; asked again at every replay.

    Where only titles and links may be stored, the text and what follows from it are left out; who wrote it, when, and
    its figures are no part of the work.

    Raises:
        Refused: the host's terms forbid collecting, or ask for a permission that is not recorded.
        Unavailable: the register cannot be read.
    """
    if post.url is None:
        return post
    terms.check(post.url)
    found = terms.find(post.url)
    if found is None or found.keep == "full":
        return post
    return msgspec.structs.replace(post, text=None, excerpt=False, media=[], links=[], mentions=[], hashtags=[])
