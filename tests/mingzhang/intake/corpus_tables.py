"""More of the corpus: what a clerk's desk adds, found by trying to be a nuisance. The classes are those of `corpus.py`."""

from __future__ import annotations

from collections.abc import Iterator

from tests.mingzhang.intake import hostile_files
from tests.mingzhang.intake.corpus import HELD, OK, SOME, Case, book, raw, table
from tests.mingzhang.intake.hostile_files import Look, csv, line, lines, roster, text, xlsx

WHOLE = hostile_files.idno(1)


def cases() -> Iterator[Case]:
    """Yield every case."""
    yield from _numbers()
    yield from _totals_and_pages()
    yield from _amounts()
    yield from _periods()
    yield from _forms()


def _numbers() -> Iterator[Case]:
    """Numbers wrapped by programs and labelled by people; what is not one number stays a question."""
    wrapped = [[*cells[:2], f'="{cells[2]}"', cells[3], f'="{cells[4]}"', *cells[5:]] for cells in lines(4)]
    clean = frozenset({"id_malformed", "account_malformed", "account_bank_check"})
    kept = frozenset({"id_format", "account_format"})
    yield Case(7, "text-by-formula", table(roster(wrapped)), OK, lacks=clean, repairs=kept)
    quoted = [[f'"{str(cell).replace(chr(34), chr(34) * 2)}"' for cell in cells] for cells in wrapped]
    yield Case(7, "text-by-formula-quoted", table(roster(quoted)), OK, lacks=clean, repairs=kept)
    dashed = f"{WHOLE[:6]}-{WHOLE[6:14]}-{WHOLE[14:]}"
    for name, written in (("dashed", dashed), ("labelled", f"身份证：{WHOLE}"), ("remarked", f"{WHOLE}（户主）")):
        rows = roster(lines(3, {1: {"身份证号": written}}))
        yield Case(7, f"number-{name}", book(rows), OK, lacks=clean, repairs=frozenset({"id_format"}))
    for name, written in (("two", f"{WHOLE}/{hostile_files.idno(2)}"), ("none", "办理中"), ("long", f"{dashed}-1")):
        rows = roster(lines(3, {1: {"身份证号": written}}))
        yield Case(7, f"number-{name}", book(rows), OK, has=frozenset({"id_malformed"}))
    for name, written in (
        ("labelled", f"账号：{hostile_files.account(1)}"),
        ("bank", f"{hostile_files.account(1)}（信合）"),
    ):
        rows = roster(lines(3, {1: {"银行账号": written}}))
        yield Case(7, f"account-{name}", book(rows), OK, lacks=clean, repairs=frozenset({"account_format"}))
    for written in ("现金", "62?", f"账号:{hostile_files.account(1)}或{hostile_files.account(2)}"):
        rows = roster(lines(3, {1: {"银行账号": written}}))
        yield Case(2, f"account-words-{written[:2]}", book(rows), OK, has=frozenset({"account_malformed"}))
    mistyped = hostile_files.account(1)[:-1] + str((int(hostile_files.account(1)[-1]) + 1) % 10)
    rows = roster(lines(3, {1: {"银行账号": mistyped}}))
    yield Case(2, "account-check-digit", book(rows), OK, has=frozenset({"account_bank_check"}))
    rows = roster(lines(3, {1: {"银行账号": hostile_files.account(1) + "00"}}))
    yield Case(2, "account-declared-length", book(rows), OK, has=frozenset({"account_wrong_length"}))
    papers = [[*cells, "身份证"] for cells in lines(2)] + [[*line(2, 身份证号="E12345678"), "护照"]]
    rows = roster(papers, [*hostile_files.HEADER, "证件类型"])
    yield Case(7, "passport", book(rows), OK, lacks=frozenset({"id_malformed", "column_ignored"}))
    for written in (" ", ""):
        rows = roster(lines(3, {1: {"姓名": written}}))
        yield Case(7, f"no-name-{len(written)}", book(rows), OK, has=frozenset({"name_missing"}))


def _totals_and_pages() -> Iterator[Case]:
    """Totals as accountants write them, and the feet of printed pages: neither is a person."""
    whole = {"accepted": 3, "total_fen": 90150}
    for label in ("合计（大写）", "合计金额", "总计人民币：", "合计（元）"):
        rows = roster([*lines(3), [label, "", "玖佰零壹元伍角整", "", "", 901.5, ""]])
        yield Case(9, f"capital-{label}", book(rows), OK, has=frozenset({"total_line"}), counts=whole)
        wrong = roster([*lines(3), [label, "", "玖佰元整", "", "", 900.0, ""]])
        yield Case(9, f"capital-wrong-{label}", book(wrong), HELD, "total_mismatch")
    foot = ["第1页", "", "", "", "", "共2页", ""]
    rows = roster([*lines(2), foot, hostile_files.HEADER, *lines(4)[2:], ["", "", "", "2/2页", "", "", ""]])
    yield Case(
        9, "page-feet", book(rows), OK, has=frozenset({"row_ignored", "repeated_header"}), counts={"accepted": 4}
    )
    for label, cells in {"people": ["", "合计：3人"], "split": ["合", "计"], "households": ["合计3户3人", ""]}.items():
        rows = roster([*lines(3), [*cells, "", "", "", 901.5, ""]])
        yield Case(9, f"total-{label}", book(rows), OK, has=frozenset({"total_line"}), counts=whole)
        wrong = roster([*lines(3), [*cells, "", "", "", 900.0, ""]])
        yield Case(9, f"total-wrong-{label}", book(wrong), HELD, "total_mismatch")
    summed = ["总户数：3户", "", "总人数：3人", "", "总金额：", "901.50元", ""]
    yield Case(9, "summed", book(roster([*lines(3), summed])), OK, has=frozenset({"total_line"}), counts=whole)
    summed[5] = "900.50元"
    yield Case(9, "summed-wrong", book(roster([*lines(3), summed])), HELD, "total_mismatch")
    for label, empty in {"blank": "", "zero": 0, "dash": "-", "yuan": "0.00元"}.items():
        form = [[str(n + 1), "", "", "青桐村", "", empty, ""] for n in range(3, 9)]
        rows = roster([*lines(3), *form])
        yield Case(9, f"form-{label}", book(rows), OK, has=frozenset({"row_ignored"}), counts=whole)
    for label, at, cell in (("money", 5, 300.5), ("person", 1, "韦某"), ("account", 4, hostile_files.account(9))):
        half = line(3, 姓名="", 身份证号="", 银行账号="", 补贴金额="")
        half[at] = cell
        yield Case(
            9,
            f"half-filled-{label}",
            book(roster([*lines(3), half])),
            SOME,
            rows={5: "missing_value"},
            counts=whole | {"rejected": 1},
        )
    for name in ("停发名单", "退出人员", "10月停发"):
        paid = {"发放": roster(lines(3)), name: roster([line(n) for n in range(7, 9)])}
        yield Case(
            10, f"stopped-{name}", lambda folder, paid=paid: xlsx(folder / "表.xlsx", paid), HELD, "sheet_of_stopped",
            counts={"held": 5},
        )  # fmt: skip
    gone = {"发放": roster(lines(3)), "停发": roster([line(n, 补贴金额="停发") for n in range(7, 9)])}
    yield Case(10, "stopped-and-unpaid", lambda folder: xlsx(folder / "表.xlsx", gone), OK, counts={"accepted": 5})
    towns = {"龙塘镇": roster(lines(2)), "汇总": [["乡镇", "人数", "金额"], ["龙塘镇", 2, 601], ["合计", 2, 601]]}
    yield Case(
        10, "summary-sheet", lambda folder: xlsx(folder / "表.xlsx", towns), OK, has=frozenset({"sheet_ignored"}),
        counts={"accepted": 2, "total_fen": 60100},
    )  # fmt: skip


def _amounts() -> Iterator[Case]:
    """A comma that is no thousands mark leaves two readings, and nobody guesses money."""
    for written in ("300,5", "1.200,50", "12,34", "1,2345", ",300", "300,"):
        rows = roster(lines(3, {1: {"补贴金额": written}}))
        yield Case(13, f"comma-{written}", book(rows), SOME, rows={3: "amount_unreadable"})
    header = [*hostile_files.HEADER, "补发金额", "合计"]
    rows = roster([[*cells, 100, 400.5] for cells in lines(3)], header)
    doubtful = frozenset({"column_unexplained"})  # 补贴金额 or 合计 may be what was paid
    yield Case(13, "parts-and-whole", book(rows), HELD, "column_unexplained", has=doubtful, counts={"held": 3})
    whole = [*hostile_files.HEADER[:5], "实发金额", "应发合计"]
    yield Case(13, "paid-in-the-end", book(roster(lines(3), whole)), OK, lacks=doubtful)
    for written in ("1,200.50", "1，200.50元", "￥12,000,200.50"):
        yield Case(13, f"thousands-{written}", book(roster(lines(3, {1: {"补贴金额": written}}))), OK)


def _periods() -> Iterator[Case]:
    for written in ("2026.10.1-2026.12.31", "2026-10/2026-12", "2026年10月1日至2026年12月31日"):
        rows = roster([[*cells, written] for cells in lines(3)], [*hostile_files.HEADER, "起止日期"])
        yield Case(12, f"range-{written[:9]}", book(rows), OK, lacks=frozenset({"date_unreadable", "month_guessed"}))
    rows = roster([[*cells, "10-12月"] for cells in lines(3)], [*hostile_files.HEADER, "起止日期"])
    yield Case(12, "range-without-year", book(rows), OK, has=frozenset({"month_guessed"}))


def _forms() -> Iterator[Case]:
    """Headers with what the form says to whoever fills it in; a first line that speaks to Excel; a stray comma."""
    placeless = [[*cells[:3], *cells[4:]] for cells in roster(lines(3))]
    missing = frozenset({"village_column_missing"})
    yield Case(20, "no-village-column", book(placeless), OK, has=missing, counts={"accepted": 3})
    yield Case(20, "village-column", book(roster(lines(3))), OK, lacks=missing, counts={"accepted": 3})
    top = ["序号", "户主信息", "", "享受人 信息", "", "收款人基本情况", "", "", "村(居)委会", "补贴金额"]
    below = ["", "姓名", "身份证号", "姓名", "身份证号", "姓名", "身份证号", "银行账号", "", ""]
    # Whose names they are is written above them only; the second column of names is who the money is for.
    people = [
        [
            "1",
            "韦某",
            hostile_files.idno(n),
            f"黄{n}",
            hostile_files.idno(n + 50, born="20990101"),
            "韦某",
            hostile_files.idno(n),
            hostile_files.account(n),
            "青桐村",
            300,
        ]
        for n in range(3)
    ]
    unborn = frozenset({"birth_date_in_future", "name_odd"})
    merged = [(0, 1, 0, 2), (0, 3, 0, 4), (0, 5, 0, 7), (0, 0, 1, 0), (0, 8, 1, 8), (0, 9, 1, 9)]
    for name, options in (("merged", {"looks": {"名册": Look(merged=merged)}}), ("plain", {})):
        yield Case(
            8, f"roles-above-{name}", book([top, below, *people], **options), OK, has=unborn,
            lacks=frozenset({"column_ignored"}), counts={"accepted": 3, "total_fen": 90000},
        )  # fmt: skip
    for written in ("2026-10-28T08:30:00", "2026年10月28日 星期三", "2026.10.28.", "2026—10—28"):
        rows = roster([[*cells, written] for cells in lines(2)], [*hostile_files.HEADER, "发放时间"])
        yield Case(12, f"written-{written[10:] or written}", book(rows), OK, lacks=frozenset({"date_unreadable"}))
    header = [
        "序 号",
        "*姓名",
        "身份证\n号码（18位）",
        "村（居）委会(必填)",
        "银行 账号*(Account No.)",
        "补贴金额（元）",
        "备 注",
    ]
    yield Case(
        8,
        "header-asides",
        book(roster(lines(3), header)),
        OK,
        lacks=frozenset({"column_ignored"}),
        counts={"accepted": 3, "total_fen": 90150},
    )
    yield Case(
        6, "separator-line", raw(("sep=,\n" + text(roster(lines(4)))).encode("utf-8-sig")), OK, counts={"accepted": 4}
    )
    rows = [hostile_files.HEADER, line(0), [*line(1)[:6], "甲,乙"], ["2", "韦,大山", *line(2)[2:]], line(3)]
    yield Case(
        15,
        "stray-comma",
        lambda folder: csv(folder / "表.csv", rows),
        SOME,
        "row_wider_than_heading",
        counts={"accepted": 2},
    )  # behind a comma too many each cell may belong to another column
