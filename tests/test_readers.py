"""Real feed readers subscribe to what is served: nothing is fetched twice, nothing old is shown as new."""

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import warnings
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

STORY = "Harbour cranes fall silent in Rotterdam\nCrews asked for safer hours at night.\n2023-12-15 08:30\n"
RETOLD = "Klimt's last portrait sets record"


@dataclass
class Server:
    """``feedpub serve`` on a free port, over a project whose feeds name that port."""

    folder: Path
    port: int
    log: Path

    def url(self, name):
        return f"http://localhost:{self.port}/{name}"

    def build(self):
        subprocess.run(
            [sys.executable, "-m", "feedpub", "build", "--quiet"], cwd=self.folder, check=True, timeout=60
        )

    def change_all_but_the_articles(self):
        """An edited title, renamed and re-encoded files, a lost memory: known entries, all of them."""
        (seed,) = (self.folder / "seeds").glob("000*.txt")
        text = seed.read_text().replace("Klimt painting sets European record", RETOLD)
        seed.with_name("renamed.txt").write_bytes(text.encode("utf-8-sig"))
        seed.unlink()
        shutil.rmtree(self.folder / ".feedpub")

    def answers(self, name):
        """The status of every answer that was given for ``name``, in order."""
        return [int(status) for status in re.findall(rf'"GET /{name} HTTP/1.1" (\d+)', self.log.read_text())]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server(project, tmp_path_factory):
    port = free_port()
    config = project / "config.yaml"
    config.write_text(re.sub(r"http://localhost:8000/", f"http://localhost:{port}/", config.read_text()))
    log = tmp_path_factory.mktemp("log") / "serve.log"
    made = Server(project, port, log)
    made.build()
    command = [sys.executable, "-m", "feedpub", "serve", "--port", str(port)]
    with log.open("w") as out, subprocess.Popen(command, cwd=project, stdout=out, stderr=out) as process:
        try:
            deadline = time.monotonic() + 60
            while "Serving" not in log.read_text():
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield made
        finally:
            process.kill()


@pytest.mark.parametrize("name", ["all.rss", "all.atom"])
def test_the_reader_library_sees_each_article_once(server, name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a library's dependencies warn of is not ours to mend
        from reader import make_reader  # noqa: PLC0415 - importing it warns, too

        reader = make_reader(":memory:", feed_root=None)
        reader.add_feed(server.url(name))
        reader.update_feed(server.url(name))  # at once; update_feeds() waits an hour
        seen = {entry.id: entry for entry in reader.get_entries()}
        assert len(seen) == 12
        for entry in seen.values():
            reader.mark_entry_as_read(entry)

        server.build()
        reader.update_feed(server.url(name))
        assert server.answers(name) == [200, 304]

        (server.folder / "seeds/new.txt").write_text(STORY)
        server.build()
        reader.update_feed(server.url(name))
        unread = [entry.title for entry in reader.get_entries(read=False)]
        assert unread == ["Harbour cranes fall silent in Rotterdam"]
        assert {entry.id for entry in reader.get_entries(read=True)} == set(seen)
        for entry in reader.get_entries(read=False):
            reader.mark_entry_as_read(entry)

        server.change_all_but_the_articles()
        server.build()
        reader.update_feed(server.url(name))
        entries = list(reader.get_entries())
        assert [entry.title for entry in entries if not entry.read] == []
        assert any(entry.title.startswith(RETOLD) for entry in entries)
        assert len(entries) == 13
        reader.close()


@pytest.mark.skipif(not shutil.which("newsboat"), reason="newsboat is not installed")
@pytest.mark.parametrize("name", ["all.rss", "all.atom"])
def test_newsboat_sees_each_article_once(server, name, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    (home / "urls").write_text(server.url(name) + "\n")
    (home / "config").touch()

    def newsboat(*commands):
        files = ["-u", home / "urls", "-c", home / "cache.db", "-C", home / "config"]
        done = subprocess.run(
            ["newsboat", *files, "-x", *commands],
            env=os.environ | {"HOME": str(home)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout

    def unread():
        newsboat("reload")
        return int(newsboat("print-unread").split()[0])

    def cached(query):
        with closing(sqlite3.connect(home / "cache.db")) as cache, cache:
            return cache.execute(query).fetchall()

    assert unread() == 12
    cached("UPDATE rss_item SET unread = 0")
    server.build()
    assert unread() == 0

    (server.folder / "seeds/new.txt").write_text(STORY)
    server.build()
    assert unread() == 1
    assert cached("SELECT title FROM rss_item WHERE unread") == [("Harbour cranes fall silent in Rotterdam",)]
    cached("UPDATE rss_item SET unread = 0")

    server.change_all_but_the_articles()
    server.build()
    assert unread() == 0
    titles = [title for (title,) in cached("SELECT title FROM rss_item")]
    assert len(titles) == 13
    assert any(title.startswith(RETOLD) for title in titles)
