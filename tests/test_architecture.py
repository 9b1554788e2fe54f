"""The code keeps the promises of docs/architecture.md that import-linter does not check."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "feedpub"


def modules() -> list[Path]:
    return sorted(file for file in PACKAGE.rglob("*.py") if file.name != "__main__.py")


def test_one_module_imports_feedgen():
    importers = [
        str(file.relative_to(PACKAGE))
        for file in modules()
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom) and "feedgen" in ast.unparse(node)
    ]
    assert set(importers) == {"documents/rss_atom.py"}


CLOCKS = {
    "datetime": {"now", "today", "utcnow"},
    "time": {"time", "time_ns", "localtime", "gmtime", "ctime", "strftime"},
}


def reads_clock_or_prints(tree: ast.AST) -> list[int]:
    """Return the lines that read the clock or print, by any imported name."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS["datetime"]:
            found += [node.lineno] * ast.unparse(node.value).endswith(("datetime", "date"))
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            found += [node.lineno for alias in node.names if alias.name in CLOCKS["time"]]
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "time":
            found += [node.lineno] * (node.attr in CLOCKS["time"])
        elif isinstance(node, ast.Name) and node.id == "print":
            found.append(node.lineno)
    return found


@pytest.mark.parametrize(
    "code",
    [
        "datetime.now(UTC)",
        "import datetime as d; d.datetime.now()",
        "clock = datetime.utcnow",
        "date.today()",
        "time.time()",
        "from time import time as t",
        "print(1)",
        "show = print",
    ],
)
def test_each_way_to_read_the_clock_or_to_print_is_seen(code):
    assert reads_clock_or_prints(ast.parse(code))


def test_nothing_below_the_command_line_reads_the_clock_or_prints():
    offenders = [
        f"{file.relative_to(ROOT)}:{line}"
        for file in modules()
        if "cli" not in file.parts and file.name != "manual.py"
        for line in reads_clock_or_prints(ast.parse(file.read_text()))
    ]
    assert not offenders
