"""What we crawl, as alerts know it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from socialindex.alert.landscape import Landscapes
from socialindex.model import Provenance
from tests.integration.alert_world import said
from tests.integration.analytics_world import write

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.model import Post

pytestmark = pytest.mark.integration

NOW = datetime.now(tz=UTC)


def article(channel: str) -> Post:
    provenance = Provenance(channel=channel, adapter="article/1", archive_key="raw", archive_offset=0, archive_length=1)
    return said(channel, NOW, "reporter", source="article", kind="article", provenance=provenance)


def test_the_first_news_channel_counts_at_once_and_what_is_known_is_kept_for_minutes(index: OpenSearch) -> None:
    there = Landscapes(index)
    assert there.at(NOW.timestamp()).news_channels == 0
    write(index, article("ch_first"))
    assert there.at(NOW.timestamp() + 1).news_channels == 1
    write(index, article("ch_other"))
    assert there.at(NOW.timestamp() + 2).news_channels == 1
    assert there.at(NOW.timestamp() + 3600).news_channels == 2
