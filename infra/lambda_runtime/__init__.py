"""Lambda's own Python on this machine: what SAM builds with, and what built artifacts run under.

Of ``python3.13`` on the PATH, as engineers and workflows have it; else of Debian's packages, unpacked beside the
servers' files, with nothing installed: Debian 12's own Python is older than what Lambda still offers.
"""

from __future__ import annotations

from infra.lambda_runtime.provided import provided
from infra.lambda_runtime.python import interpreter

__all__ = ["interpreter", "provided"]
