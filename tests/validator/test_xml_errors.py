"""A sentence says why a document is not well-formed XML: what is wrong, where, and what would be right."""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.validator import _xml_errors, validate

DATA = Path(__file__).resolve().parents[1] / "data" / "validator"
CODES = {"not-well-formed", "undefined-entity", "undeclared-prefix", "entity-expansion"}
# Errors of a program, not of a document.
OF_PROGRAMS = {1, 23, 25, 26, 33, 34, 35, 36, 37, 41, 42, 44}

SENTENCES = {
    # Not a feed at all.
    "": "1:1 the file is empty",
    "\n \n": "1:1 the file is empty",
    "<!-- only -->": "1:14 the file contains no element",
    "<!doctype html><p>x<br></p>": "1:1 this is an HTML page, not a feed",
    "\n<html><title>Not\nfound</title><br></html>": "2:1 this is an HTML page with the title 'Not found', not a feed",
    "{{ define }}<rss/>": "1:1 this is a template of a site generator, not a feed",
    "---\ntitle: x\n---\n<rss/>": "1:1 this is a template of a site generator, not a feed",
    # Before and after the feed.
    "\n\n<?xml version='1.0'?><r/>": "3:1 2 blank lines come before <?xml",
    "\r\n<?xml version='1.0'?><r/>": "2:1 a blank line comes before <?xml",
    " <?xml version='1.0'?><r/>": "1:2 a space comes before <?xml",
    "<!-- x --><?xml version='1.0'?><r/>": "1:11 '<!-- x -->' comes before <?xml",
    "<?xml version='1.0'?>\n<?xml version='1.0'?><r/>": "2:1 there is a second <?xml",
    "<r><?xml version='1.0'?></r>": "1:4 <?xml is inside <r>, opened in line 1, column 1, as if a"
    " document began there",
    "\nNotice: x <?xml version='1.0'?><r/>": "2:1 the text 'Notice: x' comes before the first tag",
    "&amp;<r/>": "1:1 the text '&amp;' comes before the first tag",
    "\ufeff\ufeff<r/>": "1:1 the file begins with two byte order marks",
    "\n\ufeff<?xml version='1.0'?><r/>": "2:1 a byte order mark is not at the beginning of the file",
    "</r>": "1:1 a feed cannot begin with '</r>'",
    "<r/>\nBye": "2:1 'Bye' comes after the end of the feed",
    "<r/><s/>": "1:5 '<s/>' comes after the end of the feed",
    "<r/>&amp;": "1:5 '&amp;' comes after the end of the feed",
    "<r/><?xml version='1.0'?><r/>": "1:5 a second document begins after the end of the feed",
    "<?xml version=1.0?><r/>": "1:15 the XML declaration is malformed: <?xml version=1.0?>",
    "<?xml encoding='utf-8'?><r/>": "1:7 the XML declaration is malformed: <?xml encoding='utf-8'?>",
    "<?XML version='1.0'?><r/>": "1:1 <?xml is in upper case",
    # Bare signs, and characters that XML does not allow.
    "<r>\nBread & butter</r>": "2:7 there is a bare & in '& butter</r>'",
    "<r a='?b=1&c=2'/>": "1:11 there is a bare & in '&c=2'/>'",
    "<r>&nbsp</r>": "1:4 there is a bare & in '&nbsp</r>'",
    "<r>1 < 2</r>": "1:6 there is a bare < in '< 2</r>'",
    "<r>x</ r>": "1:5 there is a bare < in '</ r>'",
    "<r>&#xZ;</r>": "1:4 '&#xZ;</r>' is not a valid character reference",
    "<r>&#0;</r>": "1:4 &#0; is not a character that XML allows",
    "<r>a\x08</r>": "1:5 XML does not allow the character U+0008",
    "<r>a\uffff</r>": "1:5 XML does not allow the character U+FFFF",
    "<r>a ]]> b</r>": "1:8 a text contains ']]>'",
    "<r><!-- a -- b --></r>": "1:13 a comment contains '--'",
    "<r>\n&nbsp;</r>": "2:1 &nbsp; is an HTML entity, which XML does not define",
    "<r a='&copy;'/>": "1:7 &copy; is an HTML entity, which XML does not define",
    "<r>&tide;</r>": "1:4 the entity &tide; is not defined",
    # Tags.
    "<r>\n<a></b></r>": "2:4 </b> closes no element; <a>, opened in line 2, column 1, is still open",
    "<r>\n<a>\n</r>": "3:1 </r> comes before <a>, opened in line 2, column 1, is closed",
    "<r><Tide></tide></r>": "1:10 </tide> does not close <Tide>, opened in line 1, column 4, because case matters",
    "<r><p:a></p:b></r>": "1:4 <p:a> uses the prefix 'p', which is not declared",
    "<r>\n<a>\n": "3:1 the feed ends too early: <a>, opened in line 2, column 1, is not closed",
    "<r><a b='1": "1:4 a tag is not closed: '<a b='1'",
    "<r></r": "1:4 a closing tag is not closed: '</r'",
    "<r><!-- x": "1:4 a comment is not closed: '<!-- x'",
    "<r><?x y": "1:4 a processing instruction is not closed: '<?x y'",
    "<r><![CDATA[ x": "1:4 a CDATA section is not closed",
    "<r a=1/>": "1:6 the attribute 'a' of <r> has no quotes around its value",
    "<r a=“1”/>": "1:6 the attribute 'a' of <r> has no quotes around its value",
    "<r a='1'b='2'/>": "1:9 there is no space before 'b='2'/' in <r>",
    "<r><option selected></option></r>": "1:20 the attribute 'selected' of <option> has no value",
    "<r a='<b>'/>": "1:1 the attribute 'a' of <r> contains a bare <, or its quote is not closed",
    "<r><br/ ></r>": "1:8 the / in <br> is not followed by >",
    "<r><a:b:c/></r>": "1:8 ':c/' is not allowed in the tag <a:b:c>",
    "<r a='1' b='2'\na='3'/>": "2:1 <r> has the attribute 'a' twice",
    "<r xmlns:p='u' xmlns:q='u' p:a='1' q:a='2'/>": "1:1 <r> has an attribute twice: two prefixes stand for the same"
    " namespace",
    # Prefixes.
    "<r>\n<itunes:author/></r>": "2:1 <itunes:author> uses the prefix 'itunes', which is not declared",
    "<r xmlns:q='u' q:a='' p:b=''/>": "1:1 <r> uses the prefix 'p', which is not declared",
    "<r xmlns:p=''/>": "1:1 a prefix is declared with an empty namespace",
    "<r xmlns:xml='u'/>": "1:1 the prefix 'xml' is declared for a namespace other than XML's",
    "<r xmlns:xmlns='u'/>": "1:1 the prefix 'xmlns' is declared, although its meaning is fixed",
    "<r xmlns='http://www.w3.org/2000/xmlns/'/>": "1:1 a prefix is declared for a namespace that belongs to XML itself",
    # Entities and document types.
    "<!DOCTYPE r [<!ENTITY a '&b;'><!ENTITY b '&a;'>]><r>&a;</r>": "1:53 &a; refers to itself",
    "<!DOCTYPE r [<!ENTITY a '<b>'>]><r>&a;</r>": "1:36 &a; contains half an element",
    "<!DOCTYPE r [<!ENTITY a SYSTEM 'x'>]><r a='&a;'/>": "1:44 &a; refers to another file, which is not"
    " allowed in an attribute",
    "<!DOCTYPE r [<!ENTITY a SYSTEM 'x' NDATA n>]><r>&a;</r>": "1:49 &a; refers to data that is not text",
    "<!DOCTYPE r PUBLIC '{' 'x'><r/>": "1:21 the public name of the document type has a forbidden character",
    "<!DOCTYPE r [<!ENTITY % e 'x'> <!ENTITY z '%e;'>]><r/>": "1:44 a parameter entity is not allowed here",
    "<!DOCTYPE r [<!ATTLIST r a CDATA #FOO>]><r/>": "1:34 '#FOO>]><r/>' is not XML",
}  # fmt: skip


def complaints(data):
    return [finding for finding in validate(data) if finding.code in CODES]


@pytest.mark.parametrize("text", SENTENCES)
def test_a_document_that_is_not_well_formed_has_one_finding_with_a_sentence(text):
    (found,) = complaints(text.encode())
    assert f"{found.line}:{found.column} {found.message}" == SENTENCES[text]


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("<r>a & b</r>", "write &amp; instead of &, also in addresses"),
        ("<r>&eacute;</r>", "write &#233;"),
        ("<r>&bne;</r>", "write &#61;&#8421;"),
        ("<r>\n<br></r>", "write </br> before it, or <br/> for an empty element"),
        (
            "<r><itunes:author/></r>",
            'add xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" to the root element',
        ),
        ("\n<?xml version='1.0'?><r/>", "remove everything before <?xml, including blank lines"),
    ],
)
def test_the_remedy_is_that_of_the_fault(text, remedy):
    assert [found.remedy for found in complaints(text.encode())] == [remedy]


def test_every_error_of_the_parser_has_a_sentence():
    possible = set(expat.errors.codes.values()) - OF_PROGRAMS
    assert possible <= _xml_errors._SENTENCES.keys()


def test_bytes_in_another_encoding_are_shown_as_what_they_probably_are():
    found = next(one for one in validate(b"<r>caf\xe9</r>") if one.code == "undecodable-bytes")
    assert found.message == "the byte 0xE9 is not valid UTF-8; in Windows-1252, that is 'é'"


FEED = (DATA / "wild" / "hugo.xml").read_bytes()
EXPATS = {expat.ErrorString(code) for code in expat.errors.codes.values()}


@pytest.mark.slow
@settings(deadline=None, max_examples=500)
@given(st.data())
def test_a_feed_that_was_damaged_anywhere_gets_a_sentence_of_ours_with_its_place(data):
    feed = bytearray(FEED)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(feed) - 1))
        piece = data.draw(
            st.sampled_from(
                [b"&", b"<", b">", b'"', b"/", b"=", b"</", b"]]>", b"<!--", b"--", b"<?xml", b"\0", b""]
            )
        )
        feed[at : at + data.draw(st.integers(0, 9))] = piece
    for found in complaints(bytes(feed)):
        assert found.message not in EXPATS
        assert "\n" not in found.message
        assert 1 <= found.line <= feed.count(b"\n") + 1
        assert found.column >= 1
        assert found.remedy
