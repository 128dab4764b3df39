"""One plain loop at all hosts: one request after the other.

``python -m infra.bench.crawlers.loop PAGES PORT ...``
"""

from __future__ import annotations

from infra.bench.crawlers import plain

if __name__ == "__main__":
    plain.main(plain.drop, at_once=False)
