"""Signs releases and keeps the public record of publishing and taking down. No name and no reason text is in it."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.durable import write_durably

RECORDS = "records.jsonl"
PUBLIC_KEY = "public-key.txt"
KEY = "release-signing"
NO_PREDECESSOR = "0" * 64


class Signer:
    """The key that signs; made on first use, readable by nobody else."""

    def __init__(self, folder: DataFolder) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(folder.key(KEY))

    def public_key(self) -> bytes:
        """Return the public key as it is published: base64 and a line feed."""
        return base64.b64encode(self._key.public_key().public_bytes_raw()) + b"\n"

    def sign(self, content: bytes) -> bytes:
        """Return the signature, base64 and a line feed."""
        return base64.b64encode(self._key.sign(content)) + b"\n"


def is_signed(content: bytes, signature: bytes, public_key: bytes) -> bool:
    """Return whether a signature belongs to the content and key; anything malformed is not signed."""
    try:
        key = Ed25519PublicKey.from_public_bytes(_decode(public_key))
        key.verify(_decode(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _decode(text: bytes) -> bytes:
    """Read base64 as we write it and in no other way, so that every flipped bit shows."""
    raw = base64.b64decode(text.rstrip(b"\n"), validate=True)
    if base64.b64encode(raw) != text.rstrip(b"\n"):
        raise ValueError("not written by us")
    return raw


def publish_key(releases: Path, signer: Signer) -> None:
    """Put the public key beside the releases."""
    path = releases / PUBLIC_KEY
    if not path.exists() or path.read_bytes() != signer.public_key():
        write_durably(path, signer.public_key())


def add(releases: Path, signer: Signer, now: dt.datetime, what: str, **facts: Any) -> None:
    """Append one signed record, chained to the one before. Call under the publisher's lock.

    Args:
        releases: the folder of releases.
        signer: signs the record.
        now: UTC.
        what: published, expired, withdrawn or replaced.
        facts: ids, hashes and days only.
    """
    path = releases / RECORDS
    written = path.read_bytes() if path.exists() else b""
    lines = written.splitlines()
    before = hashlib.sha256(lines[-1]).hexdigest() if lines else NO_PREDECESSOR
    record = {
        "number": len(lines) + 1,
        "at": now.isoformat(timespec="seconds"),
        "what": what,
        **facts,
        "before": before,
    }
    signature = signer.sign(_bytes(record)).decode().strip()
    write_durably(path, written + _bytes({**record, "signature": signature}) + b"\n")


def read(releases: Path) -> list[dict[str, Any]]:
    """Return the public record, oldest first, unverified.

    Raises:
        ValueError: a line is damaged.
    """
    path = releases / RECORDS
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def damage(releases: Path, public_key: bytes) -> list[str]:
    """Return what is wrong with the record: each line signed, numbered and chained to the one before."""
    before, wrong = NO_PREDECESSOR, []
    path = releases / RECORDS
    for number, line in enumerate(path.read_bytes().splitlines() if path.exists() else [], start=1):
        try:
            record = json.loads(line)
            signature = str(record.pop("signature")).encode()
            sound = record["number"] == number and record["before"] == before
            sound = sound and is_signed(_bytes(record), signature, public_key)
        except (ValueError, KeyError, TypeError, AttributeError):
            sound = False
        if not sound:
            wrong.append(f"公开记录第 {number} 条与签名或前一条不符")
        before = hashlib.sha256(line).hexdigest()
    return wrong


def _bytes(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
