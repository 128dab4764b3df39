"""Codes of languages: the one that posts have of each, and what people and software write for it.

Posts have primary subtags of BCP 47, which takes the shortest code of ISO 639 that there is (RFC 5646, 2.2.1): ``ko``,
never ``kor``.
"""

from __future__ import annotations

import re
from typing import Final

_CODES: Final = (
    "aa=aar ab=abk ae=ave af=afr ak=aka am=amh an=arg ar=ara as=asm av=ava ay=aym az=aze ba=bak be=bel bg=bul bh=bih "
    "bi=bis bm=bam bn=ben bo=bod/tib br=bre bs=bos ca=cat ce=che ch=cha co=cos cr=cre cs=ces/cze cu=chu cv=chv "
    "cy=cym/wel da=dan de=deu/ger dv=div dz=dzo ee=ewe el=ell/gre en=eng eo=epo es=spa et=est eu=eus/baq fa=fas/per "
    "ff=ful fi=fin fj=fij fo=fao fr=fra/fre fy=fry ga=gle gd=gla gl=glg gn=grn gu=guj gv=glv ha=hau he=heb hi=hin "
    "ho=hmo hr=hrv ht=hat hu=hun hy=hye/arm hz=her ia=ina id=ind ie=ile ig=ibo ii=iii ik=ipk io=ido is=isl/ice it=ita "
    "iu=iku ja=jpn jv=jav ka=kat/geo kg=kon ki=kik kj=kua kk=kaz kl=kal km=khm kn=kan ko=kor ks=kas ku=kur "
    "kv=kom kw=cor ky=kir la=lat lb=ltz lg=lug li=lim ln=lin lo=lao lt=lit lu=lub lv=lav mg=mlg mh=mah mi=mri/mao "
    "mk=mkd/mac ml=mal mn=mon mr=mar ms=msa/may mt=mlt my=mya/bur na=nau nb=nob nd=nde ne=nep ng=ndo nl=nld/dut "
    "nn=nno no=nor nr=nbl nv=nav ny=nya oc=oci oj=oji om=orm or=ori os=oss pa=pan pi=pli pl=pol ps=pus pt=por qu=que "
    "rm=roh rn=run ro=ron/rum ru=rus rw=kin sa=san sc=srd sd=snd se=sme sg=sag si=sin sk=slk/slo sl=slv sm=smo sn=sna "
    "so=som sq=sqi/alb sr=srp ss=ssw st=sot su=sun sv=swe sw=swa ta=tam te=tel tg=tgk th=tha ti=tir tk=tuk tl=tgl "
    "tn=tsn to=ton tr=tur ts=tso tt=tat tw=twi ty=tah ug=uig uk=ukr ur=urd uz=uzb ve=ven vi=vie vo=vol wa=wln wo=wol "
    "xh=xho yi=yid yo=yor za=zha zh=zho/chi zu=zul"
)
"""ISO 639-1, and ISO 639-2 of the same languages: for terminology, and for libraries where that is another."""
_PAIRS: Final = [entry.split("=") for entry in _CODES.split()]
_LONGER: Final = {longer: code for code, others in _PAIRS for longer in others.split("/")}
_SAME: Final = {
    "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "nb": "no", "cmn": "zh", "fil": "tl", "arb": "ar",
    "pes": "fa", "kr": "kau",
}  # fmt: skip
"""Codes that were withdrawn; languages that the model of languages calls by a wider name; and Kanuri, whose code of two
letters is what people write for Korean."""
_SHORT: Final = frozenset({*_LONGER.values(), "sh"})
NONE: Final = frozenset({"und", "mul", "mis", "zxx"})
"""ISO 639-2 codes that name no language: undetermined, multiple, uncoded, not linguistic."""
COUNTRIES: Final = {"kr": "ko", "jp": "ja", "cn": "zh"}
"""Countries that people and feeds give for languages."""
_NAMES: Final = {
    "korean": "ko", "한국어": "ko", "english": "en", "영어": "en", "japanese": "ja", "일본어": "ja",
    "chinese": "zh", "중국어": "zh", "german": "de", "독일어": "de", "french": "fr", "프랑스어": "fr",
    "spanish": "es", "스페인어": "es", "portuguese": "pt", "포르투갈어": "pt", "italian": "it", "이탈리아어": "it",
    "russian": "ru", "러시아어": "ru", "arabic": "ar", "아랍어": "ar", "vietnamese": "vi", "베트남어": "vi",
    "thai": "th", "태국어": "th", "indonesian": "id", "인도네시아어": "id", "malay": "ms", "말레이어": "ms",
    "tagalog": "tl", "filipino": "tl", "필리핀어": "tl", "hindi": "hi", "힌디어": "hi", "turkish": "tr", "터키어": "tr",
    "튀르키예어": "tr", "dutch": "nl", "네덜란드어": "nl", "polish": "pl", "폴란드어": "pl", "ukrainian": "uk",
    "우크라이나어": "uk", "persian": "fa", "페르시아어": "fa", "hebrew": "he", "히브리어": "he", "greek": "el",
    "그리스어": "el", "swedish": "sv", "스웨덴어": "sv", "norwegian": "no", "노르웨이어": "no", "danish": "da",
    "덴마크어": "da", "finnish": "fi", "핀란드어": "fi", "czech": "cs", "체코어": "cs", "hungarian": "hu",
    "헝가리어": "hu", "romanian": "ro", "루마니아어": "ro", "mongolian": "mn", "몽골어": "mn",
}  # fmt: skip
_PRIMARY: Final = re.compile("([a-z]{2,3})(?:[-_].*)?")
_REMEDY: Final = "Write a language's code (ISO 639), such as ko or en."


def kept(code: str) -> str:
    """The code that posts have for a primary subtag in small letters; others stay as they are."""
    code = _LONGER.get(code, code)
    return _SAME.get(code, code)


def asked(value: str) -> str:
    """The code of a language that somebody asks for by a code, a tag such as ``ko-KR``, or a common name.

    Raises:
        ValueError: it names none; the text says what to write.
    """
    value = value.strip().lower()
    if known := _NAMES.get(value) or COUNTRIES.get(value):
        return known
    match = _PRIMARY.fullmatch(value)
    code = kept(match[1]) if match else ""
    if not code or code in NONE or (len(code) == 2 and code not in _SHORT):  # noqa: PLR2004 - ISO 639-1
        raise ValueError(_REMEDY)
    return code
