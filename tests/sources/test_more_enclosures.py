"""A second enclosure is in each format that has room for it; the others report it."""

import json

import pytest
from lxml import etree

ONE, TWO = "https://x.test/one.mp3", "https://x.test/two.ogg"
FEEDS = {
    "a.rss": "<rss version='2.0'><channel><title>F</title><link>https://x.test/</link><item><title>T</title>"
    "<guid>https://x.test/1</guid><pubDate>Mon, 09 Oct 2023 14:25:00 +0000</pubDate>{}</item></channel></rss>",
    "a.atom": "<feed xmlns='http://www.w3.org/2005/Atom'><id>tag:x.test,2020:f</id><title>F</title><entry><title>T</title>"
    "<id>tag:x.test,2020:1</id><updated>2023-10-09T14:25:00Z</updated>{}</entry></feed>",
    "a.json": '[{{"title": "T", "body": "B", "date": "2023-10-09T14:25:00Z", "enclosures": [{}]}}]',
}
SPELT = {
    "a.rss": "<enclosure url='{}' type='audio/mpeg' length='1'/>",
    "a.atom": "<link rel='enclosure' href='{}' type='audio/mpeg'/>",
    "a.json": '{{"url": "{}", "type": "audio/mpeg"}}',
}


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("addresses", [[ONE], [ONE, TWO]])
def test_a_second_enclosure_is_not_lost_in_silence(name, addresses, command, tmp_path):
    joined = ", ".join if name == "a.json" else "".join
    spelt = joined(SPELT[name].format(address) for address in addresses)
    (tmp_path / name).write_text(FEEDS[name].format(spelt))
    (tmp_path / "config.yaml").write_text(
        "version: 1\nsite: {title: T, base_url: https://x.org/, id_authority: 'x.org,2020'}\n"
        f"sources: [{{path: {name}, timezone: UTC}}]\nfeeds: {{all: {{title: All}}}}\n"
        "output: {formats: [rss, atom, json]}\n"
    )
    told = command(tmp_path, "build", "-v").stdout
    folder = tmp_path / "feeds"
    assert etree.parse(folder / "all.rss").xpath("//enclosure/@url") == [ONE]
    links = etree.parse(folder / "all.atom").xpath("//*[local-name()='link'][@rel='enclosure']/@href")
    assert links == addresses
    item = json.loads((folder / "all.json").read_text())["items"][0]
    assert [each["url"] for each in item["attachments"]] == addresses
    assert (f"only Atom and JSON Feed have {TWO}" in told) == (len(addresses) > 1)
