"""Where things lie under `$MINGZHANG_DATA`, and the keys. No reading or writing of data here."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class UnsafeKeyError(Exception):
    """A key file can be read by others."""


@dataclass(frozen=True)
class DataFolder:
    """The data folder and its parts."""

    root: Path

    @classmethod
    def from_environment(cls) -> DataFolder:
        """Return the folder named by `$MINGZHANG_DATA`, else `./data`."""
        return cls(Path(os.environ.get("MINGZHANG_DATA", "data")).absolute())

    @property
    def inbox(self) -> Path:
        """Drop folder."""
        return self.root / "inbox"

    @property
    def received(self) -> Path:
        """Every delivery, immutable."""
        return self.root / "received"

    @property
    def lake(self) -> Path:
        """Immutable Parquet files named by content."""
        return self.root / "lake"

    @property
    def staff_snapshots(self) -> Path:
        """Staff snapshots and their CURRENT."""
        return self.root / "snapshots" / "staff"

    @property
    def releases(self) -> Path:
        """Public releases and their CURRENT; all that the public process may read."""
        return self.root / "releases"

    @property
    def tmp(self) -> Path:
        """Scratch space; swept at start."""
        return self.root / "tmp"

    @property
    def casework_url(self) -> str:
        """SQLAlchemy address of casework: `$MINGZHANG_CASEWORK_URL`, else a SQLite file here."""
        return os.environ.get("MINGZHANG_CASEWORK_URL", f"sqlite:///{self.root / 'casework.db'}")

    @contextmanager
    def open_to_readers(self) -> Iterator[None]:
        """Make what is written inside readable by the public process's own user, and the way there passable.

        Everything else of the data folder stays closed to others by the command line's umask.
        """
        self.releases.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o711)
        before = os.umask(0o022)
        try:
            self.releases.chmod(0o755)
            yield
        finally:
            os.umask(before)

    @property
    def places(self) -> Path:
        """The accepted towns and villages as last loaded: a check knows them at once, before any run."""
        return self.root / "places.parquet"

    def key(self, name: str, size: int = 32) -> bytes:
        """Return a secret key, made on first use with mode 0600.

        Raises:
            UnsafeKeyError: the key file or its folder is readable by others.
        """
        folder = self.root / "keys"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{name}.key"
        if not path.exists():
            temporary = folder / f".{name}.{secrets.token_hex(4)}"
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(size))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(temporary, path)  # fails if another process was first: its key stands
            except FileExistsError:
                pass
            finally:
                temporary.unlink()
        for checked in (folder, path):
            if checked.stat().st_mode & 0o077:
                raise UnsafeKeyError(f"{checked} 可被其他用户读取；请执行 chmod go= {checked} 后再试。")
        return path.read_bytes()
