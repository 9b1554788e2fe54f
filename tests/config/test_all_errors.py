"""One run reports all mistakes in a config, in the order of its lines."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from feedpub.config import parse_config
from feedpub.core.errors import ConfigError, ConfigErrors

DATA = Path(__file__).parents[1] / "data/config"
WRONG = (DATA / "wrong.yaml").read_bytes()
FOUND = (DATA / "wrong.txt").read_text(encoding="utf-8")
PLACES = [tuple(map(int, line.split(":")[1:3])) for line in FOUND.splitlines()]


def errors(data):
    with pytest.raises(ConfigError) as caught:
        parse_config(data, Path("wrong.yaml"))
    return caught.value


def test_all_that_is_wrong_is_told_in_the_order_of_the_lines():
    found = errors(WRONG)
    assert isinstance(found, ConfigErrors)
    assert str(found).splitlines() == FOUND.splitlines()
    assert [(error.where.line, error.where.column) for error in found.errors] == PLACES == sorted(PLACES)


def test_an_error_says_what_would_be_right():
    """Each error has a remedy or says what was expected; for a regular expression, RE2 only says where it stops."""
    without = [error.problem for error in errors(WRONG).errors if not error.remedy]
    assert not [problem for problem in without if not re.search("expected|RE2 cannot", problem)]


def test_one_error_is_itself_and_stands_for_itself():
    found = errors(b"version: 2\nsite: {titel: x}")
    assert not isinstance(found, ConfigErrors), "what another version means is not known"
    assert found.errors == (found,)


@pytest.mark.parametrize("syntax", ["feeds: [", "? [a]\n: b", "--- \nx: 1", "a: b: c"])
def test_what_is_not_yaml_is_told_with_what_was_found_before(syntax):
    found = errors(f"version: 1\nversion: 1\nsite: &x {{titel: 1}}\n{syntax}\n".encode()).errors
    assert {error.where.line for error in found} >= {2, 3}
    assert found[-1].where.line >= 4


def test_a_list_that_many_feeds_use_is_told_of_once():
    """It is also quick, however deeply lists contain others."""
    lists = "".join(f"  l{n}: [{{list: l{n + 1}}}, {{title: {{list: l{n + 1}}}}}]\n" for n in range(40))
    feeds = "".join(f"  f{n}: {{title: F, any: [{{list: l0}}]}}\n" for n in range(20))
    text = f"version: 1\nlists:\n{lists}  l40: ['*']\nfeeds:\n{feeds}"
    assert [error.where.key_path for error in errors(text.encode()).errors if "*" in error.problem] == [
        "lists.l40[0]"
    ]


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check", "build"])
def test_the_commands_print_all_and_end_with_2(command, tmp_path):
    (tmp_path / "wrong.yaml").write_bytes(WRONG)

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "feedpub", command, "-c", "wrong.yaml", *arguments],
            cwd=tmp_path, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip

    text, as_json = run(), run("--format", "json")
    assert (text.returncode, as_json.returncode, text.stdout) == (2, 2, "")
    assert text.stderr == as_json.stderr == "".join(f"feedpub: {line}\n" for line in FOUND.splitlines())
    told = json.loads(as_json.stdout)["config_errors"]
    assert [(error["line"], error["column"]) for error in told] == PLACES
    assert told[0] == {
        "file": "wrong.yaml", "line": 3, "column": 3, "key": "site.titel", "problem": "unknown key 'titel'",
        "remedy": "did you mean 'title'?",
    }  # fmt: skip
