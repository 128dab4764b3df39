"""``make openapi``: write the API's document and its page again; with ``--check``, tell whether they are current."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import msgspec

from infra.openapi.api import ROOT, routes
from infra.openapi.document import document
from infra.openapi.page import page

_PACKAGE = Path("shared/socialindex/search")


def files() -> dict[Path, bytes]:
    """What the files must hold, by their paths below the project's root."""
    described = document(routes())
    packed = msgspec.json.encode(described)
    return {
        _PACKAGE / "openapi.json": packed,
        _PACKAGE / "openapi.html": page(described).encode(),
        Path("docs/openapi.json"): msgspec.json.format(packed, indent=1) + b"\n",
    }


def stale(root: Path = ROOT) -> list[Path]:
    """Files that do not hold what they must."""
    return [path for path, text in files().items() if not (root / path).is_file() or (root / path).read_bytes() != text]


def main() -> int:
    """Write the files, or check them; the exit status is 1 where they are stale."""
    parser = argparse.ArgumentParser(prog="python -m infra.openapi", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a file is not current")
    if not parser.parse_args().check:
        for path, text in files().items():
            (ROOT / path).write_bytes(text)
            print(f"  {path} ({len(text):,} bytes)")
        return 0
    found = stale()
    for path in found:
        print(f"{path} is not what the code says: run `make openapi`", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
