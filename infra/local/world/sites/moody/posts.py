"""What the moody blogger writes: one post every quarter of a minute, for an hour and a half."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from infra.local.world.records import Article

EVERY = timedelta(seconds=15)
COUNT = 360
BEFORE = 5
"""Posts that are there at the anchor."""
EDITED_AFTER = timedelta(seconds=30)

_THINGS = ("누리폰12", "충전기", "이어폰", "노트북", "커피머신", "자전거", "우산", "의자")
_MOODS = ("마음에 든다", "별로다", "그저 그렇다", "다시 보니 괜찮다", "환불하고 싶다", "선물하고 싶다")
_REASONS = ("배터리가 하루를 못 간다", "손에 착 붙는다", "소리가 난다", "생각보다 가볍다", "뜨거워진다", "색이 예쁘다")


def posts(seed: int, anchor: datetime) -> list[Article]:
    """All posts, the oldest first; every seventh is edited half a minute after its publication."""
    rng = random.Random(f"{seed}:moody")  # noqa: S311 - invented stories need repeatable chance, not secrecy
    return [_post(rng, number, anchor + (number - BEFORE + 1) * EVERY) for number in range(COUNT)]


def _post(rng: random.Random, number: int, at: datetime) -> Article:
    thing, mood = rng.choice(_THINGS), rng.choice(_MOODS)
    return Article(
        slug=f"mood-{number}",
        title=f"오늘의 {thing}: {mood}",
        paragraphs=[f"{thing} {number}일째. {rng.choice(_REASONS)}.", f"그래서 오늘은 {mood}."],
        byline="변덕쟁이",
        language="ko",
        section="일기",
        published_at=at,
        updated_at=at + EDITED_AFTER if number % 7 == 0 else None,
        tags=[thing],
    )
