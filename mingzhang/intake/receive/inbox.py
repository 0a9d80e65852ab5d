"""Finds complete files in the drop folder, with their sidecars, and requests of the site. Never opens a file's content."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mingzhang.catalog.load import Catalogue
from mingzhang.intake.receive import declared as declaring
from mingzhang.intake.receive.declared import Declared, DeclaredError
from mingzhang.intake.receive.receipts import Receipt, receipts, receive, restore, withdrawals
from mingzhang.storage.data_folder import DataFolder

UNFINISHED = (".part", ".tmp", ".crdownload", ".partial", ".download", ".swp", ".lock", "~")
LEFT_BY_SYSTEMS = {"thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store"}
LEFT_BY_OFFICE = ("~$", ".~", ".")
RESTORE = "restore"


@dataclass(frozen=True)
class InboxFile:
    """A complete file waiting in the inbox.

    Attributes:
        declared: what sidecar and folders say.
        sender: from the sidecar, else `inbox`.
        file_name: the sender's own name of the file.
    """

    path: Path
    declared: Declared
    sender: str
    file_name: str
    correction_no: int = 0
    corrects: str | None = None


def scan(folder: DataFolder, catalogue: Catalogue) -> list[InboxFile]:
    """Return the complete files of the inbox, oldest name first; a file still being written has another name."""
    if not folder.inbox.exists():
        return []
    paths = sorted(path for path in folder.inbox.rglob("*") if _is_complete(path))
    return [_inbox_file(folder, path, catalogue) for path in paths]


def is_left_over(name: str) -> bool:
    """Tell whether a file is nobody's delivery: unfinished, a lock, or put there by a system."""
    lower = name.lower()
    return lower in LEFT_BY_SYSTEMS or lower.startswith(LEFT_BY_OFFICE) or lower.endswith(UNFINISHED)


def _is_complete(path: Path) -> bool:
    name = path.name
    if is_left_over(name) or path.is_symlink() or not path.is_file():
        return False
    return not (path.suffix == ".json" and path.with_suffix("").suffix)  # a sidecar, not a file of its own


def _inbox_file(folder: DataFolder, path: Path, catalogue: Catalogue) -> InboxFile:
    sidecar = _sidecar(path)
    by_folder = declaring.from_folder(folder.inbox, path, catalogue)
    try:
        declared = declaring.from_options(
            catalogue, sidecar.get("county"), sidecar.get("kind"), sidecar.get("programme"), sidecar.get("month")
        )
    except DeclaredError:
        declared = Declared()
    return InboxFile(
        path,
        declared.completed_by(by_folder),
        str(sidecar.get("sender") or "inbox"),
        str(sidecar.get("file_name") or path.name),
        int(sidecar.get("correction_no") or (1 if sidecar.get("corrects") else 0)),
        sidecar.get("corrects"),
    )


def _sidecar(path: Path) -> dict[str, Any]:
    sidecar = path.with_name(f"{path.name}.json")
    return _json(sidecar) if sidecar.exists() else {}


def _json(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def take(folder: DataFolder, item: InboxFile, now: dt.datetime) -> Receipt:
    """Receive a file and take it out of the inbox; the receipt is on disk before the file goes."""
    receipt = receive(
        folder, item.path, item.declared, item.sender, now, item.correction_no, item.corrects, item.file_name
    )
    item.path.unlink(missing_ok=True)
    item.path.with_name(f"{item.path.name}.json").unlink(missing_ok=True)
    return receipt


@dataclass(frozen=True)
class Restoration:
    """A request of the staff site, which may write nothing but the inbox: let a withdrawn delivery count again."""

    path: Path
    delivery_id: str
    by: str
    why: str


def restorations(folder: DataFolder) -> list[Restoration]:
    """Return the requests that wait: `inbox/<delivery_id>.restore.json` with `by` and `why`."""
    found = []
    for path in sorted(folder.inbox.glob(f"*.{RESTORE}.json")):
        request = _json(path)
        found.append(
            Restoration(path, path.name.split(".")[0], str(request.get("by") or ""), str(request.get("why") or ""))
        )
    return found


def take_restoration(folder: DataFolder, request: Restoration, now: dt.datetime) -> bool:
    """Write the receipt of a restoration and drop the request; return whether the delivery was withdrawn and is restored."""
    is_meant = bool(request.by and request.why) and request.delivery_id in withdrawals(receipts(folder))
    if is_meant:
        restore(folder, request.delivery_id, request.by, request.why, now)
    request.path.unlink(missing_ok=True)
    return is_meant
