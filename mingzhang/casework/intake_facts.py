"""Settlements of held deliveries, confirmed header mappings and waivers. Part of the store."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping

from sqlalchemy import select

from mingzhang.casework import audit_log, models
from mingzhang.casework.engine import Database, once
from mingzhang.casework.records import Facts, HeaderMapping, Settlement, Waiver
from mingzhang.casework.workflow import WorkflowError
from mingzhang.storage.clock import beijing_day


class IntakeFacts(Database):
    """What people decided that intake needs to read a delivery."""

    def facts(self) -> Facts:
        """Return settlements, header mappings and waivers, in a stable order."""
        with self.read() as session:
            settled = session.scalars(select(models.Settlement).order_by(models.Settlement.delivery_id))
            mapped = session.scalars(select(models.HeaderMapping).order_by(models.HeaderMapping.id))
            waived = session.scalars(select(models.Waiver).order_by(models.Waiver.id))
            return Facts(
                tuple(Settlement(r.delivery_id, r.outcome, r.why, r.by, r.at) for r in settled),
                _merged(mapped),
                tuple(
                    Waiver(r.problem, r.county_code, r.kind, r.programme, r.why, r.until, r.by, r.at) for r in waived
                ),
            )

    def settle(self, delivery_id: str, outcome: str, by: str, why: str, now: dt.datetime) -> None:
        """Settle a held delivery.

        Args:
            delivery_id: the held delivery.
            outcome: `accept` or `refuse`.
            by: the named person.
            why: the reason, kept with the batch.
            now: time, UTC.

        Raises:
            WorkflowError: no reason, no such outcome, or already settled.
        """
        if outcome not in ("accept", "refuse"):
            raise WorkflowError("请选择“确认可以入库”或“退回不入库”。")
        if not why.strip():
            raise WorkflowError("请写明处理暂缓文件的理由。")
        with once("此文件的暂缓事项已经处理过，请刷新查看。"), self.write() as session:
            session.add(models.Settlement(delivery_id=delivery_id, outcome=outcome, why=why.strip(), by=by, at=now))
            audit_log.append(session, by, "settle", delivery_id, now, outcome=outcome)

    def confirm_mapping(
        self, county_code: str, kind: str, mapping: Mapping[str, str], by: str, now: dt.datetime
    ) -> None:
        """Remember which field each header is, for a county and kind of file.

        Args:
            county_code: six digits.
            kind: kind of file.
            mapping: header as written → name of the field, '' for a column that is not read.
            by: the named person.
            now: time, UTC.
        """
        header, fields = json.dumps(list(mapping), ensure_ascii=False), json.dumps(list(mapping.values()))
        with self.write() as session:
            session.add(
                models.HeaderMapping(county_code=county_code, kind=kind, header=header, fields=fields, by=by, at=now)
            )
            audit_log.append(session, by, "confirm_mapping", f"{county_code}/{kind}", now, columns=len(mapping))

    def waive(
        self,
        problem: str,
        *,
        county_code: str,
        kind: str,
        programme: str,
        why: str,
        until: dt.date,
        by: str,
        now: dt.datetime,
    ) -> None:
        """Let a check pass for a county and kind until a day.

        Args:
            problem: id of the check.
            county_code: six digits.
            kind: kind of file.
            programme: slug; '' for all programmes.
            why: the reason.
            until: last day, inclusive, Beijing.
            by: the named person.
            now: time, UTC.

        Raises:
            WorkflowError: no reason, or an end in the past.
        """
        if not why.strip():
            raise WorkflowError("请写明豁免此项检查的理由。")
        if until < beijing_day(now):
            raise WorkflowError("豁免的截止日期不能早于今天。")
        with self.write() as session:
            session.add(
                models.Waiver(
                    problem=problem,
                    county_code=county_code,
                    kind=kind,
                    programme=programme,
                    why=why.strip(),
                    until=until,
                    by=by,
                    at=now,
                )
            )
            audit_log.append(session, by, "waive", f"{county_code}/{kind}", now, problem=problem)


def _merged(rows: Iterable[models.HeaderMapping]) -> tuple[HeaderMapping, ...]:
    """Return one mapping per county and kind: later confirmations add to and replace earlier ones."""
    known: dict[tuple[str, str], dict[str, str]] = {}
    last: dict[tuple[str, str], models.HeaderMapping] = {}
    for row in rows:
        confirmed = zip(json.loads(row.header), json.loads(row.fields), strict=True)
        known.setdefault((row.county_code, row.kind), {}).update(confirmed)
        last[row.county_code, row.kind] = row
    return tuple(
        HeaderMapping(*key, tuple(fields), tuple(fields.values()), last[key].by, last[key].at)
        for key, fields in sorted(known.items())
    )
