"""What serve does besides serving: it builds again, reloads pages, and shows what is not published yet."""

import asyncio
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.request import urlopen

import httpx
import pytest

from feedpub.cli.live import Live, Rebuilder
from feedpub.cli.preview import Shown, make_app
from feedpub.config import load_config
from feedpub.publishing.build import build
from feedpub.publishing.drafts import with_drafts

from ..documents.chromium import CHROMIUM, open_tab  # noqa: TID252 - tests are not installed under a name

NOW = datetime(2024, 6, 1, tzinfo=UTC)
CONFIG = """\
version: 1
site: {title: T, base_url: "http://localhost:8000/", id_authority: "example.org,2023"}
sources: [{path: "in/*.md"}]
feeds: {all: {title: All}}
output: {dir: out, state: state}
"""
STORIES = {
    "Public": "",
    "Unfinished": "draft: true\n",
    "Under embargo": "embargo: 2040-01-01T00:00:00Z\n",
    "Not sure until when": "embargo: when it is over\n",
    "Coming": "date: 2041-01-01T10:00:00Z\n",
    "For members": "status: private\n",
    "Taken back": "status: withdrawn\n",
}


def story(title, more=""):
    date = "" if "date:" in more else "date: 2024-01-02T10:00:00Z\n"
    return f"---\ntitle: {title}\n{date}{more}---\nText.\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "site/in").mkdir(parents=True)
    site = tmp_path / "site"
    (site / "config.yaml").write_text(CONFIG)
    for title, more in STORIES.items():
        (site / f"in/{title}.md").write_text(story(title, more))
    return site


def tree(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def shown_in(page):
    """The titles on the page of a feed, each with the reason why it is shown."""
    rows = re.findall(r"<article.*?</article>", page, re.DOTALL)
    found = {}
    for row in rows:
        mark = re.search(r"<strong>(.*?)</strong>", row)
        found[re.search(r'p-name"><a[^>]*>(.*?)<', row)[1]] = mark[1] if mark else ""
    return found


def test_drafts_and_what_is_held_back_are_shown_and_marked_and_nothing_that_is_published_changes(
    folder, tmp_path
):
    build(load_config(folder / "config.yaml"), NOW)
    before = tree(folder)
    apart = tmp_path / "apart"
    report = build(with_drafts(load_config(folder / "config.yaml"), apart), NOW)
    assert report.is_well
    assert shown_in((apart / "feeds/all.html").read_text()) == {
        "Public": "",
        "Unfinished": "Draft: not published",
        "Under embargo": "Held back: not published yet",
        "Not sure until when": "Draft: not published",
        "Coming": "Held back: not published yet",
    }
    assert tree(folder) == before
    assert shown_in((folder / "out/all.html").read_text()) == {"Public": ""}


def ask(app, path):
    async def get():
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            return await client.get(path)

    return asyncio.run(get())


def test_pages_reload_by_a_file_beside_them_and_only_where_it_was_asked_for(folder):
    settings = load_config(folder / "config.yaml")
    build(settings, NOW)
    live = Live(build=3, error="a reason")
    app = make_app(Shown.of(settings), live)
    for path in ("/", "/all.html", "/nowhere"):
        (script,) = re.findall(r"<script(?! type=.application/ld)[^>]*>[^<]*", ask(app, path).text)
        assert script == '<script src="/-/live.js" data-build="3" defer>'
    assert ask(app, "/-/live.js").headers["content-type"].startswith("text/javascript")
    assert ask(app, "/-/builds.json").json() == {"build": 3, "error": "a reason"}
    assert ask(app, "/all.atom").content == (folder / "out/all.atom").read_bytes()
    quiet = make_app(Shown.of(settings))
    assert "<script src" not in ask(quiet, "/").text
    assert ask(quiet, "/-/live.js").status_code == 404
    assert b"<script src" not in (folder / "out/index.html").read_bytes()


def test_a_build_that_fails_is_told_and_the_next_good_one_takes_that_back(folder, capsys):
    live = Live()

    def make():
        settings = load_config(folder / "config.yaml")
        return settings, build(settings, NOW)

    rebuilder = Rebuilder(folder / "config.yaml", make, live)
    assert rebuilder.build()
    assert (live.build, live.error) == (1, "")
    (folder / "config.yaml").write_text(CONFIG.replace("feeds:", "feds:"))
    assert not rebuilder.build()
    assert "unknown key 'feds'" in live.error
    assert live.error in capsys.readouterr().err
    (folder / "config.yaml").write_text(CONFIG)
    assert rebuilder.build()
    # Nothing changed, so no page has to be reloaded.
    assert (live.build, live.error) == (1, "")
    (folder / "in/broken.md").write_text("---\ntitle: Broken\ndate: some day\n---\nText.\n")
    assert rebuilder.build()
    assert "in/broken.md:1: the date" in live.error


def test_serve_says_what_to_install_where_files_cannot_be_watched(folder, command, monkeypatch):
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    done = command(folder, "serve", "--watch")
    assert done.returncode == 1
    assert done.stderr == (
        'feedpub: serve --watch needs watchfiles; install it with: python -m pip install "feedpub[watch]"\n'
    )


@dataclass
class Asking:
    address: str

    def __call__(self, path):
        return urlopen(self.address + path, timeout=10).read().decode()


@pytest.fixture
def serving(folder):
    """A server that watches and shows drafts, a client for it, and its output folder."""
    arguments = ["serve", "--watch", "--drafts", "--port", "0"]
    with subprocess.Popen(
        [sys.executable, "-m", "feedpub", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": "", "TMPDIR": str(folder.parent), "PYTHONUNBUFFERED": "1"},
    ) as server:
        try:
            lines = iter(server.stdout.readline, "")
            address = next(found[0] for line in lines if (found := re.search(r"http://localhost:\d+/", line)))
            yield server, Asking(address)
        finally:
            server.kill()


def until(holds):
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.slow
def test_a_change_of_sources_config_or_templates_shows_at_once_and_nothing_stays_behind(folder, serving):
    server, ask = serving
    assert "Unfinished" in ask("all.html")
    (apart,) = folder.parent.glob("feedpub-drafts-*")
    (folder / "in/new.md").write_text(story("Newly written"))
    until(lambda: "Newly written" in ask("all.html"))
    (folder / "config.yaml").write_text(CONFIG.replace("title: All", "titel: All"))
    until(lambda: "unknown key 'titel'" in ask("-/builds.json"))
    assert "Newly written" in ask("all.html")
    (folder / "look").mkdir()
    (folder / "look/style.css").write_text("body { color: red }")
    (folder / "config.yaml").write_text(CONFIG.replace("dir: out", "templates: look, dir: out"))
    until(lambda: '"error":""' in ask("-/builds.json"))
    (folder / "look/feed.html").write_text(
        '{% extends "default/feed.html" %}{% block pager %}Ours.{% endblock %}'
    )
    until(lambda: "Ours." in ask("all.html"))
    server.send_signal(signal.SIGTERM)
    server.wait(20)
    assert not apart.exists()
    assert not (folder / "out").exists()
    assert not (folder / "state").exists()


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_an_open_page_reloads_by_itself_and_shows_why_a_build_failed(folder, serving, tmp_path):
    _, ask = serving
    with open_tab(tmp_path / "profile") as tab:
        tab.show(ask.address + "all.html")

        def holds(script):
            try:
                return tab.run(script)
            except AssertionError:
                # The page is being loaded at this moment.
                return False

        (folder / "in/new.md").write_text(story("Newly written"))
        until(lambda: holds("document.body?.innerText.includes('Newly written')"))
        (folder / "config.yaml").write_text(CONFIG.replace("title: All", "titel: All"))
        until(lambda: holds("document.querySelector('[role=alert]')?.innerText.includes('titel')"))
        (folder / "config.yaml").write_text(CONFIG)
        until(lambda: holds("document.querySelector('main') && !document.querySelector('[role=alert]')"))
