"""With the configuration from docs/hosting.md, a web server serves a site as readers and browsers need it."""

import gzip
import re
from urllib.parse import urlsplit

import pytest

from feedpub.documents.formats import OPML_TYPE, OUTPUT_FORMATS

pytestmark = pytest.mark.slow

TYPES = {f"all.{known.name}": known.media_type for known in OUTPUT_FORMATS.values()} | {
    "subscriptions.opml": OPML_TYPE,
    "index.html": "text/html",
    "sitemap.xml": "application/xml",
}


def media(served):
    """Return the address of the picture in an article."""
    (found,) = (served.folder / "feeds/media").glob("*.png")
    return f"media/{found.name}"


def plain(content_type):
    return content_type.lower().replace(" ", "")


def test_types_have_a_charset(served):
    for name, kind in TYPES.items():
        answer = served.get(f"/feeds/{name}")
        assert (answer.status, answer.body) == (200, served.file(name))
        assert plain(answer.getheader("Content-Type")) == f"{kind};charset=utf-8"
    (style,) = re.findall(rb'href="(style\.\w+\.css)"', served.file("index.html"))
    assert plain(served.get(f"/feeds/{style.decode()}").getheader("Content-Type")) == "text/css;charset=utf-8"
    assert served.get(f"/feeds/{media(served)}").getheader("Content-Type") == "image/png"
    assert plain(served.get("/feeds/icon.svg").getheader("Content-Type")).startswith("image/svg+xml")


def test_headers_let_any_reader_read_and_ask_again(served):
    for name in TYPES:
        answer = served.get(f"/feeds/{name}", Origin="https://reader.example")
        assert answer.getheader("Cache-Control") == "public, max-age=300"
        assert answer.getheader("Access-Control-Allow-Origin") == "*"
        assert answer.getheader("X-Content-Type-Options") == "nosniff"


def test_the_twin_goes_to_those_who_accept_it(served):
    for name, kind in TYPES.items():
        packed = served.get(f"/feeds/{name}", Accept_Encoding="gzip, br")
        assert (packed.status, packed.getheader("Content-Encoding")) == (200, "gzip")
        assert packed.body == served.file(f"{name}.gz")
        assert gzip.decompress(packed.body) == served.file(name)
        assert plain(packed.getheader("Content-Type")) == f"{kind};charset=utf-8"
        assert "accept-encoding" in (packed.getheader("Vary") or "").lower()


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_what_a_build_left_alone_is_a_304_and_what_changed_is_not(served, encoding):
    first = served.get("/feeds/all.atom", Accept_Encoding=encoding)
    tag, date = first.getheader("ETag"), first.getheader("Last-Modified")
    served.build({1: "Rain", 2: "Hail"})
    assert served.get("/feeds/all.atom", Accept_Encoding=encoding, If_None_Match=tag).status == 304
    assert served.get("/feeds/all.atom", Accept_Encoding=encoding, If_Modified_Since=date).status == 304
    served.build({1: "Rain", 2: "Hail", 3: "Snow"})
    after = served.get("/feeds/all.atom", Accept_Encoding=encoding, If_None_Match=tag)
    assert after.status == 200
    assert after.body == served.file("all.atom.gz" if encoding == "gzip" else "all.atom")


def test_the_index_is_the_page_and_what_is_missing_has_a_way_back(served):
    index = served.get("/feeds/")
    assert (index.status, index.body) == (200, served.file("index.html"))
    assert plain(index.getheader("Content-Type")) == "text/html;charset=utf-8"
    for path in ("/feeds/nothing.html", "/feeds/nothing.rss", "/feeds/deep/er/nothing"):
        missing = served.get(path)
        assert (missing.status, missing.body) == (404, served.file("404.html"))
        assert plain(missing.getheader("Content-Type")) == "text/html;charset=utf-8"


def test_the_address_without_its_slash_leads_to_the_index(served):
    answer = served.get("/feeds")
    assert answer.status == 308
    assert urlsplit(answer.getheader("Location")).path == "/feeds/"


def test_what_is_not_for_the_public_is_not_served(served):
    # Large sites have such parts of the manifest, see feedpub.publishing.local.manifest.
    for part in ("article/manifest.json", "article/manifest-a1.json", "media/manifest-0.json"):
        (served.folder / "feeds" / part).write_text("{}")
    lists = sorted(
        str(p.relative_to(served.folder)) for p in (served.folder / "feeds/").rglob("manifest*.json*")
    )
    assert len(lists) >= 4
    for path in lists:
        answer = served.get(f"/{path}", Accept_Encoding="gzip, identity")
        assert (path, answer.status) == (path, 404)
        assert b"sha256" not in answer.body
    for path in ("/feeds/../config.yaml", "/feeds/%2e%2e/config.yaml", "/feeds../config.yaml"):
        assert b"id_authority" not in served.get(path).body
