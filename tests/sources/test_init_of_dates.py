"""``init`` declares how dates are written if the files decide it, and asks otherwise: a table of files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from feedpub.cli.app import app
from feedpub.config import load_config
from feedpub.publishing.build import plan

TABLE = Path(__file__).parents[1] / "data/sources/init-dates.yaml"
ROWS = yaml.safe_load(TABLE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_init_says_how_dates_are_written_where_the_files_do(row, tmp_path, monkeypatch):
    for name, text in row["files"].items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    began = CliRunner().invoke(app, ["init", ".", "--timezone", "Europe/Berlin"])
    assert began.exit_code == 0, began.output
    written = Path("config.yaml").read_text(encoding="utf-8")
    assert f"\n    {row['line']}\n" in written, written
    made = plan(load_config("config.yaml"), datetime(2026, 1, 1, tzinfo=UTC))
    dates = sorted(entry.article.published.isoformat()[:16] for entry in made.feeds[0].entries)
    assert dates == row["dates"]


def test_days_that_a_spreadsheet_counts_are_no_seconds(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text("title,text,date\nA,B,45208.6007\n")
    monkeypatch.chdir(tmp_path)
    began = CliRunner().invoke(app, ["init", "."])
    assert "is a bare number; if it is a day number of a spreadsheet, write it as a date" in began.stderr
    assert not Path("config.yaml").exists()
