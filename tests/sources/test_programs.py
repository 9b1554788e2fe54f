"""The config from ``init`` reads the files of programs and exports without changes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from feedpub.cli.app import app
from feedpub.config import load_config
from feedpub.publishing.build import build, plan

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "tests/data/programs").glob("*.yaml"))
}
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_init_check_and_build_of_what_a_program_leaves(tmp_path, monkeypatch, name):
    sample = SAMPLES[name]
    for path, text in sample["files"].items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    began = runner.invoke(app, ["init", ".", *sample.get("options", ())])
    assert began.exit_code == (0 if sample["articles"] else 1), began.output
    assert f"({sample.get('known_as', '')}" in began.output
    for text in sample.get("says", ()):
        assert text in began.output
    if not sample["articles"]:
        assert not Path("config.yaml").exists()
        return
    written = Path("config.yaml").read_text(encoding="utf-8")
    for line in sample.get("config", ()):
        assert line in written
    checked = runner.invoke(app, ["check", "--all"])
    assert checked.exit_code == 0, checked.output
    settings = load_config("config.yaml")
    made = plan(settings, NOW)
    report = build(settings, NOW)
    assert (report.articles, len(report.rejects), report.left_out) == (
        sample["articles"],
        sample.get("rejects", 0),
        sample.get("left_out", 0),
    ), [str(reject) for reject in report.rejects]
    assert f"a build with it finds {report.articles:,} article" in began.output
    assert sample.get("notices", {}).items() <= dict(report.notice_counts).items()
    assert not report.invalid
    entries = [entry.article for entry in made.feeds[0].entries]
    for expected, article in zip(sample["first"], entries, strict=False):
        assert shown(article, expected) == expected
    assert len(entries) >= len(sample["first"])


def shown(article, fields):
    values = {
        "title": article.title,
        "published": article.published.isoformat(),
        "link": article.link,
        "authors": [author.name for author in article.authors],
        "categories": list(article.categories),
        "body": article.body,
        "summary": article.summary,
        "image": article.image,
        "site": article.via.title if article.via else None,
    }
    return {field: values[field] for field in fields}


def test_the_docs_list_the_programs_and_say_which_are_read():
    """Each row of the table has a sample that shows what the row says."""
    page = (ROOT / "docs/sources.md").read_text(encoding="utf-8")
    table = page.partition("<!-- programs -->\n")[2].partition("<!-- end of programs -->")[0]
    rows = sorted((row(sample) for sample in SAMPLES.values()), key=str.casefold)
    head = "| program | read | what is read | notes |\n|---|---|---|---|\n"
    assert table == head + "".join(rows)


def row(sample):
    cells = (
        sample["program"],
        "yes" if sample["articles"] else "no",
        sample["reads"],
        sample.get("notes", ""),
    )
    return "".join(f"| {cell} " if cell else "| " for cell in cells) + "|\n"
