"""Rounded county cells: examples, then an attack by linear programme over everything ever published."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import duckdb
import numpy as np
import polars as pl
import pytest
from scipy.optimize import linprog

from checks.privacy import county_cells as cells_module
from checks.privacy.county_cells import COLUMNS, CellPolicy, county_cells

POLICY = CellPolicy()
FIRST = dt.date(2025, 1, 1)


def month(number: int) -> dt.date:
    return dt.date(FIRST.year + number // 12, number % 12 + 1, 1)


Cell = tuple[str, str, dt.date]


def cells(
    lists: dict[Cell, dict[str, int]], policy: CellPolicy = POLICY, earlier: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Ask for the cells of lists of recipients with their fen."""
    rows = [(*cell, person, fen) for cell, people in lists.items() for person, fen in people.items()]
    frame = pl.DataFrame(
        rows,
        schema={
            "county_code": pl.String,
            "programme": pl.String,
            "month": pl.Date,
            "recipient": pl.String,
            "fen": pl.Int64,
        },
        orient="row",
    )
    with duckdb.connect() as connection:
        connection.register("listed", frame.to_arrow())
        return county_cells(connection, "listed", policy, earlier)


def people(count: int, fen: int = 95000, start: int = 0) -> dict[str, int]:
    return {f"p{number}": fen for number in range(start, start + count)}


def one(*months: dict[str, int]) -> dict[Cell, dict[str, int]]:
    return {("452921", "orphan", month(number)): listed for number, listed in enumerate(months)}


def shown(frame: pl.DataFrame) -> list[tuple[int, int, int]]:
    """Month number, people, yuan."""
    return [
        ((m.year - FIRST.year) * 12 + m.month - 1, n, y)
        for m, n, y in frame.select("month", "people", "amount_yuan").rows()
    ]


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        ([people(9)], []),
        ([people(10)], [(0, 10, 10000)]),  # 9,500 yuan
        ([people(12)], [(0, 10, 11000)]),
        ([people(13)], [(0, 15, 12000)]),
        ([people(20), people(20)], [(0, 20, 19000), (1, 20, 19000)]),
        ([people(20), people(21)], [(0, 20, 19000)]),  # one joined, and the money would tell
        ([people(20), people(20, start=1)], [(0, 20, 19000), (1, 20, 19000)]),  # one for one: nothing to see
        ([people(20), people(21), people(30)], [(0, 20, 19000), (2, 30, 29000)]),  # ten joined since the last shown
        ([people(20), people(29)], [(0, 20, 19000)]),
        ([people(20), people(9)], [(0, 20, 19000)]),
        ([people(20), people(20, 100000)], [(0, 20, 19000), (1, 20, 20000)]),  # same people, a new rate
        ([people(11, 8000), people(12, 8000)], [(0, 10, 1000), (1, 10, 1000)]),  # rounding hides the change
        ([{**people(11, 100), "rich": 10_000_000}], []),  # one recipient dominates
        ([{**people(11, 1000), "a": 5_000_000, "b": 5_000_000}], []),  # two do
    ],
)
def test_examples(months: list[dict[str, int]], expected: list[tuple[int, int, int]]) -> None:
    assert shown(cells(one(*months))) == expected


def test_rounding_stays_within_two_people_and_five_hundred_yuan() -> None:
    lists = {(f"{county}", "orphan", FIRST): people(10 + county, 12345) for county in range(90)}
    answer = cells(lists).sort(pl.col("county_code").cast(pl.Int64))
    assert answer.height == 90
    for county, (count, yuan) in enumerate(answer.select("people", "amount_yuan").rows()):
        assert abs(count - 10 - county) <= 2
        assert abs(yuan - (10 + county) * 123.45) <= 500


def test_what_was_published_stands_unless_a_correction_moves_twelve() -> None:
    before = cells(one(people(20), people(20), people(20), people(60)))
    small = cells(one(people(20), people(23), people(20), people(60)), earlier=before)
    assert shown(small) == shown(before), "a correction of three people would tell of three people"
    large = cells(one(people(20), people(45), people(20), people(60)), earlier=before)
    assert shown(large) == [(0, 20, 19000), (1, 45, 43000), (2, 20, 19000), (3, 60, 57000)]
    gone = cells(one(people(20), people(5), people(20), people(60)), earlier=before)
    assert shown(gone) == shown(before), "taking a cell away would tell as much as changing it"


# ---------------------------------------------------------------- the attack

RATES = {"orphan": 135000, "unattended_child": 95000, "disabled_living": 8000, "disabled_care": 10000}
MONTHS, COUNTIES = 24, 5


@dataclass
class Series:
    """What an attacker knows of a county and programme: the rate, and every cell of every release."""

    rate_yuan: float
    published: dict[int, set[tuple[int, int]]]


def simulate(
    seed: int, policy: CellPolicy, months: int = MONTHS
) -> tuple[dict[tuple[str, str], list[set[str]]], list[pl.DataFrame]]:
    """Let people join and leave for two years; publish every month, with a late correction now and then."""
    chance = random.Random(seed)
    truth: dict[tuple[str, str], list[set[str]]] = {}
    serial = 0
    for county in range(COUNTIES):
        for programme in RATES:
            serial, size = serial + 1, chance.choice((6, 9, 12, 15, 30, 60, 200))
            now, history = {f"{serial}-{n}" for n in range(size)}, []
            for number in range(MONTHS):
                leavers = {p for p in now if chance.random() < 0.02}
                joiners = {f"{serial}-{number}-{n}" for n in range(chance.choice((0, 0, 1, 1, 2, 4, 12)))}
                now = (now - leavers) | (joiners if chance.random() < 0.5 else set())
                history.append(set(now))
            truth[f"4529{county:02d}", programme] = history
    releases: list[pl.DataFrame] = []
    for number in range(months):
        if number % 6 == 5:  # one person of an old month was entered late
            for history in truth.values():
                history[number - 3].add("late")
        lists = {
            (*key, month(m)): dict.fromkeys(sorted(history[m]), RATES[key[1]])
            for key, history in truth.items()
            for m in range(number + 1)
            if history[m]
        }
        releases.append(cells(lists, policy, releases[-1] if releases else None))
    return truth, releases


def known(releases: list[pl.DataFrame]) -> dict[tuple[str, str], Series]:
    series = {(f"4529{c:02d}", p): Series(rate / 100, {}) for c in range(COUNTIES) for p, rate in RATES.items()}
    for release in releases:
        for county, programme, at, count, yuan in release.select(COLUMNS.keys()).rows():
            number = (at.year - FIRST.year) * 12 + at.month - 1
            series[county, programme].published.setdefault(number, set()).add((count, yuan))
    return series


def bounds(  # noqa: C901  one system of inequalities, easier to check in one piece
    series: Series, objective: dict[int, float], below: Collection[int], near: dict[int, int]
) -> tuple[float, float] | None:
    """Minimise and maximise a sum of monthly counts over all that is consistent with what was published.

    Args:
        objective: weight by month.
        below: months the attacker supposes to be under the threshold.
        near: suppressed month to the month shown before, from which it differs by one to nine people.
    """
    rows, limits = [], []

    def at_most(weights: dict[int, float], limit: float) -> None:
        row = np.zeros(MONTHS)
        for place, weight in weights.items():
            row[place] = weight
        rows.append(row)
        limits.append(limit)

    for number, values in series.published.items():
        at_most({number: -1}, -POLICY.threshold)
        for count, yuan in values:
            at_most({number: 1}, count + 2)
            at_most({number: -1}, -(count - 2))
            at_most({number: series.rate_yuan}, yuan + 500)
            at_most({number: -series.rate_yuan}, -(yuan - 500))
    for number in below:
        at_most({number: 1}, POLICY.threshold - 1)
    for number, last in near.items():
        at_most({number: 1, last: -1}, POLICY.threshold - 1)
        at_most({number: -1, last: 1}, POLICY.threshold - 1)
    weights = np.zeros(MONTHS)
    for number, weight in objective.items():
        weights[number] = weight
    answers = [linprog(sign * weights, A_ub=np.array(rows), b_ub=limits, bounds=(0, 5000)) for sign in (1, -1)]
    if not all(answer.success for answer in answers):
        return None
    return answers[0].fun, -answers[1].fun


def attack(  # noqa: C901  three questions to one simulation
    seed: int, policy: CellPolicy, months: int = MONTHS
) -> Iterator[str]:
    """Yield what could be learned that must not be."""
    truth, releases = simulate(seed, policy, months)
    for key, series in known(releases).items():
        history, open_months = truth[key], sorted(series.published)
        for number in range(months):
            if number in series.published:
                continue
            last = max((m for m in open_months if m < number), default=None)
            # Either it is under the threshold, or it differs by one to nine from the month shown before.
            small = bounds(series, {number: 1}, [number], {})
            close = bounds(series, {number: 1}, [], {number: last}) if last is not None else None
            ranges = [found for found in (small, close) if found]
            # Whole people: from 0 to 9 there are ten answers.
            if ranges and max(r[1] for r in ranges) - min(r[0] for r in ranges) + 1 < POLICY.threshold:
                yield f"{key} {number}: too narrow"
        for before, after in pairwise(open_months):
            changed = len(history[before] ^ history[after])
            found = bounds(series, {after: 1, before: -1}, [], {})
            if 1 <= changed < POLICY.threshold and found and not found[0] <= 0.01 <= found[1] + 0.02:
                yield f"{key} {before}-{after}: somebody joined or left"
        for number, values in series.published.items():
            if len(history[number]) < POLICY.threshold - 1 and len(values) == 1:  # one may have been added late
                yield f"{key} {number}: fewer than ten"


def test_the_attack_learns_nothing() -> None:
    assert list(attack(1, POLICY)) == []


@pytest.mark.parametrize("mutant", ["no threshold", "no comparison of months", "corrections published at once"])
def test_the_attack_succeeds_when_a_protection_is_off(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    policy, walk = POLICY, cells_module._cells_by_month
    if mutant == "no threshold":
        policy = replace(POLICY, threshold=1)
    elif mutant == "no comparison of months":
        monkeypatch.setattr(cells_module, "_may_show", lambda _policy: pl.lit(value=True))
    else:
        monkeypatch.setattr(
            cells_module, "_cells_by_month", lambda c, exact, published, p: walk(c, exact, published.clear(), p)
        )
    # The first thing learned is enough, and half the releases are.
    assert next(attack(1, policy, MONTHS // 2), None), f"{mutant}: the attack proves nothing"
