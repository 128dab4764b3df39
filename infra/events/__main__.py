"""Write docs/events.md, or with ``--check`` say whether it is current."""

from __future__ import annotations

import sys

from infra.events.page import PAGE, page


def main() -> None:
    """Do what the command line asks for."""
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page(), "utf-8")
    elif PAGE.read_text("utf-8") != page():
        sys.exit("docs/events.md is not what the code says: run python -m infra.events")


if __name__ == "__main__":
    main()
