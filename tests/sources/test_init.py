"""A folder of unknown files becomes a config that loads, reads them, and asks what it can't know."""

from __future__ import annotations

import gzip

import pytest
import typer
from typer.testing import CliRunner

from feedpub.cli.init import init
from feedpub.config import load_config
from feedpub.sources import survey

app = typer.Typer()
app.command()(init)

RECORD = "Title\nBody\n2023-10-09 14:25\n"
FILES = {
    "a.txt": RECORD.encode() + b"You Might Like...\nOne\nTwo\n",
    "deep/er/b.txt": b"Title\nIt ended. Read More Other News\n2023-10-09 14:26\n",
    "c.csv": b"title,body,date\nA,B,03/04/2023 10:00 +0000\n",
    "d.jsonl.gz": gzip.compress(
        b'{"title":"Caf\xe9","date":"2023-10-09T14:25Z"}\n{"title":"B","date":"2023-10-09T14:25Z"}\n'
    ),
    "e.tsv": b"title\tbody\tdate\nA\tB\t09-Oct-23 14:25 +0000\n",
    "f.ndjson": b'{"title":"A","body":"B","timestamp":1696861500}\n',
    ".hidden.txt": RECORD.encode(),
    "no_ending": RECORD.encode(),
}


@pytest.fixture
def folder(tmp_path):
    for name, data in FILES.items():
        path = tmp_path / "drop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path


def test_the_config_that_init_writes_loads_and_asks(folder):
    config = folder / "config.yaml"
    result = CliRunner().invoke(app, [str(folder / "drop"), "--config", str(config)])
    assert result.exit_code == 0, result.output
    text = config.read_text("utf-8")
    settings = load_config(config)
    assert [spec.path for spec in settings.sources] == [
        "drop/*.csv", "drop/*.jsonl.gz", "drop/*.ndjson", "drop/*.tsv", "drop/**/*.txt",
    ]  # fmt: skip
    assert 'boilerplate: ["You Might Like..."]' in text
    assert 'related_links: ["Read More"]' in text
    for question in (
        "name no zone",
        "# encoding: cp1252",
        "# dates: {day_first: true}",
        "two_digit_years",
        "[epoch]",
    ):
        assert question in text


def test_survey_says_which_format_was_taken_and_what_came_of_it(folder):
    config = folder / "config.yaml"
    CliRunner().invoke(app, [str(folder / "drop"), "--config", str(config)])
    text = load_config(config).sources[-1]
    found = [(s.file, s.format, s.articles, s.boilerplate_lines, s.rejects) for s in survey(text, 10)]
    assert found == [("drop/a.txt", "text", 1, 3, 0), ("drop/deep/er/b.txt", "text", 1, 0, 0)]
    assert len(list(survey(text, 1))) == 1


def test_init_replaces_nothing_unless_told(folder):
    config = folder / "config.yaml"
    config.write_text("mine")
    result = CliRunner().invoke(app, [str(folder / "drop"), "--config", str(config)])
    assert result.exit_code == 1
    assert config.read_text() == "mine"
    assert CliRunner().invoke(app, [str(folder / "drop"), "--config", str(config), "--force"]).exit_code == 0


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_init_says_what_is_wrong_with_a_folder(tmp_path, name):
    (tmp_path / "empty").mkdir()
    result = CliRunner().invoke(app, [str(tmp_path / name), "--config", str(tmp_path / "c.yaml")])
    assert result.exit_code == 1
    assert not (tmp_path / "c.yaml").exists()
