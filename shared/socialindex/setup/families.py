"""The families of indices: posts, mentions and topics. They are made of the same parts, and change generation together.

One generation has of each of the first two an index per month (``posts-g1-2026.11``), and of topics one
(``topics-g1``). Searches see a family by its alias, which has its name.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from socialindex.engine import ALIAS, MENTIONS
from socialindex.engine import TOPICS as TOPICS_ALIAS


class Family(NamedTuple):
    """Indices of one kind."""

    name: str
    """The alias, the beginning of each index's name, and the name of the present generation's template."""
    monthly: bool = True
    id_field: str = "id"
    """The field that has the documents' own ids."""
    id_begin: str = ""
    """What these begin with, before letters and digits of base 32."""

    @property
    def next(self) -> str:
        """The name of the template for the generation that is being made."""
        return f"{self.name}-next"

    @property
    def retired(self) -> str:
        """The name of the template for generations that are over."""
        return f"{self.name}-retired"

    def pattern(self, generation: int) -> str:
        """What a generation's indices match."""
        return f"{self.name}-g{generation}-*" if self.monthly else self.named(generation)

    def named(self, generation: int, month: str = "") -> str:
        """The name of a generation's index; of a month such as ``2026.11`` where there is one for each."""
        return f"{self.name}-g{generation}-{month}" if self.monthly else f"{self.name}-g{generation}"


POSTS: Final = Family(ALIAS)
MENTIONED: Final = Family(MENTIONS, id_field="mention.id", id_begin="mn_")
TOPICS: Final = Family(TOPICS_ALIAS, monthly=False)
FAMILIES: Final = (POSTS, MENTIONED, TOPICS)
MONTHLY: Final = (POSTS, MENTIONED)
"""Families that are copied month by month."""
