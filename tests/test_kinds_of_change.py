"""What owners do to a site over the years never makes real readers show old entries as new.

Each row of a table changes a published site in one way. Then a new article proves that the reader does show new ones.
"""

import os
import re
import shutil
from datetime import UTC, datetime

import pytest

from feedpub.config import load_config
from feedpub.publishing.build import build

pytestmark = pytest.mark.slow

NOW = datetime(2024, 3, 1, tzinfo=UTC)
PEOPLE = ["baker", "choir", "farmer", "keeper", "pilot", "tailor"]
HEAD = "title,body,date"


class Site:
    """Six records of a table, and a Markdown file; every line of the config can be replaced."""

    def __init__(self, folder):
        self.folder = folder
        self.rows = [
            [
                f"The {who} of the quay speaks",
                f"A long talk with the {who} about boats and bread.",
                f"2024-01-0{day} 10:00",
            ]
            for day, who in enumerate(PEOPLE, 1)
        ]
        self.header = HEAD
        self.settings = {
            "site": '{title: T, base_url: "https://x.test/f/", id_authority: "x.test,2023"}',
            "sources": '[{path: ["in/*.csv", "in/*.md"], timezone: UTC}]',
            "feeds": "{all: {title: All}}",
            "output": "{formats: [rss, atom]}",
        }
        (folder / "in").mkdir()
        (folder / "in/a.md").write_text(
            "---\ntitle: A post\ndate: 2024-01-09 09:00\n---\nIt has **words** of its own.\n"
        )

    def build(self):
        lines = [self.header, *(",".join(row) for row in self.rows)]
        (self.folder / "in/a.csv").write_text("\n".join(lines) + "\n")
        text = "".join(f"{key}: {value}\n" for key, value in self.settings.items())
        (self.folder / "config.yaml").write_text(f"version: 1\n{text}")
        return build(load_config(self.folder / "config.yaml"), NOW)


def title_corrected(site):
    site.rows[2][0] = "CORRECTED: what the farmer said"


def body_corrected(site):
    site.rows[3][1] += " The keeper's name was spelled wrongly."


def title_of_a_post_corrected(site):
    post = site.folder / "in/a.md"
    post.write_text(post.read_text().replace("A post", "A post about words"))


def file_renamed_and_encoded_anew(site):
    post = site.folder / "in/a.md"
    (site.folder / "in/renamed.md").write_bytes(post.read_text().encode("utf-8-sig"))
    post.unlink()


def link_appears(site):
    site.header += ",link"
    for number, row in enumerate(site.rows):
        row.append(f"https://x.test/{number}")


def links_are_made_by_the_source(site):
    site.settings["sources"] = site.settings["sources"].replace(
        "UTC", '"UTC", link: "https://x.test/{slug}/"'
    )


def order_of_the_source(site):
    site.rows.reverse()


def format_of_the_source(site):
    lines = "".join(f'{{"title": "{t}", "body": "{b}", "date": "{d}"}}\n' for t, b, d in site.rows)
    (site.folder / "in/b.jsonl").write_text(lines)
    site.rows = []
    site.settings["sources"] = '[{path: ["in/*.jsonl", "in/*.md"], timezone: UTC}]'


def format_added(site):
    site.settings["output"] = "{formats: [rss, atom, json]}"


def base_url_moved(site):
    site.settings["site"] = site.settings["site"].replace("x.test/f/", "y.test/feeds/")


def archive_switched_on(site):
    site.settings["output"] = "{formats: [rss, atom], archive: 2, max_items: 3}"


def feed_retold(site):
    site.settings["feeds"] = '{all: {title: "Everything", description: "All of it", language: fr}}'


def feed_added_and_rules_changed(site):
    site.settings["feeds"] = "{all: {title: All}, boats: {title: Boats, any: [boat*]}}"


def zone_of_dates_written_otherwise(site):
    for row in site.rows:
        row[2] = row[2].replace(" 10:00", "T12:00:00+02:00")


def window_narrowed_and_widened(site):
    site.settings["output"] = "{formats: [rss, atom], max_items: 3}"
    site.build()
    site.settings["output"] = "{formats: [rss, atom]}"


def layout_and_twins(site):
    site.settings["output"] = "{formats: [rss, atom], layout: releases, gzip: true}"


def state_lost(site):
    shutil.rmtree(site.folder / ".feedpub")


def state_lost_and_title_corrected(site):
    state_lost(site)
    title_corrected(site)


def clocks_of_files(site):
    site.build()
    for path in (site.folder / "in").iterdir():
        os.utime(path, (0, 0))


CHANGES = [
    title_corrected, body_corrected, title_of_a_post_corrected, file_renamed_and_encoded_anew, link_appears,
    links_are_made_by_the_source, order_of_the_source, format_of_the_source, format_added, base_url_moved,
    archive_switched_on, feed_retold, feed_added_and_rules_changed, zone_of_dates_written_otherwise,
    window_narrowed_and_widened, layout_and_twins, state_lost, state_lost_and_title_corrected, clocks_of_files,
]  # fmt: skip


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    made.build()
    return made


@pytest.mark.parametrize("extension", ["rss", "atom"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.replace("_", " "))
def test_no_kind_of_change_shows_anything_as_new(site, subscribe, change, extension):
    reader = subscribe(f"file://{site.folder}/feeds/all.{extension}")
    known = reader.new()
    assert len(known) == 7
    change(site)
    site.build()
    assert reader.new() == {}
    assert reader.all().keys() == known.keys()
    (site.folder / "in/news.md").write_text(
        "---\ntitle: News\ndate: 2024-02-01 09:00\n---\nA ship came in.\n"
    )
    site.build()
    assert list(reader.new().values()) == ["News"]


@pytest.mark.parametrize("extension", ["rss", "atom"])
def test_a_feed_that_gets_another_name_shows_one_notice(site, subscribe, extension):
    reader = subscribe(f"file://{site.folder}/feeds/all.{extension}")
    reader.new()
    site.settings["feeds"] = (
        '{all: {title: All, retired: {moved_to: "https://x.test/f/every.atom"}}, every: {title: Every}}'
    )
    site.build()
    (title,) = reader.new().values()
    assert re.search("moved", title)
    site.build()
    assert reader.new() == {}
