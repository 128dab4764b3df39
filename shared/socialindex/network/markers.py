"""How Korean and English ask, and how they tell that something is wrong: patterns over folded text, by their sense."""

from __future__ import annotations

import re
from typing import Final


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.MULTILINE)


ASKS_KO: Final = _any(
    r"(?:나|까|요|죠|가|지|[임음됨함])\s*\?",
    r"(?:나요|까요|[은는인한던]가요|건가요|[되맞하있없]나|[할될을있]까|[은인]가|인지요)\s*[ㅠㅜ.~!]*$",
    r"궁금|여쭤|여쭙|질문 ?(?:있|이요|드)|추천 좀|어디 있는지 ?모르|하는 법 (?:좀|알려|아)",
    r"(?:아시|계시|보신|받으신|쓰시|하신|있으신) ?(?:는 ?)?(?:분|가요|나요)",
    r"(?:알려|추천|답변|조언) ?(?:좀 )?(?:해 ?)?(?:주세요|주실|주시면|부탁|바랍)",
    r"(?:어떻게|어디서|얼마|언제|며칠|뭐가|무슨|어떤|몇)[^.!\n]{0,30}(?:\?|나요|까요|가요|죠|[되하]나)",
)
VENTS_KO: Final = _any(
    r"말이 되|장난(?:하|치)|이게 (?:무슨|맞)|누가 (?:책임|뭐)|제정신|뭐 하자는|어쩌라",
    r"하라는 (?:겁니까|건가|거)|[던라]니요?\?|니까\?{2,}",
)
"""Questions that nobody is meant to answer."""
ASKS_EN: Final = _any(
    r"\?",
    r"\b(?:does|do|did|can|could|has|have|would|is|are) (?:(?:any|some) ?(?:one|body)|you guys)\b",
    r"\bany ?(?:one|body) (?:know|tried|else|have|had|got)",
    r"\bany (?:idea|way|tips|advice|recommendations?)\b",
    r"\b(?:wondering|curious) (?:if|whether|how|what|why|when)",
    r"\b(?:how|what|where|which) (?:do|can|should|would) (?:i|you|we)\b",
    r"^(?:how|what|where|when|which|who|why|is|are|does|do|can)\b[^.!]{3,80}$",
    r"\b(?:i'd like|i want|would love|need|trying) to (?:know|find out|figure out)\b",
    r"\b(?:please|pls|can you) (?:tell|help|advise|recommend)\b",
    r"\b(?:looking for|need) (?:advice|recommendations?|suggestions?|help)\b",
    r"\bcan't (?:find|figure out) (?:how|where|what|out)\b",
)

FAILS_KO: Final = _any(
    # what is broken, missing or wrong, by its name
    r"고장|불량|먹통|결함|오작동|누락|파손|지연|엉망|흠집|헐거|벌레|이물|과실|과장 ?광고|허위|가격만|품질은 그대로",
    # what it does not do
    r"안 ?(?:켜|되[네는요고어]|돼|됩|됨|나[와오옵]|납|들[려립리]|와서|왔|열|꺼[져지]|받[아는])",
    r"(?:켜|되|들리|나오|오|받|열리)지(?:를|도|가)? ?않|못 ?(?:쓰|받|하게|켜|들)",
    # what it does instead
    r"(?:꺼|멈|끊|깨|터|부러|벗겨|떨어|뭉개)(?:집|져|졌|짐|지[네고는])|끊[기깁김]|멈[추춥춰]|꺼[지집]|빨리 (?:닳|줄)",
    r"부풀[었어]|부푼|볼록|뜨거[워웠]|뜨겁|발열|데일|연기|불이? ?[날났]|폭발했|터졌|두 ?번 (?:결제|됐)|빠(?:졌|져 있)",
    # who does not answer, and how long that takes
    r"(?:답변|소식|연락|사과|반응|대답|안내)[이가도은]?[^.\n]{0,6}(?:없|안 ?[와오옴])",
    r"놓쳤|말이 (?:다르|달라|바뀌)",
    r"안 ?(?:해|빌려|바꿔|고쳐) ?[줘주준]",
    r"기다[려렸리][^.\n]{0,12}(?:시간|분|일|달|주)|(?:시간|분|일|달|주|째)[^.\n]{0,8}기다",
    r"(?:[일주달]째|아직도|여전히)[^.\n]{0,14}(?:멈|그대로|없|안 ?[와오되돼]|못)|그대로(?:예요|네|입니다|다|임)|똑같았",
    r"저만 (?:그런|자꾸)",
)
WORKS_KO: Final = _any(
    r"(?:발열|고장|불량|끊김|문제|결함|지연|누락)[이은도가]? ?(?:전혀 |하나도 |거의 )?"
    r"(?:없|안 ?[나남생]|아니[에라]|아닙|적은 편|줄었)",
    r"안 ?(?:뜨거|끊)|멀쩡|(?:공지|배포|발표|안내)(?:가|를|했|됐| 떴)|해 ?보세요|하세요|두세요|마세요",
)
"""The same words where nothing is wrong: denied, announced, or advice to somebody else."""
FAILS_EN: Final = _any(
    r"\b(?:broke|broken|defect(?:ive)?|faulty|swelled|swollen|bulg\w+|cracked|scratched|overheat\w*|malfunction\w*)\b",
    r"\b(?:missing|stuck|unusable|rude|scam|slow|loose|drains?|unacceptable|charged twice|waited|on hold|my fault)\b",
    r"\b(?:won't|doesn't|don't|didn't|can't|cannot|never|no longer|stopped|refuse[sd]? to|not) (?:even |really |once )?"
    r"(?:turn|work|charge|arrive|answer|open|load|connect|hold|sleep|use|respond|repl|ring|cancel|refund|help|call)",
    r"\bkeeps? \w+ing\b|\bshut(?:s|ting) down\b|\bdisconnect\w*|\bscreen (?:died|is dead|went)\b|\bnot a single\b",
    r"\b(?:nobody|no one|never) (?:\w+ )?(?:repl|answer|respon|call|help)\w*",
    r"\bno (?:\w+ )?(?:reply|answer|response|sound|loaner|manual|apology|refund)\b",
    r"\bstill (?:nothing|waiting|no|have no\w*)\b|\btells? me something different\b|\b(?:third time|third repair)\b",
    r"\b(?:almost|nearly) (?:burned|caught|hurt)\w*",
)
WORKS_EN: Final = _any(
    r"\b(?:no|not|never|without|zero) (?:any |a single )?"
    r"(?:overheat\w*|issues?|problems?|defects?|trouble|complaints?)\b",
    r"\brolling out\b|\bannounce\w*",
)
"""The same words where nothing is wrong: denied or announced."""
