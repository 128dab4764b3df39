"""Whether a post says that it is paid for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialindex.normalize.enrich.folding import folded
from socialindex.normalize.enrich.promotional import is_promotional

MARKED = [
    "본 포스팅은 업체로부터 소정의 원고료를 지급받아 작성하였습니다.",
    "제품을 제공받아 솔직하게 작성한 후기입니다",
    "제품만을 제공받아 직접 사용해 보고 썼어요",
    "이 글은 광고입니다",
    "이 영상은 유료 광고를 포함하고 있습니다. 유료광고 포함",
    "유료광고포함",
    "유료 광고 포함",
    "본 영상은 유료 광고를 포함하고 있습니다",
    "본 포스팅은 제휴마케팅이 포함된 광고로 커미션을 지급받을 수 있습니다",
    "As an Amazon Associate I earn from qualifying purchases",
    "한빛전자의 유료 협찬으로 만들었어요",
    "한빛전자에서 협찬받은 누리버즈 2예요",
    "협찬 받았어요 예쁘게 봐 주세요",
    "이 포스팅은 파트너스 활동의 일환으로, 이에 따른 일정액의 수수료를 제공받습니다",
    "체험단으로 선정되어 다녀왔어요",
    "서포터즈 활동의 일환으로 무상으로 제공받았습니다",
    "식사권을 제공받고 다녀온 후기",
    "숙박을 제공받아 이용했습니다",
    "업체로부터 경제적 대가를 받았음을 알립니다",
    "[광고] 누리폰 12 사전 예약",
    "(광고) 오늘만 특가",
    "누리폰 12 언박싱 #광고",
    "새 이어폰 좋다 #협찬 #누리버즈",
    "#제품제공 #누리패드",
    "loving my new phone #ad",
    "#Sponsored The new earbuds are out",
    "＃ａｄ new drop",  # noqa: RUF001 - full width is the point
    "Paid partnership with Hanbit Electronics",
    "This post is sponsored by Hanbit",
    "This video is sponsored! Check the link",
    "I received this product for free in exchange for an honest review",
    "contains affiliate links, I earn a commission",
    "(ad) Nuri Buds 2 are here",
    "#gifted by the brand, thoughts are mine",
]
UNMARKED = [
    "내돈내산 후기입니다",
    "협찬 아님 내 돈 주고 샀어요",
    "협찬 아니에요!! 제가 산 거예요",
    "협찬이 아니라 직접 샀습니다",
    "광고 아님",
    "광고 아닙니다 진짜 좋아서 씁니다",
    "제품을 제공받지 않았고 원고료도 안 받았어요. 제품을 제공받은 거 아니에요",
    "뒷광고 논란, 협찬받은 사실을 숨겼다",
    "체험단 모집합니다 (선정되면 체험단으로 참여)",
    "허위광고입니다 신고했어요",
    "과장 광고입니다. 속지 마세요",
    "광고 모델이 바뀌었네요",
    "광고 포함 요금제가 더 싸네요",
    "광고가 너무 많아요",
    "가온폰 광고 왜 이렇게 많이 나와",
    "공정위, 유료 광고 표시 지침 개정",
    "고객센터에서 새 제품을 보내 줬어요",
    "원고료가 얼마인가요",
    "#광고회사 #광고쟁이",
    "#내돈내산 #협찬아님",
    "#협찬 아님 #내돈내산",
    "not an ad, I just love it #ad",
    "This is not sponsored, bought it myself",
    "#notsponsored #gifted",
    "#adventure #adidas",
    "the ads are annoying",
    "sponsors of the terror",
    "누리폰 12 샀어요",
    "",
]


@pytest.mark.parametrize("text", MARKED)
def test_what_says_so_is_promotional(text: str) -> None:
    assert is_promotional(folded(text)) is True


@pytest.mark.parametrize("text", UNMARKED)
def test_of_what_does_not_say_so_or_denies_it_nothing_is_known(text: str) -> None:
    assert is_promotional(folded(text)) is None


def test_hashtags_that_the_text_lacks_count_too() -> None:
    assert is_promotional("새 이어폰", ["누리버즈", "협찬"]) is True
    assert is_promotional("새 이어폰", ["협찬", "내돈내산"]) is None
    assert is_promotional("새 이어폰", ["협찬사"]) is None


@settings(deadline=None)  # the first one reads the tables
@given(st.text(), st.lists(st.text(min_size=1)))
def test_any_text_is_or_is_unknown(text: str, hashtags: list[str]) -> None:
    assert is_promotional(folded(text), hashtags) in {True, None}
