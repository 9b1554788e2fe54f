"""A build finds what ``init`` says it will find, whatever is in the folder."""

import json
import os
import re
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from feedpub.cli.app import app
from feedpub.config import load_config
from feedpub.publishing.build import build
from feedpub.sources import files as source_files
from feedpub.sources.discovery import look
from feedpub.sources.spec import SourceSpec
from feedpub.sources.survey import survey_file
from feedpub.text.dates import DatePolicy

FOLDERS = (
    "",
    "posts/",
    "posts/2023/",
    "docs/",
    "docs/deep/",
    "a [b]/",
    "node_modules/x/",
    ".hidden/",
    "feeds/",
)
TITLES = st.sampled_from(["Ferry back", "Mill sold", "Crane repaired", ""])
DATES = st.sampled_from(
    [
        "2023-10-09 14:25",
        "2023-10-10T08:00:00Z",
        "2023-10-11",
        "3/4/2023 10:00",
        "09-Oct-23 14:25 +0000",
        "soon",
        "",
    ]
)
BODIES = st.sampled_from(["It left at noon.", "It has an owner.", "<p>It works.</p>", "CafÃ© â€“ open", ""])
RECORDS = st.lists(st.tuples(TITLES, BODIES, DATES), min_size=1, max_size=4)
NAMES = st.sampled_from(
    [("title", "text", "date"), ("headline", "summary", "made"), ("label", "total", "sum")]
)


def text(records, _):
    return "".join(f"{title}\n{body}\n{date}\n\n" for title, body, date in records)


def dates_first(records, _):
    return "---\n".join(f"{date}\n{title}\n{body}\n" for title, body, date in records)


def bylined(records, _):
    title, body, date = records[0]
    return f"{title}\nBy Jane Doe\n{date}\n\n{body}\n"


def markdown(records, _):
    title, body, date = records[0]
    draft = "draft: true\n" if len(records) == 4 else ""
    dated = f"date: {date}\n" if date else ""
    return f"---\ntitle: {json.dumps(title)}\n{dated}{draft}---\n{body}\n"


def table(records, names):
    rows = (",".join(json.dumps(cell) for cell in record) for record in records)
    return "\n".join([",".join(names), *rows]) + "\n"


def objects(records, names):
    return json.dumps([dict(zip(names, record, strict=True)) for record in records])


def keyed(records, names):
    return json.dumps({f"a{n}": dict(zip(names, record, strict=True)) for n, record in enumerate(records)})


def above(records, names):
    return f"Report of the desk\n\n{table(records, names)}"


def undated(records, _):
    items = "".join(f"<item><title>{escape(title)}</title></item>" for title, _, _ in records)
    return f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>"


def lines(records, names):
    return "".join(json.dumps(dict(zip(names, record, strict=True))) + "\n" for record in records)


def noise(records, _):
    return records[0][1] + "\n"


# A search tries as many as its profile says.
EXAMPLES = settings.default.max_examples if os.environ.get("HYPOTHESIS_PROFILE") == "search" else 30
KINDS = st.sampled_from(
    [
        (".txt", text), (".txt", dates_first), (".md", markdown), (".csv", table), (".json", objects),
        (".txt", bylined), (".json", keyed), (".csv", above), (".rss", undated),
        (".jsonl", lines), (".css", noise), (".yml", text), ("", text), (".rst", noise), (".md", noise),
    ]
)  # fmt: skip
FILES = st.dictionaries(
    st.tuples(st.sampled_from(FOLDERS), st.sampled_from(["a", "b", "2024-05-06-c", "index", "README"])),
    st.tuples(KINDS, RECORDS, NAMES),
    min_size=1,
    max_size=8,
)


@pytest.mark.slow
@given(files=FILES)
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_build_finds_what_init_says(files):
    folder = Path(tempfile.mkdtemp())
    try:
        for (place, name), ((extension, write), records, names) in files.items():
            path = folder / f"drop/{place}{name}{extension}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(write(records, names), encoding="utf-8")
        config = folder / "config.yaml"
        result = CliRunner().invoke(app, ["init", str(folder / "drop"), "--config", str(config)])
        said = re.search(r"a build with it finds ([\d,]+) article", result.output)
        if said is None:
            assert result.exit_code == 1, result.output
            assert not config.exists()
            assert not list(_giving(folder / "drop"))
            return
        report = build(load_config(config), datetime.now(UTC))
        assert int(said[1]) == report.articles, result.output
        rejects = sum(int(number) for number in re.findall(r", ([\d,]+) rejects?\b", result.output))
        assert rejects == len(report.rejects), result.output
        assert not report.source_warnings
        unnamed = "no pattern matches" in result.output
        fitted = {file for spec in load_config(config).sources for file in source_files(spec)}
        assert unnamed or set(_giving(folder / "drop")) <= fitted
    finally:
        shutil.rmtree(folder)


def _giving(folder):
    """Yield files of known kinds that contain an article without changes, if a zone is given."""
    spec = SourceSpec(("*",), folder, dates=DatePolicy(zone="UTC"))
    for kind, paths in look(folder, ()).groups.items():
        if kind in (".txt", ".md", ".csv", ".json", ".jsonl"):
            yield from (path for path in paths if survey_file(spec, path).articles)
