"""Who is let into an engine that has the security plugin: people, functions, and organizations to their workspaces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from socialindex.setup.function_roles import functions
from socialindex.setup.roles import OURS, markers, people
from socialindex.setup.security import keep_audit_log, put_roles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from opensearchpy import OpenSearch

    from socialindex.aws.organizations import Organizations
    from socialindex.organizations import Workspace

_PAGE: Final = 100
_MARKER: Final = re.compile("ws_[a-z2-7]{16}")


class Admission:
    """Puts roles as they must be, and takes away those of ours that nothing needs any more; safe to run again.

    Args:
        engine: one with the security plugin, of which the caller is an administrator.
        organizations: whose workspaces there are.
    """

    def __init__(self, engine: OpenSearch, organizations: Organizations) -> None:
        self._engine = engine
        self._organizations = organizations

    def put(self, arns: Mapping[str, str]) -> list[str]:
        """Put all roles, and have what is refused written down; the names of what changed. Errors as of ``put_roles``.

        Args:
            arns: of the functions' IAM roles, by the functions' names.
        """
        wanted = {**people(), **functions(arns)}
        changed = put_roles(self._engine, wanted, lambda name: name.startswith(OURS))
        return [*changed, *self.mark(), *keep_audit_log(self._engine)]

    def mark(self) -> list[str]:
        """Let organizations see the workspaces that they have by now; the names of those that changed."""
        return put_roles(self._engine, markers(self._workspaces()), lambda name: bool(_MARKER.fullmatch(name)))

    def _workspaces(self) -> Iterator[Workspace]:
        after = ""
        while page := self._organizations.all(after, _PAGE):
            for organization in page:
                if organization.deleted_at is None:
                    yield from self._organizations.workspaces(organization.id)
            after = page[-1].id
