"""A folder of unknown files becomes a config that loads, reads them, and asks what it can't know."""

from __future__ import annotations

import gzip
import json
import os

import pytest
import typer
from typer.testing import CliRunner

from feedpub.cli.check import check
from feedpub.cli.init import init
from feedpub.config import load_config
from feedpub.core.errors import install_hint
from feedpub.sources import survey

app = typer.Typer()
app.command()(init)
checking = typer.Typer()
checking.command()(check)

RECORD = "Title\nBody\n2023-10-09 14:25\n"
CONFIG = """\
version: 1
site: {title: T, base_url: "https://example.org/", id_authority: "example.org,2023"}
sources: [{path: "a.jsonl", timezone: UTC}]
feeds: {all: {title: All}}
"""
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
    assert "passed over drop/* (files 1)" in result.output
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
    found = [(s.file, s.format, s.articles, s.boilerplate_lines, s.rejects) for s in survey(text, 10).files]
    assert found == [("drop/a.txt", "text", 1, 3, 0), ("drop/deep/er/b.txt", "text", 1, 0, 0)]
    assert (len(survey(text, 1).files), survey(text, 1).more) == (1, 1)


def test_init_replaces_nothing_unless_told(folder):
    config = folder / "config.yaml"
    config.write_text("mine")
    result = CliRunner().invoke(app, [str(folder / "drop"), "--config", str(config)])
    assert result.exit_code == 1
    assert config.read_text() == "mine"
    assert CliRunner().invoke(app, [str(folder / "drop"), "--config", str(config), "--force"]).exit_code == 0


@pytest.mark.parametrize(
    ("files", "says"),
    [
        pytest.param(
            {"a.txt": b"Author: A\nTitle: T\nDate: 2023-10-09 14:25\n\nBody\n"},
            ['path: "drop/*.txt"', "format: markdown"],
            id="texts under front matter, each of which is an article",
        ),
        pytest.param(
            {"a.txt": b"Author: A\nT\nB\n2023-10-09 14:25\nAuthor: A\nURL: x\nT: t\nB\n2023-10-09 14:26\n"},
            ['layout: {"headers": {"Author": "author", "URL": "link"}}'],
            id="records with header lines",
        ),
        pytest.param(
            {"a.csv": "Titel;Text;Datum\r\nÜber;Größe;09.10.2023\r\nA;B;13.10.2023\r\n".encode("cp1252")},
            [
                "# encoding: cp1252",
                "timezone: UTC",
                "day_first: true",
                '# fields: {"title": "Titel", "body": "Text", "published": "Datum"}',
            ],
            id="a table in another language and encoding",
        ),
        pytest.param(
            {
                "a.ndjson": '{"nr":1,"\u00fcber":"A b","von":"C","inhalt":"A b c d","am":"9 Oct 2023"}\n'.encode()
            },
            ['# fields: {"title": "\u00fcber", "body": "inhalt", "published": "am"}'],
            id="objects with names in another language",
        ),
        pytest.param(
            {"a.csv": b"sep=|\nKopf|Korpus\n"},
            ["# fields:"],
            id="a table without rows",
        ),
        pytest.param(
            {"a.ndjson": b'{"title":"A","timestamp":1696861500000}\n'},
            ["# dates: {formats: [epoch-ms]}"],
            id="dates that count milliseconds",
        ),
        pytest.param(
            {"a.txt": b"A\nB\n1696861500\n", "b.text": b"A\nB\n3 avril 2026 10:00\n"},
            ["# dates: {formats: [epoch]}", "# dates: {languages: [fr]}"],
            id="texts whose timestamps have to be declared",
        ),
        pytest.param(
            {"a.json": b'[{"title":{"rendered":"A"},"date":"2023-10-09T14:25:00"}]'},
            ["# fields:"],
            id="records whose fields lie deeper",
        ),
        pytest.param(
            {"a.json": b'[{"title":"A","content":"<p>B","date":"2023-10-09T14:25:00Z"}]'},
            ["# Bodies here look like HTML", "\n    body: html\n"],
            id="bodies that look like HTML",
        ),
        pytest.param(
            {"[a].txt": RECORD.encode(), "b.png": b"\x89PNG\r\n\x1a\n", "c.rst": b"T\n=\n\n:date: x\n"},
            ["drop/*.png (files 1): drop/b.png is not text", "passed over drop/*.rst", 'path: "drop/*.txt"'],
            id="files of other kinds",
        ),
        pytest.param(
            {
                "a.txt": RECORD.encode(),
                "b.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01",
                "c.pdf": b"%PDF-1.7\n%\xe2\xe3\n",
            },
            ["drop/b.jpg is not text", "drop/c.pdf is not text"],
            id="pictures and documents",
        ),
        pytest.param(
            {"a.txt": b"A\x03" + RECORD.encode(), "b.txt": bytes(range(256)) * 20},
            ['path: "drop/*.txt"', "1 article, 0 rejects"],
            id="a file that is not text among texts",
        ),
        pytest.param(
            {"a.gz": gzip.compress(RECORD.encode()), "b.txt.gz": gzip.compress(RECORD.encode())},
            ["passed over drop/*.gz", 'path: "drop/*.txt.gz"'],
            id="a pattern that would fit the files of another",
        ),
    ],
)
def test_init_finds_out_what_it_can(tmp_path, files, says):
    """What the files tell stands in the config, what they don't is asked, and what is passed over is named."""
    (tmp_path / "drop").mkdir()
    for name, data in files.items():
        (tmp_path / "drop" / name).write_bytes(data)
    config = tmp_path / "config.yaml"
    result = CliRunner().invoke(app, [str(tmp_path / "drop"), "--config", str(config)])
    assert result.exit_code == 0, result.output
    load_config(config)
    for text in says:
        assert text in result.output + config.read_text("utf-8")


def test_a_folder_with_the_signs_of_a_pattern_in_its_name_is_found(tmp_path):
    (tmp_path / "in [2023]").mkdir()
    (tmp_path / "in [2023]/a.txt").write_text(RECORD)
    config = tmp_path / "config.yaml"
    CliRunner().invoke(app, [str(tmp_path / "in [2023]"), "--config", str(config)])
    (spec,) = load_config(config).sources
    assert [found.articles for found in survey(spec, 10).files] == [1]


def test_survey_counts_rejects_of_a_kind_together(tmp_path):
    """Where reasons differ only in what they say of their own record, the first is told."""
    (tmp_path / "a.jsonl").write_text("".join(f'{{"title":"A","date":"{day}"}}\n' for day in ("x 1", "y 2")))
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG)
    ((found,),) = [survey(spec, 10).files for spec in load_config(config).sources]
    ((reason, place, count),) = found.reasons
    assert "'x 1'" in reason
    assert (place, count) == ("a.jsonl:1", 2)


BODIES = {
    "One<br/>two": 1,
    "<P CLASS='x'>One": 1,
    'By <a href="https://example.org/">A</a >': 1,
    "x < y and y > z, a<b>c": 0,
    "Write <p or </p": 0,
    "<https://example.org/> </script>": 0,
}


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(("declared", "counts"), [("", 1), (", body: html", 0)])
def test_survey_counts_bodies_that_look_like_html(tmp_path, body, declared, counts):
    """They are counted where the source could say that they are, and does not."""
    line = json.dumps({"title": "A", "body": body, "date": "2023-10-09T14:25Z"})
    (tmp_path / "a.jsonl").write_text(line)
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG.replace("timezone: UTC", f"timezone: UTC{declared}"))
    ((found,),) = [survey(spec, 10).files for spec in load_config(config).sources]
    assert found.tagged == BODIES[body] * counts
    said = CliRunner().invoke(checking, ["--config", str(config)]).output
    assert ("say body: html" in said) == bool(found.tagged)


@pytest.mark.parametrize(
    ("name", "package", "extra"), [("a.html", "trafilatura", "html"), ("a.rss", "feedparser", "feeds")]
)
def test_init_says_which_package_is_missing(tmp_path, monkeypatch, name, package, extra):
    monkeypatch.setattr(
        "feedpub.sources.readers.find_spec", lambda found: None if found == package else object()
    )
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop/b.txt").write_text(RECORD)
    (tmp_path / "drop" / name).write_text("<html>")
    result = CliRunner().invoke(app, [str(tmp_path / "drop"), "--config", str(tmp_path / "c.yaml")])
    assert result.exit_code == 0
    (passed,) = [line for line in result.output.splitlines() if "passed over" in line]
    assert f"drop/{name}: the format" in passed
    assert passed.endswith(f"{install_hint(extra)}")
    assert "no article in them" not in result.output
    assert "b.txt" not in result.output
    assert "drop/*.txt: 1 file (text): 1 article, 0 rejects" in result.output


@pytest.mark.parametrize("name", [b"a.t\nxt", b"a.t\x1b[31mxt", b"a.t\xe9xt"])
def test_init_passes_over_names_that_no_config_can_hold(tmp_path, name):
    (tmp_path / "drop").mkdir()
    for path in (os.fsdecode(name), "b.txt"):
        try:
            (tmp_path / "drop" / path).write_text(RECORD)
        except (OSError, ValueError):
            pytest.skip("this file system has no such names")
    result = CliRunner().invoke(app, [str(tmp_path / "drop"), "--config", str(tmp_path / "c.yaml")])
    assert result.exit_code == 0, result.output
    assert "rename the files" in result.output.splitlines()[0]
    assert "\x1b" not in result.output
    assert [spec.path for spec in load_config(tmp_path / "c.yaml").sources] == ["drop/*.txt"]


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_init_says_what_is_wrong_with_a_folder(tmp_path, name):
    (tmp_path / "empty").mkdir()
    result = CliRunner().invoke(app, [str(tmp_path / name), "--config", str(tmp_path / "c.yaml")])
    assert result.exit_code == 1
    assert not (tmp_path / "c.yaml").exists()


def test_init_says_where_it_cannot_write(folder):
    result = CliRunner().invoke(app, [str(folder / "drop"), "--config", str(folder / "none/c.yaml")])
    assert result.exit_code == 1
    assert result.output.endswith("c.yaml cannot be written: No such file or directory\n")
