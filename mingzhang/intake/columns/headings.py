"""What one heading says: whose name or number stands below it, which month, and what kind of figure. Reads no cells."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from mingzhang.catalog.load import catalogue
from mingzhang.intake.values import dates

KINDS = (
    ("idno", re.compile(r"(公民身份(证?号码?)|身份证(件?号码?)?|证件号码?)$")),
    ("name", re.compile(r"(姓名|名字)$")),
    ("account", re.compile(r"((银行)?(账号|卡号|账户)|存折号)$")),
)
KIND_WORDS = {"idno": "身份证号", "name": "姓名", "account": "银行账号"}
ROLE_FIELDS = {
    ("recipient", "name"): ("recipient_name",),
    ("recipient", "idno"): ("recipient_idno",),
    ("head", "name"): ("head_name",),
    ("head", "idno"): ("head_idno",),
    ("payee", "name"): ("payee_name",),
    ("payee", "idno"): ("payee_idno",),
    ("recipient", "account"): ("account_no",),
    ("payee", "account"): ("account_no",),
    ("head", "account"): ("account_no",),
}
MONTH = re.compile(
    r"^[(（]?(?:20\d{2}年)?(?:0?[1-9]|1[0-2]|十[一二]?|[一二三四五六七八九])月份?(?:应发|实发)?[)）]?|"
    r"[(（](?:20\d{2}年)?(?:0?[1-9]|1[0-2]|十[一二]?|[一二三四五六七八九])月份?[)）]$"
)


@dataclass(frozen=True)
class Person:
    """Whose name, number or account a column holds.

    Attributes:
        role: recipient, head, payee or other.
        kind: name, idno or account.
        fields: the fields of a layout that hold it, the likeliest first; none for other people.
    """

    role: str
    kind: str

    @property
    def fields(self) -> tuple[str, ...]:
        """The layout's fields for this role and kind."""
        return ROLE_FIELDS.get((self.role, self.kind), ())

    @property
    def kind_word(self) -> str:
        """The plain heading of this kind: 姓名, 身份证号."""
        return KIND_WORDS[self.kind]


@lru_cache(maxsize=16384)
def person_of(group: str, word: str) -> Person | None:
    """Return whose name, number or account a heading of these two parts names; None if it names nobody's."""
    role = role_in(word) or role_in(group)
    kind = next((name for name, pattern in KINDS if pattern.search(word)), None)
    if role is None:
        return None
    if kind is None and word in _roles():
        kind = "name"
    return Person(role, kind) if kind else None


@lru_cache(maxsize=1)
def _roles() -> dict[str, str]:
    return {word: role for role, words in catalogue().words_of("person_role").items() for word in words}


def role_in(text: str) -> str | None:
    """Return the role a text names; of several the one that stands last, of two at one place the longer word."""
    found = [(text.rfind(word) + len(word), len(word), role) for word, role in _roles().items() if word in text]
    return max(found)[2] if found else None


@lru_cache(maxsize=16384)
def means(text: str, meaning: str) -> bool:
    """Tell whether a heading has one of the vocabulary's words of a meaning, such as `measure`."""
    return any(word in text for word in catalogue().words_of("heading").get(meaning, ()))


def without_month(word: str) -> str:
    """Return a heading without the month before or behind it: 11月补贴金额 is 补贴金额."""
    rest = MONTH.sub("", word)
    for meaning in ("this_month", "other_month"):
        for prefix in catalogue().words_of("heading").get(meaning, ()):
            rest = rest.removeprefix(prefix)
    return rest or word


def months_of(name: str, declared: dt.date) -> set[dt.date] | None:
    """Return the months a heading names; an empty set is a month that is not the declared one; None is no month at all."""
    months = dates.months_in(name) | dates.bare_months_in(name, declared)
    if months:
        return months
    if means(name, "this_month"):
        return {declared}
    return set() if means(name, "other_month") else None
