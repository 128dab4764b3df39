"""Where everything in the world is found: addresses of the servers and of the items that texts link to."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.local.world.records import Account, Status, WorldData

_LINK = re.compile(r"\[\[([^\]]+)\]\]")


@dataclass(frozen=True)
class WorldAddresses:
    """The servers' addresses, such as ``http://127.0.0.1:8401``, without a slash at the end."""

    board: str
    news: str
    social: str
    slow: str
    flaky: str
    more: dict[str, str] = field(default_factory=dict)
    """Of the other sites, by their names."""

    @classmethod
    def of(cls, bases: dict[str, str]) -> WorldAddresses:
        """Addresses by the sites' names, as one object."""
        named = {entry.name for entry in fields(cls)} - {"more"}
        more = {name: base for name, base in bases.items() if name not in named}
        return cls(**{name: bases[name] for name in named}, more=more)

    def as_dict(self) -> dict[str, str]:
        """Addresses by the sites' names."""
        flat = asdict(self)
        more: dict[str, str] = flat.pop("more")
        return {**flat, **more}


class Directory:
    """Identities and addresses of the world's items, as their publishers would give them."""

    def __init__(self, world: WorldData, addresses: WorldAddresses) -> None:
        self.addresses = addresses
        self._names = {account.id: account for account in world.accounts}
        self._keyed = {article.slug: self.article(article.slug) for article in world.articles}
        for board in world.boards:
            self._keyed |= {t.key: self.thread(board.table, t.number) for t in board.threads if t.key}
        self._keyed |= {status.key: self.status_page(status) for status in world.statuses if status.key}

    def thread(self, table: str, number: int) -> str:
        """Canonical address of a board post, which is its identity."""
        return f"{self.addresses.board}/bbs/board.php?bo_table={table}&wr_id={number}"

    def comment(self, table: str, thread: int, number: int) -> str:
        """Identity of a comment: its post's address and the anchor that the skin gives it."""
        return f"{self.thread(table, thread)}#c_{number}"

    def article(self, slug: str) -> str:
        """Address of a newspaper article, which is its identity."""
        return f"{self.addresses.news}/news/{slug}"

    def post(self, base: str, slug: str) -> str:
        """Address of a blog post on the blog at ``base``."""
        return f"{base}/posts/{slug}"

    def profile(self, account: Account) -> str:
        """Address of an account's page, on its own server."""
        return f"{self._home(account)}/@{account.username}"

    def actor(self, account: Account) -> str:
        """ActivityPub id of an account."""
        return f"{self._home(account)}/users/{account.username}"

    def status(self, status: Status) -> str:
        """ActivityPub id of a status; that of a boost names the activity."""
        account = self._names[status.account]
        uri = f"{self.actor(account)}/statuses/{status.id}"
        return f"{uri}/activity" if status.boosts else uri

    def status_page(self, status: Status) -> str:
        """Address of a status for people."""
        return f"{self.profile(self._names[status.account])}/{status.id}"

    def fill(self, text: str) -> str:
        """``text`` with every ``[[key]]`` replaced by an address.

        Raises:
            KeyError: a text names a key that no item has.
        """
        return _LINK.sub(lambda match: self._keyed[match[1]], text)

    def _home(self, account: Account) -> str:
        return f"https://{account.domain}" if account.domain else self.addresses.social
