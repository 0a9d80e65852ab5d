"""Shapes of the catalogue's YAML files. Unknown keys are errors; reading files is in `load.py`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

Category = Literal["RV", "SA", "HS", "DR", "AG", "OT"]
FieldType = Literal[
    "idno",  # identity number: stored as <stem>_id (person), the number itself only in `identity`
    "account",  # bank account: stored as account_id, the number itself only in `account`
    "name",  # name of a person
    "text",
    "code",  # digits that must stay text
    "fen",  # money; a header, unit row or cell may say 万元
    "number",  # quantity with decimals
    "count",  # whole number
    "date",
    "month",  # first day of a month
    "period",  # month or range of months: gives period_from and period_to
    "flag",  # 是/否
    "programme",  # a word of the programme catalogue
    "village",  # a village name or code, resolved inside its town: gives village_code
    "relation",  # kinship label, normalised to the groups of GB/T 4761
]


class Model(BaseModel):
    """A catalogue entry: closed and immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Field(Model):
    """One column of a kind of file.

    Attributes:
        label: header we write ourselves and show to people.
        synonyms: other headers seen in the field, compared after removing blanks, line breaks and brackets of units.
        required: a sheet without this column is refused (`missing_column`).
        filled: a row without this value is rejected (`missing_value`).
        fill_down: merged or blank cells take the value above (household blocks).
        many: the layout itself repeats this header; the n-th becomes the n-th `many` field of that label.
        past: a date that has come to pass; one that lies ahead is asked about.
        note: the data dictionary's words.
    """

    name: str
    label: str
    type: FieldType
    synonyms: tuple[str, ...] = ()
    required: bool = False
    filled: bool = False
    fill_down: bool = False
    many: bool = False
    past: bool = False
    choices: tuple[str, ...] = ()
    note: str = ""


# What intake itself says of a line; a field of that name would be taken for its verdict.
INTAKES_OWN = frozenset(
    {"status", "reason", "row", "sheet", "sheet_no", "line_id", "record_id", "delivery_id", "as_of"}
)


class Layout(Model):
    """The columns of one kind of file and the warehouse table its accepted lines land in."""

    slug: str
    title: str
    table: str
    fields: tuple[Field, ...]
    note: str = ""

    @model_validator(mode="after")
    def _names_are_free(self) -> Self:
        if taken := sorted(INTAKES_OWN & {field.name for field in self.fields}):
            raise ValueError(f"{self.slug}: intake uses these names itself: {', '.join(taken)}")
        return self

    def field(self, name: str) -> Field:
        """Return the field of that name.

        Raises:
            KeyError: the layout has no such field.
        """
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


class Register(Layout):
    """What another department knows. Each delivery is a full extract of the declared county.

    Attributes:
        versions: `latest`: the newest extract replaces older ones. `monthly`: each extract speaks of its month only.
        valid_from, valid_to: fields that bound a record's truth; none means always.
        stale_after_months: a rule that needs the register is not applicable later than this after the extract.
    """

    department: str
    versions: Literal["latest", "monthly"] = "latest"
    valid_from: str | None = None
    valid_to: str | None = None
    stale_after_months: int = 3


class Standard(Model):
    """What one unit is worth, where and when. Several rows for one time are bands 分档."""

    region: str = "45"
    valid_from: dt.date
    valid_to: dt.date | None = None
    fen: int
    band: str = ""
    per: Literal["month", "quarter", "year", "term", "once"]
    basis: str


class Notice(Model):
    """What must be posted, where, for how long."""

    before_payment: bool
    days: int = 0
    day_kind: Literal["working", "calendar"] = "working"
    result_days: int = 20
    named: bool = False
    basis: str = ""


class Basis(Model):
    """A legal text: title, document number, article; `checked` only after a person compared it with the gazette."""

    title: str
    number: str = ""
    article: str = ""
    checked: bool = False


class Programme(Model):
    """One kind of money 补贴项目.

    Attributes:
        slug: stable key; code: 7 digits of the 一卡通 list where it has one.
        unit: what quantity counts; payment_unit: whom one line pays.
        disclosure: N named village list, B village board only, A aggregates only.
        fixed_rate: amount = rate × quantity × months must hold (rule A08).
        payable_after_death: one-off items that follow a death.
        for_minors: recipients are, or may be, under 18.
        papers: what an applicant brings; the list for a visit names them.
    """

    slug: str
    code: str = ""
    name: str
    aliases: tuple[str, ...] = ()
    category: Category
    department: str
    payment_unit: Literal["household", "person", "organisation"]
    unit: str
    frequency: Literal["monthly", "quarterly", "yearly", "once", "term"]
    function_class: str = ""
    fixed_rate: bool = False
    payable_after_death: bool = False
    for_minors: bool = False
    standards: tuple[Standard, ...] = ()
    basis: tuple[Basis, ...]
    notice: Notice
    disclosure: Literal["N", "B", "A"]
    who: str
    how: str
    papers: tuple[str, ...] = ()
    note: str = ""


class Setting(Model):
    """A threshold, grace, limit or exempted word with its region, programme, time and legal basis.

    Attributes:
        name: `<rule slug>.<setting>`, or `<rule slug>.exempt` with a `word`; its value 0 takes an exemption away.
    """

    name: str
    word: str = ""
    region: str = "45"
    programme: str = ""
    valid_from: dt.date = dt.date(1900, 1, 1)
    valid_to: dt.date | None = None
    value: float
    basis: str


class AccountShape(Model):
    """How accounts of a bank, or of a kind of card, look.

    Attributes:
        words: any of them in the bank's name means this bank; none means every bank.
        prefix: first digits of such accounts; '' means all.
        lengths: how many digits they have; none means any number.
        luhn: whether the last digit is a check digit (Luhn); a doubt always warns.
        level: what another length does to a line: `warn`, or `reject` where the bank itself has said its lengths.
        verified: who said so, and when; wanted for `reject`.
    """

    title: str
    words: tuple[str, ...] = ()
    prefix: str = ""
    lengths: tuple[int, ...] = ()
    luhn: bool = False
    level: Literal["warn", "reject"] = "warn"
    verified: str = ""
    basis: str

    @model_validator(mode="after")
    def _rejects_with_reason(self) -> Self:
        if self.level == "reject" and not (self.words and self.lengths and self.verified):
            raise ValueError(f"{self.title}: to reject, a bank's words, its lengths and who verified them are needed")
        return self


class Vocabulary(Model):
    """Words of the field that mean one thing in one column, compared as parts of the cell's text.

    Attributes:
        field: the column they are read in; `negative_amount` is the state or note beside a negative amount, `person_role`
            and `heading` are read in headings, `private` in names and groups, `no_date` in dates, `group` in groups,
            `list_of_arrears` in titles and file names.
        meaning: what a cell with one of the words means; of two meanings in one cell the one listed later wins.
    """

    field: Literal[
        "payment_state",
        "negative_amount",
        "bank_result",
        "person_role",
        "heading",
        "private",
        "no_date",
        "group",
        "list_of_arrears",
    ]
    meaning: str
    words: tuple[Annotated[str, StringConstraints(min_length=1)], ...]


class ExclusivePair(Model):
    """Two programmes that may not be drawn together (rules E01–E07, L09)."""

    rule: str
    a: str
    b: str
    scope: Literal["person", "household"]
    same: Literal["month", "lifetime"]
    exempt: str = ""
    basis: str
    region: str = "45"


class Place(Model):
    """The region, a city or a county of the division table; towns and villages come by `places` files."""

    code: str
    name: str
    parent: str
    level: Literal["region", "city", "county"]


class CountyAlias(Model):
    """A county that was renamed: files under its old code or name are the new county's.

    Attributes:
        since: the month of the change.
        checked: whether a person compared it with the gazette.
    """

    was_code: str
    was_name: str
    code: str
    name: str
    since: str
    checked: bool = False


class Office(Model):
    """Whom a villager may ask or complain to. Empty phone and address: the county has not filled them yet."""

    county_code: str
    office: str
    phone: str = ""
    address: str = ""
