"""The warehouse's ledger of deliveries, and the inputs each delivery was read with. Writes nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import polars as pl

from mingzhang.catalog.load import Catalogue
from mingzhang.intake.context import PLACE_COLUMNS, CaseworkFacts
from mingzhang.intake.receive.declared import Declared
from mingzhang.intake.receive.receipts import Receipt, withdrawals

REPLY, VOUCHERS, PAYMENTS = "bank_reply", "fund_flow", "payment_lines"
COUNTED = {"accepted", "accepted_with_errors"}
Key = tuple[str | None, str | None, str | None, dt.date | None]


@dataclass(frozen=True)
class LedgerRow:
    """A row of the ledger.

    Attributes:
        key: county, kind, programme and month.
        status: as `commit.Entry.status`.
        content_hash: of the lines, whatever their order.
        inputs_hash: of what the delivery was read with.
    """

    delivery_id: str
    sequence: int
    key: Key
    status: str
    corrects: str | None
    correction_no: int
    content_hash: str
    inputs_hash: str

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> LedgerRow:
        """Return a row of the table `deliveries`."""
        key = row["county_code"], row["kind"], row["programme"], row["month"]
        rest = ("status", "corrects", "correction_no", "content_hash", "inputs_hash")
        return cls(row["delivery_id"], row["sequence"], key, *(row[name] for name in rest))


@dataclass
class Ledger:
    """All ledger rows, the places, and which deliveries were withdrawn (delivery_id → reason).

    Attributes:
        programmes: of the accepted payments of each delivery.
        by_kind: the deliveries of each county and kind.
    """

    rows: dict[str, LedgerRow]
    places: pl.DataFrame
    withdrawn: dict[str, str]
    programmes: dict[str, frozenset[str]] = field(default_factory=dict)
    by_key: dict[Key, list[str]] = field(default_factory=dict)
    by_kind: dict[tuple[str | None, str | None], set[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, connection: duckdb.DuckDBPyConnection, receipts: list[Receipt]) -> Ledger:
        """Read the ledger and the places; withdrawals come from the receipts."""
        rows = connection.execute(
            """select delivery_id, sequence, county_code, kind, programme, month, status, corrects, correction_no,
                      content_hash, inputs_hash from deliveries"""
        ).fetchall()
        ledger = cls({}, places_of(connection), withdrawals(receipts))
        paid = "select delivery_id, list(distinct programme) from payment_lines where status <> 'rejected' group by 1"
        ledger.programmes = {delivery: frozenset(slugs) for delivery, slugs in connection.execute(paid).fetchall()}
        for row in rows:
            ledger.add(LedgerRow(row[0], row[1], (row[2], row[3], row[4], row[5]), *row[6:]))
        return ledger

    def add(self, row: LedgerRow) -> None:
        """Enter or replace a row."""
        self.remove(row.delivery_id)
        self.rows[row.delivery_id] = row
        self.by_key.setdefault(row.key, []).append(row.delivery_id)
        self.by_kind.setdefault(row.key[:2], set()).add(row.delivery_id)

    def remove(self, delivery_id: str) -> None:
        """Drop a row."""
        old = self.rows.pop(delivery_id, None)
        if old:
            self.by_key[old.key].remove(delivery_id)
            self.by_kind[old.key[:2]].discard(delivery_id)

    def earlier(self, key: Key, sequence: int) -> list[LedgerRow]:
        """Return the originals of the same key that arrived before, oldest first."""
        rows = [self.rows[name] for name in self.by_key.get(key, [])]
        before = (row for row in rows if row.sequence < sequence and not (row.corrects or row.correction_no))
        return sorted(before, key=lambda row: row.sequence)

    def corrections_of(self, delivery_id: str) -> list[LedgerRow]:
        """Return the accepted corrections of a delivery, in their declared order."""
        rows = [row for row in self.rows.values() if row.corrects == delivery_id and row.status in COUNTED]
        return sorted(rows, key=lambda row: (row.correction_no, row.sequence))

    def siblings(self, receipt: Receipt) -> tuple[list[LedgerRow], list[LedgerRow]]:
        """Return the accepted corrections of the same original that come before this one, and those after it."""
        rows = self.corrections_of(receipt.corrects) if receipt.corrects else []
        own = receipt.correction_no, receipt.sequence
        before = [row for row in rows if (row.correction_no, row.sequence) < own]
        return before, [row for row in rows if (row.correction_no, row.sequence) > own]

    def superseding(self, receipt: Receipt) -> list[LedgerRow]:
        """Return what replaces a delivery's lines: its corrections, and later ones of the same original."""
        return self.corrections_of(receipt.delivery_id) + self.siblings(receipt)[1]

    def compared(self, delivery_id: str, declared: Declared, kinds: Collection[str]) -> list[LedgerRow]:
        """Return what `compare/` holds a delivery against: vouchers, and lists of its programmes, of its month and the last before.

        Args:
            delivery_id: the delivery; itself and its corrections are not compared.
            declared: its key.
            kinds: the kinds of file that are lists of payments.
        """
        if declared.month is None or declared.kind not in {*kinds, REPLY}:
            return []
        own = self.programmes.get(delivery_id) or frozenset()
        vouchers = self._counted(declared.county, VOUCHERS, delivery_id)
        lists = [row for kind in kinds for row in self._counted(declared.county, kind, delivery_id)]
        paid = [row for row in lists if not own or own & self.programmes.get(row.delivery_id, frozenset())]
        earlier = [row.key[3] for row in paid if row.key[3] and row.key[3] < declared.month]
        months = {declared.month, *([max(earlier)] if earlier else [])}
        return sorted([*vouchers, *(row for row in paid if row.key[3] in months)], key=lambda row: row.delivery_id)

    def _counted(self, county: str | None, kind: str, own: str) -> list[LedgerRow]:
        rows = map(self.rows.__getitem__, self.by_kind.get((county, kind), ()))
        return [row for row in rows if row.status in COUNTED and own not in (row.delivery_id, row.corrects)]

    def county_places(self, county: str | None) -> str:
        """Return a hash of the places of a county."""
        if county is None:
            return ""
        own = self.places.filter(pl.col("county_code") == county).sort("place_code")
        return hashlib.sha256(own.write_csv().encode()).hexdigest()[:16] if own.height else ""


def places_of(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the accepted places, one row per code."""
    places: pl.DataFrame = connection.sql(
        f"""select {", ".join(PLACE_COLUMNS)} from places where status = 'accepted'
            qualify row_number() over (partition by place_code order by month desc nulls last, delivery_id) = 1
            order by place_code"""
    ).pl()
    return places


def key_of(declared: Declared) -> Key:
    """Return the key deliveries are compared by."""
    return declared.county, declared.kind, declared.programme, declared.month


def catalogue_part(catalogue: Catalogue, kind: str | None) -> str:
    """Return a hash of what a kind of file uses of the catalogue: layout, vocabularies, units, account shapes."""
    layout = catalogue.layout(kind).model_dump_json() if kind else ""
    words = json.dumps(sorted(catalogue.programme_words().items()), ensure_ascii=False)
    units = json.dumps(sorted((slug, entry.unit) for slug, entry in catalogue.programmes.items()), ensure_ascii=False)
    shapes = [shape.model_dump_json() for shape in catalogue.accounts]
    open_words = [entry.model_dump_json() for entry in catalogue.vocabularies]
    return hashlib.sha256(f"{layout}{words}{units}{shapes}{open_words}".encode()).hexdigest()[:16]


def inputs_hash(
    receipt: Receipt, declared: Declared, ledger: Ledger, catalogue: Catalogue, facts: CaseworkFacts
) -> str:
    """Return a hash of everything besides the bytes that decides how a delivery is read.

    Args:
        receipt: the delivery.
        declared: its key, completed from the file.
        ledger: the other deliveries and the places.
        catalogue: layouts, programmes and vocabularies.
        facts: what people decided.

    Returns:
        16 hex digits; where they change, the delivery is read again.
    """
    delivery = receipt.delivery_id
    kind = declared.kind
    needs_places = bool(kind) and any(f.type == "village" for f in catalogue.layout(kind or "").fields)
    original = ledger.rows.get(receipt.corrects or "")
    parts: list[Any] = [
        catalogue_part(catalogue, kind),
        facts.settlements.get(delivery),
        sorted(facts.waived(declared, receipt.received_at.date())),
        sorted(facts.mappings.get((declared.county or "", kind or ""), {}).items()),
        ledger.county_places(declared.county) if needs_places else "",
        ledger.withdrawn.get(delivery),
        [
            bool(original and original.status in COUNTED | {"replaced"}),
            [row.delivery_id for row in ledger.siblings(receipt)[0]],
        ]
        if receipt.corrects or receipt.correction_no
        else "",
        [row.delivery_id for row in ledger.superseding(receipt)],
        _history(receipt, declared, ledger, catalogue),
        [(row.delivery_id, row.status in COUNTED) for row in ledger.earlier(key_of(declared), receipt.sequence)],
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, default=str).encode()).hexdigest()[:16]


def _history(receipt: Receipt, declared: Declared, ledger: Ledger, catalogue: Catalogue) -> list[Any]:
    """Return what names the lists and vouchers a delivery is compared with."""
    lists = [slug for slug, layout in catalogue.kinds.items() if layout.table == PAYMENTS]
    rows = ledger.compared(receipt.delivery_id, declared, lists)
    return [(row.delivery_id, row.status, row.content_hash) for row in rows]
