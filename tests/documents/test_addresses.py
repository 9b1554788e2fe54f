"""Every format can contain the addresses of sources."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.core.feed_values import web_address
from feedpub.validator import validate

CASES = {
    "https://x.test": "https://x.test",
    "https://x.test/a?b=c&d=%C3%A9#e/f?g": "https://x.test/a?b=c&d=%C3%A9#e/f?g",
    "http://x.test:8080/~a/(b),c;d=e:f@g!$'*+": "http://x.test:8080/~a/(b),c;d=e:f@g!$'*+",
    "https://é.test/ü?ö#ß": "https://xn--9ca.test/%C3%BC?%C3%B6#%C3%9F",
    "https://x.test/%zz%": "https://x.test/%25zz%25",
    "https://x.test/a[1]?b[]=|^`": "https://x.test/a%5B1%5D?b%5B%5D=%7C%5E%60",
    "https://[2001:db8::1]:8080/a": "https://[2001:db8::1]:8080/a",
    "https://user:secret@x.test/a": "https://x.test/a",
    "https://x.test/a b": "https://x.test/a%20b",
    "https://[x.test/": None,
    "https://x.test:99999/": None,
    "https://x..test/": None,
    "https:///a": None,
    "https://x_.test/": "https://x_.test/",
    "ftp://x.test/": None,
    "javascript:alert(1)": None,
    "a/b": None,
    "": None,
}


@pytest.mark.parametrize("text", CASES)
def test_an_address_is_mended_or_left_out(text):
    assert web_address(text) == CASES[text]


@settings(deadline=None)
@given(st.text(st.sampled_from("ab/:?#[]@%é中 <>\"'\\^`{|}.0129-_~\t"), max_size=30))
def test_what_comes_out_is_ascii_is_valid_and_comes_out_again(rest):
    address = web_address(f"https://x.test{rest}")
    if address is not None:
        assert address.isascii()
        assert web_address(address) == address
        document = f"""<rss version="2.0"><channel><title>t</title><link>{address.replace("&", "&amp;")}</link>
<description>d</description></channel></rss>"""
        assert [f for f in validate(document.encode()) if f.level == "error"] == []
