"""The money chain: no fen appears or disappears, whatever documents and corrections come in whatever order."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from checks.money import chain as funds
from checks.money import delays as fund_delays
from checks.rules.header import load_rules
from mingzhang.catalog.load import catalogue
from mingzhang.warehouse import catalogue_tables

COUNTY = "452921"
START = dt.date(2025, 11, 3)
# From which hops a hop's money may come.
SOURCES = {
    "指标": ("指标",),
    "下达": ("指标", "下达"),
    "拨付": ("指标", "下达", "拨付"),
    "支付": ("指标", "下达", "拨付"),
    "退回": ("支付", "重发"),
    "重发": ("退回",),
}
COLUMNS = ("line_id", "hop", "document_no", "parent_document_no", "programme", "town_code", "dated_on", "amount_fen")


@pytest.fixture(scope="module")
def empty() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = catalogue_tables.empty(catalogue())
    yield connection
    connection.close()


def load(connection: duckdb.DuckDBPyConnection, documents: list[dict[str, Any]]) -> None:
    """Replace the documents and work the chain out."""
    connection.execute("delete from fund_flows")
    rows = [(COUNTY, "accepted", *(document.get(name) for name in COLUMNS)) for document in documents]
    marks = ", ".join("?" * (len(COLUMNS) + 2))
    names = f"county_code, status, {', '.join(COLUMNS)}"
    if rows:
        connection.executemany(f"insert into fund_flows ({names}) values ({marks})", rows)
    connection.execute(f"create or replace table fund_moves as {funds.MOVES}")


def moves(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return connection.execute(
        "select line_id, to_id, from_id, fen, gap from fund_moves order by 1, 2, 3 nulls first"
    ).fetchall()


def chain(*documents: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Write documents short: (id and number, hop, parents, fen)."""
    return [
        {"line_id": no, "document_no": no, "hop": hop, "parent_document_no": parent, "amount_fen": fen,
         "programme": "dibao_rural", "dated_on": START + dt.timedelta(days=n)}
        for n, (no, hop, parent, fen) in enumerate(documents)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("parents", "shares"),
    [
        ("A、B", {"A": 667, "B": 333}),  # by size: 2000 and 1000
        ("A；B", {"A": 667, "B": 333}),
        ("A=7.50；B=2.50元", {"A": 750, "B": 250}),
        ("A=1.00、B", {"A": 100, "B": 900}),  # the rest comes from what no amount is written for
        ("A、缺", {"A": 1000}),
        ("A=6.00、缺=4.00", {"A": 600, None: 400}),
        ("A、A", {"A": 1000}),
    ],
)
def test_several_parents(empty: duckdb.DuckDBPyConnection, parents: str, shares: dict[str | None, int]) -> None:
    load(empty, chain(("A", "指标", None, 2000), ("B", "指标", None, 1000), ("C", "下达", parents, 1000)))
    assert {source: fen for line, _, source, fen, _ in moves(empty) if line == "C"} == shares


@pytest.mark.parametrize(
    ("documents", "gap"),
    [
        ([("B", "下达", None, 10)], "没有写上级文号"),
        ([("B", "下达", "A", 10)], "台账里没有这份上级文件"),
        ([("A", "指标", None, 10), ("P", "支付", "A", 10), ("B", "下达", "P", 10)], "上级文件的环节不对"),
        ([("A", "指标", None, 10), ("P", "支付", "A", 10), ("B", "重发", "P", 10)], "没有退回记录"),
        ([("B", "指标", "上级文", 10)], None),
    ],
)
def test_money_from_nowhere_says_why(
    empty: duckdb.DuckDBPyConnection, documents: list[tuple[Any, ...]], gap: str | None
) -> None:
    load(empty, chain(*documents))
    assert [row[2:] for row in moves(empty) if row[0] == "B"] == [(None, 10, gap)]


def test_a_correction_gives_back_to_where_the_document_took(empty: duckdb.DuckDBPyConnection) -> None:
    load(
        empty,
        chain(("A", "指标", None, 60), ("B", "指标", None, 40), ("C", "下达", "A、B", 50), ("D", "下达", "C", -10)),
    )
    assert [row[1:4] for row in moves(empty) if row[0] == "D"] == [("C", "A", -6), ("C", "B", -4)]


def test_lines_of_one_document_give_to_their_own_programme_and_township(empty: duckdb.DuckDBPyConnection) -> None:
    documents = chain(
        ("A1", "下达", None, 30), ("A2", "下达", None, 20), ("A3", "下达", None, 50), ("B", "支付", "A", 20)
    )
    for document, programme, town in zip(documents, ("old_age", "orphan", "orphan", "orphan"), "1212", strict=True):
        document |= {"programme": programme, "town_code": town}
    for document in documents[:3]:
        document["document_no"] = "A"
    load(empty, documents)
    assert [row[2:4] for row in moves(empty) if row[0] == "B"] == [("A2", 20)]


def test_lines_of_one_document_are_equals_even_when_it_bears_its_parents_number(
    empty: duckdb.DuckDBPyConnection,
) -> None:
    documents = chain(("A", "指标", None, 50), ("B1", "下达", "A", 30), ("B2", "下达", "A", 20))
    for document in documents[1:]:
        document["document_no"] = "A"
    load(empty, documents)
    assert [row[:4:2] + row[3:] for row in moves(empty) if row[0] != "A"] == [
        ("B1", "A", 30, None),
        ("B2", "A", 20, None),
    ]


def test_a_repayment_comes_from_the_return_whichever_of_the_two_it_names(empty: duckdb.DuckDBPyConnection) -> None:
    base = [("A", "指标", None, 90), ("P", "支付", "A", 90), ("R", "退回", "P", 30)]
    for parent in ("P", "R"):
        load(empty, chain(*base, ("X", "重发", parent, 30)))
        assert [row[2:4] for row in moves(empty) if row[0] == "X"] == [("R", 30)]


def test_a_limit_is_the_rules_setting(empty: duckdb.DuckDBPyConnection) -> None:
    documents = chain(("A", "指标", None, 90), ("B", "下达", "A", 90), ("C", "拨付", "B", 60), ("P", "支付", "C", 60))
    load(empty, documents)
    fund_delays.write(empty, load_rules())
    rows = empty.execute("select line_id, standing_fen, due_on - dated_on from fund_accounts order by 1").fetchall()
    assert rows == [("A", 0, 58), ("B", 30, 30), ("C", 0, 30), ("P", 60, None)]
    delays = empty.execute(
        "select from_hop, hop, days, late_days, fen from fund_delays order by fen desc, 1"
    ).fetchall()
    assert delays == [("指标", "下达", 1, 0, 90), ("下达", "拨付", 1, 0, 60), ("拨付", "支付", 1, 0, 60)]


def test_a_quota_has_until_the_end_of_its_year_or_as_long_as_is_set(empty: duckdb.DuckDBPyConnection) -> None:
    load(empty, chain(("A", "指标", None, 90)))
    due = "select due_on::varchar from fund_accounts"
    fund_delays.write(empty, load_rules())
    assert empty.execute(due).fetchall() == [("2025-12-31",)]
    empty.execute("begin")
    empty.execute("insert into settings (name, region, programme, valid_from, value) values "
                  "('allocated_money_stuck.quota_days', '45', '', date '2020-01-01', 30)")  # fmt: skip
    fund_delays.write(empty, load_rules())
    assert empty.execute(due).fetchall() == [("2025-12-03",)]
    empty.execute("rollback")


class Ledger(RuleBasedStateMachine):
    """Offices write documents; a plain ledger by hop and programme gives the balance of each at the end of each month."""

    connection: duckdb.DuckDBPyConnection

    @initialize()
    def begin(self) -> None:
        """Start with an empty ledger."""
        self.documents: list[dict[str, Any]] = []
        self.today = START
        self.booked: dict[tuple[str, str, dt.date], int] = defaultdict(int)
        self.above = self.unexplained = 0

    def write(self, hop: str, parents: list[dict[str, Any]], fen: int, programme: str, **more: Any) -> dict[str, Any]:
        """Put a document into the ledger."""
        number = f"{hop}〔{self.today.year}〕{len(self.documents)}号"
        named = "、".join(parent["document_no"] for parent in parents) or None
        document = {"line_id": f"l{len(self.documents)}", "document_no": number, "hop": hop, "amount_fen": fen,
                    "parent_document_no": named, "programme": programme, "dated_on": self.today, **more}  # fmt: skip
        self.documents.append(document)
        return document

    def book(self, hop: str, programme: str, fen: int, source: str = "", source_programme: str = "") -> None:
        """Move money in the plain ledger."""
        month = self.today.replace(day=1)
        self.booked[hop, programme, month] += fen
        if source:
            self.booked[source, source_programme or programme, month] -= fen

    def some(self, hops: tuple[str, ...], data: st.DataObject, most: int = 3) -> list[dict[str, Any]]:
        """Choose documents of one hop and programme."""
        known = [document for document in self.documents if document["hop"] in hops and document["amount_fen"] > 0]
        first = data.draw(st.sampled_from(known))
        alike = [d for d in known if (d["hop"], d["programme"]) == (first["hop"], first["programme"])]
        return data.draw(st.lists(st.sampled_from(alike), min_size=1, max_size=most, unique_by=lambda d: d["line_id"]))

    def has(self, *hops: str) -> bool:
        """Tell whether a document of such a hop exists."""
        return any(document["hop"] in hops and document["amount_fen"] > 0 for document in self.documents)

    @rule(days=st.integers(1, 70))
    def wait(self, days: int) -> None:
        """Let time pass, over the year's end too."""
        self.today += dt.timedelta(days=days)

    @rule(fen=st.integers(1, 10**13), programme=st.sampled_from(["old_age", "orphan"]))
    def quota(self, fen: int, programme: str) -> None:
        """Money from above."""
        self.write("指标", [], fen, programme)
        self.book("指标", programme, fen)
        self.above += fen

    @rule(one=st.integers(1, 10**13), two=st.integers(1, 10**13))
    def quota_for_two(self, one: int, two: int) -> None:
        """One document with money for two programmes, a line each."""
        number = self.write("指标", [], one, "old_age", shared=True)["document_no"]
        self.write("指标", [], two, "orphan", shared=True)["document_no"] = number
        for programme, fen in (("old_age", one), ("orphan", two)):
            self.book("指标", programme, fen)
            self.above += fen

    @precondition(lambda self: self.has("指标", "下达", "拨付"))
    @rule(fen=st.integers(1, 10**13), data=st.data(), hop=st.sampled_from(["指标", "下达", "拨付", "支付"]))
    def pass_on(self, fen: int, data: st.DataObject, hop: str) -> None:
        """Pass money on from one or several documents, also to another programme; a quota only carries a quota over."""
        sources = tuple(source for source in SOURCES[hop] if self.has(source))
        if not sources:
            return
        parents = self.some(sources, data)
        own = parents[0]["programme"]
        # a number with a line for each of two programmes gives to either from its own line
        programme = own if any(p.get("shared") for p in parents) else data.draw(st.sampled_from([own, "old_age"]))
        self.write(hop, parents, fen, programme)
        self.book(hop, programme, fen, parents[0]["hop"], parents[0]["programme"])

    @precondition(lambda self: self.has("指标"))
    @rule(data=st.data(), one=st.integers(1, 10**11), two=st.integers(1, 10**11))
    def split(self, data: st.DataObject, one: int, two: int) -> None:
        """Allocate from two quotas with the amounts written."""
        parents = self.some(("指标",), data, most=2)
        parts = [one, two][: len(parents)]
        named = "；".join(f"{p['document_no']}={part / 100:.2f}" for p, part in zip(parents, parts, strict=True))
        programme = parents[0]["programme"]
        self.write("下达", [], sum(parts), programme, parent_document_no=named,
                   parts={p["line_id"]: part for p, part in zip(parents, parts, strict=True)})  # fmt: skip
        self.book("下达", programme, sum(parts), "指标")

    @precondition(lambda self: self.has("支付", "重发"))
    @rule(data=st.data(), fen=st.integers(1, 10**9))
    def send_back(self, data: st.DataObject, fen: int) -> None:
        """The bank returns money."""
        (paid,) = self.some(("支付", "重发"), data, most=1)
        self.write("退回", [paid], fen, paid["programme"])
        self.book("退回", paid["programme"], fen, paid["hop"])

    @precondition(lambda self: self.has("退回"))
    @rule(data=st.data(), fen=st.integers(1, 10**9))
    def send_again(self, data: st.DataObject, fen: int) -> None:
        """Returned money is paid again."""
        (back,) = self.some(("退回",), data, most=1)
        self.write("重发", [back], fen, back["programme"])
        self.book("重发", back["programme"], fen, "退回")

    @precondition(lambda self: any(not d.get("sources") for d in self.documents))
    @rule(data=st.data(), hop=st.sampled_from(["下达", "拨付", "支付"]), fen=st.integers(1, 10**9))
    def from_nowhere(self, data: st.DataObject, hop: str, fen: int) -> None:
        """A document whose parent the ledger lacks."""
        self.write(hop, [], fen, "orphan", parent_document_no=data.draw(st.sampled_from([None, "没有的文号", "、"])))
        self.book(hop, "orphan", fen)
        self.unexplained += fen

    @precondition(lambda self: self.has("指标"))
    @rule(data=st.data(), fen=st.integers(1, 10**9))
    def take_back(self, data: st.DataObject, fen: int) -> None:
        """A quota from above is cut."""
        first = [
            d for d in self.documents if d["hop"] == "指标" and d["parent_document_no"] is None and d["amount_fen"] > 0
        ]
        (quota,) = [data.draw(st.sampled_from(first))]
        self.write("指标", [quota], -fen, quota["programme"])
        self.book("指标", quota["programme"], -fen)
        self.above -= fen

    @precondition(lambda self: self.has("下达"))
    @rule(data=st.data(), fen=st.integers(1, 10**9))
    def withdraw(self, data: st.DataObject, fen: int) -> None:
        """An allocation from quotas is partly withdrawn: the quotas have the money again."""
        known = [d for d in self.documents if d["hop"] == "下达" and d["amount_fen"] > 0 and "parts" in d]
        if not known:
            return
        allocated = data.draw(st.sampled_from(known))
        self.write("下达", [allocated], -fen, allocated["programme"])
        self.book("下达", allocated["programme"], -fen, "指标")

    def teardown(self) -> None:
        """Compare balances by hop, programme and month with the plain ledger, and the order of arrival with another."""
        if not self.documents:
            return
        connection = self.connection
        load(connection, self.documents)
        found = moves(connection)
        load(connection, random.Random(len(found)).sample(self.documents, len(self.documents)))
        assert moves(connection) == found, "the order of the documents changes nothing"
        self._check_shares(found)
        running: dict[tuple[str, str], int] = defaultdict(int)
        rows = connection.execute(f"select * from ({funds.BALANCES}) order by month").fetchall()
        for _, programme, hop, month, opening, received, passed, closing, _, _ in rows:
            assert opening == running[hop, programme]
            assert closing == opening + received - passed == opening + self.booked[hop, programme, month]
            running[hop, programme] = closing
        names = "sum(above_fen), sum(unexplained_fen)"
        (sums,) = connection.execute(f"select {names} from ({funds.BALANCES})").fetchall()
        assert sums == (self.above, self.unexplained)
        assert sum(running.values()) == self.above + self.unexplained

    def _check_shares(self, found: list[tuple[Any, ...]]) -> None:
        shares: dict[str, dict[str, int]] = defaultdict(dict)
        for line, to, source, fen, _ in found:
            if line == to and source:
                shares[line][source] = fen
        sizes = {document["line_id"]: document["amount_fen"] for document in self.documents}
        for document in self.documents:
            mine = shares[document["line_id"]]
            if "parts" in document:
                assert mine == document["parts"]
            elif len(mine) > 1:
                whole = sum(sizes[source] for source in mine)
                assert all(abs(fen - document["amount_fen"] * sizes[s] / whole) <= 1.01 for s, fen in mine.items())


def test_no_fen_appears_or_disappears(empty: duckdb.DuckDBPyConnection) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    Ledger.connection = empty
    quick = settings(max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Ledger, settings=quick)
