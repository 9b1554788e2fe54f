"""If no entry could make a feed valid, the config is wrong: check and build say so, and no feed is emptied."""

import pytest

CONFIG = """version: 1
site: {{title: T, base_url: "{base}", id_authority: "{authority}"}}
sources: [{{path: "*.jsonl", timezone: UTC}}]
feeds:
  all: {{title: All, author: {{name: A, email: "{mail}"}}}}
  old: {{title: Old, retired: {{moved_to: "{moved}"}}}}
output: {{formats: [rss, atom, json]}}
"""
GOOD = {
    "base": "https://x.test/f/",
    "authority": "x.test,2023",
    "mail": "a@x.test",
    "moved": "https://x.test/n",
}


@pytest.fixture
def run(command):
    def run_with(folder, name, **values):
        (folder / "a.jsonl").write_text('{"title": "A", "body": "B", "published": "2024-01-01"}')
        (folder / "config.yaml").write_text(CONFIG.format(**GOOD | values))
        return command(folder, name)

    return run_with


@pytest.mark.parametrize(
    "values",
    [
        {"base": "https://exämple.test/feeds/"},
        {"base": "HTTPS://x.test/feeds"},
        {"base": "https://x.test/%zz/"},
        {"moved": "https://x.test/über"},
        {"mail": "a@bücher.test"},
    ],
)
def test_an_address_is_written_as_a_uri(tmp_path, run, values):
    for command in ("check", "build"):
        assert run(tmp_path, command, **values).returncode == 0
    for name in ("rss", "atom", "json"):
        assert (tmp_path / f"feeds/old.{name}").exists()


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"base": "http://[fe80::1%25eth0]/"}, 2),
        ({"authority": "x.test,2023-02-31"}, 2),
        ({"mail": "desk@x_y.test"}, 5),
        ({"mail": "desk@x..test"}, 5),
    ],
)
def test_what_cannot_be_published_is_an_error_of_the_config(tmp_path, run, values, line):
    assert run(tmp_path, "build").returncode == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "feeds").rglob("*") if path.is_file()}
    for command in ("check", "build"):
        result = run(tmp_path, command, **values)
        assert result.returncode == 2
        assert f"config.yaml:{line}:" in result.stderr
        assert "a.jsonl" not in result.stderr
    assert {
        path.name: path.read_bytes() for path in (tmp_path / "feeds").rglob("*") if path.is_file()
    } == before


@pytest.mark.parametrize("name", ["check", "build"])
def test_what_makes_a_feed_invalid_without_entries_is_not_put_on_its_entries(tmp_path, run, name):
    result = run(tmp_path, name, authority="x..test,2023")
    assert result.returncode == 2
    assert "feeds.all: all.atom would be invalid whatever its entries are" in result.stderr
    assert not (tmp_path / "feeds").exists()
