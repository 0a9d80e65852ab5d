"""Makes a warehouse of any size by SQL alone, with certified batches, for the benchmarks of releases and notices."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

from mingzhang.casework.store import Store
from mingzhang.catalog.load import catalogue
from mingzhang.storage.data_folder import DataFolder
from mingzhang.warehouse import database

NOW = dt.datetime(2026, 11, 5, 2, 0, tzinfo=dt.UTC)
PROGRAMMES = ("farmland_protection", "dibao_rural", "old_age", "public_forest", "reservoir_migrant", "disabled_living")
VILLAGES_PER_COUNTY = 145  # Guangxi: 16,000 villages and communities in 111 counties

LINES = """
    insert into payment_lines by name
    select delivery_id || '/1/' || n as line_id, delivery_id, county_code, date '2026-10-01' as month, 'accepted' as status,
           programme, village_code, '第' || ['一', '二', '三', '四', '五'][1 + n % 5] || '组' as group_name,
           name as recipient_name, person as recipient_id, name as head_name, person as head_id, person as payee_id,
           person as account_id, date '2026-10-01' as period_from, date '2026-10-01' as period_to,
           date '2026-10-20' as paid_on, case when n % 97 = 0 then 'returned' else 'paid' end as state,
           9000 as standard_fen, 1 + n % 40 / 10.0 as quantity, '亩' as unit,
           (9000 * (1 + n % 40 / 10.0))::bigint as amount_fen, 1 + n % 6 as household_size
    from (
        select n, county_code, programme, county_code || '-' || programme as delivery_id, printf('%s%03d2%02d', county_code,
                   101 + (n // $programmes) % 12, 1 + (n // $programmes) % $villages // 12) as village_code,
               md5((n // $programmes)::varchar)::uuid as person,
               ['韦', '黄', '覃', '农', '陆', '梁', '蒙', '莫'][1 + (n * 7919) % 8]
                   || ['大', '秀', '阿', '月', '小', '建'][1 + (n * 104729) % 6]
                   || ['山', '英', '明', '娥', '满', '国', '花'][1 + (n * 1299709) % 7] as name
        from (select range as n, printf('45%02d%02d', 1 + (range // $per_county) // 12 % 14, 21 + (range // $per_county) % 78)
                         as county_code, list_extract($names, 1 + range % $programmes) as programme
              from range($lines)))"""

IDENTITIES = """
    insert into identity
    select distinct recipient_id, printf('4529%s', lpad((hash(recipient_id) % 100000000000000)::varchar, 14, '0')),
           date '1960-01-01', '1'
    from payment_lines"""


def make(root: Path, lines: int, counties: int) -> DataFolder:
    """Fill a data folder with one month of payments, certified.

    Args:
        root: an empty folder.
        lines: how many payment lines.
        counties: over how many counties they are spread.
    """
    folder = DataFolder(root)
    with database.writer(root, catalogue()) as connection:
        parameters = {
            "lines": lines,
            "per_county": -(-lines // counties),
            "programmes": len(PROGRAMMES),
            "names": list(PROGRAMMES),
            "villages": VILLAGES_PER_COUNTY,
        }
        connection.execute(LINES, parameters)
        connection.execute(IDENTITIES)
        connection.execute(
            "insert into account select distinct recipient_id, '621000' || substr(id_number, 6) from payment_lines"
            " join identity on person_id = recipient_id"
        )
        connection.execute(
            """insert into places by name select distinct village_code as place_code, '示例村' as place_name,
               substr(village_code, 1, 9) as parent_code, 'village' as level, 'accepted' as status from payment_lines"""
        )
        batches = _batches(connection)
    store = Store.open(folder.casework_url)
    for batch in batches:
        store.certify(batch, by="checker", sender="clerk", now=NOW)
    return folder


def _batches(connection: duckdb.DuckDBPyConnection) -> list[str]:
    found = connection.execute("select distinct delivery_id from payment_lines order by 1").fetchall()
    return [row[0] for row in found]
