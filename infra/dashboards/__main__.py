"""Write the saved objects, or with ``--check`` say whether they are current."""

from __future__ import annotations

import sys

from infra.dashboards.objects import FILES, ndjson
from infra.dashboards.source import LANGUAGES


def main() -> None:
    """Do what the command line asks for."""
    for language in LANGUAGES:
        path, text = FILES / f"{language}.ndjson", ndjson(language)
        if "--check" not in sys.argv[1:]:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        elif path.read_text("utf-8") != text:
            sys.exit(f"{path.name} is not what the sources say: run python -m infra.dashboards")


if __name__ == "__main__":
    main()
