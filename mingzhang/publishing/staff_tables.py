"""The tables of the staff snapshot, each declared once. How they are filled is in `staff_snapshot.py`."""

from __future__ import annotations

import polars as pl

from mingzhang.warehouse.declaration import Moment, Table, Texts, column
from mingzhang.warehouse.tables import deliveries, registers, results
from mingzhang.warehouse.tables.results import FINDING_KINDS


class Meta(Table):
    """The snapshot itself; one row."""

    number: pl.Int64 = column("number of the snapshot, counting up", nullable=False)
    month: pl.Date = column("newest month with payments, as its first day")
    catalogue: pl.String = column("version of the catalogue", nullable=False)
    created_at: Moment = column("when it was made, UTC", nullable=False)


class Places(Table):
    """A place: the division table, then the townships and villages the counties sent."""

    place_code: pl.String = column("code: 2, 4, 6, 9 or 12 digits")
    place_name: pl.String = column("name")
    short_names: pl.String = column("other names, separated by 、")
    parent_code: pl.String = column("code of the place above")
    level: pl.String = column("level", isin=("region", "city", "county", "town", "village"))
    county_code: pl.String = column("county of a township or village, 6 digits")


class Batches(deliveries.Batches):
    """A delivery of payments, with the name of its county."""

    county_name: pl.String = column("name of the county")


class Rules(Table):
    """A rule as its header describes it."""

    id: pl.String = column("rule id, such as `B01`", nullable=False)
    slug: pl.String = column("file name of the rule", nullable=False)
    title: pl.String = column("Chinese title")
    kind: pl.String = column("kind of its findings", isin=FINDING_KINDS)
    severity: pl.String = column("severity", isin=("high", "medium", "low", "return"))
    version: pl.Int32 = column("version")
    basis: pl.String = column("legal basis")
    why: pl.String = column("why what it finds is asked about")
    clears: pl.String = column("what clears a finding")
    ask: pl.String = column("what to ask for")
    needs: Texts = column("registers and kinds of file that must cover county and month")
    population: pl.String = column("view whose rows are checked and counted")
    effort: pl.String = column("what checking one finding costs", isin=("desk", "office", "visit"))
    text_hash: pl.String = column("hash of the rule's text")
    fact_labels: pl.String = column("Chinese label of each fact, as JSON")
    value_labels: pl.String = column("Chinese label of each value of a fact, as JSON")


class Findings(results.Findings):
    """A finding with names, its rank among all findings, and what became of it since the run before."""

    person_name: pl.String = column("name of the person, from a payment or the population register")
    group_name: pl.String = column("village group of the person")
    place_name: pl.String = column("name of the village, township or county")
    programme_name: pl.String = column("name of the programme")
    title: pl.String = column("title of the rule")
    case_id: pl.String = column("findings about one household share it")
    case_size: pl.Int64 = column("findings of the case", "findings")
    expected_fen: pl.Int64 = column("money × precision of the rule × link score", "fen")
    score: pl.Int64 = column("`expected_fen` divided by the effort", "fen per look")
    precision_mean: pl.Float64 = column("share of the rule's findings that were confirmed, estimated", "0 to 1")
    precision_low: pl.Float64 = column("lower end of the middle 90 %", "0 to 1")
    precision_high: pl.Float64 = column("upper end of the middle 90 %", "0 to 1")
    reviewed: pl.Int64 = column("decisions the estimate rests on", "decisions")
    effort: pl.String = column("what checking costs", isin=("desk", "office", "visit"))
    rank: pl.Int64 = column("order in which checking pays; 1 is first")
    state: pl.String = column("compared with the run before", isin=("new", "same", "grown", "shrunk"))
    first_seen: Moment = column("first run that found it, UTC; empty for a new one")


class GoneFindings(Table):
    """A finding that an earlier run saw and this one does not."""

    finding_id: pl.String = column("finding", nullable=False)
    rule: pl.String = column("rule id", nullable=False)
    rule_version: pl.Int32 = column("version that found it last")
    reason: pl.String = column(
        "why it is gone", isin=("rule_changed", "rule_removed", "not_checked", "no_longer_found")
    )
    words: pl.String = column("the reason in Chinese")


class FindingLines(Table):
    """A source row that a finding rests on, with its cells as they came."""

    finding_id: pl.String = column("finding", nullable=False)
    role: pl.String = column("how the finding rests on it", isin=("payment", "record"))
    line_id: pl.String = column("line", nullable=False)
    delivery_id: pl.String = column("delivery")
    county_code: pl.String = column("county of the line, 6 digits")
    kind: pl.String = column("kind of file")
    file_name: pl.String = column("file name as the sender gave it")
    sheet: pl.String = column("name of the sheet")
    row: pl.Int32 = column("row in the sheet, from 1")
    header: Texts = column("headings as they came")
    cells: Texts = column("cells as they came")


class Links(Table):
    """A pair of rows that may mean one person, each pair once."""

    pair_id: pl.String = column("keyed hash of what both rows contain")
    county_code: pl.String = column("county of the line, 6 digits")
    village_code: pl.String = column("village of the line, 12 digits")
    source: pl.String = column("`payments`, or slug of the register")
    role: pl.String = column("in which role the line names somebody")
    score: pl.Float64 = column("probability that both are one person", "0 to 0.99")
    label: pl.String = column("what the pair is taken for", isin=("same", "probable", "question"))
    answer: pl.String = column("what a named person answered", isin=("same", "not_same", "cannot_tell"))
    reasons: Texts = column("what agrees and what does not, in words")
    slip: pl.String = column("slip of the pen that explains the number")
    parameters: pl.Int32 = column("version of the trained parameters")
    line_id: pl.String = column("first line that contains this")
    person_line_id: pl.String = column("line that shows the person")
    lines: pl.Int64 = column("lines that contain the same", "lines")


class LinkLines(Table):
    """One of the two rows of a pair, with its cells as they came."""

    pair_id: pl.String = column("pair")
    side: pl.String = column("the row without a number, or the person's", isin=("line", "person"))
    line_id: pl.String = column("line")
    county_code: pl.String = column("county of the line, 6 digits")
    kind: pl.String = column("kind of file")
    month: pl.Date = column("month of the delivery, as its first day")
    file_name: pl.String = column("file name as the sender gave it")
    sheet: pl.String = column("name of the sheet")
    row: pl.Int32 = column("row in the sheet, from 1")
    header: Texts = column("headings as they came")
    cells: Texts = column("cells as they came")


class Coverage(Table):
    """The months for which a county's register, or kind of file, may be relied on."""

    register: pl.String = column("slug of the register")
    title: pl.String = column("Chinese title")
    department: pl.String = column("department that supplies it")
    county_code: pl.String = column("county, 6 digits")
    first_month: pl.Date = column("first month covered, as its first day")
    last_month: pl.Date = column("last month covered, as its first day")
    as_of: pl.Date = column("day of the newest extract")
    records: pl.Int64 = column("records of the largest extract", "records")


class Scorecard(registers.RegisterScorecard):
    """How fresh and how full a county's newest extract of a register is."""


class Totals(Table):
    """Payments of one village, programme and month."""

    county_code: pl.String = column("county, 6 digits")
    town_code: pl.String = column("township, 9 digits")
    village_code: pl.String = column("village, 12 digits")
    programme: pl.String = column("programme slug")
    month: pl.Date = column("month, as its first day")
    people: pl.Int64 = column("recipients with a usable number", "people")
    lines: pl.Int64 = column("accepted lines", "lines")
    paid_fen: pl.Int64 = column("sum of the paid lines", "fen")
    returned_fen: pl.Int64 = column("sum of the returned and refunded lines", "fen")


class Flow(Table):
    """Fund documents of one county, programme, hop and month."""

    county_code: pl.String = column("county, 6 digits")
    programme: pl.String = column("programme slug")
    hop: pl.String = column("step of the chain")
    month: pl.Date = column("month of payment served, else of the document, as its first day")
    amount_fen: pl.Int64 = column("sum of the documents", "fen")
    documents: pl.Int64 = column("number of documents", "documents")


class FundAccounts(Table):
    """A fund document as an account: what came in, what left it, and until when it must leave."""

    county_code: pl.String = column("county, 6 digits")
    line_id: pl.String = column("line of the document")
    hop: pl.String = column("step of the chain")
    document_no: pl.String = column("number of the document")
    parent_document_no: pl.String = column("documents the money came from, as written")
    source_level: pl.String = column("level of government the money comes from")
    programme: pl.String = column("programme slug")
    town_code: pl.String = column("township, 9 digits; empty text for the county")
    from_office: pl.String = column("who gives")
    to_office: pl.String = column("who receives")
    dated_on: pl.Date = column("date of the document")
    batch_month: pl.Date = column("month of payment it serves, as its first day")
    amount_fen: pl.Int64 = column("amount of the document", "fen")
    note: pl.String = column("remarks")
    received_fen: pl.Int64 = column("money that entered, corrections included", "fen")
    passed_fen: pl.Int64 = column("money that left", "fen")
    standing_fen: pl.Int64 = column("money still there", "fen")
    last_passed_on: pl.Date = column("last day money left")
    limit_days: pl.Int32 = column("how long money may stay", "days")
    due_on: pl.Date = column("day by which it must have left")


class FundBalances(Table):
    """Balance of one county, programme, hop and month."""

    county_code: pl.String = column("county, 6 digits")
    programme: pl.String = column("programme slug")
    hop: pl.String = column("step of the chain")
    month: pl.Date = column("month, as its first day")
    opening_fen: pl.Int64 = column("balance at the beginning", "fen")
    received_fen: pl.Int64 = column("money that entered", "fen")
    passed_fen: pl.Int64 = column("money that left", "fen")
    closing_fen: pl.Int64 = column("balance at the end", "fen")
    above_fen: pl.Int64 = column("of what entered, quota from above", "fen")
    unexplained_fen: pl.Int64 = column("of what entered, money whose source the ledger does not hold", "fen")


class FundDelays(Table):
    """Money that took a number of days from one hop to the next."""

    county_code: pl.String = column("county, 6 digits")
    programme: pl.String = column("programme slug")
    town_code: pl.String = column("township, 9 digits; empty text for the county")
    from_hop: pl.String = column("step the money left")
    hop: pl.String = column("step the money reached")
    month: pl.Date = column("month it arrived, as its first day")
    days: pl.Int32 = column("days it took", "days")
    late_days: pl.Int32 = column("days beyond the limit", "days")
    documents: pl.Int64 = column("number of moves", "documents")
    fen: pl.Int64 = column("money moved", "fen")


class BoardProgrammes(Table):
    """A programme of class B: listed on paper on the village board, never on the web."""

    programme: pl.String = column("programme slug", nullable=False)
    payment_unit: pl.String = column("whom one line pays", isin=("household", "person", "organisation"))
    days: pl.Int64 = column("how long the list hangs", "`day_kind` days")
    day_kind: pl.String = column("how days are counted", isin=("working", "calendar"))
    basis: pl.String = column("legal basis")


class BoardLines(Table):
    """A line of a list for the village board. The ids are never printed."""

    county_code: pl.String = column("county, 6 digits")
    batch_id: pl.String = column("delivery")
    person_id: pl.String = column("person who is named", sql="UUID")
    recipient_id: pl.String = column("person id of the recipient", sql="UUID")
    head_id: pl.String = column("person id of the household head", sql="UUID")
    payee_id: pl.String = column("person id of the payee", sql="UUID")
    village_code: pl.String = column("village, 12 digits")
    programme: pl.String = column("programme slug")
    month: pl.Date = column("month, as its first day")
    group_name: pl.String = column("village group")
    name: pl.String = column("name; empty where nobody may be named")
    amount_fen: pl.Int64 = column("amount paid", "fen")
    period_from: pl.Date = column("first month paid for, as its first day")
    period_to: pl.Date = column("last month paid for, as its first day")


class Offices(Table):
    """Whom a villager may ask in a county."""

    county_code: pl.String = column("county, 6 digits", nullable=False)
    office: pl.String = column("name of the office", nullable=False)
    phone: pl.String = column("phone; empty text where the county has not given one")
