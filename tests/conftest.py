"""Options and fixtures every test may use."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

# Tests never assert times: a busy machine is no defect.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

if TYPE_CHECKING:
    from tests.mingzhang.publishing.release_case import Case

NOW = dt.datetime(2026, 11, 5, 2, 0, tzinfo=dt.UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the heavy proofs at full size")


# Modules that build whole data folders, kill processes or try hundreds of cases: `make test` runs them, `make check` does not.
SLOW_MODULES = {
    *(
        "test_release",
        "test_release_proof",
        "test_gate",
        "test_publication",
        "test_county_cells",
        "test_golden",
        "test_one_file",
    ),
    *("test_steps", "test_cli", "test_definitions", "test_linkage_measures", "test_probabilistic", "test_record_links"),
    *("test_handmade", "test_ledger", "test_crash", "test_corpus", "test_serving", "test_bad_input", "test_uploads"),
    *(
        "test_workbook",
        "test_reconciliation",
        "test_digits",
        "test_earlier_months",
        "test_dry_run",
        "test_finding_changes",
        "test_upgrade",
    ),
}


# A file goes whole to one worker: the longest begin first, so that no worker is left alone with them at the end.
LONGEST = (
    "test_clerk",
    "test_golden",
    "test_auditor",
    "test_corpus",
    "test_crash",
    "test_rules",
    "test_steps",
    "test_cli",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.stem in SLOW_MODULES:
            item.add_marker(pytest.mark.slow)
    order = {stem: place for place, stem in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(LONGEST)))


@pytest.fixture(scope="session")
def is_full(request: pytest.FixtureRequest) -> bool:
    """Whether the heavy proofs run at full size."""
    return bool(request.config.getoption("--full"))


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a worker's own copy of a folder that takes long to make: whichever worker asks first makes it for all.

    Args:
        factory: the worker's temporary folders; those of all workers stand beside each other.
        name: what the folder is called.
        make: fills a folder that is not there yet.
    """
    base = factory.getbasetemp()
    common = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made, making = common / f"made-{name}", common / f"making-{name}"
    with (common / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(making, ignore_errors=True)  # of a worker that failed
            make(making)
            making.rename(made)
    return Path(shutil.copytree(made, factory.mktemp(name) / "data", symlinks=True))


@pytest.fixture(scope="session")
def tiny_district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny district as an inbox tree with `planted.csv`; do not change it."""
    from sample_data import generate

    def make(folder: Path) -> None:
        generate.generate(folder, seed=1, end_month=dt.date(2026, 10, 1), size="tiny")

    return made_once(tmp_path_factory, "district", make)


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The small case of releases, certified, written and published once; copy it before changing it."""
    from tests.mingzhang.publishing.release_case import ALL, small_case

    case = small_case(tmp_path_factory.mktemp("released") / "data")
    case.certify(*ALL)
    case.write()
    case.publish()
    return case


@pytest.fixture
def published(released: Case, tmp_path: Path) -> Case:
    """A published small case of one's own."""
    from tests.mingzhang.publishing.release_case import copied

    return copied(released, tmp_path / "data")


@pytest.fixture(scope="session")
def judged_district(tiny_district: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the tiny district loaded, judged and in a staff snapshot; copy it before changing it."""
    from mingzhang import steps
    from mingzhang.casework.store import Store
    from mingzhang.catalog.load import catalogue
    from mingzhang.intake.receive import receipts
    from mingzhang.intake.receive.declared import from_folder
    from mingzhang.storage.data_folder import DataFolder
    from mingzhang.warehouse import database

    def make(root: Path) -> None:
        folder = DataFolder(root)
        folder.root.mkdir()
        store = Store.open(f"sqlite:///{folder.root / 'casework.db'}")
        for path in sorted(tiny_district.glob("*/*/*/**/*")):
            if path.is_file():
                receipts.receive(folder, path, from_folder(tiny_district, path, catalogue()), "clerk", NOW)
        with database.writer(folder.root, catalogue()) as connection:
            steps.require(steps.perform(steps.Run(connection, folder, catalogue(), store, NOW), steps.rebuilding()))
        store.close()

    return made_once(tmp_path_factory, "judged", make)


@pytest.fixture
def data_folder(judged_district: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of one's own, like `judged_district`, named by `$MINGZHANG_DATA`."""
    root = tmp_path / "data"
    shutil.copytree(judged_district, root)
    monkeypatch.setenv("MINGZHANG_DATA", str(root))
    monkeypatch.delenv("MINGZHANG_DEBUG", raising=False)
    return root
