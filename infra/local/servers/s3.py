"""versitygw: the buckets, as plain files in a folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from infra.local.artifacts.versitygw import versitygw_binary
from infra.local.servers.base import HOST, Server, ServerConfig
from infra.local.servers.process import Command

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class S3Config(ServerConfig):
    """Settings of the S3 server, which checks signatures made with these keys."""

    port: int = 7070
    region: str = "us-east-1"
    access_key: str = "local"
    secret_key: str = "local-secret"  # noqa: S105 -- a dummy for a server that only this machine reaches


class S3(Server):
    """versitygw over the file system, with versioned buckets.

    Differs from S3: a key that is a folder of another key (``a`` and ``a/b``) is refused, a part of a key between
    slashes has at most 255 bytes, and there are no lifecycle rules.
    """

    name: ClassVar[str] = "the S3 server"
    artifact: ClassVar[str] = "versitygw"
    port_setting: ClassVar[str] = "S3_PORT"

    def __init__(self, config: S3Config) -> None:
        super().__init__(config)
        self._keys = {"ROOT_ACCESS_KEY": config.access_key, "ROOT_SECRET_KEY": config.secret_key}
        self._region = config.region

    def command(self) -> Command:
        """Serve the folder ``objects``; earlier versions go beside it."""
        objects, versions = self._folder("objects"), self._folder("versions")
        gateway = [str(versitygw_binary(self.config.cache)), "--port", f"{HOST}:{self.port}", "--region", self._region]
        posix = ["posix", "--versioning-dir", str(versions), *self._metadata(objects), str(objects)]
        return Command([*gateway, "--quiet", "--keep-alive", *posix], self._keys, self.folder, self.log)

    def _metadata(self, objects: Path) -> list[str]:
        """Metadata lives in extended attributes, or in files beside where the file system has none (tmpfs, NFS)."""
        try:
            os.setxattr(objects, "user.socialindex-probe", b"1")
            os.removexattr(objects, "user.socialindex-probe")
        except OSError:
            return ["--sidecar", str(self._folder("metadata"))]
        return []

    def _folder(self, name: str) -> Path:
        folder = self.store / name
        folder.mkdir(exist_ok=True)
        return folder
