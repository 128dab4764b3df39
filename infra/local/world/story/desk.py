"""The tools with which board posts are written, shared by the ordinary months and the incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.local.world.records import Attachment, Writer
from infra.local.world.story.calendar import soon_after
from infra.local.world.story.chance import happens, mostly_few
from infra.local.world.story.drafts import CommentDraft, ThreadDraft
from infra.local.world.story.pools import Deck, load
from infra.local.world.story.stage import Cast, Stage, composers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_IMAGES = (".jpg", ".png")


class Desk:
    """Writes drafts; ``threads`` holds them by board, ``keyed`` those that have a key."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.rng = stage.chance("boards")
        self.cast = Cast(self.rng)
        self.deck = Deck(self.rng)
        self.composers = composers(self.rng)
        self.plans: list[dict[str, Any]] = load("boards")["boards"]
        self.threads: dict[str, list[ThreadDraft]] = {plan["table"]: [] for plan in self.plans}
        self.keyed: dict[str, ThreadDraft] = {}

    def counts(self, most: int) -> dict[str, Any]:
        """Views up to about ``most``, and the likes that go with them."""
        views = 12 + mostly_few(self.rng, most, 2)
        return {"views": views, "likes": mostly_few(self.rng, views // 12)}

    def file(self, name: str) -> Attachment:
        """An attachment of some size."""
        return Attachment(name=name, size=f"{self.rng.uniform(40, 900):.1f}K", image=name.endswith(_IMAGES))

    def fresh(self, draft: ThreadDraft, pool: Sequence[str]) -> str:
        """A phrase of a pool that nobody has used below a post yet, where there is one."""
        used = {comment.said for comment in draft.comments}
        candidates = [self.deck.deal(pool) for _ in range(3)]
        return next((text for text in candidates if text not in used), candidates[-1])

    def comment(
        self,
        draft: ThreadDraft,
        text: str,
        at: datetime,
        *,
        parent: CommentDraft | None = None,
        writer: Writer | None = None,
        said: str | None = None,
    ) -> None:
        """Add a comment below a post; a few are secret. ``said`` is its phrase before the slots were filled."""
        writer = writer or self.cast.anyone()
        spelled = self.cast.spell(writer, text)
        comment = CommentDraft(writer, spelled, at, parent, secret=happens(self.rng, 0.03), said=said or text)
        draft.comments.append(comment)

    def later(self, moment: datetime, hours: float) -> datetime:
        """A moment within some hours after another."""
        return soon_after(self.rng, moment, hours)

    def scripted(self, item: dict[str, Any], at: datetime, counts: dict[str, Any]) -> None:
        """Add a post that a data file writes out."""
        known = {name: item[name] for name in ("key", "category", "notice") if name in item}
        files = [self.file(name) for name in item.get("files", ())]
        draft = ThreadDraft(item["title"], item["text"], self.cast.named(item["by"]), at)
        draft.extra = known | counts | {"files": files}
        self.threads[item["board"]].append(draft)
        self.keyed[item["key"]] = draft
