from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from infra.local.cloud import Cloud
from infra.local.template import Site, Template, read_template

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Reader(Protocol):
    def __call__(
        self, text: str, parameters: Mapping[str, str] | None = None, overrides: Mapping[str, str] | None = None
    ) -> Template: ...


@pytest.fixture(scope="session")
def site() -> Site:
    cloud = Cloud(sqs="http://127.0.0.1:9324", dynamodb="http://127.0.0.1:8000", s3="http://127.0.0.1:7070")
    return Site("demo", cloud, "http://127.0.0.1:3000")


@pytest.fixture
def read(tmp_path: Path, site: Site) -> Reader:
    """Reads a template's text; the folders fn/ and shared/ are beside it."""

    def reader(
        text: str, parameters: Mapping[str, str] | None = None, overrides: Mapping[str, str] | None = None
    ) -> Template:
        path = tmp_path / "template.yaml"
        path.write_text(text, encoding="utf-8")
        for folder in ("fn", "shared"):
            (tmp_path / folder).mkdir(exist_ok=True)
        return read_template(path, site, parameters=parameters, overrides=overrides)

    return reader
