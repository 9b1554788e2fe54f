"""Real feed readers subscribe to a served site: nothing is fetched twice, nothing old is shown as new."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

pytestmark = pytest.mark.slow

STORY = "Harbour cranes fall silent in Rotterdam\nCrews asked for safer hours at night.\n2023-12-15 08:30\n"
RETOLD = "Klimt's last portrait sets record"


@dataclass
class Server:
    """``feedpub serve`` on a free port, with a project whose feeds have that port."""

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
        """Edit a title, rename and re-encode files, and lose the state: all entries must still be known."""
        (seed,) = (self.folder / "seeds").glob("000*.txt")
        text = seed.read_text().replace("Klimt painting sets European record", RETOLD)
        seed.with_name("renamed.txt").write_bytes(text.encode("utf-8-sig"))
        seed.unlink()
        shutil.rmtree(self.folder / ".feedpub")

    def answers(self, name):
        """Return the status of every answer for ``name``, in order."""
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
def test_a_reader_sees_each_article_once(server, subscribe, name):
    reader = subscribe(server.url(name))
    seen = reader.new()
    assert len(seen) == 12

    server.build()
    assert reader.new() == {}
    if subscribe.kind == "reader":  # newsboat sends no condition when it is told to reload
        assert server.answers(name) == [200, 304]

    (server.folder / "seeds/new.txt").write_text(STORY)
    server.build()
    assert list(reader.new().values()) == ["Harbour cranes fall silent in Rotterdam"]

    server.change_all_but_the_articles()
    server.build()
    assert reader.new() == {}
    assert len(reader.all()) == 13
    assert any(title.startswith(RETOLD) for title in reader.all().values())


def test_open_in_browser_leads_to_an_address_that_is_answered(server, subscribe):
    reader = subscribe(server.url("all.rss"))
    if subscribe.kind == "reader":
        pytest.skip("it opens no browser")
    assert len(reader.new()) == 12
    links = reader.links()
    assert len(set(links.values())) == 12
    for entry, link in links.items():
        with urlopen(link, timeout=10) as answer:
            assert answer.status == 200, entry
            assert "<h1" in answer.read().decode()


STREAMS = ("stdin", "stdout", "stderr")


def test_podboat_downloads_what_a_podcast_names(server, tmp_path):
    """newsboat reads a folder of audio files with notes, and its podcast client downloads them."""
    if not shutil.which("podboat"):
        pytest.skip("podboat is not installed")
    sounds = {(b"\xff\xfb\x90\x00" + b"\0" * 413) * 100 + bytes([number]) for number in range(3)}
    (server.folder / "posts").mkdir()
    for number, sound in enumerate(sounds):
        (server.folder / f"posts/{number}.mp3").write_bytes(sound)
        note = (
            f"---\ntitle: Episode {number}\ndate: 2024-05-0{number + 1}\naudio: {number}.mp3\n---\nNotes.\n"
        )
        (server.folder / f"posts/{number}.md").write_text(note)
    podcast = "{category: News, explicit: false, image: https://mill.town/art.png}"
    pod = f"  pod: {{title: Pod, language: en, podcast: {podcast}}}\n"
    config = server.folder / "config.yaml"
    text = config.read_text().replace("\nfeeds:\n", f"\nfeeds:\n{pod}", 1)
    config.write_text(text.replace("\nsources:\n", "\nsources:\n  - {path: posts/*.md, timezone: UTC}\n", 1))
    server.build()

    home, downloads = tmp_path / "home", tmp_path / "downloads"
    home.mkdir()
    downloads.mkdir()
    (home / "urls").write_text(server.url("pod.rss") + "\n")
    (home / "config").write_text(f"podcast-auto-enqueue yes\ndownload-path {downloads}/\n")
    environment = os.environ | {"HOME": str(home), "TERM": "xterm"}
    newsboat = ["newsboat", "-u", "home/urls", "-c", "home/cache.db", "-C", "home/config", "-x", "reload"]
    subprocess.run(newsboat, cwd=tmp_path, env=environment, check=True, capture_output=True, timeout=60)
    (queue,) = home.rglob("queue")
    # It needs a terminal, and does not end by itself.
    terminal, its_own = os.openpty()
    command = ["podboat", "-C", "home/config", "-q", str(queue), "-a"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, **dict.fromkeys(STREAMS, its_own)
    ) as client:
        try:
            os.close(its_own)
            os.set_blocking(terminal, False)
            deadline = time.monotonic() + 60
            while {file.read_bytes() for file in downloads.glob("*.mp3")} != sounds:
                assert time.monotonic() < deadline, [*downloads.iterdir()]
                time.sleep(0.2)
                with contextlib.suppress(BlockingIOError):
                    os.read(terminal, 1 << 16)
        finally:
            client.kill()
            os.close(terminal)
