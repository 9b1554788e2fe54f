"""What ``feedpub check`` says about sources, and its exit status."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from feedpub.cli.app import app
from feedpub.sources.survey import spread

RECORD = "Title\nBody\n2023-10-09 14:25\n"
CONFIG = """\
version: 1
site: {{title: T, base_url: "{base_url}", id_authority: "mill.town,2023"}}
sources: [{sources}]
feeds: {{all: {{title: All}}}}
"""
OWN = "https://mill.town/feeds/"


def run(folder, sources, *options, base_url=OWN, command="check"):
    (folder / "config.yaml").write_text(CONFIG.format(sources=sources, base_url=base_url))
    for name in ("in/a.txt", "in/b.txt", "in/deep/c.txt", "in/deep/d.txt", "in/deep/e.txt", "feeds/x.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(RECORD if name != "in/deep/d.txt" else "nothing")
    return CliRunner().invoke(app, [command, "--config", str(folder / "config.yaml"), *options])


@pytest.mark.parametrize(
    ("source", "status", "says"),
    [
        ("path: in/**/*.txt", 0, "config.yaml: OK"),
        ("path: in/*.csv", 1, "no file matches the source in/*.csv"),
        ("path: in/*.csv, may_be_empty: true", 0, "config.yaml: OK"),
        ("path: [in/*.csv, in/*.txt]", 1, "no file matches the source in/*.csv"),
        ("path: in", 1, "in is a folder and was passed over; for its files, write in/*"),
        ("path: in, may_be_empty: true", 1, "in is a folder and was passed over"),
        ("path: in/d*", 1, "in/deep is a folder"),
        ("path: in/*, timezone: UTC", 0, "in/a.txt: text, 1 article"),
        (
            "path: feeds/*.md",
            1,
            "everything that feeds/*.md matches is in the output or the state folder, where nothing is",
        ),
        ('path: "https://mill.town/feed"', 1, "https://mill.town/feed has not been fetched yet"),
        ('path: "https://mill.town/feed", may_be_empty: true', 1, "has not been fetched yet"),
    ],
)
def test_a_source_that_gives_nothing_is_a_finding_unless_it_may_be_empty(tmp_path, source, status, says):
    result = run(tmp_path, "{" + source + "}")
    assert says in result.output
    assert result.exit_code == status, result.output


@pytest.mark.parametrize(
    ("title", "body", "says"),
    [
        ("CafÃ©", "Ã‰t le cafÃ©.", True),
        ("Mill", "It is open â€“ at last.", True),
        ("Ã© is one sign", "of what was decoded wrongly, and may be meant", False),
        ("Café", "Été, Á, Â and Ã. 20 °C, «so»", False),
    ],
)
@pytest.mark.parametrize("repaired", [True, False])
def test_text_that_was_decoded_wrongly_is_told_with_the_remedy(tmp_path, title, body, says, repaired):
    (tmp_path / "a.txt").write_text(f"{title}\n{body}\n2023-10-09 14:25\n", encoding="utf-8")
    source = "{path: a.txt, timezone: UTC, repair_mojibake: " + str(repaired).lower() + "}"
    told = "repair_mojibake: true of their source repairs them" in run(tmp_path, source).output
    assert told == (says and not repaired)


def test_a_build_says_nothing_of_a_source_that_may_be_empty(tmp_path):
    sources = "{path: in/a.txt, timezone: UTC}, {path: in/*.csv, may_be_empty: true}"
    result = run(tmp_path, sources, command="build")
    assert result.exit_code == 0
    assert "in/*.csv" not in result.output


def test_all_files_are_looked_into_where_that_is_asked(tmp_path):
    some = run(tmp_path, "{path: in/**/*.txt, timezone: UTC}")
    assert "half a record" not in some.output
    assert "and 2 more files not read; --all reads all" in some.output
    every = run(tmp_path, "{path: in/**/*.txt, timezone: UTC}", "--all")
    assert "in/deep/d.txt:1: half a record" in every.output
    assert "more file" not in every.output


@pytest.mark.parametrize(
    ("command", "options", "says"),
    [
        ("check", (), True),
        ("build", (), True),
        ("build", ("--format", "json"), True),
        ("build", ("--quiet",), False),
    ],
)
def test_placeholders_are_named_unless_the_build_is_quiet(tmp_path, command, options, says):
    result = run(
        tmp_path,
        "{path: in/a.txt, timezone: UTC}",
        *options,
        base_url="http://localhost/",
        command=command,
    )
    assert result.exit_code == 0, result.output
    assert (
        "config.yaml:2: site.base_url is http://localhost/; that is fine for a try" in result.output
    ) == says


def test_what_is_said_of_sources_is_in_the_json_too(tmp_path):
    said = json.loads(
        run(tmp_path, "{path: in/*.csv}", "--format", "json", base_url="http://localhost/").output
    )
    assert [sentence[:20] for sentence in said["warnings"]] == [
        f"{tmp_path}/config.yaml"[:20],
        "no file matches the ",
    ]


FILES = st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 99)), unique=True).map(
    lambda names: sorted(f"{folder}/{name:02}" for folder, name in names)
)


@given(files=FILES, limit=st.integers(0, 30))
def test_a_sample_is_as_large_as_asked_and_spread_over_folders(files, limit):
    """Each folder contributes as many files as any other, as far as it has them."""
    sample = spread(files, limit)
    assert len(sample) == min(limit, len(files))
    assert set(sample) <= set(files)
    assert len(set(sample)) == len(sample)
    counts = {folder: sum(name[0] == folder for name in sample) for folder in {name[0] for name in files}}
    for folder, count in counts.items():
        rest = sum(name[0] == folder for name in files) - count
        assert not rest or max(counts.values()) <= count + 1


def test_a_sample_has_the_ends_of_the_list_and_its_middle():
    assert spread([f"a/{n}" for n in range(9)], 3) == ["a/0", "a/4", "a/8"]


def test_check_names_each_place_that_cannot_be_read_and_looks_into_the_others(tmp_path):
    """A store without a driver hides neither other stores nor files that exist."""
    config = tmp_path / "config.yaml"
    config.write_text(
        "version: 1\nsite: {title: T, base_url: 'https://f.town/', id_authority: 'f.town,2024'}\n"
        "sources:\n  - path: [nowhere1://a/*.txt, '*.md', nowhere2://b/*.txt]\n    timezone: UTC\n"
        "  - path: nowhere3://c/*.txt\nfeeds: {all: {title: All}}\n"
    )
    (tmp_path / "a.md").write_text("---\ntitle: A\ndate: 2023-10-09\n---\nText\n")
    done = CliRunner().invoke(app, ["check", "--config", str(config)])
    assert done.exit_code == 1
    assert [line.partition("nowhere")[2][:1] for line in done.stderr.splitlines()] == ["1", "2", "3"]
    assert "a.md: markdown, 1 article" in done.stdout
    assert "some of its sources cannot be read" in done.stdout


@pytest.mark.parametrize(
    ("title", "says"),
    [
        ("“Ops”", 'the value has curly quotes, which YAML keeps; write "Ops"'),
        ("„Ops “", 'write "Ops "'),
        ("‘It’s’", 'write "It’s"'),
        ('“The "Ops"”', r'write "The \"Ops\""'),
        ('"“Ops”"', ""),
        ("“One” and “two”", ""),
        ("’Tis", ""),
    ],
)
def test_a_value_in_curly_quotes_is_named_with_its_line(tmp_path, title, says):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text(RECORD)
    text = CONFIG.format(sources="{path: in/*, timezone: UTC}", base_url=OWN)
    (tmp_path / "config.yaml").write_text(f"{text.rstrip()[:-1]},\n  x: {{title: {title}}}}}\n")
    result = CliRunner().invoke(app, ["check", "--config", str(tmp_path / "config.yaml")])
    assert result.exit_code == 0, result.output
    found = [line for line in result.output.splitlines() if "has curly quotes" in line]
    assert [":5:14: feeds.x.title: the value has curly quotes" in line for line in found] == [True] * bool(
        says
    )
    assert says in result.output
