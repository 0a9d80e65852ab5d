"""Takes a file in: copied under its hash, receipt written, both fsynced, only then acknowledged. Never opens content."""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import unicodedata
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mingzhang.intake.receive.declared import Declared
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.durable import sync, write_durably

SUSPECT_AFTER = dt.timedelta(days=400)


@dataclass(frozen=True)
class Receipt:
    """Proof that a file was taken in.

    Attributes:
        delivery_id: first 16 hex digits of SHA-256 over the declared key and the bytes' hash.
        sequence: global counter of receipts, never part of content.
        number: which receipt of these bytes it is.
        received_at: UTC, naive.
        correction_no: 0 for an original, 1… for corrections, in their declared order.
        corrects: delivery_id of the original.
        withdraws: delivery_id that this receipt takes back.
        restores: delivery_id that this receipt lets count again after it was taken back.
        clock_suspect: the clock was before the newest receipt, or more than 400 days after it.
        status: `received`, or `already_received` when the same key came before; then nothing will be loaded twice.
    """

    delivery_id: str
    sequence: int
    number: int
    sha256: str
    size: int
    file_name: str
    declared: Declared
    sender: str
    received_at: dt.datetime
    correction_no: int = 0
    corrects: str | None = None
    withdraws: str | None = None
    reason: str = ""
    status: str = "received"
    clock_suspect: bool = False
    restores: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the receipt as it is written."""
        declared = self.declared
        return {
            "delivery_id": self.delivery_id,
            "sequence": self.sequence,
            "number": self.number,
            "sha256": self.sha256,
            "size": self.size,
            "file_name": self.file_name,
            "county": declared.county,
            "kind": declared.kind,
            "programme": declared.programme,
            "month": f"{declared.month:%Y-%m}" if declared.month else None,
            "sender": self.sender,
            "received_at": self.received_at.isoformat(timespec="seconds"),
            "correction_no": self.correction_no,
            "corrects": self.corrects,
            "withdraws": self.withdraws,
            "reason": self.reason,
            "status": self.status,
            "clock_suspect": self.clock_suspect,
            # Only where there is one, so that all other receipts stay readable by an older program.
            **({"restores": self.restores} if self.restores else {}),
        }

    @classmethod
    def from_json(cls, entry: dict[str, Any]) -> Receipt:
        """Return the receipt a file holds."""
        month = dt.date.fromisoformat(f"{entry['month']}-01") if entry["month"] else None
        declared = Declared(entry["county"], entry["kind"], entry["programme"], month)
        rest = {k: v for k, v in entry.items() if k not in {"county", "kind", "programme", "month", "received_at"}}
        return cls(declared=declared, received_at=dt.datetime.fromisoformat(entry["received_at"]), **rest)


def delivery_id_of(declared: Declared, sha256: str) -> str:
    """Return the id of a delivery: its declared key and its bytes."""
    month = f"{declared.month:%Y-%m}" if declared.month else ""
    key = [declared.county or "", declared.kind or "", declared.programme or "", month, sha256]
    return hashlib.sha256(json.dumps(key).encode()).hexdigest()[:16]


def receive(
    folder: DataFolder,
    path: Path,
    declared: Declared,
    sender: str,
    now: dt.datetime,
    correction_no: int = 0,
    corrects: str | None = None,
    file_name: str | None = None,
) -> Receipt:
    """Copy a file into `received/` and write its receipt; both are on disk when this returns.

    Args:
        folder: the data folder.
        path: the file; it is left where it is.
        declared: what the sender says it is.
        sender: who sent it.
        now: the clock's time, UTC.
        correction_no: the declared number of a correction, from 1; 0 for an original.
        corrects: delivery_id of the original.
        file_name: the sender's name of the file, if `path` is not.

    Returns:
        The receipt; its status is `already_received` when this very delivery came before.
    """
    sha256, size, temporary = _copy(path, folder.received)
    try:
        file_folder = folder.received / sha256
        with _counter(folder) as sequence:
            _place(temporary, file_folder)
            known = receipts_in(file_folder)
            delivery_id = delivery_id_of(declared, sha256)
            again = any(r.delivery_id == delivery_id and r.correction_no == correction_no for r in known)
            moment = now.replace(tzinfo=None, microsecond=0)
            receipt = Receipt(
                delivery_id, sequence, len(known) + 1, sha256, size, safe_name(file_name or path.name), declared, sender,
                moment, correction_no, corrects, status="already_received" if again else "received",
                clock_suspect=_is_suspect(folder, moment),
            )  # fmt: skip
            _write(file_folder / f"receipt-{receipt.number}.json", receipt)
            return receipt
    finally:
        temporary.unlink(missing_ok=True)


def safe_name(name: str) -> str:
    """Return a sender's file name fit to be shown: no path, and no character that changes direction or line."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"} else c for c in last)[:200]


def _is_suspect(folder: DataFolder, moment: dt.datetime) -> bool:
    """Compare the clock with the newest receipt, and remember the newest moment."""
    path = folder.received / ".newest"
    newest = dt.datetime.fromisoformat(path.read_text()) if path.exists() else None
    if newest is None or moment > newest:
        path.write_text(moment.isoformat())  # a hint only: losing it loses one warning
    return newest is not None and not newest <= moment <= newest + SUSPECT_AFTER


def withdraw(folder: DataFolder, delivery_id: str, sender: str, why: str, now: dt.datetime) -> Receipt:
    """Take a delivery back by a receipt of its own; its lines stop counting at the next load.

    Args:
        folder: the data folder.
        delivery_id: 16 hex digits.
        sender: who withdraws it.
        why: the reason, kept in the receipt.
        now: UTC.

    Raises:
        KeyError: no such delivery.
    """
    return _about(folder, delivery_id, sender, now, withdraws=delivery_id, reason=why, status="withdrawal")


def restore(folder: DataFolder, delivery_id: str, sender: str, why: str, now: dt.datetime) -> Receipt:
    """Let a withdrawn delivery count again by a receipt of its own; its lines count from the next load on.

    Args:
        folder: the data folder.
        delivery_id: 16 hex digits.
        sender: who restores it.
        why: the reason, kept in the receipt.
        now: UTC.

    Raises:
        KeyError: no such delivery.
    """
    return _about(folder, delivery_id, sender, now, restores=delivery_id, reason=why, status="restoration")


def _about(folder: DataFolder, delivery_id: str, sender: str, now: dt.datetime, **facts: str) -> Receipt:
    """Write a receipt about a delivery that was received before, beside its file."""
    target = next((r for r in receipts(folder) if r.delivery_id == delivery_id), None)
    if target is None:
        raise KeyError(delivery_id)
    file_folder = folder.received / target.sha256
    with _counter(folder) as sequence:
        number = len(receipts_in(file_folder)) + 1
        moment = now.replace(tzinfo=None, microsecond=0)
        receipt = Receipt(
            delivery_id, sequence, number, target.sha256, target.size, target.file_name, target.declared, sender, moment,
            **facts,  # type: ignore[arg-type]
        )  # fmt: skip
        _write(file_folder / f"receipt-{number}.json", receipt)
        return receipt


def receipts(folder: DataFolder) -> list[Receipt]:
    """Return every receipt, in the order they were written."""
    if not folder.received.exists():
        return []
    found = [
        r for file_folder in folder.received.iterdir() if len(file_folder.name) == 64 for r in receipts_in(file_folder)
    ]
    return sorted(found, key=lambda r: r.sequence)


def withdrawals(receipts: Iterable[Receipt]) -> dict[str, str]:
    """Return why deliveries are withdrawn, by their id: the last withdrawal or restoration of each holds."""
    found: dict[str, str] = {}
    for receipt in receipts:
        if receipt.withdraws:
            found[receipt.withdraws] = receipt.reason
        if receipt.restores:
            found.pop(receipt.restores, None)
    return found


def receipts_in(file_folder: Path) -> list[Receipt]:
    """Return the receipts of one file."""
    paths = sorted(file_folder.glob("receipt-*.json"), key=lambda p: int(p.stem.removeprefix("receipt-")))
    return [Receipt.from_json(json.loads(path.read_text(encoding="utf-8"))) for path in paths]


def last_sequence(folder: DataFolder) -> int:
    """Return the newest receipt's number: how a sensor sees cheaply that something came."""
    try:
        return int((folder.received / ".sequence").read_text(encoding="utf-8") or 0)
    except FileNotFoundError:
        return 0


def original_of(folder: DataFolder, receipt: Receipt) -> Path:
    """Return the received bytes of a receipt."""
    return folder.received / receipt.sha256 / "file"


def _copy(path: Path, received: Path) -> tuple[str, int, Path]:
    """Copy to a temporary name beside its folder, fsync the copy, and hash it meanwhile."""
    received.mkdir(parents=True, exist_ok=True)
    temporary = received / f".{secrets.token_hex(8)}"
    try:
        shutil.copyfile(path, temporary)
        with temporary.open("rb") as copy, ThreadPoolExecutor(1) as beside:
            written = beside.submit(os.fsync, copy.fileno())
            digest = hashlib.file_digest(copy, "sha256")
            written.result()
        return digest.hexdigest(), temporary.stat().st_size, temporary
    except BaseException:
        temporary.unlink(missing_ok=True)  # a full disk needs the room
        raise


def _place(temporary: Path, file_folder: Path) -> None:
    file_folder.mkdir(exist_ok=True)
    if not (file_folder / "file").exists():
        temporary.rename(file_folder / "file")
        (file_folder / "file").chmod(0o440)
    sync(file_folder)
    sync(file_folder.parent)


def _write(path: Path, receipt: Receipt) -> None:
    write_durably(path, json.dumps(receipt.to_json(), ensure_ascii=False, indent=1).encode())


@contextmanager
def _counter(folder: DataFolder) -> Iterator[int]:
    """Give the next sequence number; one receiver at a time."""
    folder.received.mkdir(parents=True, exist_ok=True)
    with (folder.received / ".sequence").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        text = file.read().strip()
        last = int(text) if text.isdigit() else max((r.sequence for r in receipts(folder)), default=0)
        # Written before use: a crash skips a number, it never gives one twice.
        file.seek(0)
        file.truncate()
        file.write(str(last + 1))
        file.flush()
        os.fsync(file.fileno())
        yield last + 1
