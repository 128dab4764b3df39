"""Fetch and build all that the local servers need: ``python -m infra.local.artifacts``. Silent where it is there."""

from __future__ import annotations

import sys

from infra.local.artifacts import ARTIFACTS, cache_folder, prepare
from socialindex.errors import SocialIndexError


def main() -> int:
    """Prepare all; the exit status is 1, with a sentence, where something cannot be had."""
    try:
        prepare(set(ARTIFACTS), cache=cache_folder())
    except SocialIndexError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
