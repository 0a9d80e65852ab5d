"""An upload between arrival and submission: streamed to disk, checked by a child process, handed to the inbox.

The file is never opened here; what it says comes from `mingzhang check-file`. Every name is hidden (a leading dot), so
that nobody who watches the inbox takes an upload before it is submitted.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from dashboards.staff import column_questions
from dashboards.staff.column_questions import ColumnQuestion
from mingzhang.casework.workflow import WorkflowError
from mingzhang.storage.durable import sync, write_durably

LARGEST = 50 * 2**20
CHECK_SECONDS = 120
KEPT_HOURS = 24
NOT_TO_SUBMIT = ("refused", "already_received", "withdrawn")
# What the parser may find a table in, whatever the name says; others are refused before they are kept.
SUFFIXES = (
    *(".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".et", ".ett", ".ods", ".csv", ".txt", ".tsv", ".dbf"),
    *(".html", ".htm", ".mht", ".mhtml", ".xml"),
)
# Parsing is heavy: at most two children per web process, the others wait.
_TURNS = threading.BoundedSemaphore(2)
_ID = re.compile(r"[0-9a-f]{24}")
_WORD = re.compile(r"[0-9A-Za-z_]{1,60}")
_COUNTY = re.compile(r"\d{6}")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Upload:
    """One uploaded file and what its sender declared.

    Attributes:
        state: `checking`, `checked` or `submitted`.
        file_name: the sender's own name, shown only, never a path.
        corrects: delivery that this one corrects, or ''.
    """

    id: str
    sender: str
    file_name: str
    sha256: str
    size: int
    county: str
    month: str
    kind: str
    programme: str
    corrects: str
    uploaded_at: str
    state: str = "checking"


class HashingFile:
    """A file that is hashed while it is written, and stops at the limit."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.digest, self.size = file, hashlib.sha256(), 0

    def write(self, chunk: bytes) -> int:
        """Write and hash a chunk.

        Raises:
            WorkflowError: the file is larger than the limit.
        """
        self.size += len(chunk)
        if self.size > LARGEST:
            raise WorkflowError("文件超过 50 MB，请按乡镇或项目拆分后分别上传。")
        self.digest.update(chunk)
        return self.file.write(chunk)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


def stream_into(incoming: Path) -> HashingFile:
    """Return a new hidden file on the inbox's own disk for a request to stream into."""
    return HashingFile(tempfile.NamedTemporaryFile(dir=private_folder(incoming), prefix=".part-", delete=True))  # type: ignore[arg-type]


def private_folder(incoming: Path) -> Path:
    """Return the folder, made so that only this user can look into it."""
    incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
    return incoming


def check_words(county: str, month: str, kind: str, programme: str, file_name: str) -> None:
    """Refuse what cannot be a county, month, kind or programme, or a file name we do not read.

    Args:
        county: six-digit code.
        month: `2026-10`.
        kind: kind of file, as in `words.delivery_titles`.
        programme: slug, or ''.
        file_name: the sender's name of the file.


    Raises:
        WorkflowError: with one sentence that says what to choose.
    """
    if not _COUNTY.fullmatch(county):
        raise WorkflowError("请选择县（区、市）。")
    if not _MONTH.fullmatch(month):
        raise WorkflowError("请选择所属月份。")
    if not _WORD.fullmatch(kind):
        raise WorkflowError("请选择文件种类。")
    if programme and not _WORD.fullmatch(programme):
        raise WorkflowError("请从列表中选择补贴项目。")
    if Path(file_name).suffix.lower() not in SUFFIXES:
        raise WorkflowError(
            "请上传表格文件：.xlsx、.xls、.et、.csv、.dbf 或业务系统导出的原文件；图片、PDF 和压缩包不能读取。"
        )


def keep(incoming: Path, received: HashingFile, declared: dict[str, str], now: dt.datetime) -> Upload:
    """Move a streamed file to its own folder, with what was declared of it.

    Args:
        incoming: folder of uploads that are not submitted.
        received: the streamed file, hashed.
        declared: sender, file_name, county, month, kind, programme and corrects.
        now: time of arrival, UTC.
    """
    upload = Upload(
        id=secrets.token_hex(12),
        sha256=received.digest.hexdigest(),
        size=received.size,
        uploaded_at=now.isoformat(),
        **declared,
    )
    folder = incoming / upload.id
    folder.mkdir(mode=0o700)
    received.file.flush()
    os.fsync(received.file.fileno())
    os.link(received.file.name, file_of(incoming, upload))
    write(incoming, upload)
    return upload


def file_of(incoming: Path, upload: Upload) -> Path:
    """Return the path of an upload's file; only its suffix comes from the sender."""
    return incoming / upload.id / f".file{Path(upload.file_name).suffix.lower()}"


def write(incoming: Path, upload: Upload) -> None:
    """Store an upload's state."""
    _write_json(incoming / upload.id / ".upload.json", asdict(upload))


def read(incoming: Path, upload_id: str) -> Upload | None:
    """Return an upload, or None when there is none of that id."""
    if not _ID.fullmatch(upload_id):
        return None
    try:
        return Upload(**json.loads((incoming / upload_id / ".upload.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def all_of(incoming: Path, sender: str | None = None) -> list[Upload]:
    """Return uploads, newest first, of one sender or of all."""
    found = [read(incoming, path.name) for path in incoming.glob("*/")] if incoming.is_dir() else []
    kept = [upload for upload in found if upload and (sender is None or upload.sender == sender)]
    return sorted(kept, key=lambda upload: upload.uploaded_at, reverse=True)


def sweep(incoming: Path, now: dt.datetime) -> None:
    """Delete uploads that nobody submitted within a day: they hold personal data."""
    for upload in all_of(incoming):
        if now - dt.datetime.fromisoformat(upload.uploaded_at) > dt.timedelta(hours=KEPT_HOURS):
            shutil.rmtree(incoming / upload.id, ignore_errors=True)


def discard(incoming: Path, upload: Upload) -> None:
    """Delete an upload."""
    shutil.rmtree(incoming / upload.id, ignore_errors=True)


def check(data: Path, incoming: Path, upload: Upload) -> Upload:
    """Run the checking child over an upload and keep its answer beside it."""
    declared = {
        "--county": upload.county,
        "--month": upload.month,
        "--kind": upload.kind,
        "--programme": upload.programme,
    }
    declared |= {"--corrects": upload.corrects}
    options = [part for name, value in declared.items() if value for part in (name, value)]
    # By the environment, not the command line: which every user of the machine can read, and a name may be a person's.
    named = {"MINGZHANG_FILE_NAME": upload.file_name.replace("\0", "")}
    result = run_mingzhang(data, ["check-file", str(file_of(incoming, upload)), *options, "--json"], named)
    _write_json(incoming / upload.id / ".check.json", result)
    checked = replace(upload, state="checked")
    write(incoming, checked)
    return checked


def result_of(incoming: Path, upload: Upload) -> dict[str, Any] | None:
    """Return the checking child's answer, or None before it is there."""
    try:
        answer: dict[str, Any] = json.loads((incoming / upload.id / ".check.json").read_text())
    except (OSError, ValueError):
        return None
    return answer


def questions(result: Mapping[str, Any]) -> list[ColumnQuestion]:
    """Return the questions of a checked file that choosing a column answers."""
    columns = [column for sheet in result.get("sheets") or [] for column in sheet.get("columns") or []]
    return column_questions.questions(result.get("problems") or [], columns)


def run_mingzhang(data: Path, arguments: Sequence[str], named: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run a `mingzhang` command as a child and return its JSON; a failure becomes a refusal with one sentence."""
    environment = {**os.environ, "MINGZHANG_DATA": str(data), "PYTHONIOENCODING": "utf-8", **(named or {})}
    command = [sys.executable, "-m", "mingzhang.cli.main", *arguments]
    root = Path(__file__).resolve().parents[3]
    with _TURNS:
        try:
            ended = subprocess.run(
                command, env=environment, cwd=root, capture_output=True, timeout=CHECK_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return _refusal("检查用时过长，已停止。请把文件拆小后再上传。")
    try:
        answer: dict[str, Any] = json.loads(ended.stdout)
    except ValueError:
        sentence = ended.stderr.decode("utf-8", "replace").strip().splitlines()
        is_sentence = ended.returncode == 2 and len(sentence) == 1
        return _refusal(sentence[0] if is_sentence else "检查程序出错，文件没有入库。请联系系统管理员。")
    return answer


def _refusal(sentence: str) -> dict[str, Any]:
    return {"status": "refused", "message": sentence, "problems": [], "repairs": []}


def submit(data: Path, incoming: Path, upload: Upload) -> Upload:
    """Move an upload into the inbox, its sidecar first, so that a file in the inbox always has its sidecar.

    Raises:
        WorkflowError: it is not checked yet, was refused, or went in before.
    """
    result = result_of(incoming, upload)
    if upload.state != "checked" or result is None:
        raise WorkflowError("此文件已经提交，或还没有检查完。")
    if result.get("status") in NOT_TO_SUBMIT:
        raise WorkflowError("此文件未通过检查，不能提交。请按提示修改后重新上传。")
    target = data / "inbox" / upload.county / upload.month / upload.kind / upload.programme
    target.mkdir(parents=True, exist_ok=True)
    source = file_of(incoming, upload)
    place = target / f"{upload.id}{source.suffix.lower()}"
    sidecar = {
        name: getattr(upload, name)
        for name in ("sender", "file_name", "county", "month", "kind", "programme", "corrects")
        if getattr(upload, name)
    }
    _write_json(place.with_name(place.name + ".json"), sidecar)
    source.rename(place)
    sync(target)
    submitted = replace(upload, state="submitted")
    write(incoming, submitted)
    return submitted


def ask_to_restore(data: Path, delivery_id: str, by: str, why: str) -> None:
    """Put a request into the inbox: let a withdrawn delivery count again. The next run writes its receipt.

    Args:
        data: the data folder.
        delivery_id: the withdrawn delivery.
        by: user name of who restores it; the role was checked.
        why: the reason, kept in the receipt.
    """
    inbox = data / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    _write_json(inbox / f"{delivery_id}.restore.json", {"by": by, "why": why})


def _write_json(path: Path, content: dict[str, Any]) -> None:
    write_durably(path, json.dumps(content, ensure_ascii=False).encode(), mode=0o600)
