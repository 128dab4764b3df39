"""The one search of the archive that all removals share: where it goes on, and how far each of them is with it.

It goes through the archive in the order of the keys and, behind the end, from the beginning again. A removal joins it
where it is and is done with it when it has come around: the search goes back for none, so that a removal takes one
round however many others come. Whatever is stored after a removal was put on the list needs no search: the index
stage turns it away, and notes the record that holds it.

``after`` is the key behind which a removal's search goes on; empty, it has not joined. One that was written down
before searches went around has joined where the archive begins for it, as its empty ``start`` says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from socialindex.aws.archive import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.erasure.removal import Removal
    from socialindex.erasure.rewrite import Rewriting


def is_over(removal: Removal) -> bool:
    """Whether all of the archive that can hold what a removal names was searched for it."""
    return removal.wrapped and removal.after >= removal.start


def place(removals: Iterable[Removal]) -> str | None:
    """The key behind which the search goes on; ``None`` where it has nothing to do."""
    return min((removal.after for removal in removals if _is_in_it(removal)), default=None)


def joined(removal: Removal, here: str) -> Removal:
    """A removal that has joined the search at a place, or behind it where the archive begins for it only there."""
    if removal.after:
        return removal
    start = max(here, _beginning(removal))
    return msgspec.structs.replace(removal, start=start, after=start)


def passed(removal: Removal, key: str, done: Rewriting) -> Removal:
    """A removal's progress, an object further; it may be ahead of others that are searched for at the same time."""
    if not _is_in_it(removal) or key <= removal.after:
        return removal
    return msgspec.structs.replace(
        removal,
        after=key,
        objects=removal.objects + 1,
        records=removal.records + done.records,
        unreadable=removal.unreadable + done.unreadable,
    )


def wrapped(removal: Removal) -> Removal:
    """A removal's progress where the archive's end is reached: what is left lies before the place where it joined."""
    if not _is_in_it(removal):
        return removal
    if removal.wrapped or _beginning(removal) >= removal.start:
        return msgspec.structs.replace(removal, wrapped=True, after=max(removal.after, removal.start))
    return msgspec.structs.replace(removal, wrapped=True, after=_beginning(removal))


def _is_in_it(removal: Removal) -> bool:
    return bool(removal.after) and not is_over(removal)


def _beginning(removal: Removal) -> str:
    """The key behind which the archive can hold what a removal names."""
    return PREFIX + removal.day.replace("-", "/")
