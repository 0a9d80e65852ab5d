"""A declared length warns; where the bank itself has confirmed it, another length is refused."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from mingzhang.catalog.load import catalogue
from mingzhang.catalog.models import AccountShape
from mingzhang.intake.context import Context
from mingzhang.intake.lines import read_file
from mingzhang.intake.receive.declared import Declared
from tests.mingzhang.intake import hostile_files

BANK = AccountShape(
    title="某某信用社",
    words=("信用社",),
    lengths=(19,),
    level="reject",
    verified="2026-09 本社复函",
    basis="账号编制说明",
)
DECLARED = Declared(hostile_files.COUNTY, "roster", "dibao_rural", hostile_files.MONTH)


def lines_of(tmp_path: Path, shape: AccountShape) -> list[tuple[str, str | None]]:
    accounts = [("1" * 19, "某某信用社"), ("1" * 18, "某某信用社"), ("1" * 12, "某某信用社"), ("1" * 18, "别家银行")]
    table: list[list[object]] = [["姓名", "身份证号", "银行账号", "开户银行", "金额"]]
    table += [["韦某", hostile_files.idno(n), account, bank, "1.00"] for n, (account, bank) in enumerate(accounts)]
    context = Context(replace(catalogue(), accounts=(shape,)), dt.date(2026, 11, 1))
    path = hostile_files.csv(tmp_path / "a.csv", table)
    return read_file.read(path, path.name, DECLARED, context).lines.select("status", "reason").rows()


def test_a_confirmed_length_rejects_the_banks_other_lengths(tmp_path: Path) -> None:
    refused = ("rejected", "account_length_impossible")
    assert lines_of(tmp_path, BANK) == [("accepted", None), refused, refused, ("accepted", None)]


def test_a_declared_length_only_warns(tmp_path: Path) -> None:
    declared = BANK.model_copy(update={"level": "warn"})
    assert lines_of(tmp_path, declared) == [("accepted", None)] * 4


@pytest.mark.parametrize("missing", ["words", "lengths", "verified"])
def test_nothing_is_rejected_without_bank_lengths_and_proof(missing: str) -> None:
    with pytest.raises(ValidationError, match="verified"):
        AccountShape.model_validate(BANK.model_dump(exclude={missing}))
