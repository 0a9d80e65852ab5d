"""Verifies the audit log against the heads that releases published. How it is built is in `mingzhang/casework/audit_log.py`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from mingzhang.casework.audit_log import Head
from mingzhang.casework.store import Store
from mingzhang.publishing.release import public_record
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.errors import Refusal

HASH_BYTES = 32


@dataclass(frozen=True)
class AuditVerification:
    """What was found.

    Attributes:
        entries: entries in the log.
        heads: published heads it was compared with.
        wrong: sentences; none means that the log is sound.
        entry: the one entry that was asked for.
        entry_head: size of the published head that holds it; None where none was asked for or it is in none.
    """

    entries: int
    heads: int
    wrong: tuple[str, ...]
    entry: int | None = None
    entry_head: int | None = None

    @property
    def is_sound(self) -> bool:
        """Return whether nothing is wrong."""
        return not self.wrong

    def as_json(self) -> dict[str, object]:
        """Return the facts for a program."""
        return {"sound": self.is_sound, **asdict(self)}

    def as_text(self) -> str:
        """Return the sentences to show."""
        if not self.is_sound:
            return "\n".join(["审计日志核验不通过：", *(f"  {line}" for line in self.wrong)])
        compared = f"与公布的 {self.heads} 个树根一致" if self.heads else "还没有公布过树根，无法发现整份重写"
        lines = [f"审计日志核验通过：{self.entries} 条记录没有被改动，{compared}。"]
        if self.entry:
            lines.append(f"第 {self.entry} 条在记到第 {self.entry_head} 条时公布的树根之内。")
        return "\n".join(lines)


def verify(folder: DataFolder, records: Path | None, entry: int | None) -> AuditVerification:
    """Verify the whole log: each entry, and that it grew from every published head.

    Args:
        folder: the data folder.
        records: a public record (`records.jsonl`) obtained elsewhere; None takes the one of this folder's releases.
        entry: number of an entry, from 1, to be proved to be in the smallest published head that reaches it.

    Raises:
        Refusal: the record cannot be read or holds no head, or no head reaches the entry.
    """
    beside = folder.releases / public_record.RECORDS
    heads = published_heads(records or beside) if records or beside.exists() else []
    if records and not heads:
        raise Refusal(f"{records} 里没有公布过的树根；请用公开网站的 /records.jsonl。")
    holding = min((head for head in heads if entry and head.size >= entry), key=lambda head: head.size, default=None)
    if entry and holding is None:
        raise Refusal(f"第 {entry} 条之后还没有公布过树根；下次发布后再核验它。")
    store = Store.open(folder.casework_url)
    try:
        wrong = store.audit_damage(heads)
        if entry and holding and not store.audit_log_holds(entry, holding):
            wrong.append(f"第 {entry} 条不在记到第 {holding.size} 条时公布的树根之内")
        size = store.audit_head().size
    finally:
        store.close()
    return AuditVerification(size, len(heads), tuple(wrong), entry, holding.size if holding else None)


def published_heads(records: Path) -> list[Head]:
    """Return the heads of a public record, one per publication.

    Raises:
        Refusal: a line cannot be read.
    """
    heads = []
    try:
        for line in records.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if record.get("what") == "published" and "audit_root" in record:
                head = Head(int(record["audit_size"]), str(record["audit_root"]))
                if head.size < 0 or len(bytes.fromhex(head.root)) != HASH_BYTES:
                    raise ValueError("no head")
                heads.append(head)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refusal(f"{records} 不是完整的公开记录；请从公开网站的 /records.jsonl 重新下载。") from error
    return heads
