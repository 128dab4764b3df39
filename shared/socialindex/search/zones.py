"""Time zones by their names, for days as people have them."""

from __future__ import annotations

from datetime import UTC, tzinfo

from socialindex.errors import InvalidInput


def zone_of(name: str) -> tzinfo:
    """The time zone of a name of the IANA database, such as ``Asia/Seoul``.

    Raises:
        InvalidInput: there is none of this name.
    """
    if name == "UTC":
        return UTC  # most want it, and the list takes a while to load
    # Imported here for the same reason. Lambda's own system has no list.
    from dateutil.zoneinfo import get_zonefile_instance  # type: ignore[import-untyped] # noqa: PLC0415 - see above

    zone = get_zonefile_instance().get(name)
    if not isinstance(zone, tzinfo):
        remedy = "use a name such as Asia/Seoul or UTC"
        raise InvalidInput(f"there is no time zone {name[:40]!r}", field="time_zone", remedy=remedy)
    return zone
