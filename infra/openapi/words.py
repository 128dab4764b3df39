"""Words of the document that belong to no single type or route: ``words.toml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

_PATH = Path(__file__).with_name("words.toml")


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The words."""

    title: str
    description: str
    security: str
    tags: dict[str, str]
    """Per tag what its routes are about, in the order in which they are shown."""
    parameters: dict[str, str]
    """Of paths: by the part before the parameter, or by its own name."""
    headers: dict[str, str]
    statuses: dict[str, str]
    """Per status of an answer what it means."""
    problem: dict[str, str]
    """Per member of a problem's details what it says."""
    fields: dict[str, str]
    """Of fields that mean the same wherever they are, unless a type says more."""


@cache
def words() -> Words:
    """All of them."""
    return msgspec.toml.decode(_PATH.read_bytes(), type=Words)
