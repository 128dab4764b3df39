"""What the terms of a post's host let us store of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex import terms
from socialindex.errors import Refused
from socialindex.identity import IMPORT_SCHEME
from socialindex.sources.base import withdrawn
from socialindex.terms.keeping import bare

if TYPE_CHECKING:
    from socialindex.model import Post


def allowed(post: Post) -> Post:
    """The post as far as its host's terms let it be stored; asked again at every replay.

    What a client brings along it answers for itself: nothing was collected from the host that such a post links to.

    Where only titles and links may be stored, the text and what follows from it are left out (``terms.keeping``).

    Raises:
        Discarded: the host's terms forbid collecting, or ask for a permission that is not recorded. It names the post,
            so that what we hold of it is taken down.
        Unavailable: the register cannot be read.
    """
    if post.url is None or post.uri.startswith(IMPORT_SCHEME):
        return post
    try:
        found = terms.check_post(post.url)
    except Refused as verdict:
        raise withdrawn(verdict.reason, post.uri) from verdict
    if found is None or found.keep == "full":
        return post
    return bare(post)
