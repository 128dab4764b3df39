"""What all answers have in common."""

from __future__ import annotations

import msgspec


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """An answer of the API, or a part of one.

    Fields that are not known here are passed over, and words from a list (states, kinds) are plain strings: a client
    goes on working when the service has learned something new.
    """
