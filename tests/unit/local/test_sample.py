"""What the sample world is told before it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.local.sample import SampleWorld
from infra.local.world.config import SITES
from socialindex.errors import InvalidSettings

if TYPE_CHECKING:
    from pathlib import Path

LAST = 65_535 - len(SITES) + 1


@pytest.mark.parametrize("port", ["", "x", "-1", "0", "²", str(LAST + 1), "65530", "70000"])
def test_a_port_without_room_for_all_sites_behind_it_is_refused(tmp_path: Path, port: str) -> None:
    with pytest.raises(InvalidSettings, match="WORLD_PORT is") as caught:
        SampleWorld(tmp_path, port)
    assert caught.value.field == "WORLD_PORT"
    assert f"{LAST} at the most" in caught.value.remedy


@pytest.mark.parametrize("port", ["1", "8401", str(LAST)])
def test_any_other_port_is_taken(tmp_path: Path, port: str) -> None:
    SampleWorld(tmp_path, port)
