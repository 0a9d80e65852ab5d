"""The generated district: same bytes, valid numbers, planted rows in place, money that adds up."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from collections import defaultdict
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from checks.rules.header import load_rules
from mingzhang.catalog.load import catalogue
from sample_data import columns, money
from sample_data.generate import generate
from sample_data.numbers import check_digit

RULES = {rule.id for rule in load_rules()}


def digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    generate(folder, size="tiny")
    return folder


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("full")
    generate(folder)
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(path: Path, sheet: str | None = None) -> list[list[object]]:
    if path.suffix == ".csv":
        with path.open(encoding="gb18030", newline="") as file:
            return [list(row) for row in csv.reader(file)]
    book = CalamineWorkbook.from_path(str(path))
    return book.get_sheet_by_name(sheet or book.sheet_names[0]).to_python(skip_empty_area=False)


def test_the_same_arguments_give_the_same_bytes(tiny: Path, tmp_path: Path) -> None:
    generate(tmp_path, size="tiny")
    assert digest(tmp_path) == digest(tiny)


def test_another_seed_gives_other_bytes_and_the_same_files(tiny: Path, tmp_path: Path) -> None:
    generate(tmp_path, seed=2, size="tiny")
    one, two = digest(tiny), digest(tmp_path)
    assert one.keys() == two.keys()
    assert one != two


def test_another_end_month_moves_the_files(tmp_path: Path) -> None:
    generate(tmp_path, end_month=dt.date(2026, 9, 1), size="tiny")
    assert {path.name for path in (tmp_path / "452921").iterdir()} == {"2026-08", "2026-09"}


@pytest.mark.slow
def test_sizes_keep_their_promise(tiny: Path, full: Path) -> None:
    for folder, most in ((tiny, 30), (full, 150)):
        assert len([path for path in folder.glob("*/*/**/*") if path.is_file()]) <= most


@pytest.mark.parametrize("size", ["tiny", pytest.param("full", marks=pytest.mark.slow)])
def test_every_planted_row_is_in_its_file(size: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(size)
    tables: dict[tuple[str, str], list[list[object]]] = {}
    for name in ("planted.csv", "near_misses.csv"):
        for row in rows(folder / name):
            key = (row["file"], row["sheet"])
            if key not in tables:
                tables[key] = table(folder / row["file"], row["sheet"])
            cells = tables[key][int(row["row"]) - 1]
            assert any(str(cell).strip() for cell in cells), row
            assert row["county_code"] == row["file"].split("/")[0]


@pytest.mark.slow
def test_ten_cases_and_ten_near_misses_for_every_rule(full: Path, tiny: Path) -> None:
    for folder, least in ((full, 10), (tiny, 1)):
        for name in ("planted.csv", "near_misses.csv"):
            cases: dict[str, set[str]] = defaultdict(set)
            for row in rows(folder / name):
                cases[row["rule"]].add(row["case"])
            assert cases.keys() >= RULES
            assert {rule: len(found) for rule, found in cases.items() if len(found) < least} == {}


@pytest.mark.slow
def test_numbers_have_valid_check_digits_and_an_unassigned_prefix(full: Path) -> None:
    for path in sorted(full.glob("*/*/population/*.xlsx")):
        lines = table(path)
        column = lines[0].index("身份证号码")
        numbers = [str(line[column]) for line in lines[1:]]
        assert len(numbers) > 1_000
        assert len(set(numbers)) > len(numbers) * 0.99  # who moved away and back stands twice
        assert all(number[:4] == "4529" and number[17] == check_digit(number[:17]) for number in numbers)


def amounts(path: Path, county: str) -> dict[str, int]:
    """Sum a roster's lines by programme, from the words of the file alone; a dibao sheet is one programme."""
    sums: dict[str, int] = defaultdict(int)
    place = int(county[-1]) - 1
    is_relief = path.parent.name == "winter_spring"
    words = columns.DIBAO if path.parent.name == "dibao_roll" else columns.ROSTER
    for sheet in (name for name in CalamineWorkbook.from_path(str(path)).sheet_names if name != "字典"):
        lines = table(path, sheet)
        amount = "金额(元)" if is_relief else words["amount_fen"][place]
        programme, state = words["programme"][place], columns.ROSTER["state"][place]
        first = next(n for n, line in enumerate(lines) if amount in line)
        names = lines[first]
        unit = 1_000_000 if any("单位：万元" in str(cell) for line in lines[:first] for cell in line) else 100
        for line in lines[first + 1 :]:
            numbers = [cell for cell in line if str(cell).strip("'").startswith(("4529", "４５２９"))]
            stopped = "停发" in line or (state in names and line[names.index(state)] == "停发")
            damaged = any(isinstance(cell, float) and cell > 1e16 for cell in line)
            if not numbers or stopped or damaged:
                continue
            if is_relief:
                word = money.NAMES["winter_spring"]
            elif programme in names:
                word = str(line[names.index(programme)])
            else:
                word = money.NAMES["dibao_rural" if sheet == "农村低保" else "dibao_urban"]
            sums[word] += round(float(str(line[names.index(amount)])) * unit)
    return sums


def listed(county: Path, held: set[Path]) -> dict[tuple[str, str], int]:
    """Sum the rosters of a county by month and programme."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for kind in ("roster", "dibao_roll", "relief_table"):
        for path in sorted(county.glob(f"*/{kind}/**/*.xlsx")):
            for programme, fen in amounts(path, county.name).items() if path not in held else ():
                sums[path.relative_to(county).parts[0], programme] += fen
    return sums


def booked(ledger: list[list[object]], place: int) -> dict[tuple[str, str], dict[int, int]]:
    """Return the payment vouchers by month and programme: row and fen."""
    names = [columns.FLOW[field][place] for field in ("hop", "programme", "batch_month", "amount_fen")]
    at = [ledger[1].index(name) for name in names]
    vouchers: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for number, line in enumerate(ledger[2:], start=3):
        hop, programme, month, yuan = (line[column] for column in at)
        # a project's voucher names no month of a roster
        if hop in ("支付", "重发") and month:
            vouchers[str(month), str(programme)][number] = round(float(str(yuan)) * 100)
    return vouchers


@pytest.mark.slow
@pytest.mark.parametrize("county", ["452921", "452922", "452923"])
def test_money_paid_equals_the_rosters_to_the_fen(full: Path, county: str) -> None:
    """Apart from the vouchers planted for J02, which are the only ones that may differ."""
    held = {full / row["file"] for row in rows(full / "expected_intake.csv") if row["status"] == "held"}
    path = next((full / county).glob("*/fund_flow/*.xlsx"))
    marked = [row for name in ("planted.csv", "near_misses.csv") for row in rows(full / name) if row["rule"] == "J02"]
    planted = {int(row["row"]) for row in marked if full / row["file"] == path}
    vouchers, sums = booked(table(path), int(county[-1]) - 1), listed(full / county, held)
    assert vouchers.keys() == sums.keys()
    wrong = [found for key, found in vouchers.items() if sum(found.values()) != sums[key]]
    assert all(planted & found.keys() for found in wrong)


def test_headers_are_words_of_the_catalogue() -> None:
    def known(kind: str) -> dict[str, set[str]]:
        return {f.name: {f.label, *f.synonyms} for f in catalogue().layout(kind).fields}

    for kind, words in (
        ("roster", columns.ROSTER),
        ("dibao_roll", columns.DIBAO),
        ("notice", columns.NOTICE),
        ("fund_flow", columns.FLOW),
    ):
        for field, labels in words.items():
            assert set(labels) <= known(kind)[field], (kind, field)
    for kind, single in (
        ("bank_batch", columns.LARGE_BANK),
        ("bank_batch", columns.CITY_BANK),
        ("bank_reply", columns.REPLY),
        ("places", columns.PLACES),
    ):
        for field, label in single.items():
            named = "error_mark" if kind == "bank_batch" and field == "result" else field
            assert label in known(kind)[named], (kind, field)
    relief = {label for names in known("relief_table").values() for label in names}
    assert {label for label, _ in columns.RELIEF} <= relief


def test_registers_have_the_columns_of_the_catalogue(tiny: Path) -> None:
    known = {slug: (r.title, [field.label for field in r.fields]) for slug, r in catalogue().registers.items()}
    assert {slug: (r.title, list(r.labels)) for slug, r in columns.registers().items()} == known
    written = {path: known[path.parent.name] for path in tiny.glob("*/*/*/*.xlsx") if path.parent.name in known}
    assert len(written) > 20
    for path, (title, labels) in written.items():
        assert table(path)[0] == labels
        assert title in path.name


def test_programmes_and_rates_are_those_of_the_catalogue() -> None:
    words = catalogue().programme_words()
    assert {slug: words.get(name) for slug, name in money.NAMES.items()} == {slug: slug for slug in money.NAMES}
    for slug, fen in money.RATES.items():
        assert [s.fen for s in catalogue().programmes[slug].standards] == [fen]
    bands = sorted(s.fen for s in catalogue().programmes["old_age"].standards)
    assert bands == sorted(fen for _, fen in money.OLD_AGE)
