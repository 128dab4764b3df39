"""``make source NAME=lemmy TITLE="Lemmy servers"``: writes the files of a new source and says what to do next."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from infra.scaffold.files import write
from socialindex.errors import InvalidInput

ROOT = Path(__file__).parents[2]


def main() -> int:
    """Write the files; the exit status is 1 where nothing was written."""
    parser = argparse.ArgumentParser(prog="make source", description=__doc__)
    parser.add_argument("name", help="the service's name in lower case, such as lemmy")
    parser.add_argument("--title", default="", help="what people call these servers, such as 'Lemmy servers'")
    options = parser.parse_args()
    try:
        written = write(ROOT, options.name, options.title or f"{options.name.capitalize()} servers")
    except InvalidInput as error:
        print(f"Error: {error}\nRemedy: {error.remedy}", file=sys.stderr)
        return 1
    for path in written:
        print(f"  {path.relative_to(ROOT)}")
    print(
        f"\nNow run: .venv/bin/python -m pytest tests/sources -k {options.name} --golden\n"
        "and read every value of the expected.json files that it writes. Then see docs/add-a-source.md."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
