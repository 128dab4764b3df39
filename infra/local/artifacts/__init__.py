"""The servers' files: fetched by package coordinates, pinned by hash, kept in a cache.

    locks/*.txt      which files, their sizes and SHA-512 (rewritten by ``python -m infra.local.artifacts.relock``)
    versitygw/       the Go module that pins the S3 server's source (go.sum)

Nothing of it is shipped with the project: DynamoDB Local in particular may be used, not redistributed.
"""

from __future__ import annotations

from infra.local.artifacts.cache import cache_folder
from infra.local.artifacts.prepare import ARTIFACTS, prepare

__all__ = ["ARTIFACTS", "cache_folder", "prepare"]
