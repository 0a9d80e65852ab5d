"""The catalogue as rules read it: temporary tables of a connection. Declarations only."""

from __future__ import annotations

import polars as pl

from mingzhang.warehouse.declaration import Table, column


class Programmes(Table):
    """A programme: one kind of money."""

    slug: pl.String = column("stable key", nullable=False)
    code: pl.String = column("7 digits of the 一卡通 list, where it has one")
    name: pl.String = column("name", nullable=False)
    category: pl.String = column("category, a key of `words.CATEGORIES`")
    department: pl.String = column("department in charge")
    payment_unit: pl.String = column("whom one line pays", isin=("household", "person", "organisation"))
    unit: pl.String = column("what a quantity counts")
    frequency: pl.String = column("how often it is paid", isin=("monthly", "quarterly", "yearly", "once", "term"))
    function_class: pl.String = column("budget function class")
    disclosure: pl.String = column("disclosure class: N named list, B board only, A totals only", isin=("N", "B", "A"))
    fixed_rate: pl.Boolean = column("whether amount = rate × quantity × months must hold")
    payable_after_death: pl.Boolean = column("whether it may follow a death")
    for_minors: pl.Boolean = column("whether recipients may be under 18")
    notice_required: pl.Boolean = column("whether a notice must come before the payment")
    notice_days: pl.Int32 = column("length of that notice", "`notice_day_kind` days")
    notice_day_kind: pl.String = column("how days are counted", isin=("working", "calendar"))
    papers: pl.String = column("what an applicant brings, separated by 、")
    result_days: pl.Int32 = column("length of the notice of results", "`notice_day_kind` days")


class Standards(Table):
    """What one unit of a programme is worth, where and when. Several rows for one time are bands."""

    programme: pl.String = column("programme slug", nullable=False)
    region: pl.String = column("prefix of the division codes it holds for", nullable=False)
    valid_from: pl.Date = column("first day", nullable=False)
    valid_to: pl.Date = column("last day; empty while it lasts")
    fen: pl.Int64 = column("rate per unit and `per`", "fen", nullable=False)
    band: pl.String = column("band (分档)")
    per: pl.String = column("span of time the rate is for", isin=("month", "quarter", "year", "term", "once"))
    basis: pl.String = column("legal basis")


class Settings(Table):
    """A threshold, grace, limit or exempted word of a rule."""

    name: pl.String = column("`<rule slug>.<setting>`, or `<rule slug>.exempt`", nullable=False)
    word: pl.String = column("exempted word")
    region: pl.String = column("prefix of the division codes it holds for")
    programme: pl.String = column("programme slug; empty text for all")
    valid_from: pl.Date = column("first day")
    valid_to: pl.Date = column("last day; empty while it lasts")
    value: pl.Float64 = column("value; for an exemption 1, or 0 which takes it away", "the setting's own")
    basis: pl.String = column("legal basis")


class ExclusivePairs(Table):
    """Two programmes nobody may be paid at once."""

    rule: pl.String = column("rule id that asks", nullable=False)
    a: pl.String = column("programme slug", nullable=False)
    b: pl.String = column("programme slug", nullable=False)
    scope: pl.String = column("who may not have both", isin=("person", "household"))
    same: pl.String = column("within what time", isin=("month", "lifetime"))
    exempt: pl.String = column("exception, such as `handover_month`")
    region: pl.String = column("prefix of the division codes it holds for")
    basis: pl.String = column("legal basis")


class Vocabulary(Table):
    """A word that offices write into a field, and what it means."""

    field: pl.String = column("field of a layout", nullable=False)
    meaning: pl.String = column("what the word means there", nullable=False)
    word: pl.String = column("the word", nullable=False)


class RegisterTitles(Table):
    """A register and how long its extracts speak."""

    register: pl.String = column("slug", nullable=False)
    title: pl.String = column("Chinese title", nullable=False)
    department: pl.String = column("department that supplies it")
    versions: pl.String = column("whether the newest extract replaces older ones", isin=("latest", "monthly"))
    stale_after_months: pl.Int32 = column("rules that need it are not applicable later than this", "months")
    month_column: pl.String = column("column that bears the month a record speaks of")


TABLES: tuple[type[Table], ...] = (Programmes, Standards, Settings, ExclusivePairs, Vocabulary, RegisterTitles)
