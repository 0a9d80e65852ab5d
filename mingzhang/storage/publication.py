"""The publication protocol as written, once, for staff snapshot and release; reading is `publication_reader`. Knows no table."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from mingzhang.storage.durable import TEMPORARY, sync, write_durably

POINTER = "CURRENT"
MANIFEST = "manifest.json"
# Of the tables in a staff snapshot: raised when a page could not read an older one. 0.1.0 wrote none.
STAFF_SNAPSHOT_VERSION = 2
SIGNATURE = "manifest.sig"
GRACE = timedelta(hours=1)  # longer than the slowest request


@dataclass(frozen=True)
class Publication:
    """One published folder.

    Attributes:
        name: folder name, derived from content: one name means one content for ever.
        sha256: of its manifest.json.
        number: never falls; readers refuse a lower one.
        changed: false where this content was current already.
    """

    path: Path
    name: str
    sha256: str
    number: int
    changed: bool = True


class DamagedPublicationError(Exception):
    """A published file is missing, added or not what its manifest says."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path.name}：{what}；请用备份恢复或重新发布。")
        self.path = path


def publish_folder(
    parent: Path,
    name: str | None,
    build: Callable[[Path], Mapping[str, Any] | None],
    number: int,
    before_pointer: Callable[[Path], None] | None = None,
    *,
    sign: Callable[[bytes], bytes] | None = None,
    remove_after: timedelta | None = None,
) -> Publication:
    """Build a folder beside its target, make it durable, and move `CURRENT` to it in one instant.

    Args:
        parent: holds the publications and `CURRENT`.
        name: derived from content by the caller; None takes the first 16 hex digits of the manifest's files' hash.
        build: fills an empty folder, closing (checkpointing) what it opens; returns further manifest entries.
        number: raised to one more than the current number where it is not higher.
        before_pointer: looks at the finished folder under its temporary name; raising means nothing is published.
        sign: gets the manifest's bytes, gives what `manifest.sig` holds.
        remove_after: superseded folders are removed after this time; None keeps them for ever.

    Returns:
        What is current now; `changed` is false where it already was.
    """
    parent.mkdir(parents=True, exist_ok=True)
    with locked(parent):
        sweep(parent)
        before = current(parent)
        if name and before and before.name == name and _sound(before):
            return Publication(before.path, name, before.sha256, before.number, changed=False)
        number = max(number, before.number + 1 if before else number)
        temporary = parent / f"{TEMPORARY}{secrets.token_hex(8)}"
        temporary.mkdir()
        try:
            extra = build(temporary) or {}
            name = name or _content_name(temporary)
            _write_manifest(temporary, {**extra, "id": name, "number": number}, sign)
            if before_pointer:
                before_pointer(temporary)
            _sync_tree(temporary)
            published = _place(temporary, parent / name, number, before)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        if published.changed:
            _point(parent, published)
            _retire(parent, before, published, remove_after)
        return published


def current(parent: Path) -> Publication | None:
    """Return what `CURRENT` names, unverified; None before the first publication.

    Raises:
        DamagedPublicationError: the pointer is not readable.
    """
    try:
        pointer = json.loads((parent / POINTER).read_bytes())
        return Publication(parent / pointer["name"], pointer["name"], pointer["sha256"], int(pointer["number"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedPublicationError(parent / POINTER, "指针文件已损坏") from error


def verify_folder(path: Path, sha256: str | None = None) -> dict[str, Any]:
    """Compare every file of a publication with its manifest; return the manifest.

    Args:
        path: the published folder.
        sha256: of the manifest, as the pointer has it.

    Raises:
        DamagedPublicationError: a file is missing, added or different; the message names it.
    """
    try:
        written = (path / MANIFEST).read_bytes()
        manifest: dict[str, Any] = json.loads(written)
        files: dict[str, str] = dict(manifest["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedPublicationError(path / MANIFEST, "清单缺失或已损坏") from error
    if sha256 and hashlib.sha256(written).hexdigest() != sha256:
        raise DamagedPublicationError(path / MANIFEST, "清单与指针不一致")
    found = _hashes(path)
    for name in sorted(found.keys() | files.keys()):
        if found.get(name) != files.get(name):
            what = "文件缺失" if name not in found else "多出文件" if name not in files else "文件内容已改变"
            raise DamagedPublicationError(path / name, what)
    return manifest


def sweep(parent: Path) -> int:
    """Remove what killed publishers left under temporary names; return how many. Call under the publisher's lock."""
    left = list(parent.glob(f"{TEMPORARY}*"))
    for path in left:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return len(left)


@contextmanager
def locked(parent: Path) -> Iterator[None]:
    """Hold the publisher's lock of a folder; whatever writes into it directly takes it."""
    with (parent / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sound(publication: Publication) -> bool:
    try:
        verify_folder(publication.path, publication.sha256)
    except DamagedPublicationError:
        return False
    return True


def _hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file but the manifest and its signature, by name relative to the folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in (MANIFEST, SIGNATURE):
            with path.open("rb") as file:
                found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _content_name(folder: Path) -> str:
    return hashlib.sha256(json.dumps(_hashes(folder)).encode()).hexdigest()[:16]


def _write_manifest(folder: Path, entries: dict[str, Any], sign: Callable[[bytes], bytes] | None) -> None:
    manifest = {**entries, "files": _hashes(folder)}
    written = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1).encode()
    (folder / MANIFEST).write_bytes(written)
    if sign:
        (folder / SIGNATURE).write_bytes(sign(written))


def _sync_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)


def _place(temporary: Path, target: Path, number: int, before: Publication | None) -> Publication:
    """Give the folder its final name, unless a sound one of that name stands already."""
    if target.exists():
        standing = Publication(target, target.name, _manifest_hash(target), number)
        if _sound(standing):
            same = before is not None and (before.name, before.sha256) == (standing.name, standing.sha256)
            return (
                Publication(target, target.name, standing.sha256, before.number, False) if before and same else standing
            )
        # Readers that opened the damaged folder keep their open files; the sweep removes it.
        target.rename(target.parent / f"{TEMPORARY}damaged-{secrets.token_hex(4)}")
    temporary.rename(target)
    sync(target.parent)
    return Publication(target, target.name, _manifest_hash(target), number)


def _manifest_hash(folder: Path) -> str:
    try:
        return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    except OSError:
        return ""


def _point(parent: Path, publication: Publication) -> None:
    pointer = {"name": publication.name, "sha256": publication.sha256, "number": publication.number}
    write_durably(parent / POINTER, json.dumps(pointer).encode())


def _retire(parent: Path, before: Publication | None, now: Publication, remove_after: timedelta | None) -> None:
    """Mark what was just superseded; remove what was superseded long enough ago."""
    moment = (parent / POINTER).stat().st_mtime  # the file system's own clock, on both sides of the comparison
    if before and before.path != now.path and before.path.exists():
        os.utime(before.path, (moment, moment))
    if remove_after is None:
        return
    for path in parent.iterdir():
        old = path.is_dir() and (path / MANIFEST).exists() and path != now.path
        if old and moment - path.stat().st_mtime > remove_after.total_seconds():
            shutil.rmtree(path)
