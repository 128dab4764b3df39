"""What the newspaper and the two blogs print."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from infra.local.world.records import Article
from infra.local.world.story import korean
from infra.local.world.story.calendar import KST, ordinary
from infra.local.world.story.pools import Deck, load
from infra.local.world.story.stage import Stage, broken_out, scripted

if TYPE_CHECKING:
    from datetime import datetime


class Press:
    """Writes articles and blog posts; slugs are the date and a running number, or a scripted item's key."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.rng = stage.chance("press")
        self.deck = Deck(self.rng)

    def newspaper(self) -> list[Article]:
        """All articles of the newspaper, oldest first."""
        articles = [self._routine(item) for item in self._plan()]
        articles += [self._wire(item, articles) for item in load("news")["wire"]]
        articles += [_scripted(item, self.stage.hours(item["at"])) for item in scripted("incident", "articles")]
        articles += [_scripted(item, self.stage.seconds(item["after"])) for item in scripted("live", "articles")]
        articles += [_scripted(item, at) for item, at in broken_out(self.stage, "articles")]
        return sorted(_numbered(articles), key=lambda article: article.published_at)

    def blog(self, name: str, byline: str) -> list[Article]:
        """All posts of a blog, oldest first; one a fortnight, and one while the world runs."""
        posts = []
        for number, item in enumerate(load("news")[name]):
            at = self.stage.anchor - timedelta(days=4 + 14 * number, seconds=self.rng.randrange(40000))
            posts.append(_blog_post(item, at, byline, f"{name}-{number + 1}"))
        posts += [
            _blog_post(item, self.stage.seconds(item["after"]), byline, item["key"]) for item in scripted("live", name)
        ]
        return sorted(posts, key=lambda post: post.published_at)

    def _plan(self) -> list[dict[str, Any]]:
        return [item for item in load("news")["routine"] for _ in range(item["times"])]

    def _routine(self, item: dict[str, Any]) -> Article:
        language = item.get("language", "ko")
        given: dict[str, str] = {}
        return Article(
            slug="",
            title=self._fill(item["title"], language, given),
            paragraphs=[self._fill(text, language, given) for text in item["paragraphs"]],
            byline=item["byline"],
            language=language,
            section=item["section"],
            published_at=ordinary(self.rng, self.stage.anchor).replace(microsecond=0),
            feeds=item["feeds"],
        )

    def _fill(self, text: str, language: str, given: dict[str, str]) -> str:
        slots = load("news")["slots"][language]
        return korean.fill(text, given, lambda name: self.deck.deal(slots[name]))

    def _wire(self, item: dict[str, Any], articles: list[Article]) -> Article:
        """The newspaper's own version of a press release, half an hour later: a near-duplicate."""
        town = item["copy_of"].split("{town}")
        release = next(a for a in articles if a.title.startswith(town[0]) and a.title.endswith(town[1]))
        given = {"town": release.title[len(town[0]) : -len(town[1])]}
        return Article(
            slug="",
            title=self._fill(item["title"], "ko", given),
            paragraphs=[self._fill(text, "ko", given) for text in item["paragraphs"]],
            byline=item["byline"],
            language="ko",
            section=item["section"],
            published_at=release.published_at + timedelta(minutes=31),
            feeds=item["feeds"],
        )


def _scripted(item: dict[str, Any], at: datetime) -> Article:
    return Article(
        slug=item["key"],
        title=item["title"],
        paragraphs=item["paragraphs"],
        byline=item["byline"],
        language=item.get("language", "ko"),
        section=item["section"],
        published_at=at,
        feeds=item["feeds"],
        tags=item.get("tags", []),
    )


def _blog_post(item: dict[str, Any], at: datetime, byline: str, slug: str) -> Article:
    return Article(
        slug=slug,
        title=item["title"],
        paragraphs=item["paragraphs"],
        byline=byline,
        language="ko",
        section="blog",
        published_at=at,
        feeds=["main"],
    )


def _numbered(articles: list[Article]) -> list[Article]:
    """Articles without a slug get the Korean date and a running number."""
    numbered = []
    for number, article in enumerate(sorted(articles, key=lambda article: article.published_at), start=1):
        slug = article.slug or f"{article.published_at.astimezone(KST):%Y%m%d}{number:04d}"
        numbered.append(
            Article(**{name: getattr(article, name) for name in article.__struct_fields__} | {"slug": slug})
        )
    return numbered
