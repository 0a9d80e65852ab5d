"""Answers to whether two rows are one person. Append-only; part of the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import select

from mingzhang.casework import audit_log, models
from mingzhang.casework.engine import Database, once
from mingzhang.casework.records import Answer
from mingzhang.casework.workflow import DECIDERS, NotAllowedError, Role, SomeoneDecidedError, WorkflowError

ANSWERS = {"same": "是同一人", "not_same": "不是同一人", "cannot_tell": "无法判断"}


class Answers(Database):
    """Answers about pairs of rows.

    A pair is known by the keyed hash of what both rows say: an answer holds while both are unchanged, and no name or
    number is kept here.
    """

    def answer_pair(
        self,
        pair_id: str,
        answer: str,
        *,
        by: str,
        roles: Collection[Role],
        seen_version: int,
        county_code: str,
        now: dt.datetime,
        why: str = "",
    ) -> None:
        """Answer whether two rows are one person.

        Args:
            pair_id: the pair, from the table `links`.
            answer: a key of `ANSWERS`.
            by: the person.
            roles: the roles they hold.
            seen_version: version on their screen, 0 when unanswered.
            county_code: of the row without a number.
            now: time, UTC.
            why: what the answer rests on, for example that the papers were seen.

        Raises:
            NotAllowedError: none of the roles may answer such questions.
            SomeoneDecidedError: somebody answered meanwhile.
            WorkflowError: no such answer, or "same" without a reason.
        """
        if not set(roles) & DECIDERS:
            raise NotAllowedError
        if answer not in ANSWERS:
            raise WorkflowError("请选择“是同一人”“不是同一人”或“无法判断”。")
        if answer == "same" and not why.strip():
            raise WorkflowError("判定为同一人，请写明依据，例如“已核对身份证复印件”。")
        table = models.PairAnswer
        with once(str(SomeoneDecidedError())), self.write() as session:
            newest = session.scalar(
                select(table.version).where(table.pair_id == pair_id).order_by(table.version.desc()).limit(1)
            )
            if (newest or 0) != seen_version:
                raise SomeoneDecidedError
            session.add(
                table(
                    pair_id=pair_id,
                    version=seen_version + 1,
                    answer=answer,
                    why=why.strip(),
                    county_code=county_code,
                    by=by,
                    at=now,
                )
            )
            audit_log.append(session, by, "answer", pair_id, now, answer=answer, county=county_code)

    def pair_answers(self) -> dict[str, Answer]:
        """Return the newest answer of every pair."""
        table = models.PairAnswer
        with self.read() as session:
            rows = session.scalars(select(table).order_by(table.pair_id, table.version))
            return {r.pair_id: Answer(r.pair_id, r.version, r.answer, r.why, r.county_code, r.by, r.at) for r in rows}

    def pair_words(self) -> dict[str, str]:
        """Return the newest answer of every pair, without its reason: an input of the pipeline."""
        return {pair: answer.answer for pair, answer in self.pair_answers().items()}
