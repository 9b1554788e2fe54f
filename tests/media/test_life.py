"""Published files stay for as long as they should, and unchanged files are neither read nor written."""

import gzip

import pytest

from feedpub.publishing.local.folder import read_set

from .conftest import jpeg, png


def names(site):
    return set(site.media())


def mtimes(site):
    return {path: path.stat().st_mtime_ns for path in site.out.rglob("*") if path.is_file()}


def forget(site):
    for path in (site.folder / ".feedpub").iterdir():
        if path.is_file():
            path.unlink()


def test_an_unchanged_build_neither_reads_nor_writes_them(site, monkeypatch):
    site.write("posts/photo.png", png())
    site.post("a", "![Photo](photo.png)")
    site.build()
    # The file changed long before the clock of this build.
    site.build(days=3650)
    before = mtimes(site)
    monkeypatch.setattr("feedpub.planning.media.measure", lambda _: pytest.fail("it was read"))
    site.build(days=3651)
    assert mtimes(site) == before


def test_a_changed_picture_has_another_address_and_the_old_one_stays_as_long_as_said(site):
    site.output += ", media: {keep: 30d}"
    photo = site.write("posts/photo.png", png())
    site.post("a", "![Photo](photo.png)")
    site.build()
    first = names(site)
    site.write("posts/photo.png", png(seed=1))
    assert photo.exists()
    report = site.build(days=1)
    assert report.edited == 1
    assert len(names(site)) == 2
    assert first < names(site)
    site.build(days=30)
    assert first < names(site)
    assert site.build(days=31).removed == (*first,)
    assert len(names(site)) == 1


def test_one_file_that_two_articles_name_is_published_once_and_stays_with_either(site):
    site.output += ", media: {keep: 1d}"
    site.write("posts/photo.png", png())
    site.write("posts/copy.png", png())
    site.post("a", "![Photo](photo.png)")
    site.post("b", "![Photo](copy.png)", day=2)
    site.build()
    assert len(names(site)) == 1
    site.post("a", "No photo.")
    site.build(days=1)
    site.build(days=9)
    assert len(names(site)) == 1


def withdrawn(site, name):
    site.post(name, "![Photo](photo.png)", status="withdrawn")


@pytest.mark.slow
@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("archive", ["", "archive: 1, max_items: 1"])
@pytest.mark.parametrize("pages", ["auto", "off"])
@pytest.mark.parametrize("layout", ["files", "releases"])
def test_those_of_a_withdrawn_article_go_at_once(archive, pages, layout, lost, site):
    site.output += f", pages: {pages}, layout: {layout}"
    site.feed = archive
    site.write("posts/photo.png", png())
    for day in range(1, 6):
        site.write(f"posts/{day}.png", png(seed=day))
        site.post(f"other {day}", f"![Photo]({day}.png)", day=day + 1)
    site.post("a", "![Photo](photo.png)")
    site.build()
    site.build(days=1)
    if lost:
        forget(site)
    withdrawn(site, "a")
    site.build(days=2, allow={"vanished"})
    data = set(site.media().values())
    assert png() not in data
    assert data >= {png(seed=5)} if not archive else {png(seed=day) for day in range(1, 6)}


@pytest.mark.parametrize("pages", ["auto", "off"])
def test_what_left_the_feed_keeps_its_picture_as_long_as_its_page_stands(pages, site):
    site.output += f", pages: {pages}, max_items: 1, media: {{keep: 1d}}"
    site.write("posts/photo.png", png())
    site.post("a", "![Photo](photo.png)")
    site.build()
    site.post("b", "Text.", day=2)
    site.build(days=1)
    site.build(days=400)
    assert len(names(site)) == (1 if pages == "auto" else 0)


def test_without_its_state_folder_a_build_keeps_what_pages_name(site):
    site.output += ", max_items: 1, media: {keep: 1d}"
    site.write("posts/photo.png", png())
    site.post("a", "![Photo](photo.png)")
    site.build()
    site.post("b", "Text.", day=2)
    site.build(days=1)
    before = site.files()
    forget(site)
    site.build(days=2)
    site.build(days=400)
    assert site.files() == before


@pytest.mark.parametrize("change", ["pages: off", "layout: releases", "gzip: true"])
def test_files_stay_whatever_else_changes(change, site):
    site.write("posts/photo.png", png())
    site.post("a", "![Photo](photo.png)")
    site.build()
    before = names(site)
    site.output += f", {change}"
    site.build(days=1)
    site.build(days=2)
    assert names(site) == before
    if "gzip" in change:
        assert gzip.decompress((site.out / "all.rss.gz").read_bytes()) == (site.out / "all.rss").read_bytes()
    files, _ = read_set(site.out)
    assert {name for name in files if name.startswith("media/") and "manifest" not in name} == before


def test_a_file_that_somebody_removed_is_published_again(site):
    site.write("posts/photo.png", png())
    site.post("a", "![Photo](photo.png)")
    site.build()
    before = site.files()
    (name,) = names(site)
    (site.out / name).unlink()
    site.build(days=1)
    assert site.files() == before


def test_a_dry_run_says_what_would_be_written_and_writes_nothing(site):
    site.post("a", "![Photo](photo.png)")
    site.build()
    site.write("posts/photo.png", png())
    before = site.files()
    assert site.build(days=1, dry_run=True).edited == 1
    assert site.files() == before


@pytest.mark.parametrize("edit", ["replaced", "removed", "added"])
def test_no_build_ends_early_where_a_file_that_is_named_changed(edit, site, command):
    site.write("posts/photo.png", png())
    site.post("a", "![Photo](photo.png) ![Later](later.png)")
    site.settings()
    for _ in range(3):
        assert command(site.folder, "build", "-c", "c.yaml").returncode == 0
    before = site.files()
    if edit == "replaced":
        site.write("posts/photo.png", jpeg())
    elif edit == "removed":
        (site.folder / "posts/photo.png").unlink()
    else:
        site.write("posts/later.png", jpeg())
    assert command(site.folder, "build", "-c", "c.yaml").returncode == 0
    assert site.files() != before


def test_pictures_that_articles_of_an_archive_name_are_published_with_it(site):
    site.feed = "max_items: 1, archive: 2"
    for day in range(1, 8):
        site.write(f"posts/{day}.png", png(seed=day))
        site.post(f"story {day}", f"![Photo]({day}.png)", day=day)
    site.build()
    before = site.files()
    assert len(names(site)) == 7
    site.build(days=1)
    assert site.files() == before
