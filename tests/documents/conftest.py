"""A small site with any records, built as a user builds it."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from feedpub.config import load_config
from feedpub.publishing.build import build

NOW = datetime(2025, 1, 1, tzinfo=UTC)
CHANGED = datetime(2024, 12, 1, tzinfo=UTC).timestamp()


class Site:
    """A config as a mapping, and a folder of records; ``build`` writes both and builds."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.out = folder / "feeds"
        (folder / "in").mkdir()
        self.config = {
            "version": "1",
            "site": {"title": "T", "base_url": "https://x.test/f/", "id_authority": "x.test,2023"},
            "sources": [{"path": "in/*.jsonl", "timezone": "UTC"}],
            "feeds": {"all": {"title": "All"}},
            "output": {"formats": ["rss", "atom", "json"]},
        }

    def build(self, records=(), now=NOW, **options):
        lines = [r if isinstance(r, str) else json.dumps(r) for r in records]
        source = self.folder / "in/a.jsonl"
        source.write_text("\n".join(lines))
        for path in (source, source.parent):
            os.utime(path, (CHANGED, CHANGED))
        (self.folder / "c.yaml").write_text(yaml.safe_dump(self.config, default_style='"', sort_keys=False))
        return build(load_config(self.folder / "c.yaml"), now, **options)

    def read(self, name):
        return (self.out / name).read_bytes()


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)
