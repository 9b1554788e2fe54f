"""A build publishes what ``init`` promises for a small folder: a table of folders."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from feedpub.cli.app import app
from feedpub.cli.init import SHOWN_REJECTS
from feedpub.config import load_config
from feedpub.publishing.build import build

TABLE = Path(__file__).parents[1] / "data/sources/init-folders.yaml"
ROWS = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
LEFT_OUT = r"drafts?|not public|under embargo|deleted|withdrawn|expired|of another kind"


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_what_init_promises_of_a_folder_is_what_a_build_publishes(row, tmp_path, monkeypatch):
    for name, text in row["files"].items():
        path = tmp_path / "drop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    monkeypatch.chdir(tmp_path)
    began = CliRunner().invoke(app, ["init", "drop", *row.get("options", ())])
    said = began.output
    for part in row.get("says", ()):
        assert part in said, said
    if not row["articles"]:
        assert began.exit_code == 1, said
        assert not Path("config.yaml").exists()
        return
    assert began.exit_code == 0, said
    written = Path("config.yaml").read_text(encoding="utf-8")
    for part in row.get("config", ()):
        assert part in written, written
    report = build(load_config("config.yaml"), datetime.now(UTC))
    promised = re.search(r"a build with it finds ([\d,]+) article", said)[1]
    rejects = re.findall(r", ([\d,]+) rejects?\b", said)
    left_out = re.findall(rf", ([\d,]+) (?:{LEFT_OUT})\b", said)
    found = (report.articles, len(report.rejects), report.left_out)
    assert found == (number(promised), sum(map(number, rejects)), sum(map(number, left_out))), said
    assert found == (row["articles"], row.get("rejects", 0), row.get("left_out", 0)), said
    if len(report.rejects) <= SHOWN_REJECTS:
        assert all(f"  {reject.origin}: {reject.reason}" in said for reject in report.rejects)
    assert not report.source_warnings
    feed = Path(load_config("config.yaml").output.dir, "all.atom").read_text(encoding="utf-8")
    for part in row.get("feed", ()):
        assert part in feed, feed
    for part in row.get("not_in_feed", ()):
        assert part not in feed, feed


def number(text: str) -> int:
    return int(text.replace(",", ""))
