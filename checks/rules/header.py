"""Reads a rule file: its header into a typed Rule, its SELECT as text. No connection, no running here."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

LIBRARY = Path(__file__).parent / "library"
KINDS = ("suspicion", "data_error", "flow", "service_lead")
SEVERITIES = ("high", "medium", "low", "return")
EFFORTS = ("desk", "office", "visit")
REQUIRED = (
    *("id", "title", "kind", "severity", "version", "population", "needs", "grain", "rests_on"),
    *("basis", "why", "clears", "ask"),
)
OPTIONAL = ("uses", "programmes", "requires", "setting", "exempt", "effort", "probable", "fact", "value")
REPEATED = ("setting", "exempt", "fact", "value")
# Payment columns that name somebody.
PEOPLE = ("recipient_id", "head_id", "payee_id")
_KEY = re.compile(r"^--\s?([a-z_]+):\s*(.*)$")
_MORE = re.compile(r"^--\s{3,}(\S.*)$")
_SETTING = re.compile(r"^([a-z_0-9]+)\s*=\s*(-?\d+(?:\.\d+)?)\s*;\s*(.+)$")
_EXEMPT = re.compile(r"^(.+?)\s*;\s*(.+)$")
_LABEL = re.compile(r"^(\w+)\s*=\s*(\S.*)$")
# Pseudonyms and hashes: facts for the machine, never shown and without a label.
_MACHINE_FACT = re.compile(r".*(_key|_id)|payee")
# Columns of a rule's answer that are not facts of the finding.
NOT_FACTS = {
    *("period_from", "period_to", "payment_ids", "record_ids", "amount_fen", "severity", "kind"),
    *("county_code", "village_code", "programme", "recipient_id", "person_id"),
    # parts of a grain that name somebody or a household
    *("recipient_name", "subject", "home", "item"),
}


class RuleError(Exception):
    """A rule file is wrong; the message names the file and says what is wrong."""


@dataclass(frozen=True)
class Default:
    """A setting's or exemption's value where the `settings` table has no row.

    Attributes:
        name: of the setting; `exempt` for an exempted word.
        word: the exempted word, else empty.
        value: of the setting; 1 for an exempted word.
        basis: why this value: a law article, else "项目约定".
    """

    name: str
    word: str
    value: float
    basis: str


@dataclass(frozen=True)
class Rule:
    """One rule file.

    Attributes:
        slug: file name; id: one capital letter, the group, and two digits.
        population: the view whose rows are checked and counted.
        needs: registers (or kinds of file) that must cover the county and month.
        uses: registers looked at where they are there.
        programmes: what the population is limited to; empty: all.
        requires: population columns that must be filled; rows without are not applicable.
        grain: columns that make it the same finding next month.
        rests_on: facts a clearing decision rests on.
        probable: tables whose presumed rows it uses, see `presumes`; None: not said.
        effort: what checking costs: `desk`, `office` (another department's paper), `visit`.
        fact_labels: Chinese label of each column shown as a fact of the finding.
        value_labels: Chinese for the codes those columns hold.
        query: the SELECT.
    """

    slug: str
    id: str
    title: str
    kind: str
    severity: str
    version: int
    population: str
    needs: tuple[str, ...]
    grain: tuple[str, ...]
    rests_on: tuple[str, ...]
    basis: str
    why: str
    clears: str
    ask: str
    query: str
    uses: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    defaults: tuple[Default, ...] = field(default=())
    effort: str = "office"
    probable: tuple[str, ...] | None = None
    fact_labels: dict[str, str] = field(default_factory=dict, hash=False)
    value_labels: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def settings(self) -> tuple[str, ...]:
        """Names of the rule's settings, in the header's order."""
        return tuple(default.name for default in self.defaults if not default.word)

    @property
    def presumes(self) -> tuple[str, ...]:
        """Tables in which a row without a usable number counts for the person it probably means.

        Unless the header says otherwise: payments and needed registers of a rule that asks about people. A register that
        is only looked at mostly clears, and what clears must bear the number. Data errors are about the number itself.
        """
        if self.probable is not None:
            return self.probable
        of_people = not set(self.requires).isdisjoint(PEOPLE)
        return ("payments", *self.needs) if self.kind == "suspicion" and of_people else ()

    @property
    def text_hash(self) -> str:
        """Hash of what decides the rule's answer; labels do not."""
        return hashlib.sha256(
            repr((self.query, self.defaults, self.programmes, self.requires, self.probable)).encode()
        ).hexdigest()[:16]


def _words(value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in value.split(",") if word.strip() and word.strip() != "none")


def _header(path: Path, lines: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    last = ""
    for line in lines:
        if match := _KEY.match(line):
            last = match[1]
            if last not in (*REQUIRED, *OPTIONAL):
                raise RuleError(f"{path.name}: unknown header key '{last}'")
            if last in found and last not in REPEATED:
                raise RuleError(f"{path.name}: header key '{last}' stands twice")
            found.setdefault(last, []).append(match[2].strip())
        elif (match := _MORE.match(line)) and last:
            found[last][-1] += " " + match[1].strip()
        else:
            raise RuleError(f"{path.name}: cannot read header line '{line}'")
    if missing := [key for key in REQUIRED if not found.get(key) or not found[key][0]]:
        raise RuleError(f"{path.name}: header lacks {', '.join(missing)}")
    return found


def _defaults(path: Path, header: dict[str, list[str]]) -> tuple[Default, ...]:
    defaults = []
    for text in header.get("setting", []):
        match = _SETTING.match(text)
        if not match:
            raise RuleError(f"{path.name}: a setting reads 'name = number; basis', not '{text}'")
        defaults.append(Default(match[1], "", float(match[2]), match[3]))
    for text in header.get("exempt", []):
        match = _EXEMPT.match(text)
        if not match:
            raise RuleError(f"{path.name}: an exemption reads 'word, word; basis', not '{text}'")
        defaults.extend(Default("exempt", word, 1.0, match[2]) for word in _words(match[1]))
    return tuple(defaults)


def _labels(path: Path, key: str, header: dict[str, list[str]]) -> dict[str, str]:
    labels: dict[str, str] = {}
    for text in header.get(key, []):
        match = _LABEL.match(text)
        if not match:
            raise RuleError(f"{path.name}: a {key} reads 'name = label', not '{text}'")
        if match[1] in labels:
            raise RuleError(f"{path.name}: {key} '{match[1]}' is labelled twice")
        labels[match[1]] = match[2]
    return labels


def unlabelled(columns: Iterable[str], labels: Collection[str]) -> list[str]:
    """Return the columns that would be shown as facts of a finding and have no label."""
    return [
        name for name in columns if name not in NOT_FACTS and name not in labels and not _MACHINE_FACT.fullmatch(name)
    ]


def _one_of(path: Path, key: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise RuleError(f"{path.name}: {key} is one of {', '.join(allowed)}, not '{value}'")
    return value


def parse_rule(path: Path) -> Rule:
    """Return the rule a file holds.

    Raises:
        RuleError: an unknown, missing, repeated or unreadable header line, or no SELECT.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    end = next((number for number, line in enumerate(lines) if not line.startswith("--")), len(lines))
    header = _header(path, lines[:end])
    query = "\n".join(lines[end:]).strip().rstrip(";")
    if not re.match(r"(?i)(select|with)\b", query):
        raise RuleError(f"{path.name}: the header must be followed by one SELECT")
    one = {key: values[0] for key, values in header.items()}
    if not re.fullmatch("[A-Z][0-9]{2}", one["id"]):
        raise RuleError(f"{path.name}: id is one capital letter and two digits, not '{one['id']}'")
    if not one["version"].isdigit():
        raise RuleError(f"{path.name}: version is a whole number, not '{one['version']}'")
    fact_labels = _labels(path, "fact", header)
    if missing := unlabelled(_words(one["rests_on"]), fact_labels):
        raise RuleError(f"{path.name}: no label (fact: name = label) for {', '.join(missing)}")
    return Rule(
        slug=path.stem,
        id=one["id"],
        title=one["title"],
        kind=_one_of(path, "kind", one["kind"], KINDS),
        severity=_one_of(path, "severity", one["severity"], SEVERITIES),
        version=int(one["version"]),
        population=one["population"],
        needs=_words(one["needs"]),
        grain=_words(one["grain"]),
        rests_on=_words(one["rests_on"]),
        basis=one["basis"],
        why=one["why"],
        clears=one["clears"],
        ask=one["ask"],
        query=query,
        uses=_words(one.get("uses", "")),
        programmes=_words(one.get("programmes", "")),
        requires=_words(one.get("requires", "")),
        defaults=_defaults(path, header),
        effort=_one_of(path, "effort", one.get("effort", "office"), EFFORTS),
        probable=_words(one["probable"]) if "probable" in one else None,
        fact_labels=fact_labels,
        value_labels=_labels(path, "value", header),
    )


def load_rules(folder: Path = LIBRARY) -> list[Rule]:
    """Return the rules of a folder, ordered by id.

    Raises:
        RuleError: a file is wrong, or two files bear one id.
    """
    rules = sorted((parse_rule(path) for path in folder.glob("*.sql")), key=lambda rule: rule.id)
    for one, two in itertools.pairwise(rules):
        if one.id == two.id:
            raise RuleError(f"{one.slug} and {two.slug} bear one id {one.id}")
    return rules
