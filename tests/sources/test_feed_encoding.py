"""The encoding of a feed is never guessed: what declares it decides, in a documented order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.articles.article import Article, Notice, Reject
from feedpub.sources import read
from feedpub.sources.feed_encoding import codec_of, read_feed_text
from feedpub.sources.http_cache import Copy, Memory


def feed(*titles, declared=""):
    """Return a feed as text, with an item for each title."""
    declaration = f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else ""
    items = "".join(
        f'<item><title>{title}</title><guid isPermaLink="false">urn:isbn:{number}</guid>'
        "<pubDate>Mon, 09 Oct 2023 14:25:00 GMT</pubDate></item>\n"
        for number, title in enumerate(titles)
    )
    return f'{declaration}<rss version="2.0"><channel><title>T</title>\n{items}</channel></rss>'


# (description, bytes, charset of the header, encoding of the source, titles)
ROWS = [
    ("UTF-8 without a word", feed("Čeština").encode(), "", None, ["Čeština"]),
    ("UTF-8 with a mark, whatever else is said", b"\xef\xbb\xbf" + feed("é", declared="windows-1251").encode(),
     "koi8-r", None, ["é"]),
    ("UTF-16 with a mark", feed("Ж", declared="UTF-16").encode("utf-16"), "", None, ["Ж"]),
    ("the header before the declaration", feed("Привет", declared="utf-8").encode("cp1251"), "windows-1251", None,
     ["Привет"]),
    ("a header that does not fit, then the declaration", feed("é €", declared="utf-8").encode(), "ascii", None,
     ["é €"]),
    ("a header of no meaning", feed("é").encode(), "none-such", None, ["é"]),
    ("a header of 16 bits over plain bytes", feed("é").encode(), "utf-16", None, ["é"]),
    ("Latin 2", feed("Łódź", declared="ISO-8859-2").encode("iso8859-2"), "", None, ["Łódź"]),
    ("Windows' quotes in what is called Latin 1", feed("“a”", declared="ISO-8859-1").encode("cp1252"), "", None,
     ["“a”"]),
    ("Windows' signs in Shift_JIS", feed("①髙橋", declared="Shift_JIS").encode("cp932"), "", None, ["①髙橋"]),
    ("Windows' letters in EUC-KR", feed("똠방각하", declared="euc-kr").encode("cp949"), "", None, ["똠방각하"]),
    ("GBK in what is called GB2312", feed("朱镕基", declared="gb2312").encode("gbk"), "", None, ["朱镕基"]),
    ("the source's encoding where nothing is declared", feed("Żółw").encode("cp1250"), "", "cp1250", ["Żółw"]),
    ("UTF-8 before the source's encoding", feed("Żółw").encode(), "", "cp1250", ["Żółw"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "charset", "fallback", "titles"), [row[1:] for row in ROWS], ids=[r[0] for r in ROWS]
)
def test_the_first_that_fits_the_whole_feed_counts(data, charset, fallback, titles, source, tmp_path):
    url = "https://news.example.org/feed"
    copy = Copy.of(url, tmp_path)
    copy.keep(data)
    copy.remember(Memory(url, charset=charset))
    spec = source(f"path: {url}" + (f"\nencoding: {fallback}" if fallback else ""))
    items = list(read(spec, url, "example.org,2023"))
    assert [item.title for item in items if isinstance(item, Article)] == titles
    assert not [item for item in items if isinstance(item, Notice | Reject)]


def test_a_byte_that_does_not_fit_what_is_declared_costs_itself_and_is_told(source, gives):
    data = feed("Zürich", "half a X", declared="utf-8").encode().replace(b"X", b"\xe2\x82")
    items = gives(source(), data, "in.rss")
    assert [item.title for item in items if isinstance(item, Article)] == ["Zürich", "half a \ufffd"]
    assert [item.kind for item in items if isinstance(item, Notice)] == ["bad-bytes"]


def test_where_nothing_is_declared_an_item_that_is_not_utf8_costs_itself(source, gives):
    data = feed("Zürich", "Caf\0", "Ende").encode().replace(b"\0", b"\xe9")
    items = gives(source(), data, "in.rss")
    assert [item.title for item in items if isinstance(item, Article)] == ["Zürich", "Ende"]
    (reject,) = [item for item in items if isinstance(item, Reject)]
    assert reject.origin.line == 3
    assert "not UTF-8" in reject.reason


@given(
    st.text(st.characters(codec="iso8859-5", exclude_categories=["Cc"]), max_size=50),
    st.sampled_from(["'", '"']),
)
def test_whatever_is_declared_and_meant_comes_through_and_the_declaration_names_it_no_more(text, quote):
    data = f"<?xml version='1.0' encoding={quote}iso-8859-5{quote} ?><a>{text}</a>".encode("iso8859-5")
    found = read_feed_text(data)
    assert found.data.decode() == f"<?xml version='1.0' ?><a>{text}</a>"
    assert not found.problem


@given(st.binary(max_size=200), st.sampled_from(["", "utf-8", "latin1", "euc-kr", "rot13", "\0", "utf-7"]))
def test_no_bytes_and_no_name_make_it_raise_and_what_it_gives_is_utf8(data, name):
    read_feed_text(data, name, None).data.decode()
    read_feed_text(b"<?xml encoding='" + name.encode() + b"'?>" + data).data.decode()
    assert codec_of(name) in {"", "utf-8", "cp1252", "cp949", "utf-7"}
