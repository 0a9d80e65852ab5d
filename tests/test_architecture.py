"""Which package may import which, as code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.paths import ROOT

ROOMS = ("mingzhang", "checks", "assets", "pipelines", "dashboards", "sample_data", "benchmarks")
CLI = "mingzhang.cli"
LIBRARY = {
    *("mingzhang.catalog", "mingzhang.storage", "mingzhang.intake", "mingzhang.warehouse", "mingzhang.publishing"),
    *("mingzhang.operations", "mingzhang.casework", "mingzhang.steps", "mingzhang.facts"),
}

# room -> our packages it may import, besides itself; the longest matching prefix counts
MAY_IMPORT = {
    "checks": set(),
    "mingzhang": set(),  # what stands in no room of the library imports nothing of ours
    "mingzhang.catalog": {"mingzhang.storage"},
    "mingzhang.storage": set(),
    "mingzhang.casework": {"mingzhang.storage"},
    "mingzhang.warehouse": {"checks", "mingzhang.catalog", "mingzhang.storage"},
    "mingzhang.intake": {"checks", "mingzhang.catalog", "mingzhang.storage", "mingzhang.warehouse"},
    "mingzhang.intake.parser": set(),
    "mingzhang.publishing": {
        *("checks", "mingzhang.catalog", "mingzhang.storage", "mingzhang.warehouse", "mingzhang.casework"),
    },
    "mingzhang.facts": {"mingzhang.casework", "mingzhang.intake"},
    "mingzhang.steps": {*LIBRARY, "checks"} - {"mingzhang.operations"},
    "mingzhang.operations": {*LIBRARY, "checks"},
    CLI: {*LIBRARY, "checks", "assets", "pipelines", "dashboards", "sample_data"},
    "assets": {*LIBRARY, "checks", "pipelines.resources"},
    "pipelines": {*LIBRARY, "assets"},
    "pipelines.resources": LIBRARY,
    "dashboards": set(),
    "dashboards.shared": {"mingzhang.storage"},
    "dashboards.public": {"dashboards.shared", "mingzhang.storage"},
    "dashboards.staff": {"dashboards.shared", "mingzhang.casework", "mingzhang.storage"},
    "sample_data": set(),
    "benchmarks": {*LIBRARY, "checks", "assets", "pipelines", "dashboards", "sample_data"},
}
# titles, statuses, roles and outcomes (data only), and how money and days are written: for every room but the parser
WORDS = {"mingzhang.catalog.words", "mingzhang.catalog.formats"}
# third-party libraries kept out of a room
MUST_NOT_USE = {
    "checks": {"dagster", "dash", "flask"},
    "mingzhang": {"dagster", "dash", "flask"},
    "mingzhang.casework": {"duckdb", "polars"},
    "dashboards": {"dagster"},
    "sample_data": {"dagster", "dash"},
}


def modules(room: str) -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / room).rglob("*.py")):
        yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield every imported module and whether it stands at module level."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((f"{node.module}.{alias.name}", id(node) in top) for alias in node.names)


def allowed(module: str) -> set[str]:
    """Return what the most special room a module stands in may import, itself included."""
    room = max((room for room in MAY_IMPORT if f"{module}.".startswith(f"{room}.")), key=len)
    shared = set() if room == "mingzhang.intake.parser" else WORDS
    return MAY_IMPORT[room] | {room} | shared


def breaches(module: str, path: Path) -> list[str]:
    permitted = allowed(module)
    return [
        f"{module} imports {name}"
        for name, _ in imports(path)
        if name.split(".")[0] in ROOMS and not any(f"{name}.".startswith(f"{p}.") for p in permitted)
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_arrows(room: str) -> None:
    found = [breach for module, path in modules(room) for breach in breaches(module, path)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("room", "libraries"), MUST_NOT_USE.items())
def test_libraries_stay_out(room: str, libraries: set[str]) -> None:
    found = [
        f"{module} uses {name}"
        for module, path in modules(room.split(".", maxsplit=1)[0])
        if f"{module}.".startswith(f"{room}.")
        for name, _ in imports(path)
        if name.split(".")[0] in libraries
    ]
    assert not found, "\n".join(found)


def test_a_breach_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "bad.py"
    path.write_text("from mingzhang.catalog import catalogue\nimport dashboards.staff.app\n")
    assert len(breaches("checks.bad", path)) == 2
    assert len(breaches("dashboards.public.bad", path)) == 2


def test_first_line_says_what_a_module_holds() -> None:
    without = [
        module for room in ROOMS for module, path in modules(room) if not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert not without


def test_public_functions_of_four_parameters_say_what_they_are() -> None:
    without = []
    for room in ("mingzhang", "checks", "assets", "pipelines", "dashboards"):
        for module, path in modules(room):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                    continue
                names = {a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
                is_command = any("click" in ast.unparse(d) or "dg." in ast.unparse(d) for d in node.decorator_list)
                text = ast.get_docstring(node)
                if len(names - {"self", "cls"}) >= 4 and not is_command and text and "Args:" not in text:
                    without.append(f"{module}.{node.name}")
    assert without == []
