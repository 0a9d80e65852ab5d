"""Opens the casework database for writing and for reading. Only this module knows which database it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mingzhang.casework.workflow import WorkflowError

# Any fixed number: names the one advisory lock that makes writers take turns on PostgreSQL.
WRITERS_LOCK = 7_203_061


def engines(url: str) -> tuple[Engine, Engine]:
    """Return the writing and the reading engine of a casework database.

    Writers take turns on both databases: SQLite by BEGIN IMMEDIATE (a plain BEGIN that reads and then writes fails at
    once with "database is locked"), PostgreSQL by an advisory lock held to the end of the transaction.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url, "BEGIN IMMEDIATE"), _sqlite(url, "BEGIN")
    writing = create_engine(url, pool_pre_ping=True)

    @event.listens_for(writing, "begin")
    def take_turn(connection: Connection) -> None:
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({WRITERS_LOCK})")

    return writing, create_engine(url, pool_pre_ping=True)


def _sqlite(url: str, begin: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


class Database:
    """A casework database with an engine that writes and one that reads."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.writing_engine, self.reading_engine = engines(url)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Yield a session in one writing transaction: committed at the end, rolled back on any error. Keep it short."""
        with Session(self.writing_engine) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a reading session."""
        with Session(self.reading_engine) as session:
            yield session

    def backup(self, copy: Path) -> None:
        """Write a consistent copy of a SQLite casework to a new file; never copy a live one byte by byte.

        Raises:
            WorkflowError: casework is on a server, which has its own tool.
        """
        if self.reading_engine.dialect.name != "sqlite":
            raise WorkflowError("核查数据库在 PostgreSQL 上，请用 pg_dump 备份。")
        # VACUUM may not run inside a transaction, so this one connection starts none.
        raw = self.reading_engine.raw_connection()
        try:
            raw.cursor().execute("vacuum into ?", (str(copy),))
        finally:
            raw.close()

    def close(self) -> None:
        """Close all connections."""
        self.writing_engine.dispose()
        self.reading_engine.dispose()


@contextmanager
def once(sentence: str) -> Iterator[None]:
    """Turn a second row under the same key into a sentence for the person.

    Raises:
        WorkflowError: the row was already there.
    """
    try:
        yield
    except IntegrityError as error:
        raise WorkflowError(sentence) from error
