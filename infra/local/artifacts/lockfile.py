"""Lock files: which files a server consists of, and what must be in them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

LOCKS = Path(__file__).with_name("locks")


@dataclass(frozen=True, order=True)
class Coordinate:
    """A file's name in a Maven repository: ``group:artifact:version[:classifier]:packaging``."""

    group: str
    artifact: str
    version: str
    packaging: str
    classifier: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the written form.

        Raises:
            ValueError: the text has fewer than four or more than five parts.
        """
        group, artifact, version, *classifier, packaging = text.split(":")
        if len(classifier) > 1:
            raise ValueError(f"{text!r} has more than five parts")
        return cls(group, artifact, version, packaging, *classifier)

    def __str__(self) -> str:
        parts = (self.group, self.artifact, self.version, self.classifier, self.packaging)
        return ":".join(part for part in parts if part)

    @property
    def file_name(self) -> str:
        """Name of the file in every Maven repository."""
        classifier = f"-{self.classifier}" if self.classifier else ""
        return f"{self.artifact}-{self.version}{classifier}.{self.packaging}"

    @property
    def path(self) -> str:
        """Where the file stands below a repository's base address."""
        return f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}/{self.file_name}"


@dataclass(frozen=True)
class LockedFile:
    """A file that may be used only with exactly this content."""

    coordinate: Coordinate
    size: int
    sha512: str

    def __str__(self) -> str:
        return f"{self.coordinate} {self.size} {self.sha512}"

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read a lock's line: coordinate, bytes, SHA-512 in hexadecimal."""
        coordinate, size, sha512 = line.split()
        return cls(Coordinate.parse(coordinate), int(size), sha512)

    def kept_in(self, cache: Path) -> Path:
        """The verified file's place in a cache. The folder says by which hash it was verified."""
        return cache / "files" / self.sha512[:16] / self.coordinate.file_name


@dataclass(frozen=True)
class Lock:
    """One server's files."""

    name: str
    files: tuple[LockedFile, ...]

    def paths(self, cache: Path) -> list[Path]:
        """Where the files stand once they are fetched, in the lock's order."""
        return [file.kept_in(cache) for file in self.files]

    def path(self, artifact: str, cache: Path) -> Path:
        """Where one file stands, by its artifact's name.

        Raises:
            KeyError: the lock has no such artifact.
        """
        return {file.coordinate.artifact: file for file in self.files}[artifact].kept_in(cache)

    @property
    def digest(self) -> str:
        """A short name for exactly this set of files."""
        return hashlib.sha256("\n".join(map(str, self.files)).encode()).hexdigest()[:12]


def read_lock(name: str) -> Lock:
    """The lock of ``opensearch``, ``opensearch-security``, ``elasticmq`` or ``dynamodb``."""
    lines = (LOCKS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    entries = (line for line in lines if line and not line.startswith("#"))
    return Lock(name, tuple(LockedFile.parse(line) for line in entries))
