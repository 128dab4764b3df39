"""Print the folder of Lambda's own Python, for a PATH: ``PATH="$(python -m infra.lambda_runtime):$PATH" sam build``."""

from __future__ import annotations

import sys

from infra.lambda_runtime import interpreter
from infra.local.artifacts import cache_folder
from socialindex.errors import SocialIndexError


def main() -> int:
    """The exit status is 1, with a sentence, where it cannot be had."""
    try:
        print(interpreter(cache_folder()).parent)
    except SocialIndexError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
