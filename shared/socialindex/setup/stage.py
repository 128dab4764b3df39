"""The setup stage: puts the index template and the merge script into the engine; safe to run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex.engine import ALIAS, answering
from socialindex.index.merge import SCRIPT
from socialindex.setup.template import posts_template

if TYPE_CHECKING:
    from pathlib import Path

    from opensearchpy import OpenSearch


class Setup:
    """Puts what ``folder`` (``infra/opensearch/``) holds."""

    def __init__(self, engine: OpenSearch, folder: Path) -> None:
        self._engine = engine
        self._folder = folder

    def run(self) -> dict[str, list[str]]:
        """Put everything; the names of what was put.

        Raises:
            Unavailable: the engine does not answer.
        """
        source = (self._folder / f"{SCRIPT}.painless").read_text("utf-8")
        with answering():
            self._engine.put_script(id=SCRIPT, body={"script": {"lang": "painless", "source": source}})
            self._engine.indices.put_index_template(name=ALIAS, body=posts_template(self._folder))
        return {"scripts": [SCRIPT], "templates": [ALIAS]}
