"""Files as they come: encodings, delimiters, quotes, line ends, and files that mean harm."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import time
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialindex.errors import InvalidInput
from socialindex.imports.header import MAX_COLUMNS
from socialindex.imports.layout import HEAD, Delimiter, Layout, Wishes, look, records
from socialindex.imports.lines import BLOCK, MAX_ROW, blocks, lines, unpacked
from socialindex.imports.records import MAX_UNCLOSED, SHEET_BLOCK, Record
from socialindex.unseen import seen

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE = "번호,내용,작성일\n1,배터리가 오래 가요,2026-11-20\n2,발열이 심해요,2026-11-21\n"


def read(data: bytes, wishes: Wishes | None = None) -> list[Record]:
    layout = look(data[:HEAD], wishes or Wishes()).layout
    return list(records(layout, lambda at: io.BytesIO(data[at:]), layout.start, layout.first))


def cells(data: bytes) -> list[dict[str, str] | None]:
    return [record.cells for record in read(data)]


def troubles(data: bytes) -> list[tuple[int, str]]:
    return [(record.number, record.problem.what) for record in read(data) if record.problem]


def layout_of(data: bytes) -> Layout:
    return look(data[:HEAD], Wishes()).layout


# How a file is written


@pytest.mark.parametrize(
    ("data", "encoding", "delimiter"),
    [
        (TABLE.encode(), "utf-8", ","),
        (TABLE.encode("utf-8-sig"), "utf-8", ","),
        (TABLE.encode("cp949"), "cp949", ","),
        (TABLE.replace(",", ";").encode("cp949"), "cp949", ";"),
        (TABLE.replace(",", "\t").encode(), "utf-8", "\t"),
        (TABLE.replace(",", "|").encode(), "utf-8", "|"),
        (TABLE.replace("\n", "\r\n").encode(), "utf-8", ","),
        (TABLE.replace("\n", "\r").encode(), "utf-8", ","),
        (b"\n\n" + TABLE.encode(), "utf-8", ","),
        (gzip.compress(TABLE.encode("cp949"), mtime=0), "cp949", ","),
        (TABLE.replace(",", "\t").encode("utf-16"), "utf-16", "\t"),
        (("\ufeff" + TABLE.replace("\n", "\r\n")).encode("utf-16-be"), "utf-16", ","),
        (gzip.compress(TABLE.encode("utf-16"), mtime=0), "utf-16", ","),
        (b"sep=,\r\n" + TABLE.encode(), "utf-8", ","),
        (("sep=;\r\n" + TABLE.replace(",", ";")).encode("utf-8-sig"), "utf-8", ";"),
        (('"SEP=\t"\n' + TABLE.replace(",", "\t")).encode("cp949"), "cp949", "\t"),
        (("\n\r\n" + TABLE.replace(",", ";")).encode(), "utf-8", ";"),
        ((";;\n\u200b\n" + TABLE.replace(",", ";")).encode(), "utf-8", ";"),
        (("리뷰 목록\n" + TABLE.replace(",", "|")).encode(), "utf-8", "|"),
        (("조회기간: 2026-11-01, 2026-11-30\n총 2건\n\n" + TABLE.replace(",", ";")).encode("cp949"), "cp949", ";"),
        (("리뷰 목록,,\n,,\n" + TABLE).encode("utf-8-sig"), "utf-8", ","),
        (("\ufeff\ufeff" + TABLE).encode(), "utf-8", ","),  # put together of two
        (TABLE.replace("번호", "\u200b번호").encode(), "utf-8", ","),
    ],
)
def test_encoding_delimiter_and_line_ends_are_found_out(data: bytes, encoding: str, delimiter: str) -> None:
    layout = layout_of(data)
    assert (layout.encoding, layout.delimiter) == (encoding, delimiter)
    assert layout.columns == ["번호", "내용", "작성일"]
    assert [row and row["내용"] for row in cells(data)] == ["배터리가 오래 가요", "발열이 심해요"]


def test_objects_in_lines_become_columns_by_their_paths() -> None:
    rows = [{"id": 1, "author": {"name": "김*수"}, "tags": ["a", 2, {"no": 1}]}, {"id": 2, "text": "글", "ok": True}]
    data = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    assert layout_of(data).columns == ["id", "author.name", "tags", "text", "ok"]
    assert cells(data) == [{"id": "1", "author.name": "김*수", "tags": "a, 2"}, {"id": "2", "text": "글", "ok": "true"}]


@pytest.mark.parametrize(
    ("data", "why", "remedy"),
    [
        (b"", "empty", "upload"),
        (b" \n \n", "empty", "upload"),
        (b"\xef\xbb\xbf", "empty", "upload"),
        (b"sep=;\r\n", "empty", "upload"),
        (b"PK\x03\x04rest", "Excel", "CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel", "CSV UTF-8"),
        ("가,나\n".encode("utf-32"), "no text", "CSV UTF-8"),
        ("\ufeff".encode("utf-16-be"), "empty", "upload"),
        ("<html>".encode("utf-16"), "HTML", "CSV"),
        (b"%PDF-1.7", "PDF", "CSV"),
        (b'[{"text": "a"}]', "JSON array", "one object a line"),
        (b'\xef\xbb\xbf\n[\r\n  {"text": "a"}\r\n]', "JSON array", "one object a line"),
        (b'[["text"], ["a"]]', "JSON array", "one object a line"),
        (b"[]", "JSON array", "one object a line"),
        (b'{\n  "text": "a"\n}\n', "no line at its beginning is a JSON object", "one object a line"),
        (b'{"text": "a"},\n{"text": "b"},\n', "no line at its beginning is a JSON object", "one object a line"),
        (b"<html>", "HTML", "CSV"),
        (b"a\0b\0c\0d\0\n\0", "no text", "CSV UTF-8"),
        ("번호,내용\n".encode(), "no rows", "rows"),
        ("번호,내용\n,\n\n".encode(), "no rows", "rows"),
        (b"text\n\xff\xff\xff\xff\xff\n", "neither UTF-8 nor CP949", "CSV UTF-8"),
        (b"\x1f\x8b\x08rest that is none", "cannot be unpacked", "again"),
        (b",".join(b"c%d" % n for n in range(MAX_COLUMNS + 1)) + b"\n1\n", "201 columns", "at most 200"),
        (b"x" * (MAX_ROW + 1), "header cannot be read", "column names"),
        (b'"text,\n1\n', "header cannot be read", "column names"),
    ],
)
def test_what_is_no_table_is_refused_with_a_remedy(data: bytes, why: str, remedy: str) -> None:
    with pytest.raises(InvalidInput, match=why) as refused:
        look(data[:HEAD], Wishes())
    assert remedy in refused.value.remedy


def test_columns_without_a_name_of_their_own_get_one() -> None:
    beginning = look("내용,내용,, a  b \n1,2,3,4\n".encode(), Wishes())
    assert beginning.layout.columns == ["내용", "내용 (2)", "column (3)", "a b"]
    assert len(beginning.notes) == 2


@pytest.mark.parametrize(
    "table",
    [
        "[리뷰]번호,[본문] 내용\n1,좋아요\n",
        "고객의 소리\n리뷰, 늘 보고 삽니다\n배송, 내용물이 다름\n",  # nobody knows the column
        "구분,비고\n내용,제목\n리뷰,후기\n",  # as wide as its table
        "내용\n번호, 제목, 이름\n좋아요\n나빠요\n그냥요\n",  # known by itself, and others have not so many cells
        "리뷰\n배송이 빨라요\n좋아요, 추천, 상품\n",  # a text, with none behind it
        "리뷰\n좋아요, 추천, 상품\n별로예요\n",
        "고객의 소리\n추천\n배송 느림\n",  # no name of texts
        "고객의 소리\n리뷰\n후기\n",
        "고객의 소리\n내용\n",
        "후기\n내용\n좋아요\n",
        "고객의 소리,비고\n내용,없음\n좋아요,없음\n",
    ],
)
def test_a_header_stays_one(table: str) -> None:
    beginning = look(table.encode(), Wishes(delimiter=","))
    assert beginning.layout.columns == table.partition("\n")[0].split(",")
    assert beginning.layout.first == 1


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("고객의 소리\n내용\n좋아요\n추천\n", ["내용"]),
        ("고객의 소리\n\n리뷰(필수)\n좋아요\n", ["리뷰(필수)"]),
        ("11월\n고객의 소리\nReview text\ngood\n", ["Review text"]),
        ("고객의 소리,\n지점,내용\n강남,좋아요\n서초,나빠요\n", ["지점", "내용"]),
    ],
    ids=["one column", "one column, an empty row", "two titles", "as a sheet is saved, one known name"],
)
def test_a_header_below_a_title_is_found_where_one_name_of_it_is_known(table: str, columns: list[str]) -> None:
    beginning = look(table.encode(), Wishes())
    assert beginning.layout.columns == columns
    row = beginning.layout.first
    assert beginning.notes == [f"row {row} is taken for the header: what stands above it is left out"]


def test_what_stands_above_a_header_is_told_and_rows_are_counted_with_it() -> None:
    data = ("상품 리뷰\n조회기간: 11월\n\n" + TABLE).encode()
    assert look(data, Wishes()).notes == ["row 4 is taken for the header: what stands above it is left out"]
    assert [record.number for record in read(data)] == [5, 6]


def test_a_header_below_a_title_is_found_where_excel_leaves_out_the_last_columns_behind_its_block() -> None:
    rows = ["리뷰 목록,,", "번호,내용,답변", *(f"{number},좋아요," for number in range(SHEET_BLOCK - 2))]
    rows += [f"{number},나빠요" for number in range(2 * SHEET_BLOCK)]
    assert layout_of("\n".join(rows).encode()).columns == ["번호", "내용", "답변"]


def test_what_is_no_character_of_utf_16_spoils_its_row_alone() -> None:
    half = "가".encode("utf-16-le") + b"\x00\xd8"
    data = "\ufeff내용,값\n".encode("utf-16-le") + half + ",1\n나,2\n다🔥,3".encode("utf-16-le")
    assert troubles(data) == [(2, "a part of this row is not utf-8")]
    assert cells(data)[1:] == [{"내용": "나", "값": "2"}, {"내용": "다🔥", "값": "3"}]
    assert troubles(data[:-1]) == [(2, "a part of this row is not utf-8"), (4, "a part of this row is not utf-8")]


def test_a_long_file_in_utf_16_is_read_as_its_text() -> None:
    rows = [f"{number},배터리 🔥 {'a' * (number % 7)}" for number in range(60_000)]
    data = "\n".join(["번호,내용", *rows]).encode("utf-16")
    assert len(data) > HEAD
    assert [record.cells for record in read(data)] == [
        dict(zip(("번호", "내용"), row.split(","), strict=True)) for row in rows
    ]


def test_what_the_client_knows_wins() -> None:
    both = TABLE.replace("번호,내용", "번호;내용")
    assert look(both.encode(), Wishes(delimiter=";")).layout.columns == ["번호", "내용,작성일"]
    assert look(b"text\nascii\n", Wishes(encoding="cp949")).layout.encoding == "cp949"


@pytest.mark.parametrize(
    ("delimiter", "data", "told"),
    [
        ("\t", TABLE, r"'\t' leaves each line whole, and ',' parts it into 3 columns"),
        (",", TABLE.replace(",", "\t"), r"',' leaves each line whole, and '\t' parts it into 3 columns"),
        (";", f"모니터링 결과\n\n{TABLE}", r"';' leaves each line whole, and ',' parts it into 3 columns"),
    ],
)
def test_a_delimiter_that_leaves_lines_whole_is_refused_where_another_parts_them(
    delimiter: Delimiter, data: str, told: str
) -> None:
    with pytest.raises(InvalidInput, match=re.escape(told)) as refused:
        look(data.encode(), Wishes(delimiter=delimiter))
    assert (refused.value.field, "leave it out" in refused.value.remedy) == ("delimiter", True)


@pytest.mark.parametrize("data", ["내용\n좋아요, 배터리도\n별로, 발열이, 심해요\n", "내용\n좋아요\n", "번호,내용\n"])
def test_one_column_is_taken_where_nothing_parts_its_rows_alike(data: str) -> None:
    assert look(f"{data}x\n".encode(), Wishes(delimiter="\t")).layout.columns == [data.partition("\n")[0]]


# Rows


def test_quotes_line_breaks_and_formulas_stay_what_they_are() -> None:
    data = '내용,값\r\n"그는 ""좋다""고\r\n했다",=1+1\r\n화면 5" 크기,@SUM(A1)\r\n'.encode()
    assert cells(data) == [{"내용": '그는 "좋다"고\r\n했다', "값": "=1+1"}, {"내용": '화면 5" 크기', "값": "@SUM(A1)"}]


def test_each_bad_row_is_named_and_hides_no_other() -> None:
    good = "1,좋아요\n".encode()
    bad = {
        2: good,
        3: b"2\n",
        4: "3,좋아요,또\n".encode(),
        5: b"4,\xff\xff\n",
        6: b"\n",
        7: b"5," + b"x" * (MAX_ROW + 1) + b"\n",
        8: "6,좋아요,,\n".encode(),
        9: '7,"열린 따옴표\n'.encode(),
        10: good,
    }
    data = "번호,내용\n".encode() + b"".join(bad.values())
    assert troubles(data) == [
        (3, "this row has 1 cells, the header has 2"),
        (4, "this row has 3 cells, the header has 2"),
        (5, "a part of this row is not utf-8"),
        (7, f"this row has more than {MAX_ROW} bytes"),
        (9, "a quote that opens in this row is never closed"),
    ]
    assert [record.number for record in read(data) if record.cells] == [2, 8, 10]
    assert [record.number for record in read(data) if record.cells == {}] == [6]


def sheet(rows: int, **cut: str) -> bytes:
    """Numbered rows as Excel saves them, where nobody filled the last columns; ``cut`` are rows as they stand."""
    lines = {at: f"{at},글,," if at <= SHEET_BLOCK else f"{at},글" for at in range(2, rows + 1)}
    lines |= {int(at.removeprefix("row")): line for at, line in cut.items()}
    return "\r\n".join(["번호,내용,태그,비고", *lines.values(), ""]).encode()


def test_columns_that_excel_left_out_of_a_block_of_rows_are_empty() -> None:
    data = sheet(50, row20='20,"두\n줄"', row30=",")
    assert troubles(data) == []
    found = read(data)
    assert [record.number for record in found if record.cells] == [at for at in range(2, 51) if at != 30]
    assert found[15].cells == {"번호": "17", "내용": "글"}
    layout = layout_of(data)
    for at, record in enumerate(found, 1):
        assert list(records(layout, lambda at: io.BytesIO(data[at:]), record.end, record.number)) == found[at:]


@pytest.mark.parametrize(
    ("data", "bad"),
    [
        pytest.param(sheet(16, row9="9,글"), [9], id="the header is in the first block"),
        pytest.param(sheet(47, row20="20,글\r\n그리고,,"), [*range(17, 33)], id="a line break without quotes"),
        pytest.param(sheet(17), [17], id="a single row may break off"),
        pytest.param(sheet(18, row17="글", row18="글"), [17, 18], id="lines of a text"),
    ],
)
def test_rows_that_are_too_short_for_other_reasons_stay_bad(data: bytes, bad: list[int]) -> None:
    assert [number for number, _ in troubles(data)] == bad


@pytest.mark.parametrize("empty", ["\u200b,\u3164", " ,\u200b", "\ufeff"])
def test_rows_in_which_nobody_sees_anything_are_empty(empty: str) -> None:
    assert cells(f"번호,내용\n1,좋아요\n{empty}\n2,나빠요\n".encode())[1:] == [{}, {"번호": "2", "내용": "나빠요"}]
    assert cells(f'{{"text": "좋아요"}}\n{empty.replace(",", "")}\n'.encode()) == [{"text": "좋아요"}, {}]


LONG = b"x" * MAX_ROW


@pytest.mark.parametrize("start", [b"%d,", b'%d,"', b'%d,"a line\n'])
def test_rows_that_are_too_long_hide_no_other_however_many_they_are(start: bytes) -> None:
    count = MAX_UNCLOSED + 2
    end = b'"\n' if b'"' in start else b"\n"
    layout = layout_of("번호,내용\n1,좋아요\n".encode())
    parts = Parts(b"1,a\n", *(part for n in range(count) for part in (start % n + LONG + end, b"%d,b\n" % n)))
    tracemalloc.start()
    found = list(records(layout, lambda _: parts, 0, 1))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [record.cells["내용"] for record in found if record.cells] == ["a", *["b"] * count]
    assert sum("more than" in record.problem.what for record in found if record.problem) == count
    assert peak < 10_000_000


def test_cells_of_many_lines_that_are_too_long_do_not_end_the_import() -> None:
    count = MAX_UNCLOSED + 2
    lines = LONG[:10_000].join([b"\n"] * 102)
    layout = layout_of("내용,상품\n좋아요,폰\n".encode())
    parts = Parts(*(b'"' + lines + b'","b"\na,%d\n' % n for n in range(count)))
    found = list(records(layout, lambda _: parts, 0, 1))
    assert [record.cells for record in found if record.cells] == [{"내용": "a", "상품": str(n)} for n in range(count)]


class Parts:
    """A file of parts that nobody has in memory together."""

    def __init__(self, *parts: bytes) -> None:
        self._parts = iter(parts)

    def read(self, _size: int, /) -> bytes:
        return next(self._parts, b"")


def test_each_bad_line_of_json_is_named() -> None:
    data = '{"text": "배터리"}\nnonsense\n[1]\n\n'.encode() + b'{"text": "\xff"}\n' + b"{" * 5_000 + b'\n{"text": "b"}'
    assert [number for number, _ in troubles(data)] == [2, 3, 5, 6]
    assert [record.number for record in read(data) if record.cells] == [1, 7]


def test_a_file_of_quotes_that_never_close_is_given_up_soon() -> None:
    hostile = b"text,b\n" + b'a","""\n' * 400_000
    layout = Layout(
        format="csv", encoding="utf-8", delimiter=",", packed=False, columns=["text", "b"], start=7, first=1
    )
    started, seen = time.monotonic(), list[int]()
    with pytest.raises(InvalidInput, match=f"more than {MAX_UNCLOSED} quotes"):
        seen.extend(record.number for record in records(layout, lambda at: io.BytesIO(hostile[at:]), 7, 1))
    assert len(seen) == MAX_UNCLOSED
    assert time.monotonic() - started < 60


class Endless:
    """Sends one line that never ends, up to some length, without having it in memory."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int, /) -> bytes:
        size = min(size, self.left)
        self.left -= size
        return b"a" * size


def test_a_line_of_a_hundred_megabytes_needs_few_of_them() -> None:
    tracemalloc.start()
    found = [(line.data, line.end) for line in lines(blocks(Endless(100_000_000)))]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [(None, 100_000_000)]
    assert peak < 10_000_000


def test_millions_of_cells_in_a_row_are_one_bad_row() -> None:
    data = b"text,b\n" + b"," * (MAX_ROW - 10) + b"x\n1,2\n"
    assert [number for number, _ in troubles(data)] == [2]
    assert cells(data)[-1] == {"text": "1", "b": "2"}


# Packed files


def test_a_zip_bomb_of_gzip_ends_at_its_bound() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    sizes: list[int] = []
    with pytest.raises(InvalidInput, match="unpacked"):
        sizes.extend(len(block) for block in unpacked(io.BytesIO(bomb), limit=10_000_000))
    assert max(sizes) <= BLOCK
    assert 9_000_000 < sum(sizes) <= 10_000_000


@pytest.mark.parametrize("cut", [12, 40, -4])
def test_a_packed_file_that_breaks_off_says_so(cut: int) -> None:
    with pytest.raises(InvalidInput, match="cannot be unpacked"):
        list(unpacked(io.BytesIO(gzip.compress(TABLE.encode() * 50)[:cut])))


def test_members_and_padding_are_read_as_one_file() -> None:
    packed = gzip.compress(b"a\n") + gzip.compress(b"b\n") + bytes(100)
    assert b"".join(unpacked(io.BytesIO(packed))) == b"a\nb\n"


# Going on


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("encoding", ["cp949", "utf-16"])
def test_reading_goes_on_behind_any_row(pack: type[bytes], encoding: str) -> None:
    text = '번호,내용\n1,하나\n\n"2","둘\n셋"\r\n3\n4,"""넷"\n5,다섯'
    data = pack(text.encode(encoding))
    layout = layout_of(data)

    def behind(offset: int, number: int) -> list[Record]:
        return list(records(layout, lambda at: io.BytesIO(data[at:]), offset, number))

    whole = behind(layout.start, layout.first)
    assert len(whole) == 6
    for at, record in enumerate(whole, 1):
        assert behind(record.end, record.number) == whole[at:]


# Any file


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
ROWS = st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=8)


@given(ROWS, st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_a_csv_writer_wrote_is_read_back(rows: list[list[str]], delimiter: str, end: str, quoted: bool) -> None:
    if not quoted:  # the writer leaves a bare carriage return unquoted, which is a line end to everybody else
        rows = [[cell.replace("\r", "") for cell in row] for row in rows]
    kept = [row for row in rows if any(map(seen, row))]
    written = io.StringIO(newline="")
    writer = csv.writer(
        written, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    )
    writer.writerows([["first", "second"], *rows])
    layout = Layout(
        format="csv",
        encoding="utf-8",
        delimiter=delimiter,  # type: ignore[arg-type] # one of them
        packed=False,
        columns=["first", "second"],
        start=0,
        first=0,
    )
    data = written.getvalue().encode()
    found = list(records(layout, lambda at: io.BytesIO(data[at:]), 0, 0))[1:]
    assert [list(record.cells.values()) for record in found if record.cells] == kept


@given(st.lists(st.binary(min_size=1, max_size=9), max_size=9))
def test_lines_do_not_depend_on_how_bytes_arrive(parts: list[bytes]) -> None:
    whole = b"".join(parts)
    found = list(lines(iter(parts)))
    assert [line.data for line in found] == whole.splitlines(keepends=True)
    assert [line.end for line in found] == list(_ends(whole))


def _ends(whole: bytes) -> Iterator[int]:
    end = 0
    for line in whole.splitlines(keepends=True):
        end += len(line)
        yield end


@settings(max_examples=300)
@given(st.binary(max_size=300) | st.text('a",;\t|\r\n{}[]:가1 ', max_size=80).map(str.encode))
def test_no_file_brings_the_reader_down(data: bytes) -> None:
    try:
        found = read(data)
    except InvalidInput:
        return
    assert [record.end for record in found] == sorted({record.end for record in found})
    assert found[-1].end == len(data) or data.startswith(b"\x1f\x8b")
