"""A question about columns: which columns it names, what they hold, and the form that answers it. Decides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboards.shared.components import field, hidden, select, text_input

# The sentences of intake quote columns like this: “补贴金额”、“发放金额”.
NAMED = re.compile("“[^”]*”(?:、“[^”]*”)*")
UNREAD = "不读取这一列"


@dataclass(frozen=True)
class Candidate:
    """A column that could be the one.

    Attributes:
        header: as intake calls it; an answer is remembered under this name.
        samples: the first cells, as written.
    """

    header: str
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class ColumnQuestion:
    """A question that choosing a column answers.

    Attributes:
        at: its place among the file's problems; a form sends it back.
        candidates: the columns it names; one alone is asked what it is.
        field: name of the field one of them is; '' where it is not known which.
    """

    at: int
    message: str
    candidates: tuple[Candidate, ...]
    field: str

    def answer(self, choice: str, chosen_field: str = "") -> dict[str, str] | None:
        """Return header → field for a choice, '' for what is not read; None where nothing that was asked was chosen.

        Args:
            choice: the number of the candidate, from 0.
            chosen_field: what a column that stands alone is; '' where it is not to be read.
        """
        if not choice.isdecimal() or int(choice) >= len(self.candidates):
            return None
        if len(self.candidates) == 1:
            return {self.candidates[0].header: chosen_field}
        others = dict.fromkeys((candidate.header for candidate in self.candidates), "")
        return others | {self.candidates[int(choice)].header: self.field}


def questions(problems: Sequence[Mapping[str, Any]], columns: Sequence[Mapping[str, Any]]) -> list[ColumnQuestion]:
    """Return the questions that choosing a column answers.

    Args:
        problems: `level`, `message` and `column` of each, in their order.
        columns: `header`, `field` and, where there are any, `samples` of each column of the file.
    """
    found = (_question(at, problem, columns) for at, problem in enumerate(problems) if problem["level"] == "hold")
    return [question for question in found if question]


def _question(at: int, problem: Mapping[str, Any], columns: Sequence[Mapping[str, Any]]) -> ColumnQuestion | None:
    named = NAMED.search(problem["message"])
    if not problem["column"] or named is None:
        return None
    headers = {one_line(header) for header in named.group()[1:-1].split("”、“")}
    own = [column for column in columns if one_line(column["header"]) in headers]
    read_as = next((str(column["field"]) for column in own if column["field"]), "")
    if not own or (len(own) > 1 and not read_as):
        return None
    candidates = tuple(Candidate(column["header"], tuple(column.get("samples") or ())) for column in own)
    return ColumnQuestion(at, problem["message"], candidates, read_as)


def form(
    question: ColumnQuestion, token: str, key: str, action: str, labels: Mapping[str, str] | None = None
) -> Component:
    """Return the form that answers a question.

    Args:
        question: the question.
        token: the session's form token.
        key: id of the upload or delivery.
        action: where the form goes.
        labels: what a column can be read as, for a column that stands alone; None offers only to leave it out.
    """
    alone = len(question.candidates) == 1
    rows = [_choice(number, candidate, alone) for number, candidate in enumerate(question.candidates)]
    if alone and labels:
        options = {"": UNREAD, **{name: f"是“{label}”" for name, label in labels.items() if name}}
        rows.append(field("这一列", select("field", options, question.field, empty=None)))
    button = "就这样读" if alone and labels else UNREAD if alone else "以选中的列为准"
    return html.Form(
        [
            html.Fieldset([html.Legend("请选定"), html.P(question.message), *rows]),
            *hidden(token=token, id=key, question=question.at),
            html.Div(html.Button(button, type="submit"), className="actions"),
        ],
        action=action,
        method="POST",
        className="question",
    )


def _choice(number: int, candidate: Candidate, alone: bool) -> Component:
    """Return a column with its first cells, as a radio button where there is more than one."""
    samples = "、".join(one_line(sample) for sample in candidate.samples)
    hint = html.Span(f"如：{samples}", className="hint samples") if samples else None
    shown = html.Span([html.Strong(one_line(candidate.header)), hint])
    if alone:
        return html.Div([*hidden(choice=number), shown], className="choice")
    button = text_input("choice", str(number), "radio", required=True)
    return html.Label([button, shown], className="choice")


def columns_of(sheets: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the columns of a delivery's sheets, as the snapshot keeps them: names as intake calls them, and their fields."""
    found = []
    for sheet in sheets:
        seen: dict[str, int] = {}
        for name, read_as in zip(sheet["header"] or (), sheet["fields"] or (), strict=False):
            seen[name] = seen.get(name, 0) + 1
            number = f"（第{seen[name]}个）" if seen[name] > 1 else ""
            found.append({"header": f"{name}{number}", "field": read_as or ""})
    return [column for column in found if column["header"]]


def one_line(text: Any) -> str:
    """Return a text without line breaks and double blanks."""
    return " ".join(str(text or "").split())
