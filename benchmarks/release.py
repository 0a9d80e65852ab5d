"""`python -m benchmarks.release`: how long a release takes, gate included, beside DuckDB's bare sums over the same lines."""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

from benchmarks.synthetic import NOW, make
from mingzhang.casework.store import Store
from mingzhang.catalog.load import catalogue
from mingzhang.publishing.release import publish
from mingzhang.warehouse import database


def measure(lines: int, counties: int) -> None:
    """Publish a month of payments once, print seconds, peak memory and the ratio to the bare sums."""
    with tempfile.TemporaryDirectory() as root:
        folder = make(Path(root) / "data", lines, counties)
        with database.writer(folder.root, catalogue()) as connection:
            started = time.perf_counter()
            connection.execute(
                """select county_code, village_code, programme, month, count(distinct recipient_id), sum(amount_fen)
                   from payments group by all order by all"""
            ).fetchall()
            bare = time.perf_counter() - started
            started, cpu = time.perf_counter(), time.process_time()
            result = publish.publish(connection, folder, catalogue(), Store.open(folder.casework_url), NOW)
            whole, cpu = time.perf_counter() - started, time.process_time() - cpu
        started = time.perf_counter()
        verified = publish.verify(folder.releases)
        check = time.perf_counter() - started
        size = sum(path.stat().st_size for path in folder.releases.rglob("*") if path.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{result.lines:,} lines, {counties} counties, {result.notices:,} notices, {result.names:,} names")
    print(f"bare sums in DuckDB        {bare:8.2f} s")
    print(
        f"release, gate included     {whole:8.2f} s   {result.lines / whole:,.0f} lines/s, {whole / bare:.0f} x the bare sums"
    )
    print(f"processor time of it       {cpu:8.2f} s   on {os.cpu_count()} cores; load average {os.getloadavg()[0]:.1f}")
    print(f"verify, public material    {check:8.2f} s   ok: {verified.ok}")
    print(f"size {size / 2**20:.0f} MiB, peak memory {peak:.0f} MiB")


def main() -> None:
    """Measure one county, then a month of a region or the size asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=9_000_000)
    parser.add_argument("--counties", type=int, default=111)
    arguments = parser.parse_args()
    measure(max(1, arguments.lines // arguments.counties), 1)
    measure(arguments.lines, arguments.counties)


if __name__ == "__main__":
    main()
