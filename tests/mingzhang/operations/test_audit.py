"""`mingzhang audit verify`: what was altered is named, and a rewritten log does not fit a published head."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from mingzhang.casework.store import Store
from mingzhang.cli.audit import audit as command
from mingzhang.operations import audit
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.errors import Refusal
from tests.mingzhang.publishing.release_case import Case

NOW = dt.datetime(2026, 11, 6, 1, tzinfo=dt.UTC)


@pytest.fixture
def case(published: Case) -> Case:
    """A published folder whose log went on after the release."""
    for n in range(5):
        published.store.log("auditor", "read.finding", f"f{n}", NOW)
    return published


def tamper(folder: DataFolder, statement: str) -> None:
    store = Store.open(folder.casework_url)
    with store.write() as session:
        session.execute(text(statement))
    store.close()


def published_size(case: Case) -> int:
    return audit.published_heads(case.folder.releases / "records.jsonl")[0].size


def test_a_sound_log_fits_its_published_head(case: Case) -> None:
    size = published_size(case)
    found = audit.verify(case.folder, None, size)
    after = 1 + 5  # the publication itself, then what was read
    assert (found.wrong, found.heads, found.entries, found.entry_head) == ((), 1, size + after, size)
    assert "核验通过" in found.as_text()
    assert f"第 {size} 条在记到第 {size} 条时公布的树根之内" in found.as_text()


def test_an_altered_entry_is_named_and_does_not_fit(case: Case) -> None:
    tamper(case.folder, "update audit_entries set actor = 'nobody' where seq = 2")
    found = audit.verify(case.folder, None, 2)
    assert len(found.wrong) == 3, "the entry itself, the head, and its place in the head"
    assert found.wrong[0].startswith("第 2 条被改动过")
    assert "核验不通过" in found.as_text()


def test_a_log_rewritten_as_a_whole_needs_a_head_kept_elsewhere(case: Case, tmp_path: Path) -> None:
    kept = tmp_path / "records.jsonl"
    kept.write_bytes((case.folder.releases / "records.jsonl").read_bytes())
    entries = case.store.audit_lines(limit=10_000)
    (case.folder.root / "casework.db").unlink()
    store = Store.open(case.folder.casework_url)
    for entry in reversed(entries):
        store.log("somebody else" if entry.seq == 1 else entry.actor, entry.action, entry.subject, entry.at)
    store.close()
    (case.folder.releases / "records.jsonl").unlink()
    alone = audit.verify(case.folder, None, None)
    assert alone.is_sound
    assert "无法发现整份重写" in alone.as_text()
    assert not audit.verify(case.folder, kept, None).is_sound


@pytest.mark.parametrize(
    "written",
    [
        "not json\n",
        '{"what": "expired"}\n',
        '{"what": "published", "audit_size": 3, "audit_root": "ab"}\n',
        '{"what": "published", "audit_size": -1, "audit_root": "' + "ab" * 32 + '"}\n',
        '{"what": "published", "audit_size": null, "audit_root": "' + "ab" * 32 + '"}\n',
        "[]\n",
        "",
    ],
)
def test_a_record_without_a_head_is_refused(case: Case, tmp_path: Path, written: str) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text(written)
    with pytest.raises(Refusal, match=r"records\.jsonl"):
        audit.verify(case.folder, path, None)


def test_an_entry_after_the_last_head_cannot_be_proved_yet(case: Case) -> None:
    with pytest.raises(Refusal, match="还没有公布过树根"):
        audit.verify(case.folder, None, published_size(case) + 1)


def test_the_command_ends_in_a_status_a_script_can_read(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGZHANG_DATA", str(case.root))
    sound = CliRunner().invoke(command, ["verify", "--json"], catch_exceptions=False)
    assert (sound.exit_code, json.loads(sound.output)["sound"]) == (0, True)
    tamper(case.folder, "delete from audit_entries where seq = 1")
    damaged = CliRunner().invoke(command, ["verify", "--json"], catch_exceptions=False)
    assert (damaged.exit_code, json.loads(damaged.output)["sound"]) == (2, False)
