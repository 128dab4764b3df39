from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.settings import StackSettings
from socialindex.errors import InvalidSettings

if TYPE_CHECKING:
    from infra.local.template import Site


@pytest.mark.parametrize(
    ("field", "value"),
    [("port", -1), ("port", 65_536), ("speed", 0.0), ("concurrency", 0), ("requests", 0), ("retry_visibility", 43_201)],
)
def test_a_setting_that_cannot_work_is_named(site: Site, field: str, value: Any) -> None:
    with pytest.raises(InvalidSettings) as caught:
        StackSettings(template=Path("template.yaml"), data=Path("data"), cloud=site.cloud, **{field: value})
    assert caught.value.field == field
    assert caught.value.remedy
