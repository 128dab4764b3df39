"""The plan of an import: which column is what, and how its values are read. A client confirms it before we keep a row.

The same plan travels with every archived chunk of rows as its channel's options, so that a replay needs nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, get_args

import msgspec

from socialindex.errors import InvalidInput
from socialindex.imports.dates import SEOUL, DateOrder
from socialindex.model import Kind, Struct
from socialindex.zones import zone_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Field = Literal[
    "id",
    "text",
    "title",
    "author",
    "author_id",
    "published_at",
    "published_time",
    "edited_at",
    "rating",
    "likes",
    "replies",
    "views",
    "url",
    "product",
    "tags",
    "language",
]
"""What a column can be. ``published_time`` is the time of day, where ``published_at`` has the day alone. ``product``
and ``tags`` become hashtags."""
FIELDS: tuple[Field, ...] = get_args(Field)
CONTENT: frozenset[Field] = frozenset({"text", "title"})
"""One of them at least makes a post."""
_COLUMN = "column:"
"""Prefix of the channel's options that hold the mapping."""

Name = Annotated[str, msgspec.Meta(pattern="^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$")]
Rating = Annotated[float, msgspec.Meta(ge=1, le=1000)]


class Plan(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """How a file's rows become posts."""

    mapping: dict[Field, Annotated[str, msgspec.Meta(max_length=1_000)]]
    """Field to column. Columns that are not named never leave the uploaded file."""
    kind: Kind = "post"
    timezone: Annotated[str, msgspec.Meta(max_length=64)] = SEOUL
    """IANA name of the zone of dates that name none."""
    date_order: DateOrder | None = None
    """What dates begin with that end in their year, such as 11/28/2026; without it they are refused."""
    rating_max: Rating = 5.0
    """The best mark of bare ratings."""
    language: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    """BCP 47 primary language of all rows, such as ``ko``; absent where it is to be detected."""
    collection: Name = "main"
    """Within it an id names one post: the same id in another collection of the workspace is another post."""

    def check(self, columns: Collection[str] | None) -> None:
        """Pass a plan that can be followed.

        Args:
            columns: the file's; ``None`` where a row may have columns that the first rows have not.

        Raises:
            InvalidInput: it names a column that is not there, one twice, or none that makes a post.
        """
        zone_of(self.timezone, "timezone")
        if self.collection.endswith("\n"):  # which "$" lets pass
            remedy = "use small letters, digits and hyphens, such as reviews"
            raise InvalidInput("a collection's name is one line", field="collection", remedy=remedy)
        if not CONTENT & set(self.mapping):
            raise InvalidInput(
                "neither text nor title has a column",
                field="mapping",
                remedy=f"say which column holds the text, such as text=내용{_behind(columns)}",
            )
        if "published_time" in self.mapping and "published_at" not in self.mapping:
            raise InvalidInput(
                "there is a time of day, and no day",
                field="mapping.published_time",
                remedy=f"say which column holds the day, such as published_at=날짜{_behind(columns)}",
            )
        taken: dict[str, str] = {}
        for field, column in self.mapping.items():
            if columns is not None and column not in columns:
                raise InvalidInput(
                    f"the file has no column {column[:60]!r}", field=f"mapping.{field}", remedy=_those(columns)
                )
            if taken.setdefault(column, field) != field:
                raise InvalidInput(
                    f"the column {column[:60]!r} is both {taken[column]} and {field}",
                    field="mapping",
                    remedy="give each field a column of its own",
                )

    def options(self) -> dict[str, str]:
        """The plan as a channel's options."""
        plain = {name: value for name, value in msgspec.to_builtins(self).items() if name != "mapping"}
        return {name: str(value) for name, value in plain.items() if value is not None} | {
            f"{_COLUMN}{field}": column for field, column in self.mapping.items()
        }


def plan_of(options: Mapping[str, str]) -> Plan:
    """The plan in a channel's options.

    Raises:
        InvalidInput: there is none in them, or one that cannot be followed.
    """
    plain: dict[str, object] = {name: value for name, value in options.items() if not name.startswith(_COLUMN)}
    plain["mapping"] = {
        name.removeprefix(_COLUMN): value for name, value in options.items() if name.startswith(_COLUMN)
    }
    try:
        plan = msgspec.convert(plain, Plan, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"this is no channel of an import: {error}", remedy="make channels by an import") from error
    plan.check(None)
    return plan


def _behind(columns: Collection[str] | None) -> str:
    return "" if columns is None else f"; {_those(columns)}"


def _those(columns: Collection[str]) -> str:
    named = ", ".join(repr(column[:40]) for column in list(columns)[:20])
    return f"its columns are: {named}" + (", ..." if len(columns) > 20 else "")  # noqa: PLR2004 - as shown
