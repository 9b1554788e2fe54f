"""Lists of feeds in OPML, as sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feedpub.articles.article import Article
from feedpub.articles.ids import feed_key
from feedpub.config import parse_config
from feedpub.core.errors import ConfigError
from feedpub.sources import read
from feedpub.sources.http_cache import Copy
from feedpub.sources.subscriptions import SubscriptionsError, read_subscriptions

HEAD = "version: 1\nsite: {title: T, base_url: 'https://f.press/', id_authority: 'f.press,2024'}\n"
FEED = (
    "<rss version='2.0'><channel><title>Own title</title><link>{link}</link>"
    "<item><title>Cranes move at {link}</title><link>{link}1</link><category>Steel</category>"
    "<description>They do.</description><pubDate>Mon, 09 Oct 2023 14:25:00</pubDate></item></channel></rss>"
)


def listed(*outlines):
    return f"<opml version='2.0'><head/><body>\n{chr(10).join(outlines)}\n</body></opml>"


def settings_of(folder, text, sources="[{path: sources.opml, timezone: UTC}]"):
    (folder / "sources.opml").write_text(text)
    config = f"{HEAD}sources: {sources}\nfeeds: {{all: {{title: All}}}}\n"
    return parse_config(config.encode(), folder / "config.yaml")


def outcome(data):
    try:
        return read_subscriptions(data)
    except SubscriptionsError as error:
        return error


def shown(feeds):
    return [(feed.pattern, feed.name, feed.categories) for feed in feeds]


@pytest.mark.parametrize(
    ("outline", "feed"),
    [
        ("text='A' xmlUrl='https://a.example/'", ("https://a.example/", "A", ())),
        ("text='A' title='B' XMLURL=' https://a.example/ '", ("https://a.example/", "B", ())),
        ("xmlUrl='HTTPS://a.example/x'", ("https://a.example/x", "", ())),
        ("text='A' xmlUrl='feed://a.example/x'", ("http://a.example/x", "A", ())),
        ("text='A' xmlUrl='feed:https://a.example/x'", ("https://a.example/x", "A", ())),
        ("text='A' xmlUrl='//a.example/x'", ("http://a.example/x", "A", ())),
        ("text=' A&#10; b ' xmlUrl='a/my%20feed[1].xml'", ("a/my feed[[]1].xml", "A b", ())),
        (
            "text='A' xmlUrl='https://a.example/' category='One, /Two/Three,,One'",
            ("https://a.example/", "A", ("One", "Two/Three")),
        ),
    ],
)
def test_an_entry_is_a_feed_with_its_name_and_categories(outline, feed):
    found = read_subscriptions(listed(f"<outline {outline}/>").encode())
    assert (shown(found.feeds), found.passed_over) == ([feed], ())


@pytest.mark.parametrize(
    ("outline", "says"),
    [
        ("text='A'", "the entry 'A' has no xmlUrl"),
        ("type='link' url='https://a.example/' text='A'", "the entry 'A' has no xmlUrl"),
        ("", "the entry 'one without a name' has no xmlUrl"),
        ("text='A' xmlUrl='mailto:a@b.example'", "an address that is not on the web (mailto:)"),
        ("text='A' xmlUrl='s3://bucket/a'", "an address that is not on the web (s3:)"),
        ("text='A' xmlUrl='file:///etc/passwd'", "an address that is not on the web (file:)"),
        ("text='A' xmlUrl='https://me:geheim@a.example/'", "an address with a name or a password"),
        ("text='A' xmlUrl='/etc/passwd'", "names a file outside the folder of the list"),
        ("text='A' xmlUrl='x/../../etc/passwd'", "names a file outside the folder of the list"),
        ("text='A' xmlUrl='%2e%2e/etc/passwd'", "names a file outside the folder of the list"),
        ("text='A' xmlUrl='..\\x'", "names a file outside the folder of the list"),
    ],
)
def test_what_is_no_feed_is_named_with_its_line(outline, says):
    found = read_subscriptions(listed("<outline text='B' xmlUrl='b'/>", f"<outline {outline}/>").encode())
    assert shown(found.feeds) == [("b", "B", ())]
    ((line, told),) = found.passed_over
    assert line == 3
    assert says in told
    assert told.endswith("and was passed over")
    assert "geheim" not in told


def test_entries_in_entries_have_the_title_above_them_unless_they_have_categories():
    found = read_subscriptions(
        listed(
            "<outline text='Far' title='Near'><outline text='a' xmlUrl='a'/>",
            "<outline><outline text='b' xmlUrl='b'/></outline>",
            "<outline text='Deep'><outline text='c' xmlUrl='c' category='Own'><outline text='d' xmlUrl='d'/></outline>",
            "</outline><outline text='gone' isComment='true' xmlUrl='e'/></outline>",
        ).encode()
    )
    assert shown(found.feeds) == [
        ("a", "a", ("Near",)), ("b", "b", ("Near",)), ("c", "c", ("Own",)), ("d", "d", ("c",)),
    ]  # fmt: skip
    assert not found.passed_over


NODES = st.recursive(
    st.builds(
        lambda url: {"xmlUrl": url},
        st.sampled_from(["https://a.example/", "http://a.example", "https://b.example/x", "c.xml", "d.xml"]),
    ),
    lambda inner: st.builds(lambda text, nodes: {"text": text, "": nodes}, st.text("xyz", min_size=1), st.lists(inner)),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.slow
@given(nodes=st.lists(NODES, max_size=6))
def test_each_address_of_a_tree_is_one_feed_with_the_categories_of_all_its_places(nodes):
    def element(parent, node):
        made = etree.SubElement(parent, "outline", {name: value for name, value in node.items() if name})
        for each in node.get("", ()):
            element(made, each)

    root = etree.Element("opml")
    body = etree.SubElement(root, "body")
    for node in nodes:
        element(body, node)
    wanted = {}
    for outline in root.xpath("//outline[@xmlUrl]"):
        above = [parent.get("text") for parent in outline.iterancestors("outline")]
        wanted.setdefault(feed_key(outline.get("xmlUrl")), {}).update(dict.fromkeys(above[:1]))
    found = read_subscriptions(etree.tostring(root))
    assert {feed_key(feed.pattern): feed.categories for feed in found.feeds} == {
        key: tuple(categories) for key, categories in wanted.items()
    }
    assert len(found.feeds) == len(wanted)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("<opml>\n<body>\n<outline xmlUrl='https://a.example/?a&b'/></body></opml>", 3, "write & as &amp;"),
        ("<opml><body>\n<outline xmlUrl='a'>\n</body></opml>", 3, "is not XML"),
        ("", 1, "is not XML"),
        ("https://a.example/\n", 1, "is not XML"),
        ("<!-- x -->\n<rss><channel/></rss>", 2, "is not OPML: it begins with <rss>"),
        ("<opml><body/></opml>", 1, "has no feed that can be read"),
        ("<opml><body><outline text='a'/></body></opml>", 1, "has no feed that can be read"),
    ],
)
def test_a_broken_list_is_one_sentence_with_its_file_and_line(text, line, says, tmp_path):
    with pytest.raises(ConfigError) as raised:
        settings_of(tmp_path, text)
    said = str(raised.value)
    assert said.startswith(f"{tmp_path}/sources.opml:{line}:1: ")
    assert says in said
    assert "; " in said
    assert "\n" not in said


@pytest.mark.parametrize(
    "text", ["<!DOCTYPE o [<!ENTITY e SYSTEM 'secret.txt'>]>", "<!DOCTYPE o [<!ENTITY e 'secret'>]>"]
)
def test_entities_of_a_list_are_not_followed(text, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    data = f"{text}<opml><body><outline text='a' xmlUrl='https://a.example/'>&e;</outline></body></opml>"
    assert "secret" not in str(outcome(data.encode()))


@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: listed(text).encode())))
def test_no_bytes_raise_anything_else(data):
    assert getattr(outcome(data), "line", 1) >= 1


@pytest.mark.parametrize(
    ("sources", "says"),
    [
        ("[{path: lost.opml}]", "config.yaml:3:11: sources[0]: there is no file lost.opml; write its path"),
        ("[{path: '*.opml'}]", "can match several lists of feeds; name each file"),
        (
            "[{path: sources.opml, fetch: {headers: {Authorization: env:TOKEN}}}]",
            "the source is a list of feeds, but headers are for one host; give the feed that needs them a source",
        ),
    ],
)
def test_a_source_that_cannot_be_a_list_says_what_would_be_right(sources, says, tmp_path):
    with pytest.raises(ConfigError) as raised:
        settings_of(tmp_path, listed("<outline xmlUrl='a'/>"), sources)
    assert says in str(raised.value)


def test_the_settings_of_the_list_hold_for_each_and_a_source_of_its_own_stands_for_an_entry(tmp_path):
    settings = settings_of(
        tmp_path,
        listed(
            "<outline text='A' xmlUrl='https://a.example/feed'/>",
            "<outline text='B' xmlUrl='https://b.example/feed'/>",
            "<outline text='C' xmlUrl='in/c.xml'/>",
        ),
        "[{path: [x.txt, sources.opml], timezone: Europe/Paris, fetch: {user_agent: quay}},"
        " {path: 'http://b.example/feed/', fetch: {headers: {Authorization: env:TOKEN}}}]",
    )
    found = [
        (s.path, s.name, s.dates.zone, s.fetch.user_agent, len(s.fetch.headers)) for s in settings.sources
    ]
    assert found == [
        ("x.txt", "", "Europe/Paris", "quay", 0),
        ("https://a.example/feed", "A", "Europe/Paris", "quay", 0),
        ("in/c.xml", "C", "Europe/Paris", "quay", 0),
        ("http://b.example/feed/", "", None, "", 1),
    ]
    assert tmp_path / "sources.opml" in settings.files
    assert settings.sources[2].where.line == 4


def recipe():
    page = (Path(__file__).parents[2] / "docs/sources.md").read_text("utf-8")
    section = page.partition("### A planet\n")[2]
    return [re.search(rf"```{kind}\n(.*?)```", section, re.DOTALL)[1] for kind in ("xml", "yaml")]


def test_the_recipe_of_a_planet_fetches_checks_and_builds(server, tmp_path, command):
    opml, config = recipe()
    address = f"http://127.0.0.1:{server.server_port}"
    opml = re.sub(r"https://(\w+)\.example\.net/\w+", lambda found: f"{address}/{found[1]}", opml)
    (tmp_path / "sources.opml").write_text(opml)
    (tmp_path / "config.yaml").write_text(config)
    names = ("ann", "cranes", "town")
    for name in names:
        feed = FEED.format(link=f"https://{name}.example.net/").encode()
        server.answers[f"/{name}"] = server.answers[f"/{name}.xml"] = lambda _, feed=feed: (200, {}, feed)
    assert command(tmp_path, "check").stdout.count("has not been fetched yet; run feedpub fetch") == 3
    assert command(tmp_path, "fetch", "--allow-private").returncode == 0
    assert {headers["User-Agent"] for _, headers in server.asked} == {
        "planet.example.org (+https://planet.example.org/)"
    }
    checked = command(tmp_path, "check")
    assert (checked.returncode, "3 sources" in checked.stdout) == (0, True)
    assert command(tmp_path, "build").returncode == 0
    documents = {name: (tmp_path / f"feeds/{name}.rss").read_text() for name in ("all", "machines", "ann")}
    for name, links in {"all": names, "machines": ["cranes"], "ann": ["ann"]}.items():
        found = re.findall(r"<link>https://(\w+)\.example\.net/1</link>", documents[name])
        assert sorted(found) == sorted(links), name
    assert re.search(r"<source url=[^>]*>Ann&?.*?s log</source>", documents["ann"])


def test_articles_have_the_categories_of_their_entry_beside_their_own(tmp_path):
    settings = settings_of(
        tmp_path,
        listed("<outline text='Machines'><outline text='C' xmlUrl='https://c.example/x'/></outline>"),
    )
    (spec,) = settings.sources
    copy = Copy.of(spec.path, tmp_path)
    copy.keep(FEED.format(link="https://c.example/").encode())
    (article,) = (item for item in read(spec, spec.path, "f.press,2024") if isinstance(item, Article))
    assert (article.categories, article.via.title) == (("Steel", "Machines"), "C")
    assert [author.name for author in article.authors] == ["C"]
