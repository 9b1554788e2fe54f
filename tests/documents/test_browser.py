"""Pages in Debian's Chromium are usable at any width, light and dark, by eye, by keyboard and by ear."""

import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest

from feedpub.cli.report import report

from .chromium import AXE, CHROMIUM, open_tab
from .conftest import Site
from .test_pages import HOSTILE

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")]

POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self' https://x.test"
"""What docs/publishing.md recommends, and where the sound of an article lies."""

WIDTHS = (390, 820, 1280)
GONE = {"title": "Taken back", "text": "Text.", "date": "2024-05-10"}
LONG = {"title": "W" * 200, "text": "x" * 400, "date": "2024-05-09"}

LEAST_CONTRAST = """(() => {
const light = (c) => {
  const linear = (v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const [r, g, b] = c.match(/[0-9.]+/g).map((v) => linear(v / 255));
  return .2126 * r + .7152 * g + .0722 * b;
};
const ground = (e) => {
  for (; e; e = e.parentElement) {
    const c = getComputedStyle(e).backgroundColor;
    if (!/, 0\\)$/.test(c)) return c;
  }
  return "rgb(255, 255, 255)";
};
let least = 99;
for (const e of document.body.querySelectorAll("*")) {
  if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
  if (e.closest("svg") && e.tagName !== "text") continue;
  const style = getComputedStyle(e);
  const [a, b] = [light(e.closest("svg") ? style.fill : style.color), light(ground(e))].sort((x, y) => y - x);
  least = Math.min(least, (a + .05) / (b + .05));
}
return least;
})()"""

FOUND_BY_AXE = """axe.run(document, {
  rules: {"color-contrast-enhanced": {enabled: true}, "target-size": {enabled: true}},
}).then((r) => r.violations.map((v) => [v.id, v.nodes[0].html]))"""

FOCUSED = """(() => {
  const e = document.activeElement;
  if (e === document.body) return null;
  const r = e.getBoundingClientRect();
  const shown = getComputedStyle(e);
  return {
    text: e.textContent.trim(), class: e.className, inside: Boolean(e.closest("main")),
    ring: e.matches("audio, video") ? "its own" : shown.outlineStyle,
    top: r.top + scrollY, left: r.left, bottom: r.bottom + scrollY, right: r.right,
  };
})()"""


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder in the way that docs/publishing.md describes."""

    def end_headers(self):
        policy = POLICY.replace("style-src", "style-src 'unsafe-inline'") if "report" in self.path else POLICY
        self.send_header("Content-Security-Policy", policy)
        super().end_headers()

    def send_error(self, code, message=None, explain=None):
        self.error_message_format = (Path(self.directory) / "404.html").read_text("utf-8").replace("%", "%%")
        super().send_error(code, message, explain)

    def log_message(self, *_):
        pass


class Served:
    """A built site with everything that is hard to show, and its address."""

    def __init__(self, folder):
        self.site = site = Site(folder)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=site.out))
        self.base = f"http://127.0.0.1:{self.server.server_port}/"
        site.config["site"] |= {"base_url": self.base, "rights": "© Us"}
        site.config["feeds"] |= {
            "none": {"title": "None", "any": ["nothing that is there"]},
            "ar": {"title": "أخبار", "language": "ar", "any": ["خبر"]},
            "old": {"title": "Old & <moved>", "retired": {"moved_to": self.base + "all.atom"}},
        }
        site.config["output"] |= {"max_items": "7", "archive": "2"}
        site.build([*HOSTILE, LONG, GONE])
        site.build([*HOSTILE, LONG, GONE | {"status": "withdrawn"}])
        report(site.folder / "c.yaml", html=site.out / "report.html")
        self.pages = sorted(str(path.relative_to(site.out)) for path in site.out.rglob("*.html"))


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    served = Served(tmp_path_factory.mktemp("site"))
    threading.Thread(target=served.server.serve_forever, daemon=True).start()
    yield served
    served.server.shutdown()
    served.server.server_close()


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with open_tab(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


def test_the_site_has_all_kinds_of_pages(served):
    assert {
        "404.html",
        "all.html",
        "all.1.html",
        "ar.html",
        "index.html",
        "none.html",
        "old.html",
        "report.html",
    } < {*served.pages}
    assert any("has been withdrawn" in served.site.read(page).decode() for page in served.pages)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, *WIDTHS])
def test_nothing_scrolls_sideways_and_all_text_has_contrast(served, tab, width, dark):
    for page in served.pages:
        tab.show(served.base + page, width=width, dark=dark)
        assert tab.run("document.documentElement.scrollWidth - innerWidth") <= 0, page
        assert tab.run(LEAST_CONTRAST) >= 7, page


@pytest.mark.skipif(AXE is None, reason="axe-core is not installed: npm install --global axe-core")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_core_finds_nothing(served, tab, width, dark):
    for page in served.pages:
        tab.show(served.base + page, width=width, dark=dark)
        tab.run(AXE.read_text() + ";0")
        assert tab.run(FOUND_BY_AXE) == [], page


@pytest.mark.skipif(AXE is None, reason="axe-core is not installed: npm install --global axe-core")
def test_axe_core_would_find_what_is_wrong(tab, tmp_path):
    page = tmp_path / "wrong.html"
    page.write_text(
        '<!doctype html><title>x</title><p style="color: #666">Grey <a href="/"></a><img src="x">'
    )
    tab.show(page.as_uri())
    tab.run(AXE.read_text() + ";0")
    found = {rule for rule, _ in tab.run(FOUND_BY_AXE)}
    assert {
        "html-has-lang",
        "link-name",
        "image-alt",
        "color-contrast-enhanced",
        "landmark-one-main",
    } <= found


def test_a_page_asks_nothing_of_other_hosts_and_a_strict_policy_is_enough(served, tab):
    tab.requests.clear()
    tab.messages.clear()
    for page in (*served.pages, "a/b/nowhere"):
        tab.show(served.base + page)
        assert tab.run("document.styleSheets[0].cssRules.length") > 20, page
    # The browser's own player has pictures in data: addresses.
    assert {r for r in tab.requests if not r.startswith((served.base, "data:"))} == set()
    missing = [message for message in tab.messages if "404" not in message]
    assert missing == []


def test_the_keyboard_goes_through_a_page_as_the_eye_does_and_past_its_head(served, tab):
    for page in served.pages:
        tab.show(served.base + page)
        stops = []
        for _ in range(200):
            tab.press("Tab")
            if (stop := tab.run(FOCUSED)) is None:
                break
            stops.append(stop)
        assert stops[0]["class"] == "skip", page
        assert all(stop["ring"] != "none" for stop in stops), page
        for one, other in pairwise(stops[1:]):
            # The focus moves down, along the line, or to the next column.
            beside = abs(other["left"] - one["left"]) >= 40 or other["top"] >= one["top"] - 8
            assert other["top"] >= one["bottom"] - 8 or beside, (page, one, other)
        tab.show(served.base + page)
        tab.press("Tab")
        tab.press("Enter")
        assert tab.run("document.activeElement.id") == "main", page
        tab.press("Tab")
        stop = tab.run(FOCUSED)
        assert stop is None or stop["inside"] or not tab.run("document.querySelectorAll('main a').length"), (
            page
        )


def test_one_click_selects_a_whole_address_and_no_more(served, tab):
    tab.show(served.base + "all.html")
    place = json.loads(
        tab.run(
            "JSON.stringify((({left, top}) => ({x: left + 9, y: top + 9}))"
            "(document.querySelector('.box .address').getBoundingClientRect()))"
        )
    )
    for kind in ("mousePressed", "mouseReleased"):
        tab.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **place)
    assert tab.run("getSelection().toString()") == f"{served.base}all.atom"
