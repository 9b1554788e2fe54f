"""docs/publishing.md says what is so: its lists are held against the code, its nginx lines against nginx."""

import errno
import http.client
import os
import re
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from feedpub.documents.formats import OPML_TYPE, OUTPUT_FORMATS
from feedpub.publishing.local import dirfd
from feedpub.publishing.local.folder import LAYOUTS
from feedpub.publishing.local.manifest import MANIFEST
from feedpub.publishing.local.releases import KEPT

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/publishing.md").read_text()
SOURCE = "".join(file.read_text() for file in (ROOT / "feedpub/publishing/local").glob("*.py"))
assert SOURCE
NGINX = re.search(r"```nginx\n(.*?)```", TEXT, re.DOTALL)[1]


def rows(heading: str) -> dict[str, str]:
    """The first two cells of the table under the row ``heading``."""
    table = TEXT.split(f"| {heading} |", 1)[1].split("\n\n")[0]
    cells = [line.strip("|").split("|") for line in table.splitlines()[2:]]
    return {first.strip().strip("`"): second.strip() for first, second in cells}


@pytest.mark.parametrize("sentence", rows("the sentence says"))
def test_each_error_that_is_listed_can_be_said(sentence):
    by_text = {os.strerror(code): remedy for code, remedy in dirfd._REMEDIES.items()}
    if sentence not in by_text:
        assert sentence in SOURCE
        return
    advice = rows("the sentence says")[sentence].replace("`", "")
    remedy = by_text[sentence].removesuffix(" and build again")
    assert remedy in advice


def test_each_way_in_which_a_disk_refuses_is_listed():
    listed = rows("the sentence says")
    for code in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EFBIG, errno.EIO, errno.EBUSY):
        assert os.strerror(code) in listed


def test_the_places_of_staging_are_listed_in_their_order(site):
    site = site.with_(root=site.root / "x")
    names = [place.name.replace("feeds", "<output>") for place in site.staging()]
    listed = [re.search(r"^`?([^` ]+)", place)[1] for place in rows("place")]
    assert len(names) == len(listed)
    assert all(name.startswith(place.removesuffix("…")) for name, place in zip(names, listed, strict=True))


def test_the_layouts_are_listed():
    assert set(re.findall(r"^`output\.layout: (\w+)`", TEXT, re.MULTILINE)) == set(LAYOUTS)


def test_the_number_of_releases_that_stay_is_told():
    assert {2: "Two releases are kept."}[KEPT] in TEXT


def test_every_type_that_is_published_is_in_the_servers_list_with_a_charset():
    types = dict(re.findall(r"^ +([a-z]+/[a-z+-]+) +(\w+);$", NGINX, re.MULTILINE))
    assert {types[known.media_type] for known in OUTPUT_FORMATS.values()} == set(OUTPUT_FORMATS)
    assert types[OPML_TYPE] == "opml"
    charset = set(re.search(r"charset_types ([^;]*);", NGINX)[1].split())
    assert charset | {"text/html", "image/svg+xml"} == set(types)  # HTML always gets one, SVG says its own


@pytest.fixture
def server(site):
    """nginx with the lines of the docs, serving a site in the layout ``releases``; returns a GET."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        pytest.skip("nginx is not installed")
    site = site.with_(layout="releases", gzip=True)
    site.publish(
        {"all.rss": b"<rss/>" * 99, "all.atom": b"<feed/>", "all.json": b"{}", "all.opml": b"<opml/>"}
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    work = site.root.parent / f"{site.root.name}-nginx"
    work.mkdir()
    temporary = " ".join(
        f"{kind}_temp_path {work};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (work / "nginx.conf").write_text(
        f"{user} daemon off; master_process off; pid {work}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {temporary} server {{ listen 127.0.0.1:{port};\n"
        f"{NGINX.replace('/srv/news/feeds/', f'{site.out}/')} }} }}\n"
    )
    command = [nginx, "-p", str(work), "-e", "stderr", "-c", str(work / "nginx.conf")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)

    def get(path, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request(
            "GET", path, headers={key.replace("_", "-"): value for key, value in headers.items()}
        )
        response = connection.getresponse()
        response.body = response.read()
        connection.close()
        return response

    for _ in range(600):
        with suppress(ConnectionRefusedError):
            get("/")
            break
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    yield site, get
    process.terminate()
    process.communicate()


def test_a_server_that_is_told_so_serves_types_tags_twins_and_nothing_else(server):
    site, get = server
    types = {known.name: known.media_type for known in OUTPUT_FORMATS.values()} | {"opml": OPML_TYPE}
    for name, kind in types.items():
        assert get(f"/feeds/all.{name}").getheader("Content-Type") == f"{kind}; charset=utf-8"
    plain = get("/feeds/all.rss")
    assert (plain.status, plain.body) == (200, b"<rss/>" * 99)
    assert plain.getheader("Cache-Control") == "public, max-age=300"
    packed = get("/feeds/all.rss", Accept_Encoding="gzip")
    assert packed.getheader("Content-Encoding") == "gzip"
    assert packed.body == site.tree()["all.rss.gz"]
    assert get(f"/feeds/{MANIFEST}").status == 404


def test_a_server_that_is_told_so_answers_304_for_what_a_build_left_alone(server):
    site, get = server
    tags = {name: get(f"/feeds/{name}").getheader("ETag") for name in ("all.rss", "all.atom")}
    site.publish({"all.rss": b"<xss/>" * 99, "all.atom": b"<feed/>"})
    assert get("/feeds/all.atom", If_None_Match=tags["all.atom"]).status == 304
    assert get("/feeds/all.rss", If_None_Match=tags["all.rss"]).body == b"<xss/>" * 99
