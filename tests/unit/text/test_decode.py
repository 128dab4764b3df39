from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialindex.text import decode

KOREAN = "배터리가 뜨거워요. 리콜 대상인가요? ㅋㅋㅋ"
JAPANESE = "電池がとても熱いです。リコールはありますか。"
FRENCH = "La batterie était très chaude, à éviter."
RUSSIAN = "Батарея очень сильно нагревается, вернут ли деньги?"
CHINESE = "电池过热,召回通知已经发布,请立即停止使用。"

XML = '<?xml version="1.0" encoding="{}"?><t>{}</t>'
META = '<html><head><meta charset="{}"></head><body>{}'
OLD_META = '<meta http-equiv="Content-Type" content="text/html; charset={}"><body>{}'


def declared(form: str, label: str, text: str, codec: str) -> bytes:
    return form.format(label, text).encode(codec)


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        pytest.param(KOREAN.encode(), "", KOREAN, id="UTF-8 that nobody declares"),
        pytest.param(KOREAN.encode("utf-8-sig"), "text/html; charset=euc-kr", KOREAN, id="a mark beats the header"),
        pytest.param(KOREAN.encode("utf-16"), "", KOREAN, id="UTF-16 with its mark"),
        pytest.param(KOREAN.encode("utf-16-be"), "a/b;charset=utf-16be", KOREAN, id="UTF-16 by header"),
        pytest.param("<t>a</t>".encode("utf-16-le"), "", "<t>a</t>", id="UTF-16 by its first tag"),
        pytest.param(KOREAN.encode("cp949"), "text/xml; charset=euc-kr", KOREAN, id="EUC-KR"),
        pytest.param(KOREAN.encode("cp949"), 'text/xml; Charset="KS_C_5601-1987"', KOREAN, id="EUC-KR, quoted alias"),
        pytest.param("뷁 똠방각하".encode("cp949"), "a/b;charset=euc-kr", "뷁 똠방각하", id="EUC-KR means CP949"),
        pytest.param("①髙橋㈱".encode("cp932"), "a/b;charset=Shift_JIS", "①髙橋㈱", id="Shift_JIS means CP932"),
        pytest.param(JAPANESE.encode("cp932"), "a/b;charset=x-sjis", JAPANESE, id="x-sjis"),
        pytest.param(JAPANESE.encode("euc_jp"), "a/b;charset=EUC-JP", JAPANESE, id="EUC-JP"),
        pytest.param(JAPANESE.encode("iso2022_jp"), "a/b;charset=iso-2022-jp", JAPANESE, id="ISO-2022-JP"),
        pytest.param(CHINESE.encode("gb18030"), "a/b;charset=gb2312", CHINESE, id="GB2312 means GB 18030"),
        pytest.param(KOREAN.encode("cp949"), "text/xml; charset=utf-8", KOREAN, id="CP949 behind a UTF-8 header"),
        pytest.param(KOREAN.encode("cp949"), "text/xml; charset=iso-8859-1", KOREAN, id="CP949 behind the old default"),
        pytest.param(KOREAN.encode("cp949"), "text/xml; charset=shift_jis", KOREAN, id="CP949 behind Shift_JIS"),
        pytest.param(JAPANESE.encode("cp932"), "text/xml; charset=euc-kr", JAPANESE, id="Shift_JIS behind EUC-KR"),
        pytest.param(KOREAN.encode(), "text/xml; charset=euc-kr", KOREAN, id="UTF-8 behind an EUC-KR header"),
        pytest.param(FRENCH.encode(), "text/xml; charset=latin1", FRENCH, id="UTF-8 behind a latin-1 header"),
        pytest.param(
            "café".encode() + b" \xff", "a/b;charset=utf-8", "café \ufffd", id="short UTF-8 with a broken byte"
        ),
        pytest.param("찾".encode("cp949"), "a/b;charset=euc-kr", "찾", id="EUC-KR that is valid UTF-8 by chance"),
        pytest.param(FRENCH.encode("cp1252"), "text/xml; charset=latin1", FRENCH, id="latin-1"),
        pytest.param(FRENCH.encode("cp1252"), "", FRENCH, id="Western text that nobody declares"),
        pytest.param("“a” €5".encode("cp1252"), "a/b; charset=us-ascii", "“a” €5", id="ASCII means windows-1252"),
        pytest.param(RUSSIAN.encode("cp1251"), "", RUSSIAN, id="Cyrillic that nobody declares"),
        pytest.param(KOREAN.encode("cp949"), "", KOREAN, id="Korean that nobody declares"),
        pytest.param(JAPANESE.encode("cp932"), "", JAPANESE, id="Shift_JIS that nobody declares"),
        pytest.param(JAPANESE.encode("euc_jp"), "", JAPANESE, id="EUC-JP that nobody declares"),
        pytest.param(KOREAN.encode(), "a/b; charset=unicode_escape", KOREAN, id="a codec that is no charset"),
        pytest.param(KOREAN.encode("cp949"), "a/b; charset=nonsense", KOREAN, id="an unknown charset"),
        pytest.param(b"", "text/html; charset=euc-kr", "", id="nothing"),
    ],
)
def test_bytes_beat_what_is_claimed_about_them(body: bytes, content_type: str, expected: str) -> None:
    assert decode(body, content_type) == expected


@pytest.mark.parametrize("form", [XML, META, OLD_META])
@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [("euc-kr", "cp949", KOREAN), ("Shift_JIS", "cp932", JAPANESE), ("windows-1251", "cp1251", RUSSIAN)],
)
def test_a_document_may_declare_its_charset_itself(form: str, label: str, codec: str, text: str) -> None:
    assert decode(declared(form, label, text, codec), "text/html") == form.format(label, text)


@pytest.mark.parametrize("label", ["utf-8", "euc-kr", "iso-8859-1", ""])
def test_a_few_broken_bytes_do_not_change_the_charset(label: str) -> None:
    body = KOREAN.encode() + b"\xec\x95 \xff " + KOREAN.encode()
    text = decode(body, f"text/html; charset={label}")
    assert text.startswith(KOREAN)
    assert text.endswith(KOREAN)
    assert "\ufffd" in text


def test_a_text_that_was_cut_inside_a_character_keeps_its_charset() -> None:
    assert decode(KOREAN.encode("cp949") + b"\xb0", "a/b; charset=euc-kr").startswith(KOREAN)


def test_control_characters_are_dropped_and_line_ends_are_one() -> None:
    assert decode(b"a\x00b\x07c\x7fd\x1b[0m\te\r\nf\rg\n") == "abcd[0m\te\nf\ng\n"
    assert decode("a\x85b\x9fc\ufeff".encode()) == "abc\ufeff"


@settings(deadline=None)  # charset-normalizer loads its tables when it is first asked
@given(st.binary(max_size=400), st.one_of(st.text(max_size=40), st.sampled_from(["a;charset=utf-16", "a;charset=gbk"])))
def test_no_bytes_are_refused_and_no_control_character_comes_out(body: bytes, content_type: str) -> None:
    text = decode(body, content_type)
    assert all(unicodedata.category(character) not in {"Cc", "Cs"} or character in "\t\n" for character in text)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1).filter(lambda text: text[0] != "\ufeff"))
def test_utf8_comes_back_as_it_was(text: str) -> None:
    assert decode(text.encode(), "text/html; charset=utf-8") == text
