"""The bad-file corpus: twenty classes, at least fifteen files each, with the only acceptable outcome beside each.

A case is a function that writes one file; the expectation is what `check-file` must say of it.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.mingzhang.intake import hostile_files
from tests.mingzhang.intake.hostile_files import Formula, Look, csv, line, lines, repacked, roster, text, xls, xlsx


@dataclass(frozen=True)
class Case:
    """One file and what must come of it.

    Attributes:
        number: class of bad file, 1 to 20; a class shares one cause.
        build: writes the file into a folder and returns its path.
        status: as `check-file --json` says it.
        reason: of a file refused or held, or of the first rejected line.
        has: problem ids that must be there.
        lacks: problem ids that must not.
        counts: accepted, rejected, held, total_fen as far as given.
        rows: rejected rows with their reason.
        repairs: kinds of repair that must be there.
    """

    number: int
    name: str
    build: Callable[[Path], Path]
    status: str
    reason: str | None = None
    has: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    counts: dict[str, int] = field(default_factory=dict)
    rows: dict[int, str] = field(default_factory=dict)
    repairs: frozenset[str] = frozenset()
    declared: dict[str, Any] = field(default_factory=dict)
    with_places: bool = False


OK, SOME, HELD, REFUSED = "accepted", "accepted_with_errors", "held", "refused"


def book(rows: list[list[Any]], **options: Any) -> Callable[[Path], Path]:
    return lambda folder: xlsx(folder / "表.xlsx", {"名册": rows}, **options)


def old_book(rows: list[list[Any]]) -> Callable[[Path], Path]:
    return lambda folder: xls(folder / "表.xls", {"名册": rows})


def table(rows: list[list[Any]], **options: Any) -> Callable[[Path], Path]:
    return lambda folder: csv(folder / "表.csv", rows, **options)


def raw(content: bytes, file_name: str = "表.csv") -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        path = folder / file_name
        path.write_bytes(content)
        return path

    return build


def changed_archive(change: Callable[[dict[str, bytes]], dict[str, bytes]], **options: Any) -> Callable[[Path], Path]:
    return lambda folder: repacked(xlsx(folder / "表.xlsx", {"名册": roster(lines(4))}), change, **options)


def cases() -> Iterator[Case]:
    """Yield every case."""
    for maker in MAKERS:
        yield from maker()


def _numbers() -> Iterator[Case]:
    """1: identity numbers and accounts in numeric cells."""
    for at in range(4):
        number = hostile_files.idno(at)[:17] + "0"
        rows = roster(lines(4, {at: {"身份证号": float(number)}}))
        yield Case(1, f"id-number-{at}", book(rows), SOME, "id_is_number", rows={at + 2: "id_is_number"})
        yield Case(1, f"id-number-old-{at}", old_book(rows), SOME, "id_is_number", rows={at + 2: "id_is_number"})
        rows = roster(lines(4, {at: {"银行账号": float(hostile_files.account(at))}}))
        yield Case(1, f"account-number-{at}", book(rows), SOME, "id_is_number", rows={at + 2: "id_is_number"})
        rows = roster(lines(4, {at: {"身份证号": 452921900101123.0}}))
        yield Case(1, f"id-15-number-{at}", book(rows), SOME, "id_is_number", rows={at + 2: "id_is_number"})
    every = roster([line(n, 身份证号=float(hostile_files.idno(n)[:15] + "000")) for n in range(6)])
    yield Case(1, "every-id-number", book(every), SOME, "id_is_number", counts={"accepted": 0, "rejected": 6})


def _scientific() -> Iterator[Case]:
    """2: lost digits in text."""
    for at, written in enumerate(["4.52921E+17", "4.52921E17", "4.52921e+17", "4E+17", " 4.52921E+17 "]):
        rows = roster(lines(4, {1: {"身份证号": written}}))
        yield Case(2, f"id-{at}", table(rows), SOME, rows={3: "id_in_scientific_notation"})
        yield Case(2, f"id-book-{at}", book(rows), SOME, rows={3: "id_in_scientific_notation"})
        rows = roster(lines(4, {2: {"银行账号": written}}))
        yield Case(2, f"account-{at}", table(rows), SOME, rows={4: "account_in_scientific_notation"})
    for length in (6, 10, 14, 25):
        rows = roster(lines(4, {0: {"银行账号": "6" * length}}))
        yield Case(2, f"account-length-{length}", table(rows), OK, has=frozenset({"account_wrong_length"}))
    rounded = roster([line(n, 身份证号=hostile_files.idno(n)[:15] + "000") for n in range(5)])
    yield Case(2, "rounded", table(rounded), REFUSED, "ids_rounded")
    few = roster([line(n, 身份证号=hostile_files.idno(n)[:15] + "000") if n < 2 else line(n) for n in range(6)])
    yield Case(2, "two-rounded", table(few), OK, lacks=frozenset({"ids_rounded"}))
    yield Case(2, "rounded-text-in-book", book(rounded), OK, has=frozenset({"id_checksum"}))


FAR = ["XFD200000", "XFD1048576", "IV999999", "ZZ100000", "AAA30000"]


def _far_cells() -> Iterator[Case]:
    """3: a small workbook with a cell far away."""
    for reference in FAR:
        cell = f'<row r="{reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{reference}"><v>1</v></c></row></sheetData>'
        for style, changed in (
            ("plain", cell),
            ("single-quotes", cell.replace('"', "'")),
            ("spaced", cell.replace('r="', 'r = "')),
        ):

            def far(parts: dict[str, bytes], cell: str = changed) -> dict[str, bytes]:
                sheet = parts["xl/worksheets/sheet1.xml"].replace(b"</sheetData>", cell.encode())
                return parts | {"xl/worksheets/sheet1.xml": sheet}

            yield Case(3, f"{reference}-{style}", changed_archive(far), REFUSED, "sheet_too_large")
    near = roster(lines(4)) + [[]] * 2000 + [line(9)]
    yield Case(3, "far-but-fair", book(near), OK, counts={"accepted": 5})


def _archives() -> Iterator[Case]:
    """4: bombs, nested archives, too many entries."""
    for size in (2, 5, 20, 60):

        def bomb(parts: dict[str, bytes], size: int = size) -> dict[str, bytes]:
            return parts | {"xl/media/a.bin": b"\0" * (size << 20)}

        yield Case(4, f"ratio-{size}", changed_archive(bomb), REFUSED, "archive_ratio")
    for count in (201, 300, 1000):

        def crowd(parts: dict[str, bytes], count: int = count) -> dict[str, bytes]:
            return parts | {f"xl/media/{n}.txt": b"x" for n in range(count)}

        yield Case(4, f"entries-{count}", changed_archive(crowd), REFUSED, "archive_too_many_entries")
    inner = hostile_files.zipped({"a.txt": b"x"})
    for member in ("xl/a.zip", "a.xlsx", "xl/embeddings/b.XLSX", "c.rar", "d.7z", "xl/e.gz"):
        yield Case(
            4, f"nested-{member}", changed_archive(lambda p, m=member: p | {m: inner}), REFUSED, "archive_nested"
        )
    for member, content in (("xl/f.bin", inner), ("xl/g.dat", b"Rar!\x1a\x07"), ("xl/h.bin", b"\x1f\x8b\x08rest")):
        yield Case(
            4,
            f"disguised-{member}",
            changed_archive(lambda p, m=member, c=content: p | {m: c}),
            REFUSED,
            "archive_nested",
        )

    def lies(parts: dict[str, bytes]) -> dict[str, bytes]:
        return parts | {"xl/worksheets/sheet1.xml": parts["xl/worksheets/sheet1.xml"] + b" " * (30 << 20)}

    yield Case(4, "bomb-in-the-sheet", changed_archive(lies), REFUSED, "archive_ratio")


def _entities() -> Iterator[Case]:
    """5: DOCTYPE, entities, foreign encodings inside."""
    doctypes = [
        b'<!DOCTYPE a [<!ENTITY x "y">]>', b"<!DOCTYPE worksheet>", b'<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        b'<!ENTITY x "y">', b"<!doctype a>",
    ]  # fmt: skip
    for number, words in enumerate(doctypes):
        for part in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"):

            def poison(parts: dict[str, bytes], words: bytes = words, part: str = part) -> dict[str, bytes]:
                return parts | {part: parts[part].replace(b"?>", b"?>" + words, 1)}

            yield Case(5, f"doctype-{number}-{part[3:9]}", changed_archive(poison), REFUSED, "doctype_found")
    for part in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):

        def wide(parts: dict[str, bytes], part: str = part) -> dict[str, bytes]:
            return parts | {part: parts[part].decode().replace("UTF-8", "UTF-16").encode("utf-16")}

        def claimed(parts: dict[str, bytes], part: str = part) -> dict[str, bytes]:
            return parts | {part: parts[part].replace(b"UTF-8", b"GB2312")}

        yield Case(5, f"utf16-{part[3:9]}", changed_archive(wide), REFUSED, "xml_not_utf8")
        yield Case(5, f"gb2312-{part[3:9]}", changed_archive(claimed), REFUSED, "xml_not_utf8")


RARE = ["𡌶", "㙟", "䶮", "堃", "犇"]


def _encodings() -> Iterator[Case]:
    """6: encodings of text files."""
    rows = roster([line(n, 姓名="韦" + RARE[n]) for n in range(5)])
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
        yield Case(6, f"rare-{encoding}", table(rows, encoding=encoding), OK, counts={"accepted": 5})
        yield Case(6, f"plain-{encoding}", table(roster(lines(40)), encoding=encoding), OK, counts={"accepted": 40})
    yield Case(6, "utf-16-be", raw(b"\xfe\xff" + text(rows).encode("utf-16-be")), OK, counts={"accepted": 5})
    yield Case(6, "gbk", table(roster(lines(4)), encoding="gbk"), OK, counts={"accepted": 4})
    yield Case(6, "two-marks", raw(b"\xef\xbb\xbf\xef\xbb\xbf" + text(rows).encode()), OK, counts={"accepted": 5})
    yield Case(6, "three-marks", raw(b"\xef\xbb\xbf" * 3 + text(rows).encode()), OK, counts={"accepted": 5})
    bare = text(roster(lines(4))).encode("utf-16-le")
    yield Case(6, "utf-16-bare", raw(bare), REFUSED, "encoding_unknown")
    yield Case(
        6, "noise", raw(text(roster(lines(2))).encode("gb18030") + b"\xff\xff\xff,\x80\n"), REFUSED, "encoding_unknown"
    )
    first, second = text(roster(lines(4))).encode(), text(lines(4)).encode("gb18030")
    yield Case(6, "utf8-then-gbk", raw(first + second), REFUSED, "encoding_mixed")
    gbk_first = text(roster(lines(4))).encode("gb18030") + text(lines(4)).encode()
    yield Case(6, "gbk-then-utf8", raw(gbk_first), REFUSED, "encoding_mixed")
    nul = text(roster(lines(40))).replace("300.5", "300\0.5", 1)
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
        yield Case(6, f"nul-{encoding}", raw(nul.encode(encoding)), REFUSED, "nul_character")
    for lost in ("�", "?", "□", "\ue08b", "？"):
        rows = roster(lines(4, {2: {"姓名": f"韦{lost}"}}))
        yield Case(6, f"lost-{ord(lost):x}", table(rows), OK, has=frozenset({"character_lost"}), counts={"accepted": 4})

    for odd in ("韦2", "韦２", "=韦", "韦@"):
        rows = roster(lines(4, {2: {"姓名": odd}}))
        yield Case(6, f"odd-{ord(odd[-1]):x}", table(rows), OK, has=frozenset({"name_odd"}), counts={"accepted": 4})


def _spellings() -> Iterator[Case]:
    """7: how clerks write identity numbers."""

    def wide(number: str) -> str:
        return "".join(chr(ord(c) + 0xFEE0) for c in number)

    x = next(hostile_files.idno(n) for n in range(400) if hostile_files.idno(n).endswith("X"))
    spelled = {
        "lower-x": x.lower(), "wide": wide(x), "wide-lower": wide(x.lower()), "nbsp": f"\u00a0{x}\u00a0",
        "zero-width": f"{x[:6]}\u200b{x[6:]}", "bom": f"\ufeff{x}", "apostrophe": f"'{x}", "tab": f"{x}\t",
        "spaced": f"{x[:6]} {x[6:14]} {x[14:]}", "full-blank": f"\u3000{x}", "soft-hyphen": f"{x[:6]}\u00ad{x[6:]}",
    }  # fmt: skip
    for label, written in spelled.items():
        rows = roster(lines(4, {1: {"身份证号": written}}))
        expected = {"repairs": frozenset({"id_format"}), "lacks": frozenset({"id_checksum", "id_malformed"})}
        yield Case(7, label, book(rows), OK, counts={"accepted": 4}, **expected)
    rows = roster([*lines(300), line(301, 身份证号=x)])
    yield Case(7, "first-x-late", table(rows), OK, counts={"accepted": 301}, lacks=frozenset({"id_checksum"}))
    for blank in ("", " ", "\u3000", "\u200b"):
        rows = roster(lines(4, {1: {"身份证号": blank}}))
        yield Case(
            7, f"blank-{len(blank)}-{blank!r}", table(rows), SOME, rows={3: "missing_value"}, counts={"accepted": 3}
        )
    good = hostile_files.idno(1)
    wrong = good[:17] + ("1" if good[17] != "1" else "2")
    for label, written, code in (
        ("checksum", wrong, "id_checksum"), ("no-date", "452921199002301234", "id_checksum"),
        ("17-digits", good[:17], "id_malformed"), ("19-digits", good + "1", "id_malformed"),
        ("letter-o", good[:8] + "O" + good[9:], "id_malformed"), ("words", "见户口本2", "id_malformed"),
    ):  # fmt: skip
        rows = roster(lines(4, {1: {"身份证号": written}}))
        yield Case(7, label, book(rows), OK, has=frozenset({code}), counts={"accepted": 4})


def _headers() -> Iterator[Case]:
    """8: titles, two-line headers, merged cells, repeated headers, duplicates."""
    body = lines(4)
    for count in (1, 2, 3, 5, 10):
        rows = [[f"标题{n}"] for n in range(count)] + roster(body)
        yield Case(8, f"titles-{count}", book(rows), OK, counts={"accepted": 4})
    grouped = [
        ["序号", "姓名", "身份证号", "村(居)委会", "银行账号", "补贴情况", "", "备注"],
        ["", "", "", "", "", "面积(亩)", "金额(元)", ""],
        *[[*row[:5], 2.0, row[5], row[6]] for row in body],
    ]
    merged = [(0, 5, 0, 6), *[(0, c, 1, c) for c in (0, 1, 2, 3, 4, 7)]]
    yield Case(
        8, "two-lines-merged", book(grouped, looks={"名册": Look(merged=merged)}), OK, counts={"total_fen": 120200}
    )
    yield Case(8, "two-lines-plain", table(grouped), OK, counts={"total_fen": 120200})
    for at in (1, 2, 3):
        rows = roster([*body[:at], hostile_files.HEADER, *body[at:]])
        yield Case(8, f"repeated-{at}", book(rows), OK, has=frozenset({"repeated_header"}), counts={"accepted": 4})
    town = roster([line(0), line(1, **{"村(居)委会": None}), line(2, **{"村(居)委会": None})])
    looks = {"名册": Look(merged=[(1, 3, 3, 3)])}
    yield Case(
        8, "merged-village", book(town, looks=looks), OK, counts={"accepted": 3}, repairs=frozenset({"fill_down"})
    )
    twice = roster([[*row, 1.0] for row in body], [*hostile_files.HEADER, "补贴金额"])
    yield Case(8, "duplicate-amount", book(twice), HELD, "duplicate_column", counts={"held": 4})
    twice = roster([[*row, hostile_files.idno(50)] for row in body], [*hostile_files.HEADER, "身份证号"])
    yield Case(8, "duplicate-id", book(twice), HELD, "duplicate_column")
    extra = roster([[*row, "甲"] for row in body], [*hostile_files.HEADER, "自定义列"])
    yield Case(8, "unknown-column", book(extra), OK, has=frozenset({"column_ignored"}))
    for missing in ("姓名", "身份证号", "补贴金额"):
        rows = roster(body, [h if h != missing else "其他内容" for h in hostile_files.HEADER])
        yield Case(8, f"missing-{missing}", book(rows), REFUSED, "missing_column")
    yield Case(8, "no-header", book(body), REFUSED, "header_not_recognised")
    yield Case(8, "prose", book([["各村请于月底前报送"], ["谢谢"]]), REFUSED, "header_not_recognised")
    broken = [h.replace("身份证号", "身份证\n号 码").replace("姓名", "姓　名") for h in hostile_files.HEADER]
    yield Case(8, "broken-header", book(roster(body, broken)), OK, counts={"accepted": 4})


def _totals() -> Iterator[Case]:
    """9: totals and signatures."""
    body = lines(4)
    for label in ("合计", "合 计", "总计", "共计", "累计", "合计：", "青岚县合计"):
        rows = roster([*body, [label, "", "", "", "", 1202.0]])
        yield Case(
            9,
            f"right-{label}",
            book(rows),
            OK,
            has=frozenset({"total_line"}),
            counts={"accepted": 4, "total_fen": 120200},
        )
    for label, wrong in (("合计", 1203.0), ("总计", 1201.99), ("合计", 0.0), ("合计", 12020000.0)):
        rows = roster([*body, [label, "", "", "", "", wrong]])
        yield Case(
            9, f"wrong-{label}-{wrong}", book(rows), HELD, "total_mismatch", counts={"held": 4, "total_fen": 120200}
        )
    sub = ["", "小计", "", "", "", 601.0]
    rows = roster([*body[:2], sub, *body[2:], sub, ["合计", "", "", "", "", 1202.0]])
    yield Case(9, "subtotals", book(rows), OK, counts={"accepted": 4})
    rows = roster([*body[:2], ["", "小计", "", "", "", 602.0], *body[2:], ["合计", "", "", "", "", 1202.0]])
    yield Case(9, "wrong-subtotal", book(rows), HELD, "total_mismatch")
    rows = roster([*body, ["合计", "", "", "", "", "1,202.00元"]])
    yield Case(9, "dressed-total", table(rows, separator="\t"), OK, counts={"accepted": 4})
    rows = roster([["合计", "", "", "", "", 1202.0], *body])
    yield Case(9, "total-on-top", book(rows), OK, counts={"accepted": 4})
    signed = roster([*body, ["合计", "", "", "", "", 1202.0], ["制表人：", "", "审核人：", "", "负责人签字："]])
    yield Case(9, "signatures", book(signed), OK, has=frozenset({"row_ignored"}), counts={"accepted": 4})
    rows = roster([*lines(4, {3: {"身份证号": 4.5e17}}), ["合计", "", "", "", "", 1202.0]])
    yield Case(9, "total-counts-rejected", book(rows), SOME, "id_is_number", counts={"accepted": 3, "total_fen": 90150})
    rows = roster([*lines(4, {3: {"补贴金额": "停发"}}), ["合计", "", "", "", "", 901.5]])
    yield Case(9, "total-with-stopped", book(rows), OK, counts={"accepted": 4, "total_fen": 90150})


def _hidden() -> Iterator[Case]:  # noqa: C901 - a list of cases, not a program
    """10: hidden rows and sheets, comments, a second month."""
    body = roster(lines(4))
    for label, look in (("hidden", Look(hidden=True)), ("very-hidden", Look(very_hidden=True))):
        for title in ("上月", "底稿", "Sheet2"):

            def build(folder: Path, look: Look = look, title: str = title) -> Path:
                return xlsx(folder / "表.xlsx", {"名册": body, title: roster(lines(9))}, {title: look})

            yield Case(10, f"{label}-{title}", build, OK, has=frozenset({"hidden_sheet"}), counts={"accepted": 4})
    for rows in ([3], [2, 3], [2, 3, 4, 5]):
        looks = {"名册": Look(hidden_rows=rows)}
        yield Case(
            10,
            f"hidden-rows-{len(rows)}",
            book(body, looks=looks),
            OK,
            has=frozenset({"hidden_rows"}),
            counts={"accepted": 4},
        )
    for at in ((1, 1), (2, 5), (0, 0)):
        looks = {"名册": Look(comments={at: "请核实"})}
        yield Case(10, f"comment-{at[0]}", book(body, looks=looks), OK, has=frozenset({"comments_ignored"}))
    for first, second in (("2026年10月", "2026年9月"), ("2026-10", "2026-09"), ("二〇二六年十月", "二〇二六年九月")):

        def months(folder: Path, first: str = first, second: str = second) -> Path:
            sheets = {"一": roster(lines(4), title=f"{first}花名册"), "二": roster(lines(3), title=f"{second}花名册")}
            return xlsx(folder / "表.xlsx", sheets)

        yield Case(10, f"two-months-{first}", months, REFUSED, "more_than_one_period")

    def towns(folder: Path) -> Path:
        return xlsx(
            folder / "表.xlsx", {"龙塘镇": roster(lines(4)), "新圩乡": roster([line(n) for n in range(10, 13)])}
        )

    yield Case(10, "two-towns", towns, OK, counts={"accepted": 7})


def _formulas() -> Iterator[Case]:
    """11: formulas and external links."""
    for at in range(4):
        rows = roster(
            lines(
                4, {at: {"身份证号": Formula(f'=CONCATENATE("{hostile_files.idno(at)}","")', hostile_files.idno(at))}}
            )
        )
        yield Case(11, f"id-{at}", book(rows), SOME, rows={at + 2: "formula_in_identity"})
        rows = roster(lines(4, {at: {"补贴金额": Formula("=100*3", 300)}}))
        yield Case(
            11, f"amount-{at}", book(rows), OK, has=frozenset({"amount_by_formula"}), counts={"total_fen": 120150}
        )
        rows = roster(lines(4, {at: {"补贴金额": Formula("=100*3")}}))
        yield Case(11, f"no-value-{at}", book(rows), SOME, rows={at + 2: "formula_without_value"})
        rows = roster(lines(4, {at: {"银行账号": Formula("=A1", hostile_files.account(1))}}))
        yield Case(11, f"account-{at}", book(rows), SOME, rows={at + 2: "formula_in_identity"})
    link = changed_archive(lambda p: p | {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})
    yield Case(11, "external-link", link, REFUSED, "external_link")


def _dates() -> Iterator[Case]:
    """12: dates and months."""
    header = [*hostile_files.HEADER, "发放时间"]
    good = [
        "2026-10-01",
        "2026/10/1",
        "2026.10.01",
        "20261001",
        "2026年10月1日",
        "2026.10",
        "46296",
        "二〇二六年十月一日",
    ]
    for written in good:
        rows = roster([[*row, written] for row in lines(3)], header)
        yield Case(12, f"good-{written}", table(rows), OK, lacks=frozenset({"date_impossible", "date_unreadable"}))
    yield Case(12, "date-cell", book(roster([[*row, dt.date(2026, 10, 1)] for row in lines(3)], header)), OK)
    yield Case(
        12, "base-1904", book(roster([[*row, dt.date(2026, 10, 1)] for row in lines(3)], header), base1904=True), OK
    )
    yield Case(12, "number-2025.3", book(roster([[*row, 2025.3] for row in lines(3)], header)), OK)
    yield Case(
        12,
        "number-2025.1",
        book(roster([[*row, 2025.1] for row in lines(3)], header)),
        OK,
        has=frozenset({"date_ambiguous"}),
    )
    for written in ("2026-02-30", "2026年2月30日", "20260230", "26.10.1", "2026-13-01", "26-10"):
        rows = roster([[*row, written if n == 1 else "2026-10-01"] for n, row in enumerate(lines(3))], header)
        yield Case(12, f"bad-{written}", table(rows), SOME, rows={3: "date_impossible"})
    yield Case(
        12,
        "unreadable",
        table(roster([[*row, "不详"] for row in lines(3)], header)),
        OK,
        has=frozenset({"date_unreadable"}),
    )
    for title in ("2026年9月发放花名册", "2026-09 花名册", "二〇二六年九月花名册"):
        yield Case(
            12, f"title-{title[:6]}", book(roster(lines(3), title=title)), HELD, "month_mismatch", counts={"held": 3}
        )
    named = "2026年9月名册.xlsx"
    yield Case(12, "file-name", lambda f: xlsx(f / named, {"名册": roster(lines(3))}), HELD, "month_mismatch")
    period = roster([[*row, "2026年9月"] for row in lines(3)], [*hostile_files.HEADER, "所属期"])
    yield Case(12, "period-column", book(period), HELD, "month_mismatch")
    bare = roster([[*row, "10月"] for row in lines(3)], [*hostile_files.HEADER, "所属期"])
    yield Case(12, "bare-month", book(bare), OK, has=frozenset({"month_guessed"}))
    bare = roster([[*row, "10月"] for row in lines(3)], header)
    guessed, unread = frozenset({"month_guessed"}), frozenset({"date_unreadable", "date_impossible"})
    yield Case(12, "bare-month-for-a-day", book(bare), OK, has=guessed, lacks=unread)


def _amounts() -> Iterator[Case]:
    """13: amounts."""
    for written, fen in (
        ("1,234.50", 123450), (" 100 ", 10000), ("￥100", 10000), ("100元", 10000), ("１００", 10000), ("0.05万元", 50000),
        ("12.5万", 12500000), ("99.5", 9950), ("+5", 500), ("1，000.00", 100000), ("100.000", 10000),
    ):  # fmt: skip
        rows = roster(lines(2, {0: {"补贴金额": written}, 1: {"补贴金额": 0}}))
        yield Case(13, f"good-{written}", table(rows, separator="\t"), OK, counts={"total_fen": fen})
    for written, code in (
        ("-5", "negative_amount"), ("0.005", "amount_not_in_fen"), ("12.345", "amount_not_in_fen"),
        ("1" + "0" * 15, "amount_too_large"), ("", "missing_value"), ("一百", "amount_unreadable"), ("待定", "amount_unreadable"),
        ("1.2.3", "amount_unreadable"), ("100/2", "amount_unreadable"), ("--", "amount_unreadable"),
    ):  # fmt: skip
        rows = roster(lines(3, {1: {"补贴金额": written}}))
        yield Case(13, f"bad-{written or 'blank'}", table(rows), SOME, rows={3: code}, counts={"accepted": 2})
    for value, code in ((-5.0, "negative_amount"), (0.005, "amount_not_in_fen"), (1e15, "amount_too_large")):
        yield Case(13, f"number-{value}", book(roster(lines(3, {1: {"补贴金额": value}}))), SOME, rows={3: code})
    yield Case(
        13, "binary-fraction", book(roster(lines(1, {0: {"补贴金额": 0.1 + 0.2}}))), OK, counts={"total_fen": 30}
    )
    for head in ("补贴金额(万元)", "补贴金额（万元）", "补贴金额 万元"):
        header = [h if h != "补贴金额" else head for h in hostile_files.HEADER]
        if "(" in head or "（" in head:
            rows = roster(lines(1, {0: {"补贴金额": 0.25}}), header)
            yield Case(
                13, f"wan-{head}", book(rows), OK, counts={"total_fen": 250000}, repairs=frozenset({"amount_unit"})
            )
    wan = roster([["", "", "", "", "", "万元"], *lines(1, {0: {"补贴金额": 0.25}})])
    yield Case(13, "wan-unit-row", book(wan), OK, counts={"total_fen": 250000})
    rows = [["单位：万元"], *roster(lines(1, {0: {"补贴金额": 0.25}}))]
    yield Case(13, "wan-title", book(rows), OK, counts={"total_fen": 250000})
    refund = roster(lines(2, {1: {"补贴金额": -300.5, "备注": "9月多发退款"}}))
    yield Case(13, "refund", book(refund), OK, counts={"total_fen": 0, "accepted": 2})
    stopped = roster(lines(2, {1: {"补贴金额": "停发"}}))
    yield Case(13, "stopped", book(stopped), OK, counts={"total_fen": 30050, "accepted": 2})


def _cut() -> Iterator[Case]:
    """15: cut and swallowed files (class 14 needs a ledger: see test_ledger)."""
    whole = text(roster(lines(30))).encode()
    for share in (0.3, 0.5, 0.8, 0.95):

        def cut(folder: Path, share: float = share) -> Path:
            path = xlsx(folder / "表.xlsx", {"名册": roster(lines(60))})
            path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
            return path

        yield Case(15, f"book-{share}", cut, REFUSED, "upload_incomplete")
        end = whole.rfind(b"\n", 0, int(len(whole) * share)) + 12
        yield Case(15, f"text-{share}", raw(whole[:end]), REFUSED, "upload_incomplete")

        def cut_old(folder: Path, share: float = share) -> Path:
            path = xls(folder / "表.xls", {"名册": roster(lines(200))})
            path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share / 2)])
            return path

        yield Case(15, f"old-{share}", cut_old, REFUSED, "upload_incomplete")
    for at in (2, 5, 9):
        rows = roster(lines(40, {at: {"备注": '"开了头'}}))
        yield Case(15, f"quote-{at}", table(rows), REFUSED, "unbalanced_quote")
        closed = roster(lines(40, {at: {"备注": '"开了头'}, at + 20: {"备注": '合上"'}}))
        yield Case(15, f"late-quote-{at}", table(closed), REFUSED, "unbalanced_quote")
    fine = roster(lines(4, {1: {"备注": '"第一行\n第二行"'}}))
    yield Case(15, "line-break-in-quotes", table(fine), OK, counts={"accepted": 4})
    yield Case(15, "no-final-newline", raw(whole.rstrip(b"\n")), OK, counts={"accepted": 30})
    yield Case(
        15, "carriage-returns", table(roster(lines(4)), end="\r\n"), OK, counts={"accepted": 4, "total_fen": 120200}
    )


def _types() -> Iterator[Case]:
    """16: files that are not what they say."""
    good = roster(lines(2))
    html = "<html><table><tr><td>姓名</td></tr></table></html>".encode()
    for file_name, content, reason in (
        ("表.xlsx", html, "header_not_recognised"), ("表.xls", html, "header_not_recognised"),
        ("表.csv", html, "header_not_recognised"), ("表.xls", "<html><p>没有表格</p></html>".encode(), "wrong_file_type"),
        ("表.xlsx", b"PAR1" + b"\0" * 50, "wrong_file_type"), ("表.parquet", b"PAR1" + b"\0" * 50, "wrong_file_type"),
        ("表.xlsx", b"%PDF-1.7", "picture_or_scan"), ("表.pdf", b"%PDF-1.7", "picture_or_scan"),
        ("表.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 50, "picture_or_scan"), ("表.exe", b"MZ\x90", "wrong_file_type"),
        ("表.docx", hostile_files.zipped({"word/document.xml": b"<a/>"}), "wrong_file_type"),
        ("表.xlsx", hostile_files.zipped({"word/document.xml": b"<a/>"}), "wrong_file_type"),
        ("表.ods", hostile_files.zipped({"mimetype": b"x", "content.xml": b"<a/>"}), "wrong_file_type"),
        ("表.xlsx", hostile_files.zipped({"mimetype": b"x", "content.xml": b"<a/>"}), "wrong_file_type"),
        ("表.csv", hostile_files.zipped({"a.txt": b"x"}), "wrong_file_type"),
    ):  # fmt: skip
        yield Case(16, f"{file_name}-{content[:4]!r}", raw(content, file_name), REFUSED, reason)
    for file_name in ("表.xlsx", "表.xls", "表", "表.dat"):
        counts = {"accepted": 2}
        yield Case(16, f"text-named-{file_name}", raw(text(good).encode(), file_name), OK, counts=counts)
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    yield Case(16, "et", raw(ole, "表.et"), REFUSED, "upload_incomplete")
    yield Case(16, "old-under-new-name", raw(ole, "表.xlsx"), REFUSED, "upload_incomplete")
    locked = ole + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    yield Case(16, "password", raw(locked, "表.xlsx"), REFUSED, "password_protected")
    yield Case(
        16,
        "macro-name",
        lambda f: xlsx(f / "表.xlsx", {"a": good}).rename(f / "表.xlsm"),
        OK,
        lacks=frozenset({"macros_present"}),
        counts={"accepted": 2},
    )
    macros = ole + "_VBA_PROJECT_CUR".encode("utf-16-le") + b"\0" * 600
    yield Case(16, "macro-in-old-workbook", raw(macros, "表.xls"), REFUSED, "upload_incomplete")
    inside = changed_archive(lambda p: p | {"xl/vbaProject.bin": b"x"})
    yield Case(16, "macro-inside", inside, OK, has=frozenset({"macros_present"}), counts={"accepted": 4})
    for member in ("../../etc/passwd", "/etc/passwd", "xl/../../a", "..\\..\\a"):
        yield Case(
            16, f"path-{member}", changed_archive(lambda p, m=member: p | {m: b"x"}), REFUSED, "archive_unsafe_entry"
        )
    link = zipfile.ZipInfo("xl/link")
    link.external_attr = 0o120777 << 16
    yield Case(16, "symlink", changed_archive(lambda p: p, infos=[link]), REFUSED, "archive_unsafe_entry")
    yield Case(16, "rtl-name", lambda f: xlsx(f / "名册\u202exslx.xlsx", {"名册": good}), OK, counts={"accepted": 2})


PAYLOADS = [
    '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>", "[x](javascript:alert(1))", "'; DROP TABLE lines; --", "\x1b[31m红", "{{7*7}}",
    "${jndi:ldap://x}", "../../etc/passwd", "%s%n", "\u202e倒", "a' OR '1'='1",
]  # fmt: skip


def _payloads() -> Iterator[Case]:
    """17: hostile text is text."""
    for number, payload in enumerate(PAYLOADS):
        rows = roster(lines(3, {1: {"备注": payload}}))
        yield Case(17, f"note-{number}", book(rows), OK, counts={"accepted": 3})
        if number < 6:
            yield Case(17, f"note-text-{number}", table(rows, separator="\t"), OK, counts={"accepted": 3})


def _people() -> Iterator[Case]:
    """18: people as they are written."""
    for at in range(4):
        old = hostile_files.idno(at, born=f"19{50 + at}0101")
        fifteen = old[:6] + old[8:17]
        rows = roster(lines(4, {at: {"身份证号": fifteen}}))
        yield Case(
            18, f"fifteen-{at}", book(rows), OK, repairs=frozenset({"id_15_to_18"}), lacks=frozenset({"id_malformed"})
        )
    for mark in "•．‧∙":
        rows = roster(lines(4, {0: {"姓名": f"买买提{mark}艾力"}}))
        yield Case(18, f"dot-{ord(mark):x}", book(rows), OK, repairs=frozenset({"name_format"}))
    rows = roster(lines(4, {0: {"姓名": "张　三"}}))
    yield Case(18, "blank-name", book(rows), OK, repairs=frozenset({"name_format"}))
    dead = frozenset({"marked_dead"})
    for remark, amount in (("户主", 300), ("已故", 300), ("2026年3月病故", 300), ("已故", "停发")):
        rows = roster(lines(4, {0: {"姓名": f"张三（{remark}）", "补贴金额": amount}}))
        has, lacks = (dead, frozenset()) if remark != "户主" and amount != "停发" else (frozenset(), dead)
        tidied = frozenset({"name_format"})
        yield Case(18, f"remark-{remark}-{amount}", book(rows), OK, repairs=tidied, has=has, lacks=lacks)
    for born in ("20270101", "20991231", "20261101"):
        rows = roster(lines(4, {0: {"身份证号": hostile_files.idno(5, born=born)}}))
        yield Case(18, f"unborn-{born}", book(rows), OK, has=frozenset({"birth_date_in_future"}))
    rows = roster([line(0), line(0)])
    yield Case(18, "same-line-twice", book(rows), OK, has=frozenset({"duplicate_line"}), counts={"accepted": 2})
    rows = roster([line(0), line(0, 姓名="另一人")])
    yield Case(18, "one-id-two-names", book(rows), OK, counts={"accepted": 2}, lacks=frozenset({"duplicate_line"}))
    rows = roster([line(n, 银行账号=hostile_files.account(1)) for n in range(30)])
    yield Case(18, "one-account", book(rows), OK, counts={"accepted": 30})


def _sizes() -> Iterator[Case]:
    """19: very many, very few, very wide, very long."""
    yield Case(19, "one-row", book(roster(lines(1))), OK, counts={"accepted": 1})
    for builder, label in ((book, "book"), (table, "text"), (old_book, "old")):
        yield Case(19, f"header-only-{label}", builder(roster([])), REFUSED, "no_rows")
    yield Case(19, "empty-text", raw(b""), REFUSED, "no_rows")
    yield Case(19, "blank-text", raw(b"\n\n\n"), REFUSED, "no_rows")
    yield Case(19, "empty-book", book([]), REFUSED, "no_rows")
    yield Case(19, "nil-return", book([*roster([]), ["零报告"]]), OK, counts={"accepted": 0})
    yield Case(
        19, "nil-by-name", lambda f: xlsx(f / "10月零报告.xlsx", {"名册": roster([])}), OK, counts={"accepted": 0}
    )
    for width in (257, 300, 1000):
        wide = [[*hostile_files.HEADER, *["x"] * (width - 7)], *[[*row, *["1"] * (width - 7)] for row in lines(2)]]
        yield Case(19, f"columns-{width}-text", table(wide), REFUSED, "too_many_columns")
        yield Case(19, f"columns-{width}-book", book(wide), REFUSED, "too_many_columns")
    for size in (32_768, 100_000, 5_000_000):
        yield Case(19, f"cell-{size}", table(roster(lines(2, {0: {"备注": "长" * size}}))), REFUSED, "cell_too_long")
    yield Case(19, "cell-at-limit", table(roster(lines(2, {0: {"备注": "x" * 32_000}}))), OK)
    yield Case(19, "five-thousand", table(roster(lines(5000))), OK, counts={"accepted": 5000})


def _catalogue() -> Iterator[Case]:
    """20: names come from the catalogue, never from the file."""
    header = [*hostile_files.HEADER, "补贴项目"]
    none = {"programme": None}
    for word in ("特别补贴", "张三", "452921199001011234", "=1+1", "农村低保2"):
        rows = roster([[*row, word] for row in lines(3)], header)
        yield Case(20, f"programme-{word}", book(rows), REFUSED, "unknown_programme", declared=none)
    for word in ("农村低保", "dibao_rural", "2081902", "农村居民最低生活保障金"):
        rows = roster([[*row, word] for row in lines(3)], header)
        yield Case(20, f"known-{word}", book(rows), OK, declared=none, counts={"accepted": 3})
    yield Case(20, "no-programme", book(roster(lines(3))), REFUSED, "programme_missing", declared=none)
    for word in ("望天树村", "青桐", "龙塘镇", "青桐村一组"):
        rows = roster(lines(3, {1: {"村(居)委会": word}}))
        if word == "青桐":
            yield Case(20, f"place-{word}", book(rows), OK, counts={"accepted": 3}, with_places=True)
        else:
            yield Case(20, f"place-{word}", book(rows), SOME, rows={3: "unknown_place"}, with_places=True)
    rows = roster(lines(3, {1: {"村(居)委会": "那良"}}))
    yield Case(20, "two-candidates", book(rows), SOME, rows={3: "ambiguous_place"}, with_places=True)
    for word in ("那良社区居委会", "那良村委会", "青桐村民委员会", "龙塘镇青桐村", "452921101201"):
        rows = roster(lines(3, {1: {"村(居)委会": word}}))
        yield Case(20, f"written-{word}", book(rows), OK, counts={"accepted": 3}, with_places=True)


MAKERS = [
    _numbers, _scientific, _far_cells, _archives, _entities, _encodings, _spellings, _headers, _totals, _hidden, _formulas,
    _dates, _amounts, _cut, _types, _payloads, _people, _sizes, _catalogue,
]  # fmt: skip
