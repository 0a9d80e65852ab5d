"""Opens past releases for their permanent addresses. No names of villagers here: a release holds none."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from dashboards.public.page import NoSuchPageError
from mingzhang.storage.publication import DamagedPublicationError
from mingzhang.storage.publication_reader import OpenPublication, open_publication

OPEN_AT_ONCE = 4


class PastReleases:
    """The releases of a folder by id, current or past."""

    def __init__(self, folder: Path, database: str) -> None:
        self._folder = folder
        self._database = database
        self._lock = threading.Lock()
        self._open: OrderedDict[str, OpenPublication] = OrderedDict()

    @contextmanager
    def release(self, release_id: str) -> Iterator[OpenPublication]:
        """Open one release until the block ends.

        Raises:
            NoSuchPageError: it was never published, is gone, or is not what was published.
        """
        with self._lock:
            publication = self._open.pop(release_id, None) or self._opened(release_id)
            self._open[release_id] = publication
            publication.users += 1
            while len(self._open) > OPEN_AT_ONCE:
                _retire(self._open.popitem(last=False)[1])
        try:
            yield publication
        finally:
            with self._lock:
                publication.users -= 1
                if publication.retired:
                    _retire(publication)

    def _opened(self, release_id: str) -> OpenPublication:
        """Open a release once its manifest is the one that the public record says was published."""
        try:
            number, sha256 = self._published()[release_id]
            return open_publication(self._folder / release_id, number, sha256, self._database)
        except (OSError, ValueError, KeyError, TypeError, duckdb.Error, DamagedPublicationError) as error:
            raise NoSuchPageError(release_id) from error

    def _published(self) -> dict[str, tuple[int, str]]:
        """Return number and manifest hash by release id, as published last."""
        lines = (self._folder / "records.jsonl").read_bytes().splitlines()
        records = [record for record in map(json.loads, lines) if record["what"] == "published"]
        return {record["release"]: (int(record["release_number"]), str(record["manifest"])) for record in records}


def _retire(publication: OpenPublication) -> None:
    publication.retired = True
    if publication.users == 0:
        publication.connection.close()
