"""Earlier months and other files of a county, from the staff snapshot's lake or from the warehouse. Compares nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import duckdb
import polars as pl

# The same tables as in the lake, without a delivery's own lines and what corrects them. What arrived when does not count:
# loading in another order compares a delivery with the same lines.
OTHERS = """
    join deliveries d on d.delivery_id = {delivery}
    where {table}.county_code = $county and d.delivery_id <> $own and d.corrects is distinct from $own"""
WAREHOUSE = {
    "payments": f"""
        select payments.* from payments {OTHERS.format(table="payments", delivery="payments.batch_id")}
        and strftime(payments.month, '%Y-%m') = $period""",
    "fund_flows": f"""
        select fund_flows.* from fund_flows {OTHERS.format(table="fund_flows", delivery="fund_flows.delivery_id")}
        and fund_flows.status = 'accepted' and $period = 'all'""",
    "identity": """
        select i.* from identity i where $period = 'all' and $own is not null
        and person_id in (select recipient_id from payment_lines where county_code = $county)""",
    "account": """
        select a.* from account a where $period = 'all' and $own is not null
        and account_id in (select account_id from payment_lines where county_code = $county)""",
}


class History(Protocol):
    """What earlier months and other files say."""

    def table(self, name: str, county: str, period: str) -> pl.DataFrame | None:
        """Return the rows of a table for a county and a period, or None where there are none.

        Args:
            name: name of the lake table, such as `payments`.
            county: six digits.
            period: a month such as `2026-10`, or `all` for tables without months.
        """


@dataclass(frozen=True)
class LakeHistory:
    """History as the current staff snapshot has it: the paths of its lake files by table."""

    files: Mapping[str, tuple[str, ...]]

    def table(self, name: str, county: str, period: str) -> pl.DataFrame | None:
        """Return the rows of a lake table; see `History.table`."""
        paths = [
            path
            for path in self.files.get(name, ())
            if Path(path).parent.name == period and Path(path).name.startswith(f"{county}-")
        ]
        return pl.concat([pl.read_parquet(path) for path in paths]) if paths else None


@dataclass(frozen=True)
class WarehouseHistory:
    """History as the warehouse has it for one delivery.

    Attributes:
        connection: the warehouse.
        delivery_id: the delivery that is compared; its own lines are no history.
    """

    connection: duckdb.DuckDBPyConnection
    delivery_id: str

    def table(self, name: str, county: str, period: str) -> pl.DataFrame | None:
        """Return the rows of a table; see `History.table`.

        Raises:
            KeyError: no comparison has asked for this table before; say in `WAREHOUSE` how it is read.
        """
        values = {"county": county, "period": period, "own": self.delivery_id}
        frame: pl.DataFrame = self.connection.sql(WAREHOUSE[name], params=values).pl()
        return frame if frame.height else None
