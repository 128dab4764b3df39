"""The words of letters in Korean. Names of strangers stand in brackets, so that no particle hangs on them."""

# ruff: noqa: D102 - words.Words says what each is

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from socialindex.alert.lengths import units
from socialindex.alert.tongues import KOREAN
from socialindex.amounts import changed, figure, percent
from socialindex.deliver.words import UNMEASURED, ActPage, MentionKind, Phase, Titles, Words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from socialindex.alert.alert import Alert, LeadTime
    from socialindex.deliver.acts import Act
    from socialindex.deliver.digest import DigestAlert, DigestTopic

_SAME: Final = 0.1
_NOON: Final = 12
_WEEKDAYS: Final = "월화수목금토일"
_PHASES: Final[dict[Phase, str]] = {
    "opened": "지금 확인해 주세요",
    "updated": "계속되고 있습니다",
    "closed": "끝났습니다",
}


class Korean(Words):
    """한국어."""

    language = "ko"
    tongue = KOREAN
    titles = Titles(
        posts="사람들이 쓴 글",
        terms="평소보다 많이 나온 말",
        spreaders="퍼뜨린 사람 (확산자)",
        facts="숫자로 보면",
        alerts="경보",
        to_do="하실 일",
        link="글 열기",
    )
    kinds = {
        "first": "첫 언급",
        "burst": "언급 급증",
        "shift": "분위기 변화",
        "crisis": "위기",
        "term": "새로운 말",
        "reach": "영향력 있는 글쓴이",
    }
    severities = {"low": "낮음", "medium": "중간", "high": "높음"}
    acts = {
        "acknowledge": "확인",
        "assign": "내가 담당 (담당자 지정)",
        "confirm": "네, 이 주소로 받겠습니다",
        "stop": "이 메일 그만 받기",
    }

    def when(self, at: datetime) -> str:
        half, hour = ("오전" if at.hour < _NOON else "오후"), at.hour % _NOON or _NOON
        return f"{at.year}년 {at.month}월 {at.day}일({_WEEKDAYS[at.weekday()]}) {half} {hour}시 {at.minute:02d}분"

    def span(self, minutes: float) -> str:
        named = zip(units(minutes), ("일", "시간", "분"), strict=True)
        return " ".join(f"{number:,}{what}" for number, what in named if number)

    def alert_subject(self, phase: Phase, alert: Alert) -> str:
        return f"[{self.kinds[alert.kind]}·{self.severities[alert.severity]}] {alert.topic_name}: {_PHASES[phase]}"

    def unexplained(self, alert: Alert, since: datetime) -> str:
        return f"「{alert.topic_name}」 {self.kinds[alert.kind]}, {self.when(since)}부터. {self.observed(alert)}"

    def ended(self, at: datetime) -> str:
        return f"{self.when(at)}에 끝났습니다."

    def observed(self, alert: Alert) -> str:
        said = f"{self.span(alert.window_minutes)} 동안 {alert.observed:,}명이 말했습니다."
        if alert.kind in UNMEASURED:
            return said
        return f"{said} 이 요일 이 시간에는 보통 {figure(alert.expected)}명입니다."

    def negative(self, share: float, usual: float | None, *, of_all: bool) -> str:
        them = "그 가운데" if of_all else "분위기를 알 수 있는 사람 가운데"
        said = f"{them} 부정적인 비율은 {percent(share, 'ko')}입니다"
        return f"{said} (평소 {percent(usual, 'ko')})." if usual is not None else f"{said}."

    def lead(self, lead: LeadTime) -> str:
        of = f"(우리가 읽는 뉴스 채널 {lead.news_channels:,}곳 기준)"
        if lead.minutes is None and lead.first_article:
            return f"지금까지는 기사만 나왔고, 그 밖의 글은 찾지 못했습니다 {of}."
        if lead.minutes is None and not lead.news_channels:
            return "읽는 뉴스 채널이 없어 기사가 나왔는지는 알 수 없습니다."
        if lead.minutes is None:
            return f"아직 기사가 나오지 않았습니다 {of}."
        if not round(lead.minutes):
            return f"첫 글과 첫 기사가 같은 때에 나왔습니다 {of}."
        if lead.minutes < 0:
            return f"첫 기사가 첫 글보다 {self.span(-lead.minutes)} 먼저 나왔습니다 {of}."
        return f"첫 글이 첫 기사보다 {self.span(lead.minutes)} 먼저 나왔습니다 {of}."

    def term(self, term: str, mentions: int, times: float) -> str:
        return f"「{term}」: 언급 {mentions:,}건, 평소의 {figure(times)}배"

    def spreader(self, name: str, source: str, spread: int) -> str:
        return f"{name} ({self.tongue.source(source)}): 여기서 퍼진 글 {spread:,}건"

    def blind(self, sources: Sequence[str]) -> str:
        return f"다음 출처는 다 보지 못했습니다: {', '.join(self.places(sources))}. 실제로는 더 많을 수 있습니다."

    def taken(self, acknowledged_by: str | None, assigned_to: str | None) -> str | None:
        if assigned_to:
            return f"담당자: {assigned_to}."
        return f"확인한 사람: {acknowledged_by}." if acknowledged_by else None

    def summary_subject(self, alerts: int) -> str:
        return f"방해 금지 시간에 지나간 경보 {alerts:,}건"

    def summary_line(self, alert: Alert, since: datetime, until: datetime | None) -> str:
        over = f" ~ {self.when(until)}" if until else ""
        what = f"{self.kinds[alert.kind]}·{self.severities[alert.severity]}"
        return f"{alert.topic_name} ({what}): {self.when(since)}{over}"

    def mention_subject(self, kind: MentionKind, topic: str, count: int) -> str:
        if kind == "mention.assigned":
            return f"[{topic}] 맡으신 글 {count:,}건"
        return f"[{topic}] 답변 기한이 곧 지나는 글 {count:,}건"

    def mention_lead(self, kind: MentionKind, count: int, person: str | None, due: str | None) -> str:
        until = f" 답변 기한: {due}." if due else ""
        if kind == "mention.assigned":
            return f"글 {count:,}건의 담당자로 지정되셨습니다{f' ({person})' if person else ''}.{until}"
        return f"아직 답하지 않은 글 {count:,}건.{until}" + (
            f" 담당자: {person}." if person else " 아직 담당자가 없습니다."
        )

    def suspended(self, topic: str, trouble: str | None) -> tuple[str, str]:
        why = f" {trouble}" if trouble else ""
        said = f"검색 엔진이 이 주제의 검색식을 감당하지 못해 새 글을 찾지 않고 있습니다.{why}"
        return f"[{topic}] 주제 감시가 멈췄습니다", f"{said} 검색식을 고치면 다시 시작합니다."

    def test(self, destination: str) -> tuple[str, str]:
        return f"시험: {destination}", "요청하신 시험입니다. 고르신 소식이 이렇게 도착합니다."

    def confirm(self, destination: str) -> tuple[str, str]:
        said = (
            f"누군가 「{destination}」의 경보와 소식을 이 주소로 받겠다고 했습니다. 동의하시기 전에는 아무것도 보내지 "
            "않습니다. 무슨 일인지 모르시면 그냥 두시거나 아래 링크로 다시 묻지 않게 하시면 됩니다."
        )
        return f"「{destination}」 메일을 받으시겠습니까?", said

    def digest_subject(self, period: Literal["day", "week"], until: datetime) -> str:
        return f"{'하루' if period == 'day' else '한 주'} 동안 나온 이야기 ({self.when(until)}까지)"

    def digest_lead(self, mentions: int, before: int | None, alerts: int) -> str:
        rang = f"경보 {alerts:,}건이 있었습니다." if alerts else "경보는 없었습니다."
        return f"모두 {mentions:,}건, {_beside(mentions, before)}. {rang}"

    def quiet(self) -> str:
        return "아직 보고 있는 주제가 없습니다. 주제를 만들면 이 편지로 알려 드립니다."

    def digest_topic(self, row: DigestTopic) -> list[str]:
        said = [f"언급 {row.mentions:,}건, {_beside(row.mentions, row.mentions_before)}."]
        if row.negative_share is not None:
            before = row.negative_share_before
            was = f" (한 주 전 {percent(before, 'ko')})" if before is not None else ""
            share = percent(row.negative_share, "ko")
            said.append(f"분위기를 알 수 있는 글 가운데 부정적인 비율은 {share}입니다{was}.")
        if row.answered and row.answer_minutes is not None:
            said.append(f"{row.answered:,}건에 답했고, 절반은 {self.span(row.answer_minutes)} 안에 답했습니다.")
        return said

    def digest_alert(self, alert: DigestAlert, at: datetime, people: Sequence[str]) -> str:
        what = f"{self.kinds[alert.kind]}({self.severities[alert.severity]}), {self.when(at)}"
        why = f". 나온 말: {', '.join(alert.terms)}" if alert.terms else ""
        who = f". 퍼뜨린 사람: {', '.join(people)}" if people else ""
        return f"{what}{why}{who}.{self._before_press(alert)}"

    def _before_press(self, alert: DigestAlert) -> str:
        if alert.lead_minutes is None or round(alert.lead_minutes) <= 0:
            return ""
        ahead = self.span(alert.lead_minutes)
        return f" 뉴스 채널 {alert.news_channels:,}곳의 첫 기사보다 {ahead} 먼저 알 수 있었습니다."

    def more_alerts(self, alerts: int) -> str:
        return f"그 밖의 경보 {alerts:,}건."

    def to_do(self, rows: Sequence[DigestTopic]) -> list[str]:
        open_ = [(row.name, len(some)) for row in rows if (some := row.untaken)]
        wait = [row for row in rows if row.overdue]
        said = [
            f"{name}: 열린 경보 {alerts:,}건을 아직 아무도 확인하지 않았습니다. 담당자를 정해 주세요."
            for name, alerts in open_
        ]
        said += [f"{row.name}: 답변 기한이 지난 글 {row.overdue:,}건이 있습니다. 먼저 답해 주세요." for row in wait]
        return said or ["지금 하실 일은 없습니다."]

    def left_out(self, topics: int) -> str:
        return f"그 밖에 이야기가 적은 주제 {topics:,}개."

    def foot(self, destination: str, *, links: bool) -> list[str]:
        why = f"「{destination}」 설정에 따라 보내 드립니다."
        return [why, "단추가 있는 링크는 7일 동안 한 번만 쓸 수 있습니다."] if links else [why]

    def act_page(self, act: Act, about: str, who: str) -> ActPage:
        return {
            "acknowledge": ActPage(
                "경보 확인",
                f"「{about}」 경보를 확인하셨습니까? (확인하는 사람: {who})",
                "네, 확인했습니다",
                "확인했습니다.",
            ),
            "assign": ActPage(
                "담당자 지정",
                f"「{about}」 경보의 담당자로 지정할까요? (담당자: {who})",
                "네, 지정합니다",
                "담당자로 지정했습니다.",
            ),
            "confirm": ActPage(
                "주소 확인", f"「{about}」 메일을 받으시겠습니까?", "네, 받겠습니다", "이제 이 주소로 보내 드립니다."
            ),
            "stop": ActPage(
                "메일 그만 받기",
                f"「{about}」 메일을 그만 받으시겠습니까?",
                "네, 그만 받겠습니다",
                "더 보내지 않습니다.",
            ),
        }[act]

    def used(self) -> str:
        return "이미 쓰인 링크입니다. 한 번만 쓸 수 있습니다."

    def void(self) -> str:
        return "이 링크는 더 쓸 수 없거나 없는 링크입니다."

    def later(self) -> str:
        return "지금은 처리하지 못했습니다. 잠시 뒤 다시 눌러 주세요."


def _beside(now: int, before: int | None) -> str:
    if before is None:
        return "한 주 전에는 몇 건이었는지 알 수 없습니다"
    if not before:
        return "한 주 전에는 없었습니다" if now else "한 주 전과 같습니다"
    change = now / before - 1
    if abs(change) <= _SAME:
        return f"한 주 전({before:,}건)과 비슷합니다"
    return f"한 주 전({before:,}건)보다 {changed(change, 'ko')} {'많습니다' if change > 0 else '적습니다'}"
