"""Rewrite the lock files: ``python -m infra.local.artifacts.relock``. For maintainers, after changing a version below.

Every file is fetched, compared with the checksums that the repository publishes beside it, and locked by its SHA-512.
"""

from __future__ import annotations

import hashlib
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import requests
from jgo.maven import Dependency, MavenContext, PythonResolver

from infra.local.artifacts.lockfile import LOCKS, Coordinate, LockedFile
from infra.local.artifacts.repository import CONNECTIONS, Repository
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Plan:
    """What a lock holds: files as they are, and a root with everything that it depends on."""

    files: tuple[str, ...] = ()
    root: str = ""
    pins: tuple[str, ...] = ()
    without: frozenset[str] = frozenset()


PLANS = {
    "opensearch": Plan(
        files=(
            "org.opensearch.distribution.integ-test-zip:opensearch:3.8.0:zip",
            "org.opensearch.plugin:analysis-nori:3.8.0:jar",
            "org.apache.lucene:lucene-analysis-nori:10.5.0:jar",
            "com.ibm.icu:icu4j:77.1:jar",
            "com.ibm.icu:icu4j-localespi:77.1:jar",
        )
    ),
    "opensearch-security": Plan(
        files=(
            "org.opensearch.distribution.integ-test-zip:opensearch:3.4.0:zip",
            "org.opensearch.plugin:opensearch-security:3.4.0.0:zip",
            "org.opensearch.plugin:percolator-client:3.4.0:jar",
            "org.opensearch.plugin:reindex-client:3.4.0:jar",
            "org.opensearch:opensearch-ssl-config:3.4.0:jar",
            "org.apache.commons:commons-collections4:4.5.0:jar",
            "com.ibm.icu:icu4j:77.1:jar",
            "com.ibm.icu:icu4j-localespi:77.1:jar",
        )
    ),
    "elasticmq": Plan(root="org.elasticmq:elasticmq-server_2.13:1.7.1:jar"),
    "dynamodb": Plan(
        root="software.amazon.dynamodb:DynamoDBLocal:3.3.1:jar",
        # It asks for any ion-java from 1.4 on, which jgo does not choose from.
        pins=("com.amazon.ion:ion-java:1.12.1:jar",),
        # Named by mistake as needed at run time: test libraries, and natives that its own jar brings.
        without=frozenset({"org.mockito", "org.hamcrest", "org.objenesis", "so", "dll", "dylib"}),
    ),
}


def main() -> None:
    """Resolve, fetch, check and write all locks."""
    with Repository.of_environment() as repository, ThreadPoolExecutor(CONNECTIONS) as pool:
        for name, plan in PLANS.items():
            coordinates = sorted(coordinates_of(plan, repository))
            locked = list(pool.map(partial(lock, repository), coordinates))
            head = f"# {name}: written by python -m infra.local.artifacts.relock\n"
            (LOCKS / f"{name}.txt").write_text(head + "".join(f"{file}\n" for file in locked), encoding="utf-8")
            print(f"{name}: {len(locked)} files, {sum(file.size for file in locked) / 1e6:.0f} MB")


def coordinates_of(plan: Plan, repository: Repository) -> set[Coordinate]:
    """Every file of a plan: the listed ones and what its root needs at run time."""
    listed = {Coordinate.parse(text) for text in plan.files}
    return listed | (_resolve(plan, repository) if plan.root else set())


def lock(repository: Repository, coordinate: Coordinate) -> LockedFile:
    """Fetch a file, hold it against its published checksums and lock it.

    Raises:
        Unavailable: a checksum differs, or none is published.
    """
    content = _body(repository, coordinate.path)
    published = list(_published(coordinate, repository))
    if not published:
        raise Unavailable(f"{coordinate} has no published checksum")
    for algorithm, value in published:
        if hashlib.new(algorithm, content).hexdigest() != value:
            raise Unavailable(f"{coordinate} differs from its published {algorithm}")
    return LockedFile(coordinate, len(content), hashlib.sha512(content).hexdigest())


def _published(coordinate: Coordinate, repository: Repository) -> Iterable[tuple[str, str]]:
    """Checksums beside a file; SHA-1 is always there, the stronger ones sometimes."""
    for algorithm in ("sha512", "sha256", "sha1"):
        with repository.get(f"{coordinate.path}.{algorithm}") as response:
            if response.status_code != requests.codes.not_found:
                response.raise_for_status()
                yield algorithm, response.text.split()[0].lower()


def _body(repository: Repository, path: str) -> bytes:
    with repository.get(path) as response:
        response.raise_for_status()
        return response.content


def _resolve(plan: Plan, repository: Repository) -> set[Coordinate]:
    root = Coordinate.parse(plan.root)
    pins = {(pin.group, pin.artifact): pin for pin in map(Coordinate.parse, plan.pins)}
    with tempfile.TemporaryDirectory() as folder:
        context = MavenContext(PythonResolver(), Path(folder), remote_repos={"central": repository.base})
        artifact = context.project(root.group, root.artifact).at_version(root.version).artifact()
        roots, others = context.resolver.resolve([Dependency(artifact)])
    found = {
        Coordinate(each.groupId, each.artifactId, each.version, each.type, each.classifier) for each in roots + others
    }
    wanted = {each for each in found if not plan.without & {each.group, each.packaging}}
    return {pins.get((each.group, each.artifact), each) for each in wanted}


if __name__ == "__main__":
    main()
