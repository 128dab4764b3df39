"""Names that columns have in usual exports, Korean and English, and what each says that the column is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from socialindex.imports.plan import Field

_NAMES: Final[dict[Field, tuple[str, ...]]] = {
    "id": (
        "id no number postid reviewid articleid uid key seq",
        "번호 글번호 게시글번호 리뷰번호 리뷰글번호 리뷰id 문의번호 접수번호",
    ),
    "text": (
        "text content contents body comment message review reviewtext reviewbody fulltext hitsentence description voc",
        "내용 본문 리뷰 리뷰내용 리뷰상세내용 상품평 후기 의견 고객의견 문의내용 글내용 댓글 댓글내용",
    ),
    "title": (
        "title subject headline reviewtitle reviewheadline",
        "제목 글제목 리뷰제목 문의제목 기사제목",
    ),
    "author": (
        "author authorname name nickname writer user username reviewer reviewername requester influencer",
        "작성자 작성자명 작성자이름 등록자 글쓴이 닉네임 이름 고객명 기자",
    ),
    "author_id": (
        "authorid userid memberid customerid requesterid",
        "아이디 작성자id 작성자아이디 회원번호 회원id 회원아이디 고객번호 고객id 고객아이디",
    ),
    "published_at": (
        "publishedat published date datetime time timestamp created createdat createdate reviewdate postdate",
        "reviewsubmitdateandtime",
        "작성일 작성일시 작성일자 작성시간 날짜 등록일 등록일시 등록일자 게시일",
        "일자 일시 접수일 접수일시 발행일 리뷰등록일 리뷰작성일",
    ),
    "edited_at": (
        "editedat updated updatedat modified modifiedat reviewlastupdatedateandtime",
        "수정일 수정일시 수정일자 최종수정일",
    ),
    "rating": (
        "rating score stars star starrating",
        "별점 평점 점수 만족도 구매자평점",
    ),
    "likes": (
        "likes like upvotes helpful helpfulvotes",
        "추천 추천수 좋아요 좋아요수 공감 공감수 도움 도움수 리뷰도움수",
    ),
    "replies": (
        "replies replycount comments commentcount",
        "댓글수 답글수 답변수",
    ),
    "views": (
        "views viewcount hits hit",
        "조회 조회수 읽음",
    ),
    "url": (
        "url link permalink href reviewlink",
        "링크 주소 원문 원문링크 원문주소 상품링크",
    ),
    "product": (
        "product productname producttitle item itemname model",
        "상품 상품명 제품 제품명 모델 모델명 품목",
    ),
    "tags": (
        "tags tag hashtags hashtag keywords category",
        "태그 해시태그 키워드 분류 카테고리",
    ),
    "language": (
        "language lang locale",
        "언어",
    ),
}
TIMES: Final = frozenset(
    [
        "publishedtime",
        "posttime",
        "createdtime",
        "timeofday",
        "시간",
        "시각",
        "작성시각",
        "등록시간",
        "등록시각",
        "게시시간",
    ]
)
"""Names of columns that hold a time of day beside one that holds the day; some of ``published_at``'s are as often."""
BY_NAME: Final[dict[str, Field]] = {name: field for field, names in _NAMES.items() for name in " ".join(names).split()}
_NO_LETTER: Final = re.compile(r"[\W_]+")
_REMARK: Final = re.compile(r"[(\[][^)\]]*[)\]]?")
"""What is said of a column behind its name: 별점(5점 만점), 내용(필수). Where it does not end, all that follows: a name
of opening brackets alone would be looked through once for each of them."""


def bare(name: str) -> str:
    """A column's name without what is no letter or digit, in small letters."""
    return _NO_LETTER.sub("", name).casefold()


def core(name: str) -> str:
    """The same without a remark."""
    return bare(_REMARK.sub("", name))


def is_known(name: str) -> bool:
    """Whether a column of this name says what it is."""
    return bare(name) in BY_NAME or core(name) in BY_NAME


def is_text(name: str) -> bool:
    """Whether a column of this name holds what people wrote."""
    return "text" in {BY_NAME.get(bare(name)), BY_NAME.get(core(name))}
