"""The grammars of values agree with tables, and with independent parsers."""

from __future__ import annotations

import email.utils
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feedpub.validator.check_kinds import Context, ValueCheck
from feedpub.validator.checks import CHECKS
from feedpub.validator.grammar import (
    dates,
    html,
    iris,
    tokens,
)
from feedpub.validator.vocabulary.element import Kind, Value

RFC3339 = {
    "2024-02-29T00:00:00Z": True,
    "2023-02-29T00:00:00Z": False,
    "2024-05-31T23:59:60Z": True,
    "2024-05-31T24:00:00Z": False,
    "2024-05-31T08:00:00+25:00": False,
    "2024-05-31T08:00:00": False,
    "2024-05-31t08:00:00z": False,
    "2024-05-31 08:00:00Z": False,
    "2024-05-31T08:00:00.Z": False,
    "٢٠٢٤-05-31T08:00:00Z": False,
    "0000-01-01T00:00:00Z": False,
}
ISO8601 = {
    "2024-05-31": True,
    "2024-05-31T08:00:00.000-0600": True,
    "2024-05-31T08:00Z": True,
    "20240531T080000Z": True,
    "2024-W22-5T08:00": True,
    "2024-05-31 08:00": False,
    "2024-02-30": False,
    "٢٠٢٤-05-31": False,
    "tomorrow": False,
    "": False,
}
# Mistake, unsafe elements, event handlers, dangerous styles, relative addresses, unknown attributes and styles, local
# addresses, images without alternative text, a tag that was escaped twice.
SURVEYS = {
    "<p>News</p>": None,
    '<a href="https://example.org/">News</a>': None,
    '<a href="/news">News</a><img src="a.png" alt="A">': (None, (), (), (), ("/news", "a.png")),
    '<img src="//cdn.example.org/a.png" alt="">': (None, (), (), (), ("//cdn.example.org/a.png",)),
    '<img src="https://example.org/a.png">': (
        None,
        (),
        (),
        (),
        (),
        (),
        (),
        (),
        ('<img src="https://example.org/a.png">',),
    ),
    '<a href="http://localhost:4000/">News</a>': None,
    '<img src="http://localhost:4000/a.png" alt="A">': (
        None,
        (),
        (),
        (),
        (),
        (),
        (),
        ("http://localhost:4000/a.png",),
    ),
    "&lt;p&gt;News&lt;/p&gt;": (None, (), (), (), (), (), (), (), (), "<p>"),
    "&lt;p&gt; begins a paragraph, &lt;/p&gt; ends it": None,
    "<script>count()</script><p onclick=x>": (None, ("script",), ("onclick",), (), ()),
    '<p style="color: red; position: fixed; mso-list: l0" markdown=1>': (
        None,
        (),
        (),
        ("position: fixed",),
        (),
        ("markdown",),
        ("mso-list: l0",),
    ),
    "<nonsense>": ("contains '<nonsense>', which is not an HTML element", (), (), (), ()),
    "<my-element onclick=x>": None,
    '<svg viewBox="0 0 9 9" fill="none"><title>Dot</title><linearGradient/><path style="fill: red"/></svg>': None,
    "<svg onload=x><math><mi>x</mi></math><title>Dot</title></svg>": (None, (), ("onload",), (), ()),
    "<title>News</title>": (None, ("title",), (), (), ()),
    "<p": ("contains a tag that does not end: '<p'", (), (), (), ()),
    "&#x92;": ("contains &#x92;, which is not a character", (), (), (), ()),
}
RFC822 = {
    "Fri, 31 May 2024 08:00:00 GMT": (True, True),
    "31 May 2024 08:00 EST": (True, True),
    "Fri,31 May 2024 08:00:00 GMT": (True, False),
    "fri, 31 may 2024 08:00:00 gmt": (True, False),
    "Fri, 31 May 24 08:00:00 GMT": (True, False),
    "Fri, 31 May 2024 08:00:00 J": (False, False),
    "Fri, 31 May 2024 08:00:00": (False, False),
    "Fri, 31 May 2024 08:00:00 +02:00": (False, False),
    "Fri, 32 May 2024 08:00:00 GMT": (False, False),
    "2024-05-31T08:00:00Z": (False, False),
}
ABSOLUTE = {
    "https://example.org/": True,
    "https://[2001:db8::1]:8080/x": True,
    "mailto:ada@example.org": True,
    "urn:isbn:1": True,
    "https://": False,
    "https:///x": False,
    "//example.org/": False,
    "example.org": False,
    "": False,
}
LOCAL = {
    "http://localhost": True,
    "http://localhost:4000/1": True,
    "https://ada@news.localhost/": True,
    "//127.0.0.1/": True,
    "http://[::1]:80/": True,
    "http://0.0.0.0:8000": True,
    "https://localhost.example.org/": False,
    "https://example.org/localhost": False,
    "https://example.org/?u=http://localhost/": False,
    "https://1270.0.0.1.example.org/": False,
    "tag:localhost,2024:1": False,
    "": False,
}
LANGUAGES = {
    "en": True, "en-GB": True, "zh-Hant-HK": True, "de-CH-1996": True, "sl-rozaj-biske": True, "es-419": True,
    "ast": True, "x-klingon": True, "i-navajo": True, "de-u-co-phonebk": True, "a": False, "english": False,
    "xx": False, "en_GB": False, "en-": False, "de-x": False, "": False,
}  # fmt: skip
CONTACTS = {
    "ada@example.org (Ada Lovelace)": "profile",
    "mailto:ada@example.org": "nameless",
    "ada@example.org": "nameless",
    "ada@example.org ()": "nameless",
    "Ada <ada@example.org>": "other",
    "Ada Lovelace ada@example.org": "other",
    "Ada Lovelace": "none",
    "Ada (ada@example.org)": "other",
    "Ada (Lovelace)": "none",
    "": "none",
}
MEDIA_TYPES = {
    "audio/mpeg": True, "application/atom+xml;type=entry": True, 'text/html; charset="utf-8"': True, "audio": False,
    "audio/": False, "audio/mpeg mp3": False, "text/html; charset": False, "": False,
}  # fmt: skip
PLAIN = {
    "AT&T": None, "M&S": None, "a < b": None, "<gorilla>": None, "the &amp; sign": None, "caf&eacute;": "&eacute;",
    "AT&amp;T": "&amp;", "&#233;": "&#233;", "<b>bold</b>": "<b>", "</p>": "</p>", "<!-- x -->": "<!--",
    "https://example.org/?a=1&copy=2&order=3&lang=en": None, "Caf&eacute": "&eacute", "&thetasym;": "&thetasym;",
    "R&D": None, "&nonsense;": None,
}  # fmt: skip
# Dangerous declarations, and those that are only unknown.
STYLES = {
    "color: red": ((), ()), "margin: 0 auto !important": ((), ()), "font: 12px/1.5 'Arial', sans-serif": ((), ()),
    "": ((), ()), "/* a note */": ((), ()), "color: red; /* a; b": ((), ()), "color": ((), ("color",)),
    "font-size-adjust: none; mso-list: l0": ((), ("font-size-adjust: none", "mso-list: l0")),
    "width: calc(100% - 2px)": ((), ("width: calc(100% - 2px)",)),
    "color: expression(alert(1))": (("color: expression(alert(1))",), ()),
    "color: exp/**/ression(x)": (("color: expression(x)",), ()),
    "background: url(x); position: fixed": (("background: url(x)", "position: fixed"), ()),
    "background-image: none": ((), ("background-image: none",)),
    "list-style: image-set(a)": (("list-style: image-set(a)",), ()),
    "b\\65havior: x": (("b\\65havior: x",), ()), "BEHAVIOR: x": (("BEHAVIOR: x",), ()),
}  # fmt: skip


@pytest.mark.parametrize(("text", "right"), RFC3339.items())
def test_rfc_3339_dates(text, right):
    assert (dates.rfc3339(text) is not None) is right


@pytest.mark.parametrize(("text", "right"), ISO8601.items())
def test_iso_8601_dates(text, right):
    assert (dates.iso8601(text) is not None) is right


@pytest.mark.parametrize(("text", "expected"), RFC822.items())
def test_rfc_822_dates_are_read_and_known_to_be_plain_or_problematic(text, expected):
    found = dates.rfc822(text)
    assert (found is not None, bool(found and found[2])) == expected


MOMENTS = st.datetimes(
    min_value=datetime(1, 1, 3),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(9999, 12, 29),  # noqa: DTZ001 - as above
    timezones=st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes))),
).map(lambda moment: moment.replace(microsecond=0))


@given(MOMENTS)
def test_what_datetime_writes_is_read_back_as_the_same_moment(moment):
    assert dates.rfc3339(moment.isoformat()) == moment
    assert dates.w3cdtf(moment.isoformat()) == moment
    assert dates.iso8601(moment.isoformat()) == moment


@given(MOMENTS.filter(lambda moment: moment.year >= 1900))
def test_what_the_mail_library_writes_is_read_back_with_its_weekday(moment):
    found = dates.rfc822(email.utils.format_datetime(moment))
    assert found is not None
    assert found[0] == moment
    assert found[1] == dates.weekday(found[0])
    assert found[2]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024", datetime(2024, 1, 1, tzinfo=UTC)),
        ("2024-05", datetime(2024, 5, 1, tzinfo=UTC)),
        ("2024-05-31", datetime(2024, 5, 31, tzinfo=UTC)),
        ("2024-05-31T08:00Z", datetime(2024, 5, 31, 8, tzinfo=UTC)),
        ("2024-05-31T08", None),
        ("24", None),
    ],
)
def test_w3c_dates_may_be_as_coarse_as_a_year(text, moment):
    assert dates.w3cdtf(text) == moment


@pytest.mark.parametrize(("text", "right"), ABSOLUTE.items())
def test_absolute_addresses_have_a_scheme_and_where_needed_a_host(text, right):
    assert iris.is_absolute(text) is right


@pytest.mark.parametrize(("text", "right"), LOCAL.items())
def test_addresses_of_the_own_machine(text, right):
    assert iris.is_local(text) is right


@pytest.mark.parametrize(
    "text", ["a b", "a<b", 'a"b', "a\\b", "a^b", "a`b", "a{b", "a%zz", "a%2", "a#b#c", "a[b"]
)
def test_characters_that_no_address_may_hold_are_found(text):
    assert iris.wrong_character(text)


@pytest.mark.parametrize(
    "text", ["año", "a%20b", "?a=1&b=2#c", "a:b@c", "http://[::1]/", "日本", "a,b;c", ""]
)
def test_addresses_of_allowed_characters_are_left_in_peace(text):
    assert iris.wrong_character(text) is None


@pytest.mark.parametrize(("text", "right"), LANGUAGES.items())
def test_language_tags(text, right):
    assert tokens.is_language(text) is right


@pytest.mark.parametrize(("text", "form"), CONTACTS.items())
def test_contacts(text, form):
    assert tokens.contact(text) == form


@pytest.mark.parametrize(("text", "right"), MEDIA_TYPES.items())
def test_media_types(text, right):
    assert (tokens.split_media_type(text) is not None) is right


@pytest.mark.parametrize(("text", "found"), PLAIN.items())
def test_markup_in_plain_text_is_told_from_texts_about_it(text, found):
    assert html.markup_in(text) == found


@pytest.mark.parametrize(("style", "found"), STYLES.items())
def test_styles_that_can_do_more_than_style_are_told_from_unknown_ones(style, found):
    assert html.judge_style(style) == found


@given(st.text(alphabet="<>/!-?ab= \"'&#x9;[]CDATA", max_size=60))
def test_any_text_can_be_surveyed_as_html(text):
    survey = html.survey(text)
    assert survey is None or survey.mistake is None or text


@pytest.mark.parametrize(("text", "found"), SURVEYS.items())
def test_a_survey_says_what_a_text_of_html_holds(text, found):
    assert html.survey(text) == (html.Survey(*found) if found else None)


ADDRESSES = st.text(alphabet='htps:/.?#%&=+-_~@[]:0aZé "<', max_size=12).flatmap(
    lambda end: st.sampled_from(["", "http://", "https://", "https://example.org", "http://a.b:80/"]).map(
        lambda start: start + end
    )
)


@settings(deadline=None, max_examples=500)
@given(ADDRESSES)
@example("https://example.org:8080/a/b.c?d=e&f=g+h")
def test_no_check_of_addresses_finds_anything_in_an_ordinary_one(text):
    for check in CHECKS:
        if (
            isinstance(check, ValueCheck)
            and check.kinds & {Kind.URI, Kind.WEB, Kind.IRI, Kind.IRI_REFERENCE}
            and check.needs == ""
        ):
            for kind in check.kinds:
                assert not iris.is_ordinary(text) or check.find(Context(text=text, value=Value(kind))) is None
