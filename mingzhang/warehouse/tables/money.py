"""Lines of payments, banks and fund documents, and the moves of money worked out from them. Declarations only."""

from __future__ import annotations

import polars as pl

from mingzhang.warehouse.declaration import Table, column
from mingzhang.warehouse.tables.deliveries import LINE_STATUSES

PAYMENT_STATES = ("planned", "paid", "stopped", "returned", "refunded")


class TypedLine(Table):
    """A line as its layout reads it; the columns every such table begins with."""

    line_id: pl.String = column("line", nullable=False)
    delivery_id: pl.String = column("delivery", nullable=False)
    county_code: pl.String = column("county, 6 digits")
    month: pl.Date = column("month of the delivery, as its first day")
    status: pl.String = column("whether the line counts", isin=LINE_STATUSES)


class PaymentLines(TypedLine):
    """A line of a roster: who is paid what, for which months."""

    # Rules pick a few ids out of many: kept as they are they take twice the room and a third of the time to pick.
    line_id: pl.String = column("line", nullable=False, compression="uncompressed")
    programme: pl.String = column("programme slug")
    village_code: pl.String = column("village, 12 digits, resolved from its name")
    group_name: pl.String = column("village group, as written")
    recipient_name: pl.String = column("name of the recipient")
    recipient_id: pl.String = column("person id of the recipient; empty where the number is unusable", sql="UUID")
    id_problem: pl.String = column("what is wrong with the recipient's number")
    head_name: pl.String = column("name of the household head")
    head_id: pl.String = column("person id of the household head", sql="UUID")
    payee_name: pl.String = column("name of the payee")
    payee_id: pl.String = column("person id of the payee", sql="UUID")
    account_id: pl.String = column("id of the bank account", sql="UUID")
    period_from: pl.Date = column("first month paid for, as its first day")
    period_to: pl.Date = column("last month paid for, as its first day")
    paid_on: pl.Date = column("day of payment")
    state: pl.String = column("state of the payment", isin=PAYMENT_STATES)
    standard_fen: pl.Int64 = column("rate per unit", "fen")
    quantity: pl.Float64 = column("how many units", "the line's `unit`")
    unit: pl.String = column("unit of the programme, such as 亩 or 人")
    extra_fen: pl.Int64 = column("supplement on top of the rate (分类施保)", "fen")
    amount_fen: pl.Int64 = column("amount of the line; negative for a refund", "fen")
    plot_code: pl.String = column("code of the plot of land")
    item_serial: pl.String = column("serial number of the machine, animal or boat")
    household_size: pl.Int32 = column("members of the household", "people")
    corrects: pl.String = column("row of the original that a correction names, as written")
    note: pl.String = column("remarks, and what was written beside names")


class BankLines(TypedLine):
    """A line of a bank's batch file or of its reply."""

    direction: pl.String = column("sent to the bank, or answered by it", isin=("batch", "reply"))
    batch_no: pl.String = column("the bank's batch number")
    programme: pl.String = column("programme slug")
    payee_name: pl.String = column("name of the account's holder")
    payee_id: pl.String = column("person id of the payee", sql="UUID")
    account_id: pl.String = column("id of the bank account", sql="UUID")
    amount_fen: pl.Int64 = column("amount", "fen")
    paid_on: pl.Date = column("day the money was booked")
    result: pl.String = column("result, in the bank's words")
    failure: pl.String = column("why it failed, in the bank's words")
    note: pl.String = column("remarks")


class FundFlows(TypedLine):
    """A document of the money chain: quota, allocation, transfer, payment, return or repayment."""

    hop: pl.String = column("step of the chain: 指标, 下达, 拨付, 支付, 退回, 重发")
    document_no: pl.String = column("number of the document")
    parent_document_no: pl.String = column("documents the money came from, as written")
    source_level: pl.String = column("level of government the money comes from: 中央, 自治区, 市, 县")
    programme: pl.String = column("programme slug")
    function_class: pl.String = column("budget function class (支出功能分类科目)")
    from_office: pl.String = column("who gives")
    to_office: pl.String = column("who receives")
    town_code: pl.String = column("township the money is for, 9 digits")
    dated_on: pl.Date = column("date of the document")
    amount_fen: pl.Int64 = column("amount; negative for a correction", "fen")
    batch_month: pl.Date = column("month of payment it serves, as its first day")
    note: pl.String = column("remarks")


class Notices(TypedLine):
    """A posting of a list in a village, as a county reports it."""

    programme: pl.String = column("programme slug")
    village_code: pl.String = column("village, 12 digits")
    stage: pl.String = column("stage: 初审公示, 结果公示, 终止公示")
    begins_on: pl.Date = column("first day of the posting")
    ends_on: pl.Date = column("last day of the posting")
    listed_count: pl.Int32 = column("households or people on the list")
    listed_fen: pl.Int64 = column("sum of the list", "fen")
    decided_by: pl.String = column("office that approved the list")
    result: pl.String = column("outcome, as written")
    note: pl.String = column("remarks")


class FundMoves(Table):
    """Money of one document from one account it came from; rebuilt from `fund_flows` (see `checks/money/chain.py`)."""

    county_code: pl.String = column("county, 6 digits")
    line_id: pl.String = column("line of the document")
    to_id: pl.String = column("account the money enters: the line itself, or the document it corrects")
    hop: pl.String = column("step of the document")
    document_no: pl.String = column("number of the document")
    programme: pl.String = column("programme slug")
    town_code: pl.String = column("township, 9 digits; empty text for the county")
    from_id: pl.String = column("line the money leaves; empty where it comes from above or from nowhere known")
    from_hop: pl.String = column("step of the document it leaves")
    from_document_no: pl.String = column("number of the document it leaves")
    from_programme: pl.String = column("programme of the document it leaves")
    from_town_code: pl.String = column("township of the document it leaves")
    from_on: pl.Date = column("date of the document it leaves")
    moved_on: pl.Date = column("date of the document")
    month: pl.Date = column("month of `moved_on`, as its first day")
    fen: pl.Int64 = column("money moved; negative for a correction", "fen")
    gap: pl.String = column("why the source is not in the ledger")


class Payments(Table):
    """An accepted line of a roster (view over `payment_lines`); rules, snapshot and release judge these."""

    payment_id: pl.String = column("line")
    batch_id: pl.String = column("delivery")
    programme: pl.String = column("programme slug")
    county_code: pl.String = column("county, 6 digits")
    village_code: pl.String = column("village, 12 digits")
    group_name: pl.String = column("village group, as written")
    recipient_name: pl.String = column("name of the recipient")
    recipient_id: pl.String = column("person id of the recipient", sql="UUID")
    id_problem: pl.String = column("what is wrong with the recipient's number")
    head_name: pl.String = column("name of the household head")
    head_id: pl.String = column("person id of the household head", sql="UUID")
    payee_name: pl.String = column("name of the payee")
    payee_id: pl.String = column("person id of the payee", sql="UUID")
    account_id: pl.String = column("id of the bank account", sql="UUID")
    period_from: pl.Date = column("first month paid for, as its first day")
    period_to: pl.Date = column("last month paid for, as its first day")
    paid_on: pl.Date = column("day of payment")
    state: pl.String = column("state of the payment", isin=PAYMENT_STATES)
    standard_fen: pl.Int64 = column("rate per unit", "fen")
    quantity: pl.Float64 = column("how many units", "the line's `unit`")
    unit: pl.String = column("unit of the programme")
    extra_fen: pl.Int64 = column("supplement on top of the rate", "fen")
    amount_fen: pl.Int64 = column("amount of the line; negative for a refund", "fen")
    plot_code: pl.String = column("code of the plot of land")
    item_serial: pl.String = column("serial number of the machine, animal or boat")
    household_size: pl.Int32 = column("members of the household", "people")
    corrects: pl.String = column("row of the original that a correction names")
    note: pl.String = column("remarks")
    month: pl.Date = column("month of the delivery, as its first day")
