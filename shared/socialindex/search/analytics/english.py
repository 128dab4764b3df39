"""English words that say nothing of what a post is about: nori takes every word in Latin letters for a noun."""

from __future__ import annotations

from typing import Final

_PRONOUNS: Final = (
    "i me my mine myself we our ours ourselves you your yours yourself he him his himself she her hers herself "
    "its itself them theirs themselves whom whose which what one ones someone something anyone anything "
    "everyone everything"
)
_VERBS: Final = (
    "am been being do does did done doing has have had having can could shall should would might must cannot get "
    "gets got getting dont doesnt didnt isnt arent wasnt werent hasnt havent hadnt cant couldnt wont wouldnt "
    "shouldnt im youre theyre"
)
_LINKS: Final = (
    "about above after again against all along already also although always among another any around because "
    "before behind below between beyond both during each either else enough even ever every few from further here "
    "how however instead just least less many more most much neither never nor often only other others "
    "otherwise out over own perhaps quite rather really same since so some soon still than though through thus "
    "too toward under until up upon very when where whether while why within without yet"
)
BARE: Final = ("_english_", *_PRONOUNS.split(), *_VERBS.split(), *_LINKS.split())
"""For a filter of the engine, whose own list has 33 words. What is a name as well is none of them, be it of a state, a
band or a maker of phones: US, ID, May, WHO, IVE, ONCE, Nothing."""
