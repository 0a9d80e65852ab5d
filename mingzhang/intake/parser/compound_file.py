"""Reads streams of an OLE compound file ([MS-CFB]), the container of .xls, .et and encrypted workbooks. Knows no workbook."""

from __future__ import annotations

import struct

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAST_SECTOR = 0xFFFFFFFA  # larger numbers are marks: end of chain, free, table
SMALL_STREAM = 4096
ENTRY = 128


class CompoundFile:
    """The directory of a compound file.

    Attributes:
        names: names of all storages and streams.

    Raises:
        ValueError: damaged; no sector chain is followed twice, so a loop ends as damage.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(MAGIC):
            raise ValueError("no compound file")
        self.data = data
        self.sector = 1 << _number(data, 30, "<H", most=12)
        self.small = 1 << _number(data, 32, "<H", most=12)
        self.table = self._table()
        self.entries = self._directory(_number(data, 48))
        self.names = list(self.entries)
        self.small_table = _numbers(self._chain(_number(data, 60)))
        root = next(iter(self.entries.values()), (0, 0))
        self.small_data = self._chain(root[0])

    def stream(self, name: str) -> bytes | None:
        """Return a stream's bytes, or None where there is none of that name.

        Raises:
            ValueError: its sectors are not in the file.
        """
        if name not in self.entries:
            return None
        start, size = self.entries[name]
        found = self._small_chain(start) if size < SMALL_STREAM else self._chain(start)
        if len(found) < size:
            raise ValueError("stream cut off")
        return found[:size]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self.sector
        return self.data[start : start + self.sector]

    def _table(self) -> list[int]:
        listed = list(struct.unpack_from("<109I", self.data, 76))
        following, seen = _number(self.data, 68), 0
        while following < LAST_SECTOR and seen * self.sector < len(self.data):
            numbers = _numbers(self._sector(following))
            listed += numbers[:-1]
            following, seen = (numbers[-1] if numbers else LAST_SECTOR), seen + 1
        table: list[int] = []
        for number in listed:
            if number < LAST_SECTOR:
                table += _numbers(self._sector(number))
            if len(table) * self.sector > len(self.data) + self.sector * self.sector:
                break
        return table

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in _follow(self.table, start))

    def _small_chain(self, start: int) -> bytes:
        size = self.small
        return b"".join(
            self.small_data[number * size : (number + 1) * size] for number in _follow(self.small_table, start)
        )

    def _directory(self, start: int) -> dict[str, tuple[int, int]]:
        entries: dict[str, tuple[int, int]] = {}
        data = self._chain(start)
        for at in range(0, len(data) - ENTRY + 1, ENTRY):
            length = _number(data, at + 64, "<H", most=64)
            if length >= 2 and data[at + 66]:
                name = data[at : at + length - 2].decode("utf-16-le", "replace")
                entries.setdefault(name, (_number(data, at + 116), _number(data, at + 120)))
        return entries


def _follow(table: list[int], start: int) -> list[int]:
    chain: list[int] = []
    while start < LAST_SECTOR:
        if start >= len(table) or len(chain) > len(table):
            raise ValueError("chain leaves the file")
        chain.append(start)
        start = table[start]
    return chain


def _number(data: bytes, at: int, form: str = "<I", most: int = 0xFFFFFFFF) -> int:
    try:
        found: int = struct.unpack_from(form, data, at)[0]
    except struct.error as error:
        raise ValueError("header cut off") from error
    if found > most:
        raise ValueError("number out of range")
    return found


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))
