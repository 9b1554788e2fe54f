"""A folder of unknown files becomes a config that loads and reads them; what files do not show is asked."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from feedpub.cli.check import check
from feedpub.cli.init import init
from feedpub.config import load_config
from feedpub.core.errors import install_hint
from feedpub.publishing.build import build
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
    assert "passed over drop/* (1 file): no pattern matches only these files" in result.output
    for question in (
        "have no time zone",
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
            {"a.csv": "Otsikko;Text;Paiva\r\nÜber;Größe;09.10.2023\r\nA;B;13.10.2023\r\n".encode("cp1252")},
            [
                "# encoding: cp1252",
                "timezone: UTC",
                "day_first: true",
                '# fields: {"title": "Otsikko", "body": "Text", "published": "Paiva"}',
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
            {"a.ndjson": b'{"title":"A","timestamp":1696861500000}\n'},
            ["\n    dates: {formats: [epoch-ms]}\n"],
            id="dates that count milliseconds",
        ),
        pytest.param(
            {"a.txt": b"A\nB\n1696861500\n", "b.text": b"A\nB\n3 avril 2026 10:00\n"},
            ["# dates: {formats: [epoch]}", "\n    dates: {languages: [fr]}\n"],
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
            [
                "passed over drop/*.rst (1 file): drop/c.rst:1: the file is reStructuredText",
                "passed over 1 file without articles: 1 .png",
                'path: "drop/*.txt"',
            ],
            id="files of other kinds",
        ),
        pytest.param(
            {
                "a.txt": RECORD.encode(),
                "b.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01",
                "c.pdf": b"%PDF-1.7\n%\xe2\xe3\n",
            },
            ["passed over 1 file without articles: 1 .jpg", "drop/*.pdf (1 file): drop/c.pdf is not text"],
            id="pictures and documents",
        ),
        pytest.param(
            {"a.txt": b"A\x03" + RECORD.encode(), "b.txt": bytes(range(256)) * 20},
            ['path: "drop/*.txt"', "1 article, 1 reject", "drop/b.txt:1: the byte 0x80"],
            id="a file that is not text among texts",
        ),
        pytest.param(
            {
                f"{n}.txt": f"2024-04-0{n} 10:00\nFerry {n}\nIt left at noon.\nIt came back.\n".encode()
                for n in (1, 2, 3)
            },
            [
                'layout: {"order": "date title body", "separator": "---"}',
                "3 articles\n",
                "Each file is one record",
            ],
            id="texts that begin with their date",
        ),
        pytest.param(
            {
                "a.txt": b"2024-04-01\nA\nOne.\n2024-04-02\nB\nTwo.\n2024-04-03\nC\nThree.\n",
                "b.md": b"---\ntitle: A\ndate: 2024-04-01\n---\nB\n",
            },
            [
                "passed over drop/*.txt (1 file): drop/a.txt: dates come first in its records; write a line ---"
            ],
            id="several records that begin with their dates, which nothing divides",
        ),
        pytest.param(
            {"a.txt": b"2024-04-01\nA\nOne.\n=====\n2024-04-02\nB\nTwo.\n=====\n2024-04-03\nC\nThree.\n"},
            [
                'layout: {"order": "date title body", "separator": "====="}',
                "3 articles\n",
                "ends each record",
            ],
            id="records with a line between them",
        ),
        pytest.param(
            {
                f"{n}.txt": f"Ferry {n}\nBy A. Person\n\nPublished: 2024-04-0{n} 10:00\n\nIt left.\n".encode()
                for n in (1, 2)
            },
            ['"headers": {"Published": "published"}', "2 articles\n"],
            id="texts whose date is in a line Published:",
        ),
        pytest.param(
            {f"{n}.txt": f"Ferry {n}\n2024-04-0{n} 10:00\n".encode() for n in (1, 2)},
            ['layout: {"order": "title body date", "separator": "---"}', "2 articles\n"],
            id="texts that are a title and a date",
        ),
        pytest.param(
            {f"ferry_2024_04_0{n}.txt": f"Ferry {n}\n\nIt left.\n\nIt came back.\n".encode() for n in (1, 2)},
            ["date: filename", "2 articles\n"],
            id="texts whose names have their dates",
        ),
        pytest.param(
            {
                "first/a.txt": b"2024-04-01\nFerry\nIt left.\n",
                "then/b.txt": b"Mill\nIt is sold.\n2024-04-02\n",
                "title/c.txt": b"Crane\n2024-04-03\n",
                "none/d.txt": b"A note\nof no day.\n",
            },
            [
                'path: "drop/first/*.txt"',
                'path: "drop/then/*.txt"',
                'path: "drop/title/*.txt"',
                "3 articles",
                "passed over drop/none/*.txt (1 file): drop/none/d.txt:1: half a record",
                "no line of the text is a date and nothing else, and the name of the file has none",
            ],
            id="folders of different layouts",
        ),
        pytest.param(
            {"counts.csv": b"label,total\nA,3\n", "news.csv": b"title,text,date\nA,B,2024-10-15\n"},
            ["1 article, 2 rejects", "timezone: UTC", "have no time zone and are read as UTC"],
            id="a table of other things beside the news",
        ),
        pytest.param(
            {
                "news.csv": b"title,text,date\nA,B,2024-10-15\n",
                "other.csv": b"Kopf,Korpus,Am\nA,Es ist da.,2024-10-15\n",
            },
            [
                "# drop/other.csv gave no article. If it contains some, add a source of its own, with:",
                '# fields: {"title": "Kopf", "body": "Korpus", "published": "Am"}',
            ],
            id="a table with other names beside the news",
        ),
        pytest.param(
            {
                "a.jsonl": json.dumps(
                    {"otsikko": "Mill", "leipateksti": "It is sold. " * 900, "am": "2024-10-15"}
                ).encode()
            },
            [
                '# fields: {"title": "otsikko", "body": "leipateksti", "published": "am"}',
                "0 articles, 1 reject",
            ],
            id="records that are longer than the beginning of a file",
        ),
        pytest.param(
            {
                "a.json": b'{"items": [{"meta": {"am": "2024-10-15"}, "kopf": "Mill", "korpus": "It is sold, sold."}]}'
            },
            ['# fields: {"title": "kopf", "body": "korpus", "published": "meta.am"}'],
            id="names that lie deeper in JSON",
        ),
        pytest.param(
            {"a.csv": "title,text,date\nCafÃ© â€“ open,Ã‰t le cafÃ©.,2024-10-15\n".encode()},
            ["\n    repair_mojibake: true\n", "each repair is reported"],
            id="text that was decoded wrongly",
        ),
        pytest.param(
            {"a.csv": "title,text,date\nMill,It\x92s sold.,2024-10-15\n".encode()},
            ["\n    repair_mojibake: true\n"],
            id="text whose quotes became control characters",
        ),
        pytest.param(
            {
                f"{n}.md": f"---\ntitle: Ferry {n}\ndate: 2024-04-0{n}\n---\nIt left.\n".encode()
                for n in (1, 2)
            },
            ["# link: https://example.org/{slug}/", "entries link to pages of ours"],
            id="Markdown without links",
        ),
        pytest.param(
            {f"_posts/2024-04-0{n}-ferry.md": b"---\ntitle: Ferry\n---\nIt left.\n" for n in (1, 2)}
            | {"_config.yml": b"title: T\n"},
            ["# link: https://example.org/{year}/{month}/{day}/{slug}.html"],
            id="Markdown of Jekyll",
        ),
        pytest.param(
            {
                f"content/posts/{n}/index.md": f"---\ntitle: {n}\ndate: 2024-04-0{n}\n---\nIt left.\n".encode()
                for n in (1, 2)
            },
            ["# link: https://example.org/posts/{slug}/", 'path: "drop/content/posts/**/*.md"'],
            id="Markdown of which each file has a folder",
        ),
        pytest.param(
            {"a.md": b"---\ntitle: A\ndate: 2024-04-01\npermalink: /a/\n---\nIt left.\n"},
            ["# link_base: https://example.org/", "Some links are relative"],
            id="Markdown with relative links",
        ),
        pytest.param(
            {
                "a.md": b"---\ntitle: A\ndate: 2024-04-01\n---\nB\n",
                "b.md": b"---\ntitle: B\n---\nB\n",
                "c.md": b"---\ntitle: C\ndate: 2024-04-02\ndraft: true\n---\nB\n",
                "d.md": b"---\ntitle: D\ndate: 2024-04-02\nstatus: private\n---\nB\n",
            },
            [
                "drop/*.md: 4 files (markdown): 1 article, 1 reject, 1 draft, 1 not public",
                "  drop/b.md:1: the record has no date",
                "a build with it finds 1 article, 2 left out.",
            ],
            id="drafts and rejects, which are counted and named",
        ),
        pytest.param(
            {f"about-{n:02}.md": b"# About\n" for n in range(40)}
            | {f"posts/{n}.md": b"---\ntitle: A\ndate: 2024-04-01\n---\nB\n" for n in range(3)},
            [
                'path: "drop/posts/*.md"',
                "passed over 40 other .md files: drop/about-00.md:1: the record has no date",
            ],
            id="many pages before a folder of posts",
        ),
        pytest.param(
            {"a.gz": gzip.compress(RECORD.encode()), "b.txt.gz": gzip.compress(RECORD.encode())},
            ["passed over drop/*.gz (1 file): no pattern matches", 'path: "drop/*.txt.gz"'],
            id="a pattern that would fit the files of another",
        ),
    ],
)
def test_init_finds_out_what_it_can(tmp_path, files, says):
    """The config has what files show, other things are asked, and skipped files are named."""
    for name, data in files.items():
        path = tmp_path / "drop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
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
    """If reasons only differ in values of their records, the first one is shown."""
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
    """They are counted if the source could declare them as HTML, and does not."""
    line = json.dumps({"title": "A", "body": body, "date": "2023-10-09T14:25Z"})
    (tmp_path / "a.jsonl").write_text(line)
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG.replace("timezone: UTC", f"timezone: UTC{declared}"))
    ((found,),) = [survey(spec, 10).files for spec in load_config(config).sources]
    assert found.tagged == BODIES[body] * counts
    said = CliRunner().invoke(checking, ["--config", str(config)]).output
    assert ("write body: html" in said) == bool(found.tagged)


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
    assert "drop/*.txt: 1 file (text): 1 article\n" in result.output


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


def run(folder, *options):
    return CliRunner().invoke(app, [str(folder / "drop"), "--config", str(folder / "config.yaml"), *options])


def test_options_say_what_no_file_says(folder):
    result = run(
        folder, "--title", "Mill: news", "--base-url", "https://mill.town/feeds", "--timezone", "Europe/Paris"
    )
    assert result.exit_code == 0, result.output
    found = load_config(folder / "config.yaml")
    assert (found.site.title, found.site.base_url) == ("Mill: news", "https://mill.town/feeds/")
    assert found.site.id_authority.startswith("mill.town,20")
    assert {spec.dates.zone for spec in found.sources} == {None, "Europe/Paris"}
    assert "UTC" not in result.output
    assert not found.placeholders
    run(folder, "--id-authority", "quay.town,2024", "--force")
    assert load_config(folder / "config.yaml").site.id_authority == "quay.town,2024"


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        (
            "--timezone",
            "Europe/Pari",
            "--timezone: there is no time zone 'Europe/Pari'; did you mean 'Europe/Paris'?",
        ),
        ("--base-url", "mill.town", "--base-url: 'mill.town' is not an absolute URL"),
        ("--id-authority", "mill.town", "--id-authority: 'mill.town' is not a tagging entity"),
        ("--title", " ", "--title: expected text, found nothing"),
    ],
)
def test_an_option_that_no_config_could_say_is_an_error_of_usage(folder, option, value, says, command):
    done = command(folder, "init", "drop", option, value)
    assert done.returncode == 2
    assert says in done.stderr
    assert not (folder / "config.yaml").exists()


def test_without_a_terminal_nothing_is_asked_and_what_is_assumed_is_said(folder):
    result = run(folder)
    assert "have no time zone and are read as UTC" in result.output
    assert (
        "config.yaml:8: site.base_url is http://localhost:8000/ and line 10: site.id_authority"
        in result.output
    )
    assert "?" not in result.output


@pytest.mark.slow
def test_at_a_terminal_it_asks_until_the_answer_is_one(folder):
    """It asks for what no option gives, and for a zone only if some dates have none."""
    answers = ["Mill news", "mill.town", "https://mill.town/feeds/", "", "Europe/Paris"]
    said, status = at_a_terminal(folder, "drop", answers)
    assert status == 0, said
    found = load_config(folder / "config.yaml")
    assert (found.site.title, found.site.base_url) == ("Mill news", "https://mill.town/feeds/")
    assert found.site.id_authority.startswith("mill.town,20")
    assert {spec.dates.zone for spec in found.sources} == {None, "Europe/Paris"}
    assert "'mill.town' is not an absolute URL" in said
    (folder / "zoned").mkdir()
    (folder / "zoned/a.md").write_text("---\ntitle: A\ndate: 2024-01-01T10:00Z\n---\nB\n")
    said, status = at_a_terminal(folder, "zoned", ["", "", ""], "--force")
    assert status == 0, said
    assert "time zone" not in said
    said, status = at_a_terminal(folder, "zoned", ["\x03"], "--force", "--config", "other.yaml")
    assert status == 130
    assert not (folder / "other.yaml").exists()


def at_a_terminal(folder, name, answers, *options):
    """Run ``init`` like a person who answers each question; return its output and status."""
    pty = pytest.importorskip("pty")
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        # Tests in the background ignore interrupts, and programs inherit that.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execv(sys.executable, [sys.executable, "-m", "feedpub", "init", name, *options])
    said, left = "", list(answers)
    with suppress(OSError):
        while block := os.read(terminal, 4096).decode():
            said += block
            if said.rstrip().endswith("]:") and left:
                os.write(terminal, left.pop(0).encode() + b"\n")
    os.close(terminal)
    assert not left
    return said, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_folders_may_lie_beside_the_folder_of_the_config(tmp_path):
    (tmp_path / "news/posts").mkdir(parents=True)
    (tmp_path / "site").mkdir()
    (tmp_path / "news/posts/a.txt").write_text(RECORD)
    (tmp_path / "news/posts/b.xml").write_text("<rss><channel><title>T</title></channel></rss>")
    config = tmp_path / "site/config.yaml"
    result = CliRunner().invoke(app, [str(tmp_path / "news"), "--config", str(config)])
    assert "../news/posts/*.txt: 1 file (text): 1 article\n" in result.output
    assert "other .txt" not in result.output
    assert [spec.path for spec in load_config(config).sources] == ["../news/posts/*.txt"]


@pytest.mark.parametrize(("feeds", "others", "read"), [(1, 3, True), (0, 3, False)])
def test_feeds_among_other_xml_are_read_and_texts_of_no_known_kind_only_where_most_are_articles(
    tmp_path, feeds, others, read
):
    item = "<item><title>A</title><pubDate>Mon, 09 Oct 2023 14:25:00 GMT</pubDate></item>"
    (tmp_path / "drop").mkdir()
    for number in range(feeds):
        (tmp_path / f"drop/f{number}.xml").write_text(f"<rss><channel><title>T</title>{item}</channel></rss>")
    for number in range(others):
        (tmp_path / f"drop/o{number}.xml").write_text("<project><name>x</name></project>")
        (tmp_path / f"drop/t{number}.log").write_text(RECORD if not number else "started\nstopped\n")
    result = run(tmp_path)
    assert ("drop/*.xml: 4 files (feed" in result.output) == read
    assert "drop/*.log" not in result.output
    assert "3 .log" in result.output


def test_several_folders_are_several_sources_and_each_is_read_once(tmp_path):
    for name in ("one/a.txt", "one/deep/b.txt", "two/c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(RECORD.replace("Title", name))
    folders = [str(tmp_path / name) for name in ("one/deep", "one", "two", "one")]
    config = tmp_path / "config.yaml"
    result = CliRunner().invoke(app, [*folders, "--config", str(config)])
    assert [spec.path for spec in load_config(config).sources] == ["one/**/*.txt", "two/*.txt"]
    assert "a build with it finds 3 articles." in result.output


def test_a_question_that_only_later_records_raise_is_asked_too(tmp_path, monkeypatch):
    """The sample shows neither, the whole shows both, and the config is right anyway."""
    monkeypatch.setattr("feedpub.sources.proposal.SAMPLE_ITEMS", 2)
    (tmp_path / "drop").mkdir()
    rows = [b"title,text,date", b"A,B,2024-01-01T10:00Z", b"C,D,2024-01-02T10:00Z", b"E,F,2024-01-03 10:00"]
    (tmp_path / "drop/a.csv").write_bytes(b"\n".join([*rows, b"G,Caf\xe9,2024-01-04T10:00Z"]) + b"\n")
    result = run(tmp_path)
    text = (tmp_path / "config.yaml").read_text()
    assert "timezone: UTC" in text
    assert "# encoding: cp1252" in text
    assert "a build with it finds 3 articles." in result.output


def test_what_is_too_large_to_be_read_at_once_is_not_promised(folder, monkeypatch):
    monkeypatch.setattr("feedpub.cli.init.MAX_BYTES", 10)
    result = run(folder)
    assert result.exit_code == 0, result.output
    assert "the first records of 2 files have 2 articles" in result.output
    assert "there is too much to read it all now: feedpub check --all does so" in result.output


def test_a_file_that_cannot_be_read_is_named_as_what_stops_a_build(folder, monkeypatch, command):
    opened = Path.open

    def refusing(path, *args, **options):
        if path.name == "b.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *args, **options)

    monkeypatch.setattr(Path, "open", refusing)
    done = command(folder, "init", "drop")
    assert done.returncode == 1
    assert "drop/deep/er/b.txt: can't be read: Permission denied; a build stops there until" in done.stderr
    assert load_config(folder / "config.yaml").sources


def test_what_feedpub_wrote_is_no_article_and_a_folder_of_that_name_is_not_overwritten(tmp_path):
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop/a.txt").write_text(RECORD)
    runner = CliRunner()
    config = str(tmp_path / "config.yaml")
    runner.invoke(app, [str(tmp_path), "--config", config])
    assert load_config(config).output.dir == tmp_path / "feeds"
    build(load_config(config), datetime(2024, 1, 1, tzinfo=UTC))
    again = runner.invoke(app, [str(tmp_path), "--config", config, "--force"])
    assert "passed over" not in again.output
    assert "a build with it finds 1 article." in again.output
    shutil.rmtree(tmp_path / ".feedpub")
    runner.invoke(app, [str(tmp_path), "--config", config, "--force"])
    assert load_config(config).output.dir == tmp_path / "published"


def test_feeds_of_each_value_are_proposed_where_articles_share_several(folder):
    labels = ["Energy", "energy", "Sport", "Sport", "Sport", "Lone", "C: #1", "C: #1", "x", "x", "y", "y"]
    rows = [
        {
            "title": f"T{number}",
            "date": f"2023-10-09T14:{number:02}Z",
            "categories": [label],
            "author": "Desk",
        }
        for number, label in enumerate(labels)
    ]
    (folder / "drop/tagged.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    run(folder)
    written = (folder / "config.yaml").read_text()
    assert "# topic: {each: category}  # Sport, C: #1, Energy, x …\n" in written
    assert "each: author" not in written
    (folder / "config.yaml").write_text(written.replace("# topic: {each", "topic: {each"))
    assert [made.field for made in load_config(folder / "config.yaml").templates] == ["category"]


def test_the_feed_in_comments_is_a_feed_when_the_signs_are_removed(folder):
    run(folder)
    lines = (folder / "config.yaml").read_text().splitlines(keepends=True)
    first = lines.index("  # business:\n")
    last = lines.index("\n", first)
    lines[first:last] = [line.replace("# ", "", 1) for line in lines[first:last]]
    (folder / "config.yaml").write_text("".join(lines))
    assert [feed.slug for feed in load_config(folder / "config.yaml").feeds] == ["all", "business"]


def test_nothing_is_proposed_of_values_that_no_articles_share(folder):
    run(folder)
    assert "each:" not in (folder / "config.yaml").read_text()


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_init_says_what_is_wrong_with_a_folder(tmp_path, name):
    (tmp_path / "empty").mkdir()
    result = CliRunner().invoke(app, [str(tmp_path / name), "--config", str(tmp_path / "c.yaml")])
    assert result.exit_code == 1
    assert not (tmp_path / "c.yaml").exists()


def test_init_says_where_it_cannot_write(folder, command):
    done = command(folder, "init", "drop", "--config", "none/c.yaml")
    assert done.returncode == 1
    assert done.stderr.endswith("c.yaml cannot be written: No such file or directory\n")


@pytest.mark.parametrize(
    ("named", "problem"),
    [
        (
            "s3://bucket/drop",
            "s3://bucket/drop is an address, and init looks at folders of this machine; give it",
        ),
        ("https://a.example/feed.xml", "https://a.example/feed.xml is an address, and init looks at folders"),
        ("nothing", "nothing is not a folder; name the folder with the articles"),
    ],
)
def test_init_says_what_to_do_about_what_is_no_folder(named, problem, tmp_path, command):
    done = command(tmp_path, "init", named)
    assert done.returncode == 1
    assert done.stderr.startswith(f"feedpub: {problem}")
    assert done.stderr.count("\n") == 1
