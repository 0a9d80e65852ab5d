"""Checks a release from public material only: files, signature, content, notices. No key and no warehouse here."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from mingzhang.publishing.release import notice_files, public_record, schema
from mingzhang.storage import publication
from mingzhang.storage.errors import Refusal


@dataclass
class Verification:
    """What was found.

    Attributes:
        wrong: sentences; none means that the release is what was published.
        notices: notices shown now, as their hashes in the manifest say.
        ended: notices that were taken down, by their end or by a signed record.
        here: false for a copy without the notices, which no mirror may hold.
    """

    release: str
    number: int = 0
    wrong: list[str] = field(default_factory=list)
    files: int = 0
    notices: int = 0
    ended: int = 0
    here: bool = True

    @property
    def ok(self) -> bool:
        """Return whether nothing is wrong."""
        return not self.wrong

    def as_text(self) -> str:
        """Return the sentences to show."""
        if not self.ok:
            return "\n".join([f"发布 {self.release} 核验不通过：", *(f"  {line}" for line in self.wrong)])
        files = f"发布 {self.release}（第 {self.number} 号）核验通过：签名有效，{self.files} 个文件与清单一致"
        if not self.here:
            return f"{files}；这份副本不带公示名单，名单没有核对。"
        return f"{files}，在公示的名单 {self.notices} 份与清单一致，另有 {self.ended} 份已到期或已撤下。"


def content_hash(connection: duckdb.DuckDBPyConnection, alias: str) -> str:
    """Return the logical hash of a public database: its rows, whatever their order and the bytes of the file."""
    digest = hashlib.sha256()
    for table, columns in schema.PUBLIC.items():
        row = ", ".join(f"coalesce('=' || \"{column.name}\"::varchar, '')" for column in columns)
        counted = connection.execute(
            f"""select count(*), coalesce(sha256(string_agg(h, '' order by h)), '')
                from (select sha256(concat_ws(chr(31), {row})) as h from {alias}.{table})"""
        ).fetchall()
        digest.update(f"{table} {counted}\n".encode())
    return digest.hexdigest()


def verify(path: Path, public_key: bytes | None = None, today: dt.date | None = None) -> Verification:
    """Check a release folder against its manifest, signature, predecessors' record and notices.

    Args:
        path: a release folder, or the `releases` folder for the current one.
        public_key: obtained elsewhere; None takes the one published beside the releases.
        today: notices that ended before may be gone. None takes the newest day the signed record speaks of.

    Raises:
        Refusal: there is no release at that place.
    """
    path = _release(path)
    answer = Verification(path.name)
    try:
        manifest = publication.verify_folder(path)
    except publication.DamagedPublicationError as error:
        answer.wrong.append(str(error))
        return answer
    answer.number, answer.files = int(manifest["number"]), len(manifest["files"])
    beside = path.parent / public_record.PUBLIC_KEY
    key = (public_key or b"").strip() or (beside.read_bytes() if beside.exists() else b"")
    _check_signature(path, key, answer)
    answer.wrong += public_record.damage(path.parent, key)
    _check_pointer(path.parent, answer)
    _check_content(path, manifest, answer)
    answer.here = (path.parent / "notices").exists()
    if answer.ok and answer.here:
        _check_notices(path.parent, manifest, today, answer)
    return answer


def _release(path: Path) -> Path:
    if (path / publication.POINTER).exists():
        try:
            current = publication.current(path)
        except publication.DamagedPublicationError as error:
            raise Refusal(str(error)) from error
        path = current.path if current else path
    if not (path / publication.MANIFEST).exists():
        raise Refusal(f"{path} 不是一次发布；请给出 releases 下的发布文件夹。")
    return path


def _check_signature(path: Path, key: bytes, answer: Verification) -> None:
    signature = path / publication.SIGNATURE
    signed = signature.read_bytes() if signature.exists() else b""
    if not public_record.is_signed((path / publication.MANIFEST).read_bytes(), signed, key):
        answer.wrong.append("清单的签名无效，或者不是这把公钥签的")


def _check_pointer(releases: Path, answer: Verification) -> None:
    """What CURRENT points to must be what the signed record says was published last."""
    if answer.wrong or not (releases / publication.POINTER).exists():
        return
    published = [record for record in public_record.read(releases) if record["what"] == "published"]
    last = (published or [{}])[-1]
    recorded = (last.get("release"), last.get("manifest"), last.get("release_number"))
    try:
        current = publication.current(releases)
    except publication.DamagedPublicationError:
        current = None
    if current is None or (current.name, current.sha256, current.number) != recorded:
        answer.wrong.append("指针 CURRENT 与公开记录里最近一次发布不一致")


def _check_content(path: Path, manifest: dict[str, Any], answer: Verification) -> None:
    try:
        with notice_files.opened(path / "public.duckdb") as connection:
            found = content_hash(connection, "old")
            named = "select notice_id, ends_on::varchar, hash from old.notices where hash <> ''"
            listed = connection.execute(named).fetchall()
    except duckdb.Error:
        answer.wrong.append("public.duckdb 打不开")
        return
    if found != manifest.get("content") or not found.startswith(str(manifest["id"])):
        answer.wrong.append("发布编号与数据内容不一致")
    if {row[0]: [row[1], row[2]] for row in listed} != manifest.get("notices"):
        answer.wrong.append("清单里的公示与数据里的公示不一致")


def _check_notices(releases: Path, manifest: dict[str, Any], today: dt.date | None, answer: Verification) -> None:
    """A notice is there as its hash says, or its end has passed, or a signed record says why it is gone."""
    records = public_record.read(releases)
    days = [record["day"] for record in records if "day" in record]
    today = today or dt.date.fromisoformat(max(days, default=manifest["published_on"]))
    gone = {record["hash"] for record in records if record["what"] in ("withdrawn", "replaced")}
    shown: set[tuple[str, str]] = set()
    for notice_file in notice_files.listed(releases / "notices"):
        if not notice_file.is_sound():
            answer.wrong.append(f"公示文件 {notice_file.path.name} 的内容与文件名不一致")
            continue
        shown.update(notice_files.hashes(notice_file).items())
    for notice, (ends_on, digest) in manifest["notices"].items():
        if (notice, digest) in shown:
            answer.notices += 1
        elif digest in gone or dt.date.fromisoformat(ends_on) < today:
            answer.ended += 1
        else:
            answer.wrong.append(f"公示 {notice} 还没有到期，却不在公示文件里或内容被改过")
