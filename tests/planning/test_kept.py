"""What leaves the window of other people's feeds stays in the archive of ours, as it was published."""

import json
import re
import shutil
from datetime import UTC, datetime

import pytest

from feedpub.config import load_config
from feedpub.publishing.build import build

NOW = datetime(2024, 3, 1, tzinfo=UTC)


def item(number):
    """Return an entry with everything that one may have, or a bare one."""
    day = f"2024-01-{number:02}T10:00:00+01:00"
    rich = f"""
      <author><name>Ann &amp; Bo</name><email>ann@a.test</email></author><author><name>Cy</name></author>
      <category term="Tides"/><category term="R&amp;D"/><link href="https://a.test/{number}"/>
      <link rel="enclosure" href="https://a.test/{number}.mp3" type="audio/mpeg" length="9"/>
      <itunes:duration>9:09</itunes:duration><itunes:episode>{number}</itunes:episode>
      <link rel="license" href="https://a.test/terms?a&amp;b"/>
      <media:content url="https://a.test/{number}.png" medium="image" width="8" height="6" fileSize="99"
        type="image/png"><media:credit>Dee &amp; Eve</media:credit></media:content>
      <summary>In short: {number} &lt; 99 &amp; more.</summary>"""
    return f"""<entry xml:lang="fr"><id>urn:example:{number}</id><title>T {number} &amp; all</title>
      <published>{day}</published><updated>{day}</updated>{rich if number % 2 else ""}
      <content type="html">&lt;p&gt;Text of {number}, &lt;b&gt;bold&lt;/b&gt; &amp;amp; more.&lt;/p&gt;</content>
      </entry>"""


class Site:
    def __init__(self, folder, formats="[atom, rss]", archive="3", more="", content="full", feed=""):
        self.folder = folder
        (folder / "c.yaml").write_text(f"""
version: 1
site: {{title: T, base_url: "https://x.test/f/", id_authority: "x.test,2023"}}
sources: [{{path: b.atom, timezone: UTC}}]
feeds: {{all: {{title: All, archive: {archive}, max_items: 4{feed}}}}}
output: {{formats: {formats}, content: {content}}}
{more}
""")

    def list(self, *numbers, lost=False, **options):
        if lost:
            shutil.rmtree(self.folder / ".feedpub", ignore_errors=True)
        (self.folder / "b.atom").write_text(
            "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:media='http://search.yahoo.com/mrss/' "
            "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'><id>urn:example:f</id><title>F</title>"
            "<link rel='self' href='https://a.test/feed'/>"
            f"<updated>2024-01-31T00:00:00Z</updated>{''.join(map(item, numbers))}</feed>"
        )
        return build(load_config(self.folder / "c.yaml"), NOW, **options)

    def entries(self, extension):
        """Return each entry as in its documents, by its number."""
        found = {}
        for file in (self.folder / "feeds").glob(f"all*.{extension}"):
            text = file.read_text()
            told = (
                [json.dumps(each) for each in json.loads(text)["items"]]
                if extension == "json"
                else re.findall(r"<(?:entry|item)\b.*?</(?:entry|item)>", text, re.DOTALL)
            )
            for each in told:
                number = int(re.search("urn:example:([0-9]+)", each)[1])
                assert number not in found, (number, file.name)
                found[number] = each
        return found


SLOW = [
    (formats, archive, lost)
    for formats in ("[atom, rss]", "[rss]", "[json]")
    for archive in ("3", "monthly")
    # JSON Feed does not say which feed an item came from.
    for lost in ([False] if formats == "[json]" else [False, True])
]


@pytest.mark.parametrize(
    ("formats", "archive", "lost"),
    [("[rss]", "2", False), *(pytest.param(*case, marks=pytest.mark.slow) for case in SLOW)],
)
def test_none_is_lost_or_stands_twice_however_short_the_window_is(tmp_path, formats, archive, lost):
    site = Site(tmp_path, formats, archive)
    ends = 13 if archive != "2" else 9
    for last in range(4, ends):
        site.list(*range(last - 3, last + 1), lost=lost)
        for extension in formats.strip("[]").split(", "):
            assert site.entries(extension).keys() == {*range(1, last + 1)}
    assert not any(d.written for feed in site.list(*range(ends - 4, ends)).feeds for d in feed.documents)


@pytest.mark.parametrize("content", ["full", "summary", "title"])
def test_it_is_written_as_it_was(tmp_path, content):
    site = Site(tmp_path, "[atom, rss, json]", content=content)
    site.list(*range(1, 7))
    before = {extension: site.entries(extension) for extension in ("atom", "rss", "json")}
    site.list(5, 6, 7, 8)
    for extension, entries in before.items():
        after = site.entries(extension)
        assert {number: after[number] for number in entries} == entries
    pages = [page.read_text() for page in (tmp_path / "feeds/article").glob("*.html")]
    assert len(pages) == 4
    assert all("<b>bold</b> &amp; more" in page for page in pages)


@pytest.mark.parametrize("formats", ["[atom, rss]", "[rss]", "[rss, json]"])
def test_an_episode_is_written_as_it_was(tmp_path, formats):
    podcast = "podcast: {category: News, explicit: false, image: https://x.test/a.png}, language: en"
    site = Site(tmp_path, formats, feed=f", {podcast}")
    site.list(*range(1, 8))
    before = site.entries("rss")
    assert before.keys() == {1, 3, 5, 7}
    assert all("<itunes:duration>549<" in entry for entry in before.values())
    site.list(7, 8, 9)
    after = site.entries("rss")
    assert {number: after[number] for number in before} == before or "json" in formats
    assert all("<itunes:duration>549<" in entry for entry in after.values())


def test_once_it_is_listed_again_it_is_the_same(tmp_path):
    """This holds even if its text was in no document meanwhile."""
    site = Site(tmp_path, "[atom]", content="summary")
    for numbers in ([1, 2, 3], [3, 4, 5], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]):
        site.list(*numbers)
        assert not re.findall(r"<updated>2024-0[2-9]", "".join(site.entries("atom").values()))
    Site(tmp_path, "[atom]", content="full").list(1, 2, 3, 4, 5)
    assert "<updated>2024-03" not in "".join(site.entries("atom").values())


def test_what_is_withdrawn_or_gone_for_another_reason_does_not_stay(tmp_path):
    site = Site(tmp_path, more="withdrawn: ['urn:example:2']")
    site.list(1, 3, 4, 5, 6)
    # The oldest entry that the feed lists is 4, so of these two only 3 has left its window.
    site.list(4, 6, 7)
    assert site.entries("atom").keys() == {1, 3, 4, 6, 7}


def test_without_an_archive_it_goes(tmp_path):
    site = Site(tmp_path, archive="off")
    site.list(1, 2, 3, 4)
    site.list(3, 4, 5)
    assert site.entries("atom").keys() == {3, 4, 5}
