"""How a report looks, on a screen and on A4 paper, without fonts or pictures from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from typing import Final

ACCENT: Final = "#0B3D66"
"""Where the agency has no color of its own."""

_STYLE: Final = """
:root{--accent:%s;--ink:#1B2330;--soft:#5B6675;--rule:#D9DEE5;--paper:#fff}
*{box-sizing:border-box}
html{-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{margin:0;background:#EDF0F4;color:var(--ink);font:14px/1.55 Pretendard,"Apple SD Gothic Neo","Malgun Gothic",
"Noto Sans KR","Noto Sans CJK KR",NanumBarunGothic,NanumGothic,system-ui,sans-serif;word-break:keep-all;
overflow-wrap:anywhere}
main{max-width:840px;margin:0 auto;padding:24px 0}
.sheet{background:var(--paper);padding:40px 48px 34px;margin:0 0 20px;border-top:6px solid var(--accent);
box-shadow:0 1px 4px #1b233026}
h1{font-size:34px;line-height:1.2;margin:0 0 6px;letter-spacing:-.01em}
h2{font-size:20px;line-height:1.3;margin:0 0 14px;letter-spacing:-.01em}
h3{font-size:14px;margin:26px 0 8px}
h2+h3{margin-top:0}
p{margin:0 0 8px}
.soft{color:var(--soft)}
.small{font-size:12px}
.top{display:flex;justify-content:space-between;align-items:center;gap:24px;min-height:44px;margin-bottom:30px}
.brand{display:flex;align-items:center;gap:12px;font-weight:700;font-size:15px}
.brand img{display:block;max-height:44px;max-width:190px;width:auto;height:auto}
.kind{color:var(--soft);font-size:13px;text-align:right}
.period{color:var(--soft);margin-bottom:24px}
.headline{border-left:6px solid var(--accent);padding:4px 0 4px 18px;margin:0 0 22px;font-size:27px;line-height:1.28;
font-weight:700;letter-spacing:-.015em}
.cards{display:grid;grid-template-columns:repeat(3,1fr);gap:14px;margin:0 0 26px}
.card{border:1px solid var(--rule);border-radius:6px;padding:14px 16px 13px}
.card dt{color:var(--soft);font-size:12.5px;font-weight:700}
.card dd{margin:4px 0 0}
.card .value{font-size:23px;line-height:1.25;font-weight:700;letter-spacing:-.01em;margin:2px 0 6px}
.card .note{font-size:12px;line-height:1.45;color:var(--soft)}
.strip{display:grid;grid-template-columns:repeat(4,1fr);border-top:1px solid var(--rule);
border-bottom:1px solid var(--rule);margin:22px 0}
.strip>div{padding:12px 14px}
.strip>div+div{border-left:1px solid var(--rule)}
.strip dt{font-size:12px;color:var(--soft)}
.strip dd{margin:0;font-size:20px;font-weight:700;line-height:1.35}
.strip .note{font-size:11px;font-weight:400;color:var(--soft);line-height:1.4}
dl{margin:0}
.points{margin:0;padding:0;list-style:none}
.points li{padding:5px 0 5px 18px;position:relative}
.points li::before{content:"";position:absolute;left:2px;top:13px;width:7px;height:7px;background:var(--accent)}
figure{margin:0 0 6px}
figure svg{display:block;width:100%%;height:auto}
svg text{font-family:inherit}
.legend{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:12px;color:var(--soft);margin:2px 0 8px}
.legend span{display:inline-flex;align-items:center;gap:6px}
.key{width:10px;height:10px;flex:none}
.key.wide{width:18px}
.two{display:grid;grid-template-columns:1fr 1fr;gap:0 34px}
table{border-collapse:collapse;width:100%%;font-size:12.5px;line-height:1.4;margin:0 0 8px}
th{text-align:left;font-weight:700;color:var(--soft);font-size:11.5px;border-bottom:2px solid var(--rule);
padding:5px 14px 5px 0;vertical-align:bottom}
td{border-bottom:1px solid var(--rule);padding:7px 14px 7px 0;vertical-align:top}
.number+:not(.number){padding-left:10px}
th:last-child,td:last-child{padding-right:0}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.tag{font-weight:700}
.tag::before{content:"";display:inline-block;width:8px;height:8px;margin-right:7px;border-radius:50%%;background:#C4CBD4}
.tag.high::before{background:#D55E00}
.tag.medium::before{background:#E69F00}
.ahead{font-weight:700;color:#00588A}
.words{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:6px 8px}
.words li{border:1px solid var(--rule);border-radius:14px;padding:2px 11px;font-size:13px}
.words small{color:var(--soft);margin-left:5px}
a{color:#00588A;text-decoration:none}
a:hover{text-decoration:underline}
.glossary div{display:grid;grid-template-columns:150px 1fr;gap:12px;font-size:12px;padding:4px 0}
.glossary dt{font-weight:700}
.glossary dd{margin:0;color:var(--soft)}
.foot{margin-top:18px;padding-top:10px;border-top:1px solid var(--rule);font-size:11.5px;color:var(--soft)}
@media(max-width:700px){.sheet{padding:24px 18px}.cards,.two{grid-template-columns:1fr}
.strip{grid-template-columns:1fr 1fr}h1{font-size:27px}.headline{font-size:22px}figure,.table{overflow-x:auto}
figure svg{min-width:560px}}
@page{size:A4;margin:13mm 14mm 13mm}
@media print{body{background:#fff;font-size:10pt}main{max-width:none;padding:0}
.sheet{box-shadow:none;margin:0;padding:14px 0 0;break-after:page}
.sheet:last-child{break-after:auto}
h2,h3{break-after:avoid}figure,tr,.card,.strip,.points li,.glossary div{break-inside:avoid}
thead{display:table-header-group}a{color:inherit}}
"""


def style(accent: str) -> str:
    """The page's style.

    Args:
        accent: the agency's color, as ``#0B3D66``.
    """
    return _STYLE % accent


def policy(text: str) -> str:
    """What a page with this style may do: nothing but look like that, and show pictures that stand in it (CSP 3)."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
