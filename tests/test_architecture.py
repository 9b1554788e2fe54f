"""What docs/architecture.md promises of the code and import-linter does not see."""

import ast
from pathlib import Path

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


def test_nothing_below_the_command_line_reads_the_clock_or_prints():
    offenders = []
    for file in modules():
        if "cli" in file.parts or file.name == "manual.py":
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if called in {
                    "print",
                    "datetime.now",
                    "datetime.utcnow",
                    "date.today",
                    "time.time",
                    "datetime.today",
                }:
                    offenders.append(f"{file.relative_to(ROOT)}:{node.lineno} {called}")
    assert not offenders
