"""What the command prints, and its exit status."""

from __future__ import annotations

import gzip
import json
import os
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
import typer
from typer.testing import CliRunner

from feedpub.cli.console import Misused
from feedpub.cli.validate import validate
from feedpub.core.errors import SourceError
from feedpub.validator.manual import PAGES

DATA = Path(__file__).resolve().parents[1] / "data" / "validator"
VALID = str(DATA / "wild" / "hugo.xml")
INVALID = str(DATA / "rss-2.0" / "missing-element.xml")
WARNED = str(DATA / "rss-profile" / "missing-guid.xml")
HINTED = str(DATA / "rss-profile" / "items-not-newest-first.xml")


@pytest.fixture
def run():
    app = typer.Typer()
    app.command()(validate)

    def invoke(*arguments, standard_input=None):
        return CliRunner().invoke(app, list(arguments), input=standard_input)

    return invoke


@pytest.mark.parametrize(("file", "status"), [(VALID, 0), (WARNED, 0), (INVALID, 1)])
def test_the_status_is_1_where_a_feed_has_an_error(run, file, status):
    assert run(file).exit_code == status


def test_text_shows_the_line_and_a_caret_under_the_place(run):
    output = run(INVALID).output
    assert re.search(
        r"missing-element\.xml: RSS, not valid \(1 error\)\n"
        r"  \d+:1 error missing-element: <channel> has no <link>\n"
        r"      \| <channel>\n"
        r"      \| \^\n"
        r"      add the element \(https://",
        output,
    )


def test_json_is_one_object_a_file(run):
    lines = run(VALID, INVALID, "--format", "json").output.splitlines()
    first, second = (json.loads(line) for line in lines)
    assert first == {"file": VALID, "format": "rss", "valid": True, "findings": []}
    assert second["valid"] is False
    assert set(second["findings"][0]) == {
        "code", "level", "message", "line", "column", "spec", "remedy",
    }  # fmt: skip


def test_sarif_is_one_log_with_a_rule_for_every_code(run):
    done = run(INVALID, WARNED, "--format", "sarif")
    log = json.loads(done.output)
    assert done.exit_code == 1
    (only,) = log["runs"]
    assert log["version"] == "2.1.0"
    rules = {rule["id"] for rule in only["tool"]["driver"]["rules"]}
    assert rules == {result["ruleId"] for result in only["results"]} == {"missing-element", "missing-guid"}
    assert {result["level"] for result in only["results"]} == {"error", "warning"}


def test_a_rule_of_sarif_has_a_title_a_page_and_the_level_of_its_check(run):
    log = json.loads(run(INVALID, WARNED, "--format", "sarif").output)
    driver = log["runs"][0]["tool"]["driver"]
    assert "informationUri" not in driver  # the project has no web page to link to
    for rule in driver["rules"]:
        check = PAGES[rule["id"]]
        title = rule["shortDescription"]["text"]
        assert check.manual.replace("\n", " ").replace("``", "`").startswith(title)
        assert not title.endswith(".")
        assert check.remedy in rule["help"]["text"]
        assert check.remedy in rule["help"]["markdown"]
        assert rule["helpUri"].startswith("https://")
        assert rule["defaultConfiguration"] == {"level": str(check.level)}


def test_sarif_names_an_absolute_path_as_a_file_and_a_relative_one_as_it_is(run, tmp_path, monkeypatch):
    file = tmp_path / "a b" / "feed.rss"
    file.parent.mkdir()
    file.write_bytes(Path(WARNED).read_bytes())
    monkeypatch.chdir(tmp_path)
    for name, uri in ((str(file), file.as_uri()), ("a b/feed.rss", "a%20b/feed.rss")):
        (result,) = json.loads(run(name, "--format", "sarif").output)["runs"][0]["results"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_github_annotations_name_file_line_and_column(run):
    output = run(INVALID, "--format", "github").output
    assert re.match(
        r"::error file=[^,:]+,line=\d+,col=1,title=missing-element::<channel> has no <link>", output
    )


def podcast(episodes, *, more=""):
    """Return a feed with one mistake in each episode, and ``more`` at its end."""
    slips = "".join(
        f"<item><guid isPermaLink='false'>tag:example.org,2024:{number}</guid>\n<title>{number}</title>\n"
        f"<link>/{number}</link></item>\n"
        for number in range(episodes)
    )
    return (
        "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>Tides</title>\n"
        "<link>https://example.org/</link><description>High water</description>\n"
        f"<atom:link rel='self' href='https://example.org/feed.rss'/>\n{slips}{more}</channel></rss>"
    )


def test_what_repeats_is_shown_three_times_and_counted_and_the_gravest_comes_first(run, tmp_path):
    file = tmp_path / "feed.rss"
    text = podcast(
        200, more="<item><guid isPermaLink='false'>tag:example.org,2024:7</guid><title>8</title></item>"
    )
    file.write_text(text.replace("<link>https", "<ttl>0</ttl><link>https"), encoding="utf-8")
    lines = run(str(file), "--level", "warning").output.splitlines()
    levels = [line.split()[1] for line in lines if re.match(r"  \d", line)]
    assert levels == sorted(levels, key=["error", "warning"].index)
    assert [line.split()[0] for line in lines if "relative-iri" in line] == ["6:1", "9:1", "12:1"]
    assert "      and 197 more, in lines 15, 18, 21 …" in lines
    assert sum("duplicate-guid" in line for line in lines) == 1
    # Programs get all of them.
    assert len(json.loads(run(str(file), "--format", "json").output)["findings"]) > 200


def test_of_one_code_different_messages_are_shown_before_equal_ones(run, tmp_path):
    file = tmp_path / "feed.rss"
    file.write_text(podcast(0, more="<item><size/><size/><size/><size/><colour/></item>"), encoding="utf-8")
    shown = [line for line in run(str(file)).output.splitlines() if "unknown-element" in line]
    assert [re.search("<[a-z]+>", line)[0] for line in shown] == ["<size>", "<size>", "<colour>"]


def test_html_that_is_not_escaped_has_its_own_remedy_after_the_first_finding_that_it_is_for(run, tmp_path):
    file = tmp_path / "feed.rss"
    html = "<title>A <i>B</i></title><description>An <b>old</b> <em>ship</em> <size/></description>"
    file.write_text(podcast(0, more=f"<item>{html}</item>"), encoding="utf-8")
    findings = json.loads(run(str(file), "--format", "json").output)["findings"]
    remedies = {found["message"]: found["remedy"] for found in findings if found["code"] == "unknown-element"}
    assert remedies == {
        "<i> is not defined in <title>": "write the text of <title> without HTML",
        "<b> is not defined in <description>": "escape the HTML (such as &lt;b&gt;) or wrap it in CDATA",
        "<em> is not defined in <description>": "escape the HTML (such as &lt;b&gt;) or wrap it in CDATA",
        "<size> is not defined in <description>": "correct or remove it, or put it in a namespace of its own",
    }


def test_the_remedy_of_a_group_follows_its_first_finding(run, tmp_path):
    file = tmp_path / "feed.rss"
    file.write_text(podcast(5), encoding="utf-8")
    lines = [line for line in run(str(file)).output.splitlines() if not line.startswith("      |")]
    first = next(n for n, line in enumerate(lines) if "relative-iri" in line)
    assert re.match(r" {6}\w.* \(https://", lines[first + 1])
    assert ["relative-iri" in line for line in lines[first + 2 : first + 4]] == [True, True]
    assert lines[first + 4].startswith("      and 2 more")


def test_github_gets_ten_annotations_of_a_level_from_all_files_and_the_rest_as_lines(run, tmp_path):
    for number in range(15):
        (tmp_path / f"{number:02}.rss").write_text(podcast(30), encoding="utf-8")
    (tmp_path / "99.rss").write_bytes(Path(WARNED).read_bytes())
    lines = run(str(tmp_path), "--format", "github").stdout.splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::error"] * 10 + [
        f"{tmp_path}/{number}.rss:6:1" for number in range(10, 15)
    ] + ["::warning"]
    assert all(line.endswith("; 29 more, in lines 9, 12, 15 …") for line in lines[:15])


def test_github_shows_each_kind_of_message_of_a_file(run, tmp_path):
    file = tmp_path / "feed.rss"
    file.write_text("<rss version='2.0'><channel/></rss>", encoding="utf-8")
    lines = run(str(file), "--format", "github").stdout.splitlines()
    assert sum("title=missing-element::<channel> has no" in line for line in lines) == 3


def test_the_line_of_a_finding_is_shown_whatever_ends_the_lines(run, tmp_path):
    for end in ("\n", "\r\n", "\r"):
        file = tmp_path / "feed.rss"
        file.write_bytes(podcast(1).replace("\n", end).encode())
        assert "\n      | <link>/0</link></item>\n      | ^\n" in run(str(file)).output


def test_hints_are_shown_only_on_demand(run):
    assert "hint items-not-newest-first:" not in run(HINTED).output
    assert "hint items-not-newest-first:" in run(HINTED, "--level", "hint").output


def test_an_ignored_check_does_not_count(run):
    done = run(INVALID, "--ignore", "missing-element")
    assert done.exit_code == 0
    assert "missing-element:" not in done.output


def test_a_feed_may_come_from_standard_input(run):
    done = run("-", "--format", "json", standard_input=Path(INVALID).read_bytes())
    assert json.loads(done.output)["file"] == "<stdin>"
    assert done.exit_code == 1


def test_folders_and_patterns_stand_for_the_feeds_in_them(run, tmp_path):
    for name in ("a.xml", "b/c.rss", "b/d.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(Path(VALID).read_bytes())
    inside = [json.loads(line)["file"] for line in run(str(tmp_path), "--format", "json").stdout.splitlines()]
    assert inside == [str(tmp_path / "a.xml"), str(tmp_path / "b/c.rss")]
    matched = [
        json.loads(line)["file"] for line in run(f"{tmp_path}/b/*", "--format", "json").stdout.splitlines()
    ]
    assert matched == [str(tmp_path / "b/c.rss"), str(tmp_path / "b/d.txt")]


@pytest.mark.parametrize("report_format", ["text", "github"])
@pytest.mark.parametrize("path", ["{}", "{}/*"])
def test_a_folder_without_a_feed_is_wrong_usage(run, tmp_path, path, report_format):
    """Otherwise a job with a wrong folder would always succeed."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/sitemap.xml").write_text("<urlset/>")
    done = run(VALID, path.format(tmp_path), "--format", report_format)
    assert isinstance(done.exception, Misused)
    assert str(done.exception).startswith(
        f"there is no feed in {path.format(tmp_path)}: no file ends in .rss"
    )
    assert done.stderr.startswith("feedpub: 0 feeds validated, 1 file passed over:\n")


def test_of_a_folder_without_any_file_only_one_sentence_is_said(command, tmp_path):
    done = command(tmp_path, "validate", ".")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"feedpub: there is no feed in \.: [^\n]+\n", done.stderr)


@pytest.fixture
def site(tmp_path):
    """A folder with a good feed, broken ones, and other files."""
    folder = tmp_path / "public"
    for name, data in {
        "news/index.xml": Path(VALID).read_bytes(),
        "feed.xml": b"",
        "rss.xml": gzip.compress(Path(VALID).read_bytes()),
        "atom.xml": b"<!doctype html><html><body>502 Bad Gateway</body></html>",
        "tides.xml": b'<a:feed xmlns:a="http://www.w3.org/2005/Atom"/>',
        "feed.json": b'{"title": "Tides", "items": []}',
        "sitemap.xml": b"<urlset/>",
        "tags.xml": b"",
        "old/rss.xml": (DATA / "xml" / "unchecked-format.xml").read_bytes(),
        "themes/atom.xml": b"<feed>{% for page in pages %}</feed>",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def verdicts(done):
    return {Path(each["file"]).name: each["valid"] for each in map(json.loads, done.stdout.splitlines())}


def test_a_folder_passes_no_broken_feed_and_says_what_it_passes_over(run, site):
    done = run(str(site), "--format", "json")
    assert done.exit_code == 1
    assert verdicts(done) == {
        "index.xml": True,
        **dict.fromkeys(["feed.xml", "rss.xml", "atom.xml", "tides.xml", "feed.json"], False),
    }
    assert done.stderr.splitlines() == [
        "feedpub: 6 feeds validated, 4 files passed over:",
        f"feedpub:   1 × empty file: {site}/tags.xml",
        f"feedpub:   1 × template of a site generator: {site}/themes/atom.xml",
        f"feedpub:   1 × RSS 1.0 or 0.90, which is not checked: {site}/old/rss.xml",
        f"feedpub:   1 × other XML: {site}/sitemap.xml",
    ]
    assert run(str(site), "--quiet").stderr == ""


def test_what_a_folder_passes_over_is_said_where_it_has_no_feed(run, site):
    done = run(str(site / "themes"))
    assert isinstance(done.exception, Misused)
    assert "1 × template of a site generator" in done.stderr


def test_named_files_of_which_only_feeds_count_are_chosen_as_in_a_folder(run, site):
    files = [str(file) for file in sorted(site.rglob("*")) if file.is_file()]
    named, inside = (run(*what, "--format", "json") for what in ([*files, "--only-feeds"], [str(site)]))
    assert verdicts(named) == verdicts(inside)
    assert named.stderr == inside.stderr
    alone = run(str(site / "themes/atom.xml"), "--only-feeds")
    assert (alone.exit_code, alone.stdout) == (0, "")
    assert "1 × template of a site generator" in alone.stderr


@pytest.mark.parametrize(
    ("name", "what"), [("themes/atom.xml", "a template of a site generator"), ("old/rss.xml", "RSS 1.0")]
)
def test_a_named_file_that_is_not_checked_is_neither_valid_nor_not(run, site, name, what):
    file = str(site / name)
    done = run(file)
    assert done.exit_code == 2
    assert done.stdout.startswith(f"{file}: not checked, {what}")
    assert done.stderr == f"feedpub: {file} is not checked: {what}\n"
    assert json.loads(run(file, "--format", "json").stdout)["valid"] is None
    assert run(file, VALID).exit_code == 2
    assert run(file, INVALID).exit_code == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_pipes_and_devices_are_refused_by_name_and_passed_over_in_folders_and_patterns(run, tmp_path):
    os.mkfifo(tmp_path / "pipe.rss")
    (tmp_path / "feed.rss").write_bytes(Path(VALID).read_bytes())
    for refused in (str(tmp_path / "pipe.rss"), os.devnull):
        done = run(refused)
        assert done.exit_code == 2
        assert "neither a file nor a folder" in " ".join(done.output.replace("│", " ").split())
    for passed in (str(tmp_path), f"{tmp_path}/*.rss"):
        assert [json.loads(line)["file"] for line in run(passed, "--format", "json").stdout.splitlines()] == [
            str(tmp_path / "feed.rss")
        ]


@pytest.mark.parametrize("name", [b"two\nlines.rss", b"latin-\xe9.rss", b"esc\x1b[31m.rss"])
def test_odd_names_of_files_break_no_report(run, tmp_path, name):
    file = tmp_path / os.fsdecode(name)
    try:
        file.write_bytes(Path(WARNED).read_bytes())
    except (OSError, ValueError):
        pytest.skip("this file system has no such names")
    shown = str(file)
    assert run(shown).output.splitlines()[0].endswith(".rss: RSS, valid (1 warning)")
    assert "\x1b" not in run(shown).output
    assert json.loads(run(shown, "--format", "json").output)["file"] == shown
    assert len(run(shown, "--format", "github").output.splitlines()) == 1
    (result,) = json.loads(run(shown, "--format", "sarif").output)["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote_to_bytes(uri.removeprefix("file://")) == os.fsencode(file)


def test_text_shows_no_control_character_of_a_feed(run, tmp_path):
    file = tmp_path / "feed.json"
    file.write_text('{"version": "\\u001b[31m\\u009b", "title": "A", "items": []}', encoding="utf-8")
    assert all(char.isprintable() or char == "\n" for char in run(str(file)).output)


def test_annotations_show_no_control_character_of_a_feed_or_its_name(run, tmp_path):
    file = tmp_path / "\x1b[31m\u202efeed.json"
    file.write_text('{"version": "\\u001b[31m\\u009b\\u202e", "title": "A", "items": []}', encoding="utf-8")
    output = run(str(file), "--format", "github").output
    assert "::error" in output
    assert all(char.isprintable() or char == "\n" for char in output)


def test_the_location_is_held_against_the_self_link(run):
    atom = str(DATA / "wild" / "github-releases.xml")
    own = "https://github.com/example/tide/releases.atom"
    assert "self-link-mismatch" not in run(atom, "--location", own).output
    assert "self-link-mismatch" in run(atom, "--location", f"{own}?page=2").output


def test_a_check_explains_itself(run):
    done = run("--explain", "missing-guid")
    assert done.exit_code == 0
    assert done.output.startswith("missing-guid (warning)\n\nAn item has no guid")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "name at least one file"),
        (("nothing-here.xml",), "no such file"),
        ((VALID, "--ignore", "missing-gid"), "did you mean 'missing-guid'?"),
        (("--explain", "nonsense-that-is-like-nothing"), "there is no check"),
        ((VALID, INVALID, "--location", "https://example.org/"), "name one file"),
    ],
)
def test_wrong_usage_ends_with_2_and_a_sentence(run, arguments, sentence):
    done = run(*arguments)
    assert done.exit_code == 2
    assert sentence in " ".join(done.output.replace("│", " ").split())


def test_a_file_that_cannot_be_read_stops_with_a_sentence(run, tmp_path, monkeypatch):
    file = tmp_path / "feed.xml"
    file.write_bytes(b"<rss/>")

    def refuse(*_arguments, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    done = run(str(file))
    assert isinstance(done.exception, SourceError)
    assert str(done.exception) == f"{file}: Permission denied"


def test_a_line_that_is_not_text_is_not_shown(run, tmp_path):
    (tmp_path / "rss.xml").write_bytes(gzip.compress(Path(VALID).read_bytes()))
    done = run(str(tmp_path / "rss.xml"))
    assert "the file is compressed with gzip" in done.stdout
    assert "      | " not in done.stdout
