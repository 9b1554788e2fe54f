"""For any bytes, the result is a list of findings: no exception, no network, no hang."""

from __future__ import annotations

import gc
import gzip
import json
import socket
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feedpub.validator import inspect, validate
from feedpub.validator.document import MAX_BYTES, Node
from feedpub.validator.json_document import read as read_json

RSS = (
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Café</title>'
    "<link>https://example.org/</link><description>News</description>"
    '<atom:link rel="self" href="https://example.org/feed.rss"/></channel></rss>'
)
ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-15", "windows-1252", "cp037", "gb18030")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_feed_is_valid_in_every_encoding_that_it_declares_rightly(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n{RSS}'
    assert inspect(text.encode(encoding)).valid, inspect(text.encode(encoding))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (f'<?xml version="1.0" encoding="utf-16"?>{RSS}'.encode(), "encoding-mismatch"),
        (
            b"\xff\xfe" + f'<?xml version="1.0" encoding="utf-8"?>{RSS}'.encode("utf-16-le"),
            "encoding-mismatch",
        ),
        (f'<?xml version="1.0" encoding="utf-8"?>{RSS}'.encode("utf-16-be"), "encoding-mismatch"),
        (f'<?xml version="1.0" encoding="utf-7"?>{RSS}'.encode("utf-7"), "unknown-encoding"),
        (f'<?xml version="1.0" encoding="zlib"?>{RSS}'.encode(), "unknown-encoding"),
        (RSS.encode("latin-1"), "undecodable-bytes"),
        (f'<?xml version="1.0" encoding="us-ascii"?>{RSS}'.encode(), "undecodable-bytes"),
        (b"", "not-well-formed"),
        (b"\xff\xfe", "not-well-formed"),
        (b"\x00" * 100, "not-well-formed"),
        (b"<" * 1000, "not-well-formed"),
        (gzip.compress(RSS.encode()), "not-well-formed"),
        (b"{", "json-not-well-formed"),
        (b'{"a": "\xff"}', "json-not-well-formed"),
        (b"[" * 100_000, "json-not-well-formed"),
    ],
)
def test_a_wrong_encoding_or_no_feed_at_all_is_a_finding(data, code):
    assert code in {finding.code for finding in validate(data)}


def test_an_undecodable_byte_is_reported_where_it_stands():
    findings = validate(b"<rss>\n  <title>caf\xe9</title></rss>")
    found = next(finding for finding in findings if finding.code == "undecodable-bytes")
    assert (found.line, found.column) == (2, 13)


HOSTILE = {
    "a bomb of entities": b'<!DOCTYPE r [<!ENTITY a "%s">%s]><rss>&z;</rss>'
    % (
        b"x" * 100,
        b"".join(b'<!ENTITY %c "%s">' % (98 + step, b"&%c;" % (97 + step) * 100) for step in range(24))
        + b'<!ENTITY z "&y;">',
    ),
    "a quadratic entity": b'<!DOCTYPE r [<!ENTITY a "%s">]><rss>%s</rss>'
    % (b"x" * 100_000, b"&a;" * 100_000),
    "an entity of itself": b'<!DOCTYPE r [<!ENTITY a "&b;"><!ENTITY b "&a;">]><rss>&a;</rss>',
    "deep nesting": b"<a>" * 1_000_000,
    "many attributes": b"<rss %s/>" % b" ".join(b'a%d=""' % number for number in range(100_000)),
    "mixed text of many parts": b"<rss>%s</rss>" % (b"x<b/>" * 100_000),
    "a comment without an end": b"<rss><!--" + b"-" * 1_000_000,
    "tags without an end in HTML": b"<rss><channel><item><description>%s</description></item></channel></rss>"
    % (b"&lt;a b='" * 50_000),
    "brackets in HTML": b"<rss><channel><item><description>%s</description></item></channel></rss>"
    % (b"&lt;!--&lt;!" * 50_000),
    "quotes in a style": b"<rss><channel><item><description>&lt;p style='%s'&gt;</description></item></channel></rss>"
    % (b"a:" + b"1 " * 50_000 + b"(" * 1000),
    "digits in a style": b"<rss><item><description>&lt;p style='a:%s('&gt;</description></item></rss>"
    % (b"1" * 50_000),
    "entities in a title about HTML": b"<rss><channel><title>%s HTML</title></channel></rss>"
    % (b"&amp;amp; " * 100_000),
    "many local links": b"<rss><channel>%s</channel></rss>"
    % (b"<item><link>http://localhost/</link></item>" * 50_000),
    "many channels of podcasts": b"<rss xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'>%s</rss>"
    % (b"<channel><a/></channel>" * 50_000),
    "a long local host": b"<rss><channel><link>http://%slocalhost.</link></channel></rss>"
    % (b"a." * 200_000),
    "comments in a style": b"<rss><channel><item><description>&lt;p style='%s'&gt;</description></item></channel></rss>"
    % (b"/*" * 100_000),
    "a long escaped tag": b"<rss><channel><item><description>%s</description></item></channel></rss>"
    % (b"&amp;lt;p&amp;gt;" * 50_000),
    "a long name": b"<feed xmlns='http://www.w3.org/2005/Atom'><author><name>%s</name></author></feed>"
    % (b"a" * 200_000 + b"@"),
    "a long period": b"<rss xmlns:t='http://purl.org/dc/terms/'><channel><t:valid>%s;x</t:valid></channel></rss>"
    % (b"name=" * 50_000),
    "a long address": b"<rss><channel><link>http://%s</link></channel></rss>" % (b"a." * 200_000 + b"%"),
    "a long mail address": b"<rss><channel><webMaster>%s</webMaster></channel></rss>"
    % (b"a-" * 100_000 + b"@"),
    "a long host": b"<rss><channel><webMaster>a@%s</webMaster></channel></rss>" % (b"a-" * 50_000 + b"!"),
    "a long tag address": b"<feed xmlns='http://www.w3.org/2005/Atom'><id>tag:%s</id></feed>"
    % (b"a-" * 50_000),
    "a long language": b"<rss><channel><language>%s</language></channel></rss>"
    % (b"en" + b"-abcde" * 50_000 + b"-"),
    "a long line of coordinates": b"<rss xmlns:g='http://www.georss.org/georss'><channel><item><g:line>%s</g:line>"
    b"</item></channel></rss>" % (b"1 1 " * 50_000 + b"x"),
    "a long date": b"<rss><channel><pubDate>%s</pubDate></channel></rss>" % (b"(" * 100_000 + b")" * 100_000),
    "a long number": b"<rss><channel><ttl>%s</ttl></channel></rss>" % (b"9" * 1_000_000),
    "a long media type": b"<rss><channel><item><enclosure type='a/b%s'/></item></channel></rss>"
    % (b";a=b" * 50_000 + b";"),
    "a long number in JSON": b"[%s]" % (b"9" * 1_000_000),
    "spaces in JSON": b"{" + b" " * 1_000_000,
    "findings in JSON": b'{"items": [%s]}' % b",\n".join([b'{"id": 7, "tag": [1]}'] * 50_000),
    "equal keys in JSON": b"{%s}" % b",".join([b'"items": [7]'] * 50_000),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_answered_soon(name):
    start = time.process_time()
    assert validate(HOSTILE[name])
    assert time.process_time() - start < 5


SWELLING = {
    "a long base of many elements": b"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://a/%s/'>%s</feed>"
    % (b"A" * 100_000, b"<a xml:base='c'/>" * 2_000),
    "an entity that stands for much": b"<!DOCTYPE rss [<!ENTITY a '%s'>]><rss>%s</rss>"
    % (b"A" * 2_000_000, b"&a;" * 95),
    "an entity in attributes": b"<!DOCTYPE rss [<!ENTITY a '%s'>]><rss>%s</rss>"
    % (b"A" * 2_000_000, b"<b c='&a;'/>" * 95),
}


@pytest.mark.parametrize("name", SWELLING)
def test_small_input_does_not_swell_in_memory(name):
    tracemalloc.start()
    assert validate(SWELLING[name])
    assert tracemalloc.get_traced_memory()[1] < 2.5 * MAX_BYTES
    tracemalloc.stop()


def _nodes():
    return sum(isinstance(found, Node) for found in gc.get_objects())


DEEP = b"<rss>" + b"<a>" * 5_000


@pytest.mark.slow
@pytest.mark.parametrize(
    "data", [b"<rss><channel/></rss>", b"<rss><channel>", DEEP], ids=["whole", "broken", "deep"]
)
def test_a_document_goes_with_its_findings(data):
    """It does not wait for the garbage collector, because one build validates thousands of documents."""
    list(validate(data))
    gc.collect()
    before = _nodes()
    gc.disable()
    try:
        list(validate(data))
        assert _nodes() == before
    finally:
        gc.enable()


def test_nothing_is_fetched(monkeypatch):
    def refuse(*_arguments: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    data = b'<!DOCTYPE r SYSTEM "http://example.org/r.dtd" [<!ENTITY a SYSTEM "http://example.org/a">]><rss>&a;</rss>'
    assert "external-entity" in {finding.code for finding in validate(data)}


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes_give_findings(data):
    assert isinstance(validate(data), list)


PIECES = st.sampled_from(
    [
        "<rss version='2.0'>", "<channel>", "<item>", "</item>", "</channel>", "</rss>", "<title>", "</title>",
        "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "</entry>", "</feed>", "<id>", "</id>", "<updated>",
        "<content type='xhtml'>", "</content>", "<link href='", "'/>", "&lt;p style='", "&#x92;", "<![CDATA[",
        "]]>", "http://", "tag:a,2024:", "2024-05-31T08:00:00Z", "\ufeff", "\x80", "é", "{", "[", '"id":', "1e999", ",",
    ]
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=30))
def test_any_text_of_feed_like_pieces_gives_findings_with_places(pieces):
    for finding in validate("".join(pieces).encode("utf-8", "surrogatepass")):
        assert finding.line >= 1
        assert finding.column >= 1


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_a_feed_with_bytes_changed_is_well_formed_where_another_parser_says_so(data):
    feed = bytearray(RSS.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        feed[data.draw(st.integers(0, len(feed) - 1))] = data.draw(st.sampled_from(b"<>&\"'/a= \x00\xff!;:"))
    codes = {finding.code for finding in validate(bytes(feed))}
    broken = {"not-well-formed", "undefined-entity", "undeclared-prefix", "undecodable-bytes"}
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        etree.fromstring(bytes(feed), parser)
        complaint = ""
    except etree.XMLSyntaxError as error:
        complaint = str(error)
    if not complaint:
        # libxml2 only warns about mistakes in namespaces.
        assert not codes & (broken - {"undeclared-prefix", "not-well-formed"})
    elif "not a valid URI" not in complaint:
        # Names of namespaces have nothing to do with well-formedness.
        assert codes & broken, complaint


@pytest.mark.slow
@settings(deadline=None, max_examples=200)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=8),
        lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=4), below, max_size=4),
        max_leaves=20,
    )
)
def test_the_json_reader_takes_what_the_standard_library_writes(value):
    root, broken = read_json(json.dumps(value, indent=1).encode())
    assert broken is None
    assert plain(root) == value


@pytest.mark.slow
@settings(deadline=None, max_examples=200)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=8),
        lambda below: (
            st.lists(below, max_size=4)
            | st.lists(st.tuples(st.sampled_from("abé"), below), max_size=4).map(tuple)
        ),
        max_leaves=20,
    ),
    st.sampled_from(["", " ", "\n", "\r", "\r\n", "\t \n"]),
)
def test_every_value_and_key_of_json_is_where_its_place_says(value, space):
    """This includes duplicate keys: a tuple here has the members of an object."""
    text = space + written(value, space)
    root, broken = read_json(text.encode())
    assert broken is None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def begins(place, what):
        assert lines[place.line - 1][place.column - 1 :].startswith(what[:1])
        assert "\n".join([lines[place.line - 1][place.column - 1 :], *lines[place.line :]]).startswith(what)

    def look(node, value):
        begins(node, written(value, space).replace("\r\n", "\n").replace("\r", "\n"))
        if isinstance(value, tuple):
            assert [member.key for member in node.members()] == [key for key, _ in value]
            for member, (key, below) in zip(node.members(), value, strict=True):
                begins(member, json.dumps(key))
                look(member.value, below)
            for key, last in dict(value).items():
                look(node.get(key), last)
        for item, below in zip(node.items(), value if isinstance(value, list) else [], strict=True):
            look(item, below)

    look(root, value)


def written(value, space):
    """Return a value as JSON, with space wherever it is allowed."""
    comma = f"{space},{space}"
    if isinstance(value, tuple):
        members = [f"{json.dumps(key)}{space}:{space}{written(below, space)}" for key, below in value]
        return f"{{{space}{comma.join(members)}{space}}}"
    if isinstance(value, list):
        return f"[{space}{comma.join(written(below, space) for below in value)}{space}]"
    return json.dumps(value)


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ('{"a": 1,\n}', "a comma comes before '}'", (2, 1)),
        ("[1,]", "a comma comes before ']'", (1, 4)),
        ('{"a" 1}', "expected ':' after a key", (1, 6)),
        ("{1: 2}", "expected a key in quotes, found '1'", (1, 2)),
        ("[1 2]", "expected ',' or ']', found '2'", (1, 4)),
        ("[NaN]", "'NaN]' is not JSON", (1, 2)),
        ("{'a': 1}", "\"'a': 1}\" is not JSON", (1, 2)),
        ("[1] 2", "there is more text after the value", (1, 5)),
        ("[1", "the file ends too early", (1, 3)),
        ("[" * 66 + "]" * 66, "values are nested more than 64 levels deep", (1, 66)),
        ("[\r01]", "'01]' is not JSON", (2, 1)),
    ],
)
def test_what_keeps_a_text_from_being_json_is_said(text, message, place):
    root, broken = read_json(text.encode())
    assert root is None
    assert (broken.message, (broken.line, broken.column)) == (message, place)


def plain(node):
    if node.is_object:
        return {member.key: plain(member.value) for member in node.members()}
    return [plain(item) for item in node.items()] if node.kind == "array" else node.value
