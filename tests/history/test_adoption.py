"""A site from another generator keeps the ids and dates that its subscribers know."""

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from feedpub.config import load_config
from feedpub.core.errors import ConfigError, SourceError
from feedpub.publishing.build import build

NOW = datetime(2024, 3, 1, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
LINKED, PLAIN, NEW = "https://x.test/linked/", "https://x.test/plain.html", "https://x.test/new/"
ARTICLES = {
    "linked.md": f"---\ntitle: A ship leaves\ndate: 2024-01-01T10:00:00Z\nlink: {LINKED}\n---\nThe quay was full.\n",
    "plain.md": "---\ntitle: A ship arrives\ndate: 2024-01-02T10:00:00Z\n---\nThe quay was full again.\n",
    "new.md": f"---\ntitle: A ship sinks\ndate: 2024-01-03T10:00:00Z\nlink: {NEW}\n---\nAll were saved.\n",
}
# id, whether it is the address, link, title, date
ENTRIES = [
    ("http://www.x.test/linked", True, "http://www.x.test/linked", "Ship left", "2023-12-31T09:00:00+00:00"),
    ("5c7e0 1", False, PLAIN, "A ship arrives", "2024-01-02T11:00:00+01:00"),
    ("tag:x.test,2020:gone", False, "https://x.test/gone/", "Gone", "2020-01-01T00:00:00+00:00"),
]


GUID = {True: "<guid>", False: '<guid isPermaLink="false">'}


def old_rss():
    items = "".join(
        f"<item><title>{title}</title><link>{link}</link>"
        f"{GUID[permalink]}{id_}</guid>"
        f"<pubDate>{datetime.fromisoformat(date):%a, %d %b %Y %H:%M:%S %z}</pubDate></item>"
        for id_, permalink, link, title, date in ENTRIES
    )
    head = "<title>X</title><link>https://x.test/</link><description>X</description>"
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'


def old_atom():
    entries = "".join(
        f'<entry><title>{title}</title><link href="{link}"/><id>{id_}</id><published>{date}</published>'
        f"<updated>{date}</updated></entry>"
        for id_, _, link, title, date in ENTRIES
    )
    head = "<title>X</title><id>https://x.test/</id><updated>2024-01-02T11:00:00Z</updated>"
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{entries}</feed>'


def old_json():
    items = [
        {"id": id_, "url": link, "title": title, "content_text": "", "date_published": date}
        for id_, _, link, title, date in ENTRIES
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "X", "items": items})


OLD = {"index.xml": old_rss, "feed.atom": old_atom, "feed.json": old_json}


class Site:
    def __init__(self, folder, old="index.xml", formats="[rss, atom, json]"):
        self.folder, self.old, self.formats = folder, old, formats
        self.adopt = f", adopt: {old}"
        (folder / "in").mkdir()
        for name, text in ARTICLES.items():
            self.write(name, text)
        (folder / old).write_text(OLD[old]())

    def write(self, name, text):
        (self.folder / "in" / name).write_text(text)

    def config(self):
        file = self.folder / "config.yaml"
        file.write_text(f"""
version: 1
site: {{title: T, base_url: "https://x.test/", id_authority: "x.test,2023"}}
sources: [{{path: "in/*.md", timezone: UTC{self.adopt}}}]
feeds: {{all: {{title: All}}}}
output: {{formats: {self.formats}}}
""")
        return load_config(file)

    def build(self, **options):
        return build(self.config(), NOW, **options)

    def entries(self, extension):
        """Return the id, date and link of each entry in a document, read without feedpub."""
        data = (self.folder / f"feeds/all.{extension}").read_bytes()
        if extension == "json":
            items = json.loads(data)["items"]
            return {(i["id"], i["date_published"], i.get("url")) for i in items}
        root = etree.fromstring(data)
        if extension == "atom":
            return {
                (e.findtext(f"{ATOM}id"), e.findtext(f"{ATOM}published"), e.find(f"{ATOM}link"))[:2]
                for e in root.iter(f"{ATOM}entry")
            }
        return {
            (i.findtext("guid"), i.find("guid").get("isPermaLink"), i.findtext("pubDate"))
            for i in root.iter("item")
        }

    def tree(self):
        return {path.name: path.read_bytes() for path in (self.folder / "feeds").rglob("*") if path.is_file()}

    def check(self, command):
        self.config()
        return command(self.folder, "check")


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def is_permalink(old):
    return "true" if old == "index.xml" else "false"


@pytest.mark.parametrize("old", OLD)
def test_articles_take_the_ids_and_dates_of_an_old_feed_of_any_format(tmp_path, old):
    site = Site(tmp_path, old)
    site.build()
    rss, atom = site.entries("rss"), site.entries("atom")
    (new,) = {id_ for id_, *_ in rss} - {id_ for id_, *_ in ENTRIES}
    assert new.startswith("tag:x.test,2023:")
    assert rss == {
        ("http://www.x.test/linked", is_permalink(old), "Sun, 31 Dec 2023 09:00:00 +0000"),
        ("5c7e0 1", "false", "Tue, 02 Jan 2024 10:00:00 +0000"),
        (new, "false", "Wed, 03 Jan 2024 10:00:00 +0000"),
    }
    assert {id_ for id_, *_ in site.entries("json")} == {id_ for id_, *_ in rss}
    assert {id_ for id_, _ in atom} == {"http://www.x.test/linked", "tag:x.test,2023:adopted:5c7e0%201", new}


@pytest.mark.slow
@pytest.mark.parametrize("formats", ["[rss, atom, json]", "[rss]", "[atom]", "[json]"])
@pytest.mark.parametrize("lost", [False, True], ids=["state kept", "state lost"])
@pytest.mark.parametrize("gone", ["file", "key"])
def test_what_was_adopted_stays_when_the_old_feed_is_gone(tmp_path, formats, lost, gone):
    site = Site(tmp_path, formats=formats)
    site.build()
    before = site.tree()
    (site.folder / site.old).unlink()
    if gone == "key":
        site.adopt = ""
    for _ in range(2):
        if lost:
            shutil.rmtree(site.folder / ".feedpub")
        site.build()
        assert site.tree() == before


@pytest.mark.parametrize("lost", [False, True], ids=["state kept", "state lost"])
def test_an_adopted_article_that_is_edited_later_keeps_id_and_date(site, lost):
    site.build()
    before = site.entries("rss")
    (site.folder / site.old).unlink()
    if lost:
        shutil.rmtree(site.folder / ".feedpub")
    for name, text in ARTICLES.items():
        site.write(
            name, text.replace("A ship", "The ship") if name == "linked.md" else text + "More of it.\n"
        )
    site.build()
    assert site.entries("rss") == before
    assert b"The ship leaves" in site.tree()["all.rss"]


def test_a_link_that_an_adopted_article_gets_later_makes_no_new_id(site):
    site.build()
    before = site.entries("rss")
    (site.folder / site.old).unlink()
    site.write("plain.md", ARTICLES["plain.md"].replace("date:", f"link: {PLAIN}\ndate:"))
    site.build()
    assert site.entries("rss") == before


def test_what_no_feed_had_room_for_when_it_was_adopted_comes_under_its_old_id(site):
    site.formats = "[rss], max_items: 1"
    site.build()
    (site.folder / site.old).unlink()
    site.formats = "[rss]"
    site.build()
    assert {"http://www.x.test/linked", "5c7e0 1"} < {id_ for id_, *_ in site.entries("rss")}


def test_ids_that_feedpub_published_before_stay_and_check_counts_them(site, command):
    site.adopt, adopt = "", site.adopt
    site.build()
    before = site.tree()
    site.adopt = adopt
    said = site.check(command)
    assert said.returncode == 0
    assert "index.xml: 2 of 3 entries are articles of in/*.md\n" in said.stdout
    assert "2 of these were already published under feedpub's own ids" in said.stdout
    site.build()
    assert site.tree() == before


def test_check_says_how_many_entries_are_matched_and_lists_the_others(site, command):
    said = site.check(command)
    assert "index.xml: 2 of 3 entries are articles of in/*.md, which keep the ids and dates" in said.stdout
    assert "index.xml:1:" in said.stdout
    assert "no article has its link, or its title and date: Gone (https://x.test/gone/)" in said.stdout
    found = json.loads(command(site.folder, "check", "--format", "json").stdout)["adopted"]
    assert [(s["entries"], s["matched"], s["kept"], [e["title"] for e in s["others"]]) for s in found] == [
        (3, 2, 0, ["Gone"])
    ]


def test_two_articles_for_one_entry_are_an_error_that_names_both(site, command):
    site.write(
        "copy.md", ARTICLES["linked.md"].replace("leaves", "has left").replace("2024-01-01", "2024-01-07")
    )
    with pytest.raises(
        ConfigError, match=r"in/copy\.md:1 and in/linked\.md:1 both match the entry 'Ship left'"
    ):
        site.build()
    assert site.check(command).returncode == 2
    assert not (site.folder / "feeds").exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "the file does not exist"),
        ("hello\n", "no entry that can be read"),
        ('[{"title": "x", "date": "2024-01-01"}]', "is not a feed"),
    ],
)
def test_an_old_feed_that_cannot_be_read_stops_the_first_build_only(site, content, reason):
    site.build()
    for path in ("feeds", ".feedpub"):
        (site.folder / path).rename(site.folder / f"{path}-later")
    (site.folder / site.old).unlink() if content is None else (site.folder / site.old).write_text(content)
    with pytest.raises(SourceError, match=f"index.xml: .*{reason}.*remove it from adopt"):
        site.build()
    for path in ("feeds", ".feedpub"):
        shutil.rmtree(site.folder / path, ignore_errors=True)
        (site.folder / f"{path}-later").rename(site.folder / path)
    assert site.build().feeds[0].new == 0


def test_an_address_means_the_copy_that_was_fetched_and_a_build_asks_for_one(site):
    site.adopt = ', adopt: "https://x.test/index.xml"'
    with pytest.raises(SourceError, match="has not been fetched yet; run feedpub fetch"):
        site.build()


def test_an_old_feed_in_the_output_folder_is_read_before_it_is_replaced(tmp_path):
    site = Site(tmp_path)
    (tmp_path / "feeds").mkdir()
    (tmp_path / site.old).rename(tmp_path / "feeds/all.rss")
    site.adopt = ", adopt: feeds/all.rss"
    site.build()
    before = site.tree()
    assert ("5c7e0 1", "false", "Tue, 02 Jan 2024 10:00:00 +0000") in site.entries("rss")
    site.build()
    assert site.tree() == before


@pytest.mark.parametrize("lost", [False, True], ids=["state kept", "state lost"])
def test_dates_of_an_old_feed_are_no_change_of_zone_to_the_guards(site, lost):
    items = ""
    for day in range(1, 6):
        link = f"https://x.test/{day}"
        site.write(
            f"{day}.md", f"---\ntitle: Day {day}\ndate: 2024-02-0{day} 10:00\nlink: {link}\n---\nText.\n"
        )
        items += (
            f"<item><title>D</title><link>{link}</link><pubDate>0{day} Feb 2024 10:00 +0300</pubDate></item>"
        )
    (site.folder / site.old).write_text(old_rss().replace("<item>", f"{items}<item>", 1))
    site.build()
    before = site.tree()
    assert b"Thu, 01 Feb 2024 10:00:00 +0300" in before["all.rss"]
    (site.folder / site.old).unlink()
    if lost:
        shutil.rmtree(site.folder / ".feedpub")
    site.build()
    assert site.tree() == before


DOCS = Path(__file__).parents[2] / "docs/migrate.md"


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(.*?)```", DOCS.read_text(), re.DOTALL))
def test_the_configs_of_the_page_on_moving_are_right(tmp_path, example):
    file = tmp_path / "config.yaml"
    head = 'version: 1\nsite: {title: T, base_url: "https://news.test/", id_authority: "news.test,2024"}\n'
    file.write_text(f"{head}{example}feeds: {{all: {{title: All}}}}\n")
    assert all(source.adopt for source in load_config(file).sources)
