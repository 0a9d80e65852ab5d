"""How long a file takes from receipt to commit, and a check, beside the barest reader of the same file.

python -m benchmarks.intake [--lines 1000000] [--sheet-lines 80000]

The two sides of the CSV: DuckDB sniffs, parses, and commits twenty text columns to a new file. We copy, hash and fsync the
file, decode it strictly in a child, find header and meaning of each column, check and convert every cell, derive a keyed id
for each person and account, and commit to a new warehouse: the sender's cells, a line entry, a payment, the numbers, the ledger.

What profiles of a million clean lines with a million people taught. Of seven seconds of CPU the commit takes three (payments
1.2, cells 1.0, line entries 0.5, numbers 0.3), ids 0.9, Polars' parse 0.8, reading fields 0.7, the parser process 0.6, checks 0.3, hashing
content 0.3, receiving 0.2. Cells as a list, keys by HMAC and a dictionary of the numbers once cost four more.
Column by column: a text that is the same in every line still costs 0.05 s, one that is another in every line a third if it is
declared to be kept as it is; DuckDB's strptime is eight times Polars', its UUIDs come from bytes twice as fast as from text.
Text goes from Polars to DuckDB without a copy, in batches, since DuckDB gives each thread a batch and one batch would keep one
thread busy alone. What keeps one core busy stands beside something else: columns are read by two threads, the parser process looks at a
large text in two halves, Polars tells numbers apart while DuckDB makes ids. Waiting for the parser process by `Popen.wait` cost up to
0.05 s a file. The three persons of a line are one here, as where money is paid by household, and looked at once; where they
differ, a quarter is to be added. Both begin with an idle disk, or one would pay for what the other wrote; of five runs of each the
middle one counts.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import xlsxwriter

from checks.linkage.idno import CHECK_DIGITS, WEIGHTS
from mingzhang.catalog.load import catalogue
from mingzhang.intake import parser_process
from mingzhang.intake.context import CaseworkFacts
from mingzhang.intake.load.load import load, pending
from mingzhang.intake.receive import receipts
from mingzhang.intake.receive.declared import Declared
from mingzhang.storage.data_folder import DataFolder
from mingzhang.warehouse import database as warehouse

COUNTY, MONTH = "452921", dt.date(2026, 10, 1)
SURNAMES = "韦黄覃莫农蒙陆卢甘凌岑罗梁潘邓"


def people(count: int) -> pl.DataFrame:
    """Return `count` roster lines of twenty columns, three of them valid identity numbers; the same every time."""
    n = pl.int_range(count, eager=True)
    day = dt.date(1940, 1, 1) + pl.duration(days=n % 24_000)
    frame = pl.DataFrame({"n": n}).with_columns(day=day)
    body = pl.lit("452921") + pl.col("day").dt.strftime("%Y%m%d") + (pl.col("n") % 999 + 1).cast(pl.String).str.zfill(3)
    frame = frame.with_columns(body=body)
    total = sum(pl.col("body").str.slice(at, 1).cast(pl.Int32) * weight for at, weight in enumerate(WEIGHTS))
    digits = pl.Series(list(CHECK_DIGITS))
    frame = frame.with_columns(idno=pl.col("body") + digits.gather(frame.select(total % 11).to_series()))
    names = pl.Series([f"{a}{b}{c}" for a in SURNAMES for b in "国安秀英有福明光" for c in "高春花家兴正华永"])
    frame = frame.with_columns(name=names.gather(n % len(names)))
    text = pl.col("n").cast(pl.String)
    return frame.select(
        排序序号=text, 补贴项目=pl.lit("农村低保"), 户主姓名="name", 户主身份证号="idno", 收款人姓名="name",
        收款人身份证号="idno", 银行账号=pl.lit("1299452") + text.str.zfill(12), 开户银行=pl.lit("农村商业银行"),
        村居委会=pl.lit("青桐村"), 乡镇=pl.lit("龙塘镇"), 村民小组=pl.lit("第") + (pl.col("n") % 9).cast(pl.String) + "组",
        享受人="name", 享受人身份证号="idno", 联系电话=pl.lit("（略）"), 家庭人口=(pl.col("n") % 5 + 1).cast(pl.String),
        面积=((pl.col("n") % 80) / 10 + 0.1).round(1).cast(pl.String), 补贴标准=pl.lit("310.00"),
        补贴金额=(pl.col("n") % 900 + 100).cast(pl.String) + ".50", 补贴期号=pl.lit("2026-10"), 备注=pl.lit(""),
    )  # fmt: skip


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock and of CPU, children included: on a busy machine only the second can be compared."""

    wall: float
    cpu: float


@contextmanager
def measured(spent: list[Spent]) -> Iterator[None]:
    """Append what the block takes; what was written before is on the disk and not still on its way there."""
    os.sync()
    wall, cpu = time.perf_counter(), _cpu_seconds()
    yield
    spent.append(Spent(time.perf_counter() - wall, _cpu_seconds() - cpu))


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _middle(runs: Sequence[Spent]) -> Spent:
    return Spent(statistics.median(run.wall for run in runs), statistics.median(run.cpu for run in runs))


def raw_read(path: Path, database: Path) -> Spent:
    """Return what DuckDB takes to read a CSV as text into a table on disk."""
    spent: list[Spent] = []
    with measured(spent), duckdb.connect(str(database), config={"threads": "2"}) as connection:
        connection.execute("create table t as select * from read_csv(?, all_varchar = true)", [str(path)])
    return spent[0]


def receipt_to_commit(path: Path, folder: Path) -> Spent:
    """Return what it takes from receiving a file to its committed lines."""
    home, known, facts = DataFolder(folder), catalogue(), CaseworkFacts()
    home.key("person")
    spent: list[Spent] = []
    with measured(spent):
        receipts.receive(home, path, Declared(COUNTY, "roster", None, MONTH), "benchmark", dt.datetime(2026, 11, 1))  # noqa: DTZ001
        with warehouse.writer(home.root, known) as connection:
            (outcome,) = load(connection, home, known, facts, pending(home, connection, known, facts))
    assert outcome.status == "accepted", outcome
    return spent[0]


def bare_calamine(path: Path) -> float:
    """Return the seconds a bare interpreter with python-calamine takes to walk over every cell."""
    code = (
        "import sys, time, python_calamine as c; t = time.perf_counter()\n"
        "for row in c.CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).iter_rows(): pass\n"
        "print(time.perf_counter() - t)"
    )
    return float(subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, check=True).stdout)


def check_file(path: Path) -> float:
    """Return the seconds of the whole `mingzhang check-file` command."""
    command = [sys.executable, "-m", "mingzhang.cli.main", "check-file", str(path), "--json"]
    options = ["--county", COUNTY, "--kind", "roster", "--month", f"{MONTH:%Y-%m}"]
    started = time.perf_counter()
    subprocess.run([*command, *options], capture_output=True, check=True)
    return time.perf_counter() - started


def print_parser_process(path: Path, scratch: Path) -> None:
    """Print what the parser process reports as its peak, beside its cap."""
    peak = parser_process.parse(path, path.name, scratch).peak_mb
    print(
        f"  parser process at its peak:  {peak['address_space']:,} MB of address space, {peak['memory']:,} MB of memory; cap 2,048 MB"
    )


def write_sheet(frame: pl.DataFrame, path: Path) -> None:
    """Write a workbook with text cells and numeric amounts."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("名册")
        sheet.write_row(0, 0, frame.columns)
        amount = frame.columns.index("补贴金额")
        for number, row in enumerate(frame.iter_rows(), 1):
            for column, cell in enumerate(row):
                if column == amount:
                    sheet.write_number(number, column, float(cell))
                elif cell:
                    sheet.write_string(number, column, cell)


def main() -> None:
    """Measure both and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--sheet-lines", type=int, default=80_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=Path("data") if Path("data").is_dir() else None) as scratch:
        folder = Path(scratch)
        if options.lines:
            path = folder / "roster.csv"
            people(options.lines).write_csv(path)
            runs = [
                (raw_read(path, folder / f"raw-{n}.duckdb"), receipt_to_commit(path, folder / f"{n}")) for n in range(5)
            ]
            bare, ours = (_middle(side) for side in zip(*runs, strict=True))
            size = path.stat().st_size >> 20
            print(f"CSV {options.lines:,} lines x 20 columns, {size} MB")
            print(f"  DuckDB reads it as text:   {bare.wall:6.2f} s   {bare.cpu:6.2f} s of CPU")
            print(f"  receipt to commit:         {ours.wall:6.2f} s   {ours.cpu:6.2f} s of CPU, child included")
            print(
                f"  ratio:                     {ours.wall / bare.wall:6.2f}     {ours.cpu / bare.cpu:6.2f}   goal: at most 2.5"
            )
            print_parser_process(path, folder)
        if options.sheet_lines:
            path = folder / "roster.xlsx"
            write_sheet(people(options.sheet_lines), path)
            bare, ours = bare_calamine(path), check_file(path)
            print(f"XLSX {options.sheet_lines:,} lines x 20 columns, {path.stat().st_size >> 20} MB")
            print(f"  bare calamine:             {bare:6.2f} s")
            print(f"  mingzhang check-file:      {ours:6.2f} s   goal: at most {3 * bare + 3:.2f} s (3 x bare + 3)")
            print_parser_process(path, folder)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        print(f"peak memory of this process: {peak:,} MB")


if __name__ == "__main__":
    main()
