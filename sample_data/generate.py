"""Generates the fictional district: an inbox tree, what was planted in it, and what to expect of it.

python -m sample_data.generate --out DIR --seed 1 --end-month 2026-10 --size full
"""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import Literal

from sample_data import background, base, flows, others, planted, rosters
from sample_data.world import District, Size

END_MONTH = dt.date(2026, 10, 1)
SIZES = {"full": Size(scale=1.0, counties=3, months=12, cases=10), "tiny": Size(0.15, 1, 2, 2)}


def generate(
    folder: Path, seed: int = 1, end_month: dt.date = END_MONTH, size: Literal["full", "tiny"] = "full"
) -> None:
    """Write a district of three fictional counties and twelve months.

    The same arguments give the same bytes.

    Args:
        folder: gets `<county>/<month>/<kind>/…`, `planted.csv`, `near_misses.csv` and `expected_intake.csv`.
        seed: chooses the people.
        end_month: first day of the last month.
        size: `full` or `tiny`; every rule is planted in both.
    """
    district = District(seed, end_month, SIZES[size])
    base.build(district)
    background.build(district)
    planted.build(district)
    background.census(district)
    flows.follow(district)
    planted.finish(district)
    rosters.write(district, folder)
    others.write(district, folder)
    others.write_cases(folder / "planted.csv", district.cases)
    others.write_cases(folder / "near_misses.csv", district.near_misses)
    others.write_expected(folder / "expected_intake.csv", district.expected)


def main() -> None:
    """Read the command line and generate."""
    parser = argparse.ArgumentParser(description="生成虚构的样例县区数据")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--end-month", type=lambda text: dt.date.fromisoformat(f"{text}-01"), default=END_MONTH)
    parser.add_argument("--size", choices=sorted(SIZES), default="full")
    options = parser.parse_args()
    generate(options.out, options.seed, options.end_month, options.size)


if __name__ == "__main__":
    main()
