"""The config of a source: its errors, the files that it finds, and what it needs."""

from __future__ import annotations

import io
import pickle
import sys
from dataclasses import replace
from pathlib import Path

import fsspec
import pytest
import yaml

from feedpub.articles.article import Article
from feedpub.config.sources import parse_source
from feedpub.core.errors import ConfigError, SourceError, install_hint
from feedpub.core.yaml_node import read_yaml
from feedpub.sources import files, read

CASES = yaml.safe_load((Path(__file__).parents[1] / "data/sources/config.yaml").read_text("utf-8"))
RECORD = b"Title\nBody\n2023-10-09 14:25\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["says"][0])
def test_a_wrong_config_says_what_is_wrong_and_what_would_be_right(case):
    with pytest.raises(ConfigError) as raised:
        parse_source(read_yaml(case["config"].encode(), "config.yaml"), Path())
    for part in case["says"]:
        assert part in str(raised.value)
    assert str(raised.value).startswith("config.yaml:")
    assert "geheim" not in str(raised.value)


def test_a_source_travels_to_other_processes(source):
    spec = source("dates: {formats: ['%d.%m.%Y'], zones: {IST: Asia/Kolkata}}\nfields: {title: headline}")
    assert pickle.loads(pickle.dumps(spec)) == spec


def test_files_are_found_once_each_and_sorted(source, tmp_path):
    for name in ("b.txt", "a.txt", "sub/c.txt", ".hidden.txt", "d.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(RECORD)
    (tmp_path / "folder.txt").mkdir()
    spec = source("path: ['*.txt', '**/*.txt', 'a.*']")
    assert files(spec) == [tmp_path / name for name in ("a.txt", "b.txt", "sub/c.txt")]
    assert files(source("path: none/*.txt")) == []


def test_what_feedpub_writes_is_no_input(source, tmp_path):
    """Output and state are never read as articles, but files that the owner keeps below them are."""
    names = ["a.txt", "out/all.txt", "out/posts/b.txt", "state/x.txt", "out.releases/000001/all.txt"]
    for name in (*names, "out.releases/000002/all.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(RECORD)
    (tmp_path / "shown").symlink_to("out.releases/000002")
    spec = source("path: '**/*.txt'")
    plain = replace(spec, own=(tmp_path / "out", tmp_path / "state"))
    released = replace(spec, own=(tmp_path / "shown", tmp_path / "state"))
    assert not {"out/all.txt", "state/x.txt"} & _names(plain, tmp_path)
    assert {"a.txt", "out/posts/b.txt"} <= _names(plain, tmp_path)
    assert _names(released, tmp_path) == {"a.txt", "out/all.txt", "out/posts/b.txt"}


def _names(spec, folder):
    return {path.relative_to(folder).as_posix() for path in files(spec)}


def test_origins_name_files_relative_to_the_config(source, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/a.txt").write_bytes(RECORD)
    (article,) = read(source(), tmp_path / "sub/a.txt", "example.org,2023")
    assert article.origin.file == "sub/a.txt"


def test_a_file_that_can_not_be_opened_is_a_source_error(source, tmp_path):
    with pytest.raises(SourceError, match=r"gone\.txt: can't be read: No such file"):
        list(read(source(), tmp_path / "gone.txt", "example.org,2023"))


def test_standard_input_is_a_file_that_can_be_read_again(source, monkeypatch):
    """A build reads it twice if a later record replaces an earlier one."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(RECORD)))
    spec = source("path: '-'")
    (file,) = files(spec)
    for _ in range(2):
        (article,) = read(spec, file, "example.org,2023")
        assert (article.title, article.origin.file) == ("Title", "-")


def test_what_fsspec_opens_is_a_file(source):
    with fsspec.open("memory://drop/a.txt", "wb") as file:
        file.write(RECORD)
    spec = source("path: 'memory://drop/*.txt'")
    (url,) = files(spec)
    (article,) = read(spec, url, "example.org,2023")
    assert isinstance(article, Article)
    assert article.origin.file.startswith("memory://")


@pytest.mark.parametrize(
    ("name", "package", "extra"),
    [
        ("a.rss", "feedparser", "feeds"),
        ("a.parquet", "pyarrow", "tables"),
    ],
)
def test_a_missing_package_is_named_by_its_extra(name, package, extra, source, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "feedpub.sources.readers.find_spec", lambda found: None if found == package else object()
    )
    monkeypatch.setattr("feedpub.core.errors.find_spec", lambda _: object())
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(SourceError, match=rf"-m pip install 'feedpub\[{extra}\]'"):
        list(read(source(), tmp_path / name, "example.org,2023"))
    with pytest.raises(ConfigError, match=rf"-m pip install 'feedpub\[{extra}\]'"):
        source(f"format: {'feed' if extra == 'feeds' else 'parquet'}")


@pytest.mark.parametrize(
    ("pip", "command"),
    [
        (object(), "'/my env/bin/python' -m pip install"),
        (None, "uv pip install --python '/my env/bin/python'"),
    ],
)
def test_the_command_for_an_extra_is_for_this_interpreter(pip, command, monkeypatch):
    monkeypatch.setattr("feedpub.core.errors.find_spec", lambda _: pip)
    monkeypatch.setattr("sys.executable", "/my env/bin/python")
    assert install_hint("html") == f"install it with: {command} 'feedpub[html]'"


def test_a_namespace_keeps_ids_apart_and_nothing_else_changes_them(source, gives):
    line = b'{"id":"1","title":"A","body":"B","date":"2023-10-09 14:25"}'
    (plain,) = gives(source(), line, "a.jsonl")
    (renamed,) = gives(source(), line + b"\n\n", "b.jsonl")
    (apart,) = gives(source("namespace: wire"), line, "a.jsonl")
    assert plain.id == renamed.id != apart.id
