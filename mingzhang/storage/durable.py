"""Durable writing: what is there after a power cut is whole, or it is not there. Knows no file's content."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

TEMPORARY = ".tmp-"  # names a sweep may remove


def write_durably(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file whole or not at all: temporary name beside it, fsync, rename, fsync of the folder.

    Args:
        path: of the file; what is there is replaced.
        content: its bytes.
        mode: of the file, less what the process's umask takes away.
    """
    temporary = path.parent / f"{TEMPORARY}{secrets.token_hex(8)}"
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Fsync a file or folder: otherwise a name can survive a power cut without its content."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
