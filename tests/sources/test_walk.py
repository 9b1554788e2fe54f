"""Patterns find what glob finds, and symbolic links lead neither outside nor in circles."""

from __future__ import annotations

import errno
import glob
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.config import load_config
from feedpub.config.sources import parse_source
from feedpub.core.errors import SourceError
from feedpub.core.yaml_node import read_yaml
from feedpub.sources import search
from feedpub.sources.walk import Walk

NAMES = ("a", "b", "x.txt", "y.md", ".hidden", "z[1]")
PARTS = ("**", "*", "*.txt", "a", "x.txt", "?", "[ab]", ".h*", "z[[]1]", "..")


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """Folders with files and folders, three levels deep, without links."""
    base = tmp_path_factory.mktemp("tree") / "inner/most"
    for first in NAMES:
        for second in NAMES:
            if "." not in first[1:]:
                (base / first / second).mkdir(parents=True)
                (base / first / second / "x.txt").touch()
                (base / first / f"{second}.md").touch()
    for name in NAMES:
        (base / f"{name}.txt").touch()
    return base


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).map("/".join), st.booleans())
def test_without_links_a_pattern_fits_what_it_fits_for_glob(tree, pattern, absolute):
    pattern = f"{tree}/{pattern}" if absolute else pattern
    wanted = {os.path.normpath(tree / name) for name in glob.glob(pattern, root_dir=tree, recursive=True)}  # noqa: PTH207
    found = {os.path.normpath(tree / name) for name in Walk(tree, pattern).found}
    if pattern.endswith("**"):
        # Folders are not input there.
        assert found == {name for name in wanted if Path(name).is_file()}
    else:
        assert found == wanted


def searched(base, pattern):
    spec = parse_source(read_yaml(f"path: {pattern!r}".encode(), "c.yaml"), base)
    found = search(spec)
    return [os.path.relpath(file, base) for file in found.files], found.warnings


def source_of(pattern, folder):
    return parse_source(read_yaml(f"path: {pattern}".encode(), "c.yaml"), folder)


@pytest.fixture
def site(tmp_path):
    (tmp_path / "site/in/deep").mkdir(parents=True)
    (tmp_path / "site/elsewhere").mkdir()
    (tmp_path / "secret").mkdir()
    for name in ("site/in/a.txt", "site/in/deep/b.txt", "site/elsewhere/c.txt", "secret/s.txt"):
        (tmp_path / name).write_text(name)
    return tmp_path / "site"


@pytest.mark.parametrize(
    "pattern", ["in/*.txt", "in/**/*.txt", "in/**", "**/*.txt", "in/*/*.txt", "*/l.txt", "*/l/*.txt"]
)
@pytest.mark.parametrize(
    "link",
    [
        ("in/l.txt", "../../secret/s.txt"),
        ("in/l", "../../secret"),
        ("in/l.txt", "/proc/self/environ"),
        ("in/l", "/etc"),
    ],
)
def test_a_link_that_leads_out_is_named_and_not_followed(pattern, link, site):
    name, target = link
    before, _ = searched(site, pattern)
    (site / name).symlink_to(target)
    found, warnings = searched(site, pattern)
    assert found == before
    told = f"{name} is a link that leads out of the config's folder and was passed over"
    assert [warning for warning in warnings if name in warning] in ([told], [])
    # What does not match the pattern is not reported.
    assert told in warnings or not Path(site / name).match(pattern.replace("**", "*"))


def test_a_link_in_a_folder_that_a_link_leads_to_may_not_lead_out_either(site):
    (site / "in/l").symlink_to("../elsewhere")
    (site / "elsewhere/out.txt").symlink_to("../../secret/s.txt")
    found, warnings = searched(site, "in/**/*.txt")
    assert found == ["in/a.txt", "in/deep/b.txt", "in/l/c.txt"]
    assert warnings == ("in/l/out.txt is a link that leads out of the config's folder and was passed over",)


@pytest.mark.parametrize("pattern", ["in/*.txt", "in/**/*.txt"])
def test_a_link_within_the_config_s_folder_is_followed(pattern, site):
    (site / "in/l.txt").symlink_to("../elsewhere/c.txt")
    found, warnings = searched(site, pattern)
    assert "in/l.txt" in found
    assert not warnings


@pytest.mark.parametrize("fixed", ["drop", "drop/sub"])
def test_the_fixed_root_of_a_pattern_may_be_a_link_and_its_links_may_stay_in_it(fixed, site):
    (site.parent / "secret/sub").mkdir()
    (site.parent / "secret/sub/t.txt").touch()
    (site.parent / "secret/sub/u.txt").symlink_to("t.txt")
    (site / "drop").symlink_to("../secret")
    found, warnings = searched(site, f"{fixed}/**/*.txt")
    assert {f"{fixed}/t.txt", "drop/sub/t.txt"} & set(found)
    assert any(name.endswith("u.txt") for name in found)
    assert not warnings


def test_a_file_that_the_config_names_is_its_owner_s_wish(site):
    (site / "l.txt").symlink_to("../secret/s.txt")
    assert searched(site, "l.txt") == (["l.txt"], ())


LEFTOVERS = (
    "a.md~", "#a.md#", "a.md.bak", "a.md.orig", "a.md.SAVE", "a.txt.swp", "a.md.part", "a.md.filepart", "a.txt.tmp",
    "a.txt.crdownload", "~$a.txt", "a.sync-conflict-20240101-101010-ABCDEFG.md",
)  # fmt: skip
MEANT = ("a.md", "part.md", "bak.txt", "a.tmp.md", "orig", "a#1.md", "tmp.txt", "~a.md")


def test_what_editors_and_transfers_leave_is_passed_over_and_named(tmp_path):
    """They are named once, with their number; files that only look similar are read."""
    for name in (*LEFTOVERS, *MEANT):
        (tmp_path / name).write_text("x")
    found = search(source_of("'*'", tmp_path))
    assert sorted(path.name for path in found.files) == sorted(MEANT)
    assert [warning for warning in found.warnings if f"({len(LEFTOVERS)}) were passed over" in warning]


@pytest.mark.parametrize(
    ("pattern", "name"),
    [("*.bak", "a.md.bak"), ("a.md~", "a.md~"), ("*~", "a.md~"), ("#*#", "#a.md#"), ("*.part", "a.md.part")],
)
def test_a_pattern_that_ends_as_a_leftover_does_reads_it(pattern, name, tmp_path):
    (tmp_path / name).write_text("x")
    assert [path.name for path in search(source_of(f"'{pattern}'", tmp_path)).files] == [name]


def test_links_in_a_circle_come_to_an_end(site):
    for number in range(30):
        (site / f"in/l{number}").symlink_to(".")
        (site / f"in/deep/m{number}").symlink_to("..")
        (site / f"in/n{number}").symlink_to("../elsewhere")
        (site / f"elsewhere/o{number}").symlink_to("../in")
    found, _ = searched(site, "in/**/*.txt")
    assert [name for name in found if "/n" not in name] == ["in/a.txt", "in/deep/b.txt"]
    assert len([name for name in found if name.endswith("c.txt")]) == 1
    assert searched(site, "in/**/**/**/*.txt")[0] == found


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.ESTALE, errno.EPERM])
@pytest.mark.parametrize("call", ["scandir", "stat"])
def test_a_folder_that_cannot_be_read_stops_the_build(number, call, site, monkeypatch):
    """Otherwise its articles would vanish silently."""
    real = getattr(os, call)

    def fails(path=".", *arguments, **named):
        if str(path).endswith("/deep"):
            raise OSError(number, os.strerror(number), str(path))
        return real(path, *arguments, **named)

    monkeypatch.setattr(os, call, fails)
    with pytest.raises(SourceError, match=rf"in/deep: can't be searched: {re.escape(os.strerror(number))}"):
        searched(site, "in/**/*.txt")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_this_user_may_not_read_stops_the_build(site):
    (site / "in/deep").chmod(0)
    try:
        with pytest.raises(SourceError, match="in/deep"):
            searched(site, "in/**/*.txt")
    finally:
        (site / "in/deep").chmod(0o755)


def test_no_secret_of_the_machine_is_published(site, monkeypatch):
    monkeypatch.setenv("TOKEN", "hunter2")
    (site / "in/2024-01-02-env.md").symlink_to("/proc/self/environ")
    (site / "c.yaml").write_text("""
version: 1
site: {title: T, base_url: "https://x.test/f/", id_authority: "x.test,2023"}
sources: [{path: "in/*.md", timezone: UTC}]
feeds: {all: {title: All}}
""")
    assert not search(load_config(site / "c.yaml").sources[0]).files
