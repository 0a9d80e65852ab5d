"""The register scorecard: how fresh and how full each supplier's extract is. No rule reads it."""

from __future__ import annotations

import duckdb

from mingzhang.catalog.load import Catalogue
from mingzhang.catalog.models import Register
from mingzhang.warehouse.declaration import ddl
from mingzhang.warehouse.tables.registers import RegisterScorecard, columns_of

# Without a list of relatives, rules on relatives find nothing for an official.
WITHOUT_KIN = """
    update register_scorecard s set without_kin = (
        select count(distinct o.person_id)
        from (select * from register_officials where status = 'accepted' and person_id is not null
              qualify as_of is not distinct from max(as_of) over (partition by county_code)) o
        where o.county_code = s.county_code and o.serves_to is null
          and not exists (select 1 from register_kin k where k.status = 'accepted' and k.person_id = o.person_id))
    where register = 'kin'"""


def _query(slug: str, register: Register) -> str:
    """Compare the newest extract of each county with its own fields and with the extract before."""
    columns = [name for field in register.fields for name, _ in columns_of(field)]
    people = [name for field in register.fields if field.type == "idno" for name, _ in columns_of(field)]
    filled = " + ".join(f"count(n.{name})" for name in columns)
    missing = " + ".join(f"count(*) filter (n.{name} is null)" for name in people) or "0"
    key = people[0] if people else columns[0]
    return f"""
        insert into register_scorecard
        with versions as (
            select *, dense_rank() over (partition by county_code order by as_of desc, delivery_id) as age
            from register_{slug} where status = 'accepted'),
        before as (select distinct county_code, {key} from versions where age = 2)
        select '{slug}', n.county_code, max(n.as_of), count(*), round(100.0 * ({filled}) / (count(*) * {len(columns)}), 1),
               {missing},
               case when exists (select 1 from before b where b.county_code = n.county_code)
                    then round(100.0 * count(o.{key}) / count(*), 1) end, null
        from (select * from versions where age = 1) n
        left join before o on o.county_code = n.county_code and o.{key} = n.{key}
        group by n.county_code"""


def write(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Write the temporary table `register_scorecard`, one row per register and county."""
    connection.execute(f"create or replace temp table register_scorecard ({ddl(RegisterScorecard)})")
    for slug, register in catalogue.registers.items():
        connection.execute(_query(slug, register))
    connection.execute(WITHOUT_KIN)
