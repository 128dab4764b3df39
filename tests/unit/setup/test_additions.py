"""Fields that are added to a mapping, and those that are changed."""

from __future__ import annotations

from typing import Any

import pytest

from socialindex.setup.additions import additions, merged, without

WORD, NUMBER, TEXT = {"type": "keyword"}, {"type": "long"}, {"type": "text"}


def inside(**fields: Any) -> dict[str, Any]:
    return {"properties": fields}


PRESENT = {"a": WORD, "b": inside(c=NUMBER, d=inside(e=WORD))}


@pytest.mark.parametrize(
    ("wanted", "new"),
    [
        (PRESENT, {}),
        ({**PRESENT, "f": TEXT}, {"f": TEXT}),
        ({**PRESENT, "a": TEXT}, {}),
        ({"a": WORD}, {}),
        ({**PRESENT, "b": inside(c=NUMBER, d=inside(e=WORD, g=TEXT), h=WORD)}, {"b": inside(d=inside(g=TEXT), h=WORD)}),
        ({**PRESENT, "i": inside(j=WORD)}, {"i": inside(j=WORD)}),
    ],
)
def test_what_is_new(wanted: dict[str, Any], new: dict[str, Any]) -> None:
    assert additions(PRESENT, wanted) == new
    assert additions(merged(PRESENT, new), wanted) == {}
    assert additions(PRESENT, without(wanted, new)) == {}


def test_what_only_adds_gives_the_wanted_mapping() -> None:
    wanted = {**PRESENT, "f": TEXT, "b": inside(c=NUMBER, d=inside(e=WORD, g=TEXT))}
    new = additions(PRESENT, wanted)
    assert merged(PRESENT, new) == wanted
    assert without(wanted, new) == PRESENT
