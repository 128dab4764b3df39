"""Time zones by their names, for days as people have them.

Everything that goes by a zone's clocks goes by this one list. The engine, whose Java brings a list of its own, is never
told a zone's name: where the two differ, posts would be counted on another day than the one that is shown.
"""

from __future__ import annotations

import re
from datetime import UTC, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from socialindex.errors import InvalidInput

_NAME: Final = re.compile(r"[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")
"""What a system keeps beside the zones, such as ``posixrules`` or ``right/UTC``, begins with a small letter."""


def zone_of(name: str, field: str = "time_zone") -> tzinfo:
    """The time zone of a name of the IANA database, such as ``Asia/Seoul``.

    Raises:
        InvalidInput: there is none of this name; ``field`` is what is named as wrong.
    """
    if name == "UTC":
        return UTC  # most want it, and it takes no file
    try:
        return ZoneInfo((_NAME.fullmatch(name) and name) or "")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        remedy = "use a name such as Asia/Seoul or UTC"
        raise InvalidInput(f"there is no time zone {name[:40]!r}", field=field, remedy=remedy) from error
