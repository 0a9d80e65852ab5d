"""People, accounts, places, households, and who is probably meant by a row without a number. Declarations only."""

from __future__ import annotations

import polars as pl

from mingzhang.warehouse.declaration import Table, Texts, column
from mingzhang.warehouse.tables.money import TypedLine


class Identity(Table):
    """A person. The only table of the warehouse, with `line_cells`, that holds an identity number."""

    person_id: pl.String = column("keyed hash of the number, see `person_ids.py`", sql="UUID", nullable=False)
    id_number: pl.String = column("identity number of 18 characters (GB 11643)", compression="zstd")
    born_on: pl.Date = column("birth date in the number")
    sex: pl.String = column("sex in the number", isin=("男", "女"))


class Account(Table):
    """A bank account. The only table, with `line_cells`, that holds an account number."""

    account_id: pl.String = column("keyed hash of the number", sql="UUID", nullable=False)
    account_no: pl.String = column("account number", compression="zstd")


class Places(TypedLine):
    """A township or village, as a county's list names it."""

    place_code: pl.String = column("code: 9 digits for a township, 12 for a village")
    place_name: pl.String = column("name")
    short_names: pl.String = column("other names, separated by 、")
    parent_code: pl.String = column("code of the place above")
    level: pl.String = column("level", isin=("town", "village"))


class HouseholdMembers(Table):
    """A person's membership of a household over a span of time, rebuilt from every population extract."""

    person_id: pl.String = column("person", sql="UUID")
    household_id: pl.String = column("`<county>:<household number>`")
    county_code: pl.String = column("county, 6 digits")
    village_code: pl.String = column("village, 12 digits")
    relation: pl.String = column("relation to the household head (GB/T 4761 groups)")
    valid_from: pl.Date = column("first day of membership; empty where unknown")
    valid_to: pl.Date = column("last day of membership; empty while it lasts")
    as_of: pl.Date = column("day of the newest extract that shows it")


class Links(Table):
    """A line without a usable number, and a person it may mean."""

    line_id: pl.String = column("line or record without a number")
    delivery_id: pl.String = column("delivery of the line")
    county_code: pl.String = column("county of the line, 6 digits")
    village_code: pl.String = column("village of the line, 12 digits")
    source: pl.String = column("`payments`, or slug of the register")
    role: pl.String = column("in which role the line names somebody: `recipient`, `person`, `kin` …")
    person_id: pl.String = column("person who may be meant", sql="UUID")
    person_line_id: pl.String = column("line or record that shows this person")
    score: pl.Float64 = column("probability that both are one person", "0 to 0.99")
    label: pl.String = column("what the pair is taken for", isin=("same", "probable", "question"))
    answer: pl.String = column("what a named person answered", isin=("same", "not_same", "cannot_tell"))
    reasons: Texts = column("what agrees and what does not, in words")
    slip: pl.String = column("slip of the pen that explains the number, a key of `near.SLIPS`")
    pair_id: pl.String = column("keyed hash of what both rows contain; the same in any month and file")
    parameters: pl.Int32 = column("version of the trained parameters")
