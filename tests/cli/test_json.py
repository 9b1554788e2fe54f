"""With ``--format json``, a command prints one object of its declared shape at every exit status."""

import fcntl
import json
from pathlib import Path

import jsonschema
import pytest

from feedpub.cli.app import COMMANDS
from feedpub.cli.reference import manual
from feedpub.cli.shapes import SHAPES, page, schema
from feedpub.cli.validate import validate

ROOT = Path(__file__).resolve().parents[2]

CONFIG = """
version: 1
site: {title: Sample, base_url: "https://news.press/", id_authority: "news.press,2023"}
sources: [{path: "in/*.jsonl", html: {remove: [".ad"]}}]
feeds:
  all: {title: All}
  rain: {title: Rain, any: [rain*, hail], none: [train], dedup: {near: 60%}}
"""
RECORDS = [
    {"id": "1", "title": "Rain in Rome", "body": '<p>Much.</p><p class="ad">Buy</p>', "date": "2024-01-10T10:00:00Z"},
    {"id": "2", "title": "Trains in the rain", "body": "Late again.", "date": "2024-01-11T10:00:00Z"},
    {"id": "2", "title": "Trains in the rain", "body": "Late again.", "date": "2024-01-11T10:00:00Z"},
    {"id": "3", "title": "A draft", "body": "No.", "date": "2024-01-12T10:00:00Z", "draft": True},
    {"id": "4", "title": "No date", "body": "Nothing."},
]  # fmt: skip


def strict(shape):
    """Return a schema in which no object may have undeclared keys."""
    if isinstance(shape, list):
        return [strict(below) for below in shape]
    if not isinstance(shape, dict):
        return shape
    made = {key: strict(below) for key, below in shape.items()}
    if "properties" in shape and isinstance(shape.get("type"), str):
        made.setdefault("additionalProperties", False)
    return made


SCHEMA = strict(schema())


@pytest.fixture
def told(tmp_path, command):
    """Run a command in a small site; return its status and the object that it printed, after checking its schema."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.jsonl").write_text("".join(f"{json.dumps(record)}\n" for record in RECORDS))
    (tmp_path / "config.yaml").write_text(CONFIG)

    def run(name, *arguments):
        done = command(tmp_path, name, *arguments, "--format", "json")
        assert done.stdout.count("\n") == 1, done
        found = json.loads(done.stdout)
        jsonschema.validate(found, SCHEMA | {"$ref": f"#/$defs/{name}"})
        if "error" in found:
            assert found["error"]["status"] == done.returncode != 0
            assert done.returncode == 130 or found["error"]["message"] in done.stderr.replace(
                "\nfeedpub: ", "\n"
            )
        return done.returncode, found

    run.folder = tmp_path
    return run


def test_every_command_that_takes_json_declares_its_shape():
    pages = manual().split("\n## feedpub ")[1:]
    with_json = [
        name for name, text in zip(COMMANDS, pages, strict=True) if "|json" in text.split("Options:")[1]
    ]
    assert with_json == [name for name in COMMANDS if name in SHAPES]
    assert validate.__name__ in with_json


def test_the_page_and_the_schemas_are_what_is_declared():
    assert (ROOT / "docs/json.md").read_text(encoding="utf-8") == page(), "stale; run python3 run.py golden"
    assert json.loads((ROOT / "docs/output.schema.json").read_text(encoding="utf-8")) == schema()
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("name", SHAPES)
def test_a_usage_error_is_an_object(told, name):
    status, found = told(name, "--nonsense")
    assert (status, [*found]) == (2, ["error"])


@pytest.mark.parametrize("name", [name for name in SHAPES if name != "validate"])
def test_a_config_error_is_an_object(told, name):
    (told.folder / "config.yaml").write_text(CONFIG.replace("title: Sample", "titel: Sample"))
    status, found = told(name, *{"suggest": ["rain"], "explain": ["Rain"]}.get(name, ()))
    assert (status, [*found]) == (2, ["error", "config_errors"])
    assert [error["key"] for error in found["config_errors"]] == ["site.titel"]


def test_what_a_command_does_with_success_and_when_there_is_nothing_to_do(told):
    for expected in (2, 0):
        status, built = told("build")
        assert (status, built["feeds"][0]["new"]) == (0, expected)
    (told.folder / "target").mkdir()
    (told.folder / "config.yaml").write_text(f'{CONFIG}deploy: [{{to: "file://{told.folder}/target"}}]\n')
    for expected in (True, False):
        status, copied = told("deploy")
        assert (status, bool(copied["deployed"][0]["uploaded"])) == (0, expected)
    for name, *arguments in (
        ("check",),
        ("diff",),
        ("report",),
        ("status",),
        ("explain", "Rome"),
        ("explain", "Trains"),
        ("explain", "A draft"),
        ("explain", "--text", "Rain"),
        ("explain", "--file", "in/a.jsonl", "--line", "5"),
        ("validate", "feeds/rain.atom"),
    ):
        status, found = told(name, *arguments)
        assert (status, "error" in found) == (0, False)


def test_what_a_command_finds_is_status_1_and_no_error(told):
    told("build")
    (told.folder / "config.yaml").write_text(CONFIG.replace("none: [train]", "none: [rome]"))
    assert told("diff", "--exit-code")[0] == 1
    (told.folder / "config.yaml").write_text(CONFIG.replace("none:", "examples: {match: [Sun]}, none:"))
    status, found = told("check")
    assert (status, len(found["failing_examples"])) == (1, 1)
    (told.folder / "bad.atom").write_text('<feed xmlns="http://www.w3.org/2005/Atom"/>')
    status, found = told("validate", "bad.atom")
    assert (status, found["valid"]) == (1, False)


@pytest.mark.slow
def test_a_refusal_a_lock_and_whatever_else_stops_a_command_is_an_object(told):
    status, found = told("status", "--max-age", "1h")
    assert status == found["error"]["status"] == 1
    assert found["builds"] == []
    told("build")
    assert told("explain", "Snow")[0] == 1
    assert told("explain")[0] == 2
    assert told("suggest", "rain")[0] == 1
    assert told("suggest", "hail")[0] == 2
    assert told("report", "--html", "none/page.html")[0] == 1
    assert told("ping")[0] == 2
    assert told("fetch")[0] == 1
    assert told("deploy")[0] == 2
    assert told("validate", "nothing.atom")[0] == 2
    assert told("build", "--max-rejects", "0")[0] == 1
    with (told.folder / ".feedpub/lock").open("rb+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert told("build")[0] == 75
    (told.folder / "config.yaml").write_text(CONFIG.replace("rain:", "hail:"))
    status, found = told("build")
    assert (status, found["error"]["message"].endswith("--allow-removed")) == (3, True)


def test_an_interrupt_is_an_object(told, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("feedpub.cli.report.load_config", interrupted)
    assert told("report")[1]["error"]["status"] == 130
