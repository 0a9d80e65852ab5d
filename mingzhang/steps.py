"""The pipeline's steps, once: what each reads and gives, in order. Dagster's assets, run, rebuild and restore are made of them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

import duckdb

from checks.expectations import ExpectationResult
from checks.privacy.identifiers import Hit
from checks.rules.header import Rule, RuleError, load_rules
from checks.rules.prepare import prepare_rules
from checks.rules.run import RuleResult, run_rule
from checks.rules.texts import reads, shared_views, summaries
from mingzhang.casework.store import Store
from mingzhang.catalog.load import LINKAGE_PARAMETERS, Catalogue, catalogue
from mingzhang.facts import facts_for
from mingzhang.intake.load.load import Outcome, load, pending
from mingzhang.intake.receive import inbox, receipts
from mingzhang.publishing import quality_report, staff_snapshot
from mingzhang.publishing.release import draft as drafts
from mingzhang.publishing.release import publish
from mingzhang.publishing.release.draft import Draft
from mingzhang.storage import publication
from mingzhang.storage.clock import beijing_day
from mingzhang.storage.data_folder import DataFolder
from mingzhang.warehouse import catalogue_tables, findings, fingerprints, fund_moves, households, record_links

PAYMENT_FILES = ("roster", "dibao_roll", "relief_table")
# What a rule's SQL or header calls a table -> the outputs it is made of; kinds of file and registers go by their own names.
MADE_OF: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("payments", "payment_months", "payment_sums", "months", "batches"), PAYMENT_FILES),
    "current_months": PAYMENT_FILES,
    **dict.fromkeys(("lines", "deliveries"), PAYMENT_FILES),  # rules read those of payments only
    "fund_flows": ("fund_flow",),
    "notices": ("notice",),
    "bank_lines": ("bank_batch", "bank_reply"),
    "identity": ("person_ids",),
    "household_members": ("households",),
    "links": ("record_links",),
    "fund_moves": ("fund_moves",),
}
# Tables the engine makes for each rule, or the catalogue gives: nothing of the warehouse.
NOT_MADE = {"candidates", "rule_settings", "rule_exempt", "workdays", *catalogue_tables.TABLES}


class StepFailedError(Exception):
    """Something of ours failed in a run; all that does not rest on it was done."""

    def __init__(self, names: Collection[str]) -> None:
        super().__init__(f"{'、'.join(names)} 运行出错，没有核对；其余照常。请把 logs 里的记录交给维护人员。")


@dataclass
class Run:
    """What the steps of one run work with.

    Attributes:
        connection: the warehouse, under its writer lock for the whole run.
        now: UTC, read once for the whole run.
    """

    connection: duckdb.DuckDBPyConnection
    folder: DataFolder
    catalogue: Catalogue
    store: Store
    now: dt.datetime
    _is_prepared: bool = field(default=False, init=False)
    _draft: Draft | None = field(default=None, init=False)
    _is_refused: bool = field(default=False, init=False)
    _answers: list[ExpectationResult] | None = field(default=None, init=False)

    def prepare(self) -> None:
        """Make what rules and the staff snapshot share, once for the run."""
        if not self._is_prepared:
            catalogue_tables.write(self.connection, self.catalogue)
            prepare_rules(self.connection, all_rules())
            self._is_prepared = True

    def make_draft(self) -> Draft | None:
        """Return the draft of this run's release, built once; None where nothing is certified or the gate refused it."""
        if self._draft is None and not self._is_refused and self.store.certified_batches():
            self._draft = drafts.make(self.connection, self.folder, self.catalogue, self.store, self.now)
        return self._draft

    def search_draft(self) -> list[Hit]:
        """Send the draft through the gate and return what it found; a draft that failed is deleted at once."""
        draft = self.make_draft()
        hits = draft.search(self.connection, self.catalogue) if draft else []
        if hits:
            self._is_refused = True
            self.discard_draft()
        return hits

    def expectations(self) -> list[ExpectationResult]:
        """Return what is expected of the draft and the month's sums, asked once; nothing without a draft or snapshot."""
        draft = self.make_draft()
        if self._answers is None and draft and publication.current(self.folder.staff_snapshots):
            examined = quality_report.Examined(draft.public_database, draft.name, draft.number)
            self._answers = quality_report.write(self.folder, self.catalogue, examined, self.now)
        return self._answers or []

    def discard_draft(self) -> None:
        """Delete the draft: published, refused, or no longer wanted."""
        if self._draft:
            self._draft.discard()
        self._draft = None

    def count(self, query: str) -> int:
        """Return the number a query counts."""
        return int(self.connection.execute(query).fetchall()[0][0])


@dataclass(frozen=True)
class Output:
    """Something a step gives: a kind of file or register as loaded, a table worked out, a rule's findings, a publication.

    Attributes:
        name: unique among all outputs; a rule's is its slug.
        group: `received`, `files`, `registers`, `people`, `funds`, `rules` or `publications`.
        title: in Chinese, for whoever looks at the graph.
        reads: names of the outputs it is made from.
        version: of the code that makes it, where that is known.
        owner: the department whose data it is.
    """

    name: str
    group: str
    title: str
    reads: tuple[str, ...] = ()
    version: str | None = None
    owner: str | None = None


@dataclass(frozen=True)
class Made:
    """What became of one output in a run; `facts` are counts and names of ours, never a value of a line."""

    name: str
    facts: Mapping[str, int | str]
    failure: str | None = None


@dataclass(frozen=True)
class Step:
    """One piece of work.

    Attributes:
        perform: does it for the named outputs and yields what became of each.
        may_be_partial: whether some of its outputs can be made without the others.
    """

    name: str
    outputs: tuple[Output, ...]
    perform: Callable[[Run, Collection[str]], Iterator[Made]]
    may_be_partial: bool = False


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return the rules of the library."""
    return tuple(load_rules())


def rule_reads(rule: Rule) -> tuple[str, ...]:
    """Return the outputs a rule is made from: what its header names and what its views and summaries read.

    Raises:
        KeyError: the rule reads a table nobody makes.
    """
    shared = {**shared_views(), **summaries()}
    named = {rule.population, *rule.needs, *rule.uses, *rule.presumes} | (reads(rule.query) - shared.keys() - NOT_MADE)
    if rule.presumes:
        named.add("links")
    own = {*catalogue().kinds, *catalogue().registers}
    found = {output for name in named for output in ((name,) if name in own else MADE_OF[name])}
    return tuple(sorted(found))


def pipeline() -> tuple[Step, ...]:
    """Return the steps from received files to the staff snapshot, in the order in which they run."""
    known = catalogue()
    registers = tuple(known.registers)
    files = tuple(Output(slug, "files", layout.title, ("received_files",)) for slug, layout in known.kinds.items())
    loaded = (
        *files,
        *(
            Output(slug, "registers", register.title, ("received_files",), owner=register.department)
            for slug, register in known.registers.items()
        ),
        Output("person_ids", "people", "人员和账户编号：证号、账号只在这里", (*known.kinds, *registers)),
    )
    rules = tuple(
        Output(rule.slug, "rules", f"{rule.id} {rule.title}：{rule.why}", rule_reads(rule), str(rule.version))
        for rule in all_rules()
    )
    linked = (*PAYMENT_FILES, *registers, "person_ids")
    return (
        Step("received_files", (Output("received_files", "received", "收到的文件：原件和回执"),), _received_files),
        Step("intake", loaded, _intake),
        Step("households", (Output("households", "people", "户籍人口：谁和谁一户", ("population",)),), _households),
        Step("record_links", (Output("record_links", "people", "没有可用证号的行可能是谁", linked),), _record_links),
        Step(
            "fund_moves", (Output("fund_moves", "funds", "资金链：每份单据的钱从哪里来", ("fund_flow",)),), _fund_moves
        ),
        Step("rules", rules, _rules, may_be_partial=True),
        Step("staff_snapshot", (_snapshot_output(known),), _staff_snapshot),
    )


def releasing() -> tuple[Step, ...]:
    """Return the steps from certified batches to the public release, in the order in which they run."""
    made_from = (*catalogue().kinds, "person_ids")
    return (
        Step("ended_notices", (Output("ended_notices", "publications", "到期公示：到期当天撤下"),), _ended_notices),
        Step(
            "release_draft",
            (Output("release_draft", "publications", "发布草稿：复核过的批次，还没有公开", made_from),),
            _release_draft,
        ),
        Step(
            "quality_report",
            (Output("quality_report", "publications", "质量报告", ("release_draft", "staff_snapshot")),),
            _quality_report,
        ),
        Step(
            "public_release",
            (Output("public_release", "publications", "公开发布：过了公开闸门的草稿", ("release_draft",)),),
            _public_release,
        ),
    )


def every_step() -> tuple[Step, ...]:
    """Return all steps."""
    return (*pipeline(), *releasing())


def rebuilding() -> tuple[Step, ...]:
    """Return the steps that make everything anew from what was received and decided; nothing new is received."""
    return pipeline()[1:]


def _snapshot_output(known: Catalogue) -> Output:
    made_from = (*known.kinds, *known.registers, "person_ids", "households", "record_links", "fund_moves")
    return Output(
        "staff_snapshot",
        "publications",
        "内部快照：各部门和审计看到的数据",
        (*made_from, *(r.slug for r in all_rules())),
    )


def perform(run: Run, steps: Iterable[Step]) -> list[Made]:
    """Run steps to their end, in their order."""
    return [made for step in steps for made in step.perform(run, [output.name for output in step.outputs])]


def require(made: Iterable[Made]) -> None:
    """Stop where a step failed.

    Raises:
        StepFailedError: naming what failed.
    """
    if failed := [one.name for one in made if one.failure]:
        raise StepFailedError(failed)


def inputs(folder: DataFolder, known: Catalogue, store: Store, now: dt.datetime) -> str:
    """Return a hash of what a staff snapshot is made from: receipts, decisions on reading, catalogue, rules, and the day.

    Args:
        folder: the data folder.
        known: the catalogue.
        store: casework.
        now: UTC.
    """
    parts = [
        receipts.last_sequence(folder),
        repr(store.facts()),
        store.pair_words(),
        known.version,
        publication.STAFF_SNAPSHOT_VERSION,
        [hashlib.sha256(repr(rule).encode()).hexdigest() for rule in all_rules()],
        beijing_day(now).isoformat(),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def take_inbox(folder: DataFolder, known: Catalogue, now: dt.datetime) -> int:
    """Receive what lies complete in the drop folder; return how many files."""
    found = inbox.scan(folder, known)
    for item in found:
        inbox.take(folder, item, now)
    for request in inbox.restorations(folder):
        inbox.take_restoration(folder, request, now)
    return len(found)


def read_deliveries(
    connection: duckdb.DuckDBPyConnection,
    folder: DataFolder,
    known: Catalogue,
    store: Store,
    progress: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Read every received delivery the ledger does not hold as casework has it now.

    Args:
        connection: the warehouse under its writer lock.
        folder: the data folder.
        known: the catalogue.
        store: casework.
        progress: told each outcome.
    """
    facts = facts_for(store.facts())
    return load(connection, folder, known, facts, pending(folder, connection, known, facts), progress)


def _received_files(run: Run, _names: Collection[str]) -> Iterator[Made]:
    taken = take_inbox(run.folder, run.catalogue, run.now)
    yield Made("received_files", {"taken": taken, "receipts": receipts.last_sequence(run.folder)})


def _intake(run: Run, _names: Collection[str]) -> Iterator[Made]:
    read = read_deliveries(run.connection, run.folder, run.catalogue, run.store)
    by_kind = run.connection.execute("select kind, count(*) from lines where status = 'accepted' group by 1").fetchall()
    lines, fresh = dict(by_kind), {outcome.kind for outcome in read}
    for name in (*run.catalogue.kinds, *run.catalogue.registers):
        yield Made(name, {"dagster/row_count": lines.get(name, 0), "read_now": "yes" if name in fresh else "no"})
    yield Made("person_ids", {"dagster/row_count": run.count("select count(*) from identity")})


def _households(run: Run, _names: Collection[str]) -> Iterator[Made]:
    households.refresh(run.connection)
    yield Made("households", {"dagster/row_count": run.count("select count(*) from household_members")})


def _record_links(run: Run, _names: Collection[str]) -> Iterator[Made]:
    record_links.build(run.connection, run.folder, run.catalogue, run.store.pair_words())
    yield Made("record_links", {"dagster/row_count": run.count("select count(*) from links")})


def _fund_moves(run: Run, _names: Collection[str]) -> Iterator[Made]:
    fund_moves.refresh(run.connection)
    without = run.count("select count(*) from fund_moves where gap is not null")
    yield Made(
        "fund_moves", {"dagster/row_count": run.count("select count(*) from fund_moves"), "without_source": without}
    )


def _rules(run: Run, names: Collection[str]) -> Iterator[Made]:
    """Run the rules whose inputs changed; one join gives all of them their places. A rule that fails fails alone."""
    run.prepare()
    chosen = [rule for rule in all_rules() if rule.slug in names]
    sources = _fingerprints(run)
    wanted = {rule.id: fingerprints.of_rule(run.connection, rule, sources, rule_reads(rule)) for rule in chosen}
    same = fingerprints.unchanged(run.connection, wanted)
    results, failures = _run_rules(run, [rule for rule in chosen if rule.id not in same])
    findings.forget_removed(run.connection, all_rules())
    findings.write(run.connection, results)
    for rule, _ in failures:
        findings.write_failed(run.connection, rule)
    ran = {result.rule.id: wanted[result.rule.id] for result in results}
    fingerprints.remember(run.connection, ran, [rule.id for rule in all_rules()], [rule.id for rule, _ in failures])
    for result in results:
        facts = {"checked": result.checked, "flagged": result.flagged, "amount_fen": result.amount_fen}
        yield Made(result.rule.slug, {**facts, "not_applicable": result.not_applicable})
    for rule in chosen:
        if rule.id in same:
            yield Made(rule.slug, {"unchanged": "yes"})
    for rule, failure in failures:
        yield Made(rule.slug, {}, failure)


def _run_rules(run: Run, chosen: list[Rule]) -> tuple[list[RuleResult], list[tuple[Rule, str]]]:
    results, failures = [], []
    for rule in chosen:
        try:
            results.append(run_rule(run.connection, rule))
        except RuleError as error:
            failures.append((rule, str(error)))
    return results, failures


def _fingerprints(run: Run) -> dict[str, str]:
    """Return a fingerprint of every output a rule may read."""
    of = fingerprints.of_deliveries(run.connection)
    whole = hashlib.sha256(repr(sorted(of.items())).encode()).hexdigest()
    parameters = sorted(path.name for path in LINKAGE_PARAMETERS.glob("*.json"))
    links = hashlib.sha256(repr((whole, sorted(run.store.pair_words().items()), parameters)).encode()).hexdigest()
    return {
        **of,
        "person_ids": whole,
        "record_links": links,
        "households": of.get("population", ""),
        "fund_moves": of.get("fund_flow", ""),
    }


def _staff_snapshot(run: Run, _names: Collection[str]) -> Iterator[Made]:
    run.prepare()
    made_from = inputs(run.folder, run.catalogue, run.store, run.now)
    made = staff_snapshot.make(run.connection, run.folder, run.catalogue, run.store, run.now, made_from)
    rows = run.count("select count(*) from findings")
    yield Made("staff_snapshot", {"number": made.number, "name": made.name, "dagster/row_count": rows})


def _ended_notices(run: Run, _names: Collection[str]) -> Iterator[Made]:
    removed = publish.expire(run.folder, run.store, run.now)
    yield Made("ended_notices", {"removed": len(removed)})


def _release_draft(run: Run, _names: Collection[str]) -> Iterator[Made]:
    draft = run.make_draft()
    facts = {"batches": draft.batches, "dagster/row_count": draft.lines, "notices": draft.shown} if draft else {}
    yield Made("release_draft", facts or {"batches": 0})


def _quality_report(run: Run, _names: Collection[str]) -> Iterator[Made]:
    answers = run.expectations()
    yield Made("quality_report", {"asked": len(answers), "held": sum(answer.held for answer in answers)})


def _public_release(run: Run, _names: Collection[str]) -> Iterator[Made]:
    draft = run.make_draft()
    if draft is None:
        yield Made("public_release", {"batches": 0})
        return
    draft.search(run.connection, run.catalogue)
    try:
        made = publish.publish_draft(run.folder, run.store, draft, run.now)
    finally:
        run.discard_draft()
    yield Made(
        "public_release", {"id": made.id, "number": made.number, "batches": made.batches, "notices": made.notices}
    )
