"""The setup stage: puts index templates and stored scripts into the engine; safe to run again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from socialindex.engine import answering
from socialindex.index.merge import SCRIPT

if TYPE_CHECKING:
    from pathlib import Path

    from opensearchpy import OpenSearch


class Setup:
    """Puts what ``folder`` holds (``infra/opensearch/``): ``index-templates/*.json`` and ``merge-post.painless``."""

    def __init__(self, engine: OpenSearch, folder: Path) -> None:
        self._engine = engine
        self._folder = folder

    def run(self) -> dict[str, list[str]]:
        """Put everything; the names of what was put.

        Raises:
            Unavailable: the engine does not answer.
        """
        templates = sorted(self._folder.glob("index-templates/*.json"))
        with answering():
            source = (self._folder / f"{SCRIPT}.painless").read_text("utf-8")
            self._engine.put_script(id=SCRIPT, body={"script": {"lang": "painless", "source": source}})
            for template in templates:
                body = json.loads(template.read_text("utf-8"))
                self._engine.indices.put_index_template(name=template.stem, body=body)
        return {"scripts": [SCRIPT], "templates": [template.stem for template in templates]}
