"""The fediverse: ordinary statuses and conversations, the incident, and what arrives while the world runs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from infra.local.world.records import Account, Picture, Poll, Status
from infra.local.world.story import crowd
from infra.local.world.story.calendar import ordinary, soon_after
from infra.local.world.story.chance import happens, mostly_few
from infra.local.world.story.people import People, snowflake
from infra.local.world.story.pools import Deck, load
from infra.local.world.story.stage import Stage, broken_out, composers, scripted

if TYPE_CHECKING:
    from datetime import datetime

    from infra.local.world.records import Article

_PICTURED = ("camera_chat", "walks")
"""Themes whose statuses always show a picture."""


def write(stage: Stage, articles: list[Article]) -> tuple[list[Account], list[Status]]:
    """All accounts, and all statuses by id."""
    writer = StatusWriter(stage)
    writer.ordinary()
    writer.headlines(articles)
    writer.special()
    writer.conversations()
    writer.incident()
    writer.live()
    writer.outbreak()
    return writer.people.accounts, sorted(writer.statuses, key=lambda status: int(status.id))


class StatusWriter:
    """Collects statuses; ``keyed`` has those that others answer, boost or link to."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.rng = stage.chance("fediverse")
        self.deck = Deck(self.rng)
        self.composers = composers(self.rng)
        self.people = People(self.rng, stage.anchor)
        self.statuses: list[Status] = []
        self.keyed: dict[str, Status] = {}

    def ordinary(self) -> None:
        """Everyday life: everybody writes something, some more than others."""
        counts, writers = load("social")["counts"], self.people.locals()
        every = [*writers, *writers, *self.rng.choices(writers, k=counts["statuses"] - 2 * len(writers))]
        for by in [*every, *self.rng.choices(self.people.remotes(), k=counts["remote"])]:
            self._everyday(by, ordinary(self.rng, self.stage.anchor))

    def headlines(self, articles: list[Article]) -> None:
        """The newspaper's bot announces every other ordinary article of the main feed."""
        main = [article for article in articles if "main" in article.feeds and article.slug[0].isdigit()]
        for article in main[::2]:
            at = article.published_at + timedelta(minutes=self.rng.randrange(2, 9))
            self._add("dawn_daily", f"{article.title} [[{article.slug}]]", at, favourites=self.rng.randrange(6))

    def special(self) -> None:
        """Advertisements, polls, content warnings, edits, and what is not for everybody."""
        for kind in ("promoted", "polls", "warned", "edited", "unlisted", "private"):
            for item in load("social")[kind]:
                self._scripted(item, self.stage.anchor - timedelta(days=item["days_before"]), self.rng.randrange(30))

    def conversations(self) -> None:
        """Replies and boosts among everyday statuses."""
        counts = load("social")["counts"]
        everyday = [status for status in self.statuses if _is_everyday(status)]
        for original in self.rng.sample(everyday, counts["replies"]):
            self._reply(original)
        for original in self.rng.sample(everyday, counts["boosts"]):
            at = soon_after(self.rng, original.published_at, 30)
            self._boost(self._somebody_else(original, self.people.locals()), original, at)

    def incident(self) -> None:
        """The battery: what is written out, and the crowd around it."""
        for item in scripted("incident", "statuses"):
            self._scripted(item, self.stage.hours(item["at"]), self.rng.randrange(20, 240))
        for language, text, at in crowd.statuses(self.rng, self.deck, self.stage):
            by = self.rng.choice(self.people.locals(language))
            self._add(by, self.people.spell(by, text), at, favourites=self.rng.randrange(30))
        for key, boosts in load("incident")["boosts"].items():
            for by, at in boosts:
                self._boost(by, self.keyed[key], self.stage.hours(at))

    def live(self) -> None:
        """What arrives after the anchor."""
        for item in scripted("live", "statuses"):
            self._scripted(item, self.stage.seconds(item["after"]), self.rng.randrange(9))
        for item in scripted("live", "boosts"):
            self._boost(item["by"], self.keyed[item["of"]], self.stage.seconds(item["after"]))

    def outbreak(self) -> None:
        """What breaks out."""
        for item, at in broken_out(self.stage, "statuses"):
            self._scripted(item, at, self.rng.randrange(9))
        for item, at in broken_out(self.stage, "boosts"):
            self._boost(item["by"], self.keyed[item["of"]], at)

    def _add(self, by: str, text: str, at: datetime, **extra: Any) -> Status:  # noqa: ANN401 - fields of Status
        status = Status(
            id=snowflake(at, self.rng),
            account=self.people.id(by),
            text=text,
            language=extra.pop("language", self.people.language(by)),
            published_at=at,
            **extra,
        )
        self.statuses.append(status)
        if status.key:
            self.keyed[status.key] = status
        return status

    def _everyday(self, by: str, at: datetime) -> None:
        composer = self.composers[self.people.language(by)]
        theme = composer.theme("social")
        tone = "casual" if "casual" in composer.themes[theme] else "polite"
        parts = composer.body(theme, tone, {}, self.rng.choice((1, 1, 2)))
        if tone == "casual" and happens(self.rng, 0.35):
            parts.append(f"#{self.deck.deal(composer.themes[theme]['tags'])}")
        text = self.people.spell(by, self._flow(composer.language, parts))
        pictured = theme in _PICTURED or happens(self.rng, 0.1)
        pictures = [self._picture(self.deck.deal(load("social")["pictures"][composer.language]))] if pictured else []
        self._add(by, text, at, pictures=pictures, favourites=mostly_few(self.rng, 40))

    def _flow(self, language: str, parts: list[str]) -> str:
        """Phrases as one status. Casual Korean and Japanese do without full stops; hashtags stand at the end."""
        tags = list(dict.fromkeys(part for part in parts if part.startswith("#")))
        phrases = [part for part in parts if not part.startswith("#")]
        text = (" " if language == "en" else self.rng.choice(("\n", " "))).join(phrases)
        if language == "ko" and not tags:
            text += self.rng.choices(("", " ㅋㅋㅋ", " ㅎㅎ", " ㅠㅠ"), (80, 9, 7, 4))[0]
        return "\n".join(filter(None, (text, " ".join(tags))))

    def _picture(self, description: str) -> Picture:
        return Picture(id=str(self.rng.randrange(10**17, 10**18)), description=description or None)

    def _reply(self, original: Status) -> None:
        by = self._somebody_else(original, self.people.locals(original.language))
        text = self.deck.deal(load("social")["replies"][original.language])
        at = soon_after(self.rng, original.published_at, 8)
        self._add(by, self._addressed(original, text), at, answers=original.id)

    def _addressed(self, original: Status, text: str) -> str:
        return f"@{self.people.address(self.people.name(original.account))} {text}"

    def _somebody_else(self, original: Status, names: list[str]) -> str:
        return self.rng.choice([name for name in names if self.people.id(name) != original.account])

    def _boost(self, by: str, original: Status, at: datetime) -> None:
        self._add(by, "", at, boosts=original.id, language=original.language)

    def _scripted(self, item: dict[str, Any], at: datetime, favourites: int) -> None:
        """Add a status that a data file writes out."""
        extra: dict[str, Any] = {name: item[name] for name in ("key", "spoiler", "visibility") if name in item}
        extra["pictures"] = [self._picture(text) for text in item.get("pictures", ())]
        if "options" in item:
            extra["poll"] = self._poll(item, at)
        if "edited_text" in item:
            live = item.get("live_after")
            edited_at = self.stage.seconds(live) if live else at + timedelta(hours=item["after_hours"])
            extra |= {"edited_text": item["edited_text"], "edited_at": edited_at}
        text = item["text"]
        if "answers" in item:
            original = self.keyed[item["answers"]]
            extra["answers"], text = original.id, self._addressed(original, text)
        self._add(item["by"], text, at, favourites=favourites, **extra)

    def _poll(self, item: dict[str, Any], at: datetime) -> Poll:
        expires_at = at + timedelta(days=item.get("days_open", 3))
        return Poll(id=snowflake(at, self.rng), options=item["options"], votes=item["votes"], expires_at=expires_at)


def _is_everyday(status: Status) -> bool:
    """Whether anybody may chime in: no headline, nothing scripted, nothing hidden."""
    special = status.key or status.poll or status.spoiler or status.edited_at
    return not special and status.visibility == "public" and not status.text.endswith("]]")
