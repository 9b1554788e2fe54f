"""The manual is complete, and made from the checks."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import lxml.html
import pytest
from markdown_it import MarkdownIt

from feedpub.validator.checks import CHECKS
from feedpub.validator.manual import GROUPS, PAGES, document, in_group, page

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_checks_is_what_the_docstrings_say():
    written = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    assert written == document(), "run python -m feedpub.validator.manual > docs/checks.md"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_checks_of_one_code_have_one_page(check):
    other = PAGES[check.code]
    assert (check.level, check.manual, check.remedy) == (other.level, other.manual, other.remedy)
    # JSON Feed has its own paragraphs.
    assert check.spec in {"", other.spec}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_every_check_has_a_code_in_kebab_case_and_a_page_with_a_wrong_and_a_right_example(check):
    assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", check.code)
    text = page(check)
    assert "\n\nWrong:\n\n    " in text
    assert "\n\nRight:\n\n    " in text
    assert check.remedy
    assert check.spec.startswith("https://") or check.spec == ""


def test_the_package_imports_nothing_of_the_rest_but_errors():
    files = list((ROOT / "feedpub" / "validator").rglob("*.py"))
    assert files
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                if name.split(".")[0] == "feedpub":
                    assert name.startswith(("feedpub.validator", "feedpub.core.errors")), f"{file}: {name}"


def test_importing_the_package_loads_no_parser():
    program = (
        "import sys, feedpub.validator; "
        "print([name for name in ('pyexpat', 'lxml', 'json', 'feedpub.validator._engine') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def test_every_check_is_in_one_group_of_the_page():
    grouped = [check.code for name in GROUPS for check in in_group(name)]
    assert sorted(grouped) == sorted(PAGES)


def test_the_rendered_page_shows_what_summaries_and_remedies_say_with_their_tags_and_entities():
    shown = " ".join(
        lxml.html.fromstring(MarkdownIt().enable("table").render(document())).text_content().split()
    )
    for check in PAGES.values():
        assert f"Remedy: {check.remedy}." in shown
        assert check.manual.splitlines()[0].replace("``", "") in shown
