"""Korean particles (조사): what an eojeol ends in, and what the index does not keep as words."""

from __future__ import annotations

import re
from typing import Final

_ONE = (
    r"(?:은|는|이|가|을|를|의|에|에서|에게|에게서|한테|께|께서|와|과|도|로|으로|로서|으로서|로써|으로써|만|까지|부터"
    r"|보다|처럼|같이|마다|조차|마저|밖에|이나|나|이랑|랑|하고|이라|라|이라고|라고|이라는|라는|이란|란|이며|며|이고|고)"
)
PARTICLE: Final = re.compile(_ONE)
"""One particle."""
PARTICLES: Final = re.compile(_ONE + "(?:은|는|도|의|만)?")
"""A particle, and one more that may follow it."""

_SHORTEST: Final = 3
"""Characters of a word that may end in the particle: 회의 and 문의 are nouns."""
_QUESTIONED: Final = (
    "서면|현안|대정부|공개|정책|종합|국회|국감|청문|합동|긴급|보충|추가|법률|민원|세무|대면|시정|도정|교육"
)
_PROPOSED: Final = "영입|이직|이적|입단|협찬|후원|협업|협력|동업|합작|사업|투자|인수|매수|출연|섭외|강연|취업|결혼"
_NOUNS: Final = re.compile(f"(?:(?:전공|수련|개원|봉직|보건)의|(?:{_QUESTIONED})질의|(?:{_PROPOSED})제의)$")
"""Longer ones that would be read as if they ended in it: doctors; questions (질의) and proposals (제의), of which
only what they are about would be left."""


def ends_in_of(text: str) -> bool:
    """Whether the last word of a text likely ends in the particle 의, "of"."""
    if not text.endswith("의"):
        return False
    return len(text.rsplit(maxsplit=1)[-1]) >= _SHORTEST and not _NOUNS.search(text)
