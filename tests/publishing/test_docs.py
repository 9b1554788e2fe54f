"""The lists in docs/publishing.md agree with the code."""

import errno
import os
import re
from pathlib import Path

import pytest

from feedpub.publishing.local import dirfd
from feedpub.publishing.local.folder import LAYOUTS
from feedpub.publishing.local.releases import KEPT

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/publishing.md").read_text()
SOURCE = "".join(file.read_text() for file in (ROOT / "feedpub/publishing/local").glob("*.py"))
assert SOURCE


def rows(heading: str) -> dict[str, str]:
    """Return the first two cells of each row in the table below ``heading``."""
    table = TEXT.split(f"| {heading} |", 1)[1].split("\n\n")[0]
    cells = [line.strip("|").split("|") for line in table.splitlines()[2:]]
    return {first.strip().strip("`"): second.strip() for first, second in cells}


@pytest.mark.parametrize("sentence", rows("the sentence says"))
def test_each_error_that_is_listed_can_be_said(sentence):
    by_text = {os.strerror(code): remedy for code, remedy in dirfd._REMEDIES.items()}
    if sentence not in by_text:
        assert sentence in SOURCE
        return
    advice = rows("the sentence says")[sentence].replace("`", "")
    remedy = by_text[sentence].removesuffix(" and build again")
    assert remedy in advice


def test_each_way_in_which_a_disk_refuses_is_listed():
    listed = rows("the sentence says")
    for code in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EFBIG, errno.EIO, errno.EBUSY):
        assert os.strerror(code) in listed


def test_the_places_of_staging_are_listed_in_their_order(site):
    site = site.with_(root=site.root / "x")
    names = [place.name.replace("feeds", "<output>") for place in site.staging()]
    listed = [re.search(r"^`?([^` ]+)", place)[1] for place in rows("place")]
    assert len(names) == len(listed)
    assert all(name.startswith(place.removesuffix("…")) for name, place in zip(names, listed, strict=True))


def test_the_layouts_are_listed():
    assert set(re.findall(r"^`output\.layout: (\w+)`", TEXT, re.MULTILINE)) == set(LAYOUTS)


def test_the_number_of_releases_that_stay_is_told():
    assert {2: "Two releases are kept."}[KEPT] in TEXT
