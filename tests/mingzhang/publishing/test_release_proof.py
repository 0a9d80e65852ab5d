"""Heavy proofs on whole releases: planted identifiers, flipped bits, crashes between steps."""

from __future__ import annotations

import logging
import os
import random
import re
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import pytest

from benchmarks.synthetic import NOW, make
from checks.privacy.identifiers import windows
from dashboards.public.app import create_app
from mingzhang.casework.store import Store
from mingzhang.catalog.load import catalogue
from mingzhang.publishing.release import notice_files, public_record, publish, take_down
from mingzhang.storage import publication
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.errors import Refusal
from mingzhang.warehouse import database
from pipelines.resources import ClockResource
from tests.dashboards.staff_snapshot import write_snapshot
from tests.mingzhang.publishing.release_case import VILLAGE, Case

LAND = f"/notice/{VILLAGE}/farmland_protection/2026-10"


def texts_of(path: Path) -> Iterator[bytes]:
    """The bytes of a file; of a database also the full text dump of every table."""
    yield path.read_bytes()
    if path.suffix == ".duckdb":
        with notice_files.opened(path) as connection:
            tables = connection.execute("select table_name from duckdb_tables() where database_name = 'old'").fetchall()
            for (table,) in tables:
                for row in connection.execute(f"from old.{table}").fetchall():
                    yield "\x1f".join(map(str, row)).encode()


def run_release(root: Path) -> bool:
    """Run the nightly job as the daemon does, recorded in the data folder's Dagster home; return whether it succeeded."""
    import dagster as dg

    from pipelines import instance
    from pipelines.definitions import build_defs

    os.environ.update(instance.prepare_home(root))
    with dg.DagsterInstance.get() as kept:
        job = build_defs(str(root)).resolve_job_def("release")
        return bool(job.execute_in_process(run_config=instance.QUIET, instance=kept, raise_on_error=False).success)


def plant(folder: DataFolder) -> set[str]:
    """Put number, account and phone of every line among its cells; return all identifiers of the warehouse."""
    with database.writer(folder.root, catalogue()) as connection:
        connection.execute(
            """insert into line_cells by name
               select line_id, concat_ws(chr(0), '1', recipient_name, id_number, account_no,
                                          printf('139%08d', row_number() over ()), '备注 ' || id_number) as cells
               from payment_lines join identity on person_id = recipient_id join account a on a.account_id = recipient_id"""
        )
        rows = connection.execute(
            "select id_number from identity union all select account_no from account"
            f" union all select {database.split_cells('cells')}[5] from line_cells"
        ).fetchall()
    return {value for row in rows for value in row}


@pytest.mark.filterwarnings("ignore")  # of Great Expectations' own imports
def test_no_planted_identifier_gets_out(
    tmp_path: Path,
    is_full: bool,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Searched: the release, the quality report of Great Expectations, Dagster's storage and logs, casework, output."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(ClockResource, "now", lambda _self: NOW)
    for name in ("DAGSTER_HOME", "MINGZHANG_DATA", "DAGSTER_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, os.environ.get(name, ""))  # put back afterwards
    lines = 1_000_000 if is_full else 20_000
    folder = make(tmp_path / "data", lines, 2)
    write_snapshot(folder.root)  # the quality report wants one
    planted = plant(folder)
    assert len(planted) > lines
    assert run_release(folder.root)
    with database.writer(folder.root, catalogue()) as connection:  # refused: what went wrong is recorded, too
        connection.execute(
            """update payment_lines set group_name = (select min(id_number) from identity)
               where line_id = (select min(line_id) from payment_lines where programme = 'old_age')"""
        )
    assert not run_release(folder.root)
    searched = {
        part: [path for path in (folder.root / part).rglob("*") if path.is_file()]
        for part in ("releases", "quality", "dagster", "tmp", "logs")
    }
    assert {part for part, files in searched.items() if files} >= {"releases", "quality", "dagster"}
    lengths = {len(value) for value in planted}
    seen = 0
    for path in [*chain.from_iterable(searched.values()), folder.root / "casework.db"]:
        assert not windows(re.findall(r"\d{11,}[Xx]?", path.name), lengths) & planted
        for text in texts_of(path):
            seen += len(text)
            runs = {run.decode() for run in re.findall(rb"[0-9]{11,}[Xx]?", text)}
            # By chance, packed bytes hold runs of eleven digits; a phone is looked for in the text dump and plain files.
            found = windows(runs, lengths) & planted
            is_binary = text[:4] == b"PAR1" or text[8:12] == b"DUCK"
            assert not {value for value in found if len(value) > 11 or not is_binary}, path.name
    assert seen > 1_000_000, "hardly anything was searched"
    kept = b"".join(path.read_bytes() for path in searched["dagster"])
    assert b"release_draft_publish_gate" in kept and b"id_number" in kept, "the refusal is there to be searched"
    out = capfd.readouterr()
    output = caplog.text + out.out + out.err
    assert not windows(re.findall(r"\d{11,}[Xx]?", output), lengths) & planted


def is_noticed(case: Case) -> bool:
    try:
        return not publish.verify(case.folder.releases).ok
    except Refusal:
        return True


def test_flipped_bits_and_truncations_are_all_noticed_and_never_served(published: Case, is_full: bool) -> None:
    flips, cuts = (1000, 100) if is_full else (90, 10)
    releases = published.folder.releases
    pages = ("/", f"/place/{VILLAGE}", LAND, "/data")
    good = {page: create_app(releases, lambda: NOW).test_client().get(page).data for page in pages}
    files = sorted(path for path in releases.rglob("*") if path.is_file() and path.name != ".lock")
    chance = random.Random(11)
    assert not is_noticed(published), "the checker must pass a clean copy first"
    for number in range(flips + cuts):
        path = files[number % len(files)] if number < len(files) else chance.choice(files)
        content = path.read_bytes()
        if number < flips:
            damaged = bytearray(content)
            damaged[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        else:
            damaged = bytearray(content[: int(len(content) * chance.uniform(0, 0.99))])
        path.write_bytes(damaged)
        try:
            assert is_noticed(published), f"{path.name}: damage was not noticed"
            if number % 10 == 0:
                client = create_app(releases, lambda: NOW).test_client()
                for page, wanted in good.items():
                    answer = client.get(page)
                    is_same = answer.status_code in (410, 503) or answer.data == wanted
                    is_left_out = page == "/data" and f'/{path.name}"' not in answer.text
                    assert is_same or is_left_out, f"{path.name}: {page} is wrong"
        finally:
            path.write_bytes(content)
    assert not is_noticed(published)


class CrashError(Exception):
    """Stands for the power going at that moment."""


STEPS: dict[str, tuple[object, str]] = {
    "before the pointer": (publication, "_point"),
    "after the pointer, before the record": (public_record, "add"),
    "before old notice files go": (take_down, "_replace"),
    "before the folder is placed": (publication, "_place"),
    "before casework knows": (Store, "record_publication"),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_between_steps_is_mended_by_the_next_run(
    published: Case, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    case = published
    client = create_app(case.folder.releases, lambda: NOW).test_client()
    before = client.get(LAND).data
    case.pay("land", "farmland_protection", 400, "卢新来", 9000)
    case.write()

    def crash(*_arguments: object, **_options: object) -> None:
        raise CrashError

    where, name = STEPS[step]
    with monkeypatch.context() as patch:
        patch.setattr(where, name, crash)
        with pytest.raises(CrashError):
            case.publish()
    after = client.get(LAND)
    assert after.status_code == 200
    if step in ("before the pointer", "before the folder is placed"):
        assert after.data == before
    else:
        assert "卢新来" in after.text
    case.publish()
    assert publish.verify(case.folder.releases).ok
    assert "卢新来" in client.get(LAND).text
    assert len(case.store.publications()) == 2
    assert {path.name for path in (case.folder.releases / "notices").iterdir() if path.suffix != ".duckdb"} == set()


@pytest.mark.parametrize("number", range(3))
def test_the_pointer_the_key_and_the_tail_of_the_record_are_guarded(published: Case, number: int) -> None:
    """A record cut at a line's end is a valid chain; only the pointer gives it away."""
    releases = published.folder.releases
    harms: list[tuple[Path, Callable[[bytes], bytes]]] = [
        (releases / "records.jsonl", lambda text: b""),
        (releases / "CURRENT", lambda text: text.replace(b'"number": 1', b'"number": 3')),
        (releases / "public-key.txt", lambda text: text[:-2] + b"A\n" if text[-2:-1] != b"A" else text[:-2] + b"B\n"),
    ]
    path, harm = harms[number]
    content = path.read_bytes()
    assert harm(content) != content
    path.write_bytes(harm(content))
    try:
        assert is_noticed(published)
    finally:
        path.write_bytes(content)
