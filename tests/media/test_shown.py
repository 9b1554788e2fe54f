"""People see and hear files beside articles: sizes are measured, players can seek, the preview sends parts."""

import asyncio
import json
import re
import threading

import httpx
import pytest
import uvicorn

from feedpub.cli.preview import Shown, make_app

from ..documents.chromium import CHROMIUM, open_tab  # noqa: TID252 - tests are not installed under a name
from .conftest import png, wav

PODCAST = (
    "podcast: {category: News, explicit: false, image: 'https://x.test/a.png', owner: {name: A, email: a@x.test}}, "
    "any: [talk], language: en"
)


@pytest.fixture
def talk(site):
    site.write("posts/talk.wav", wav(8))
    site.write("posts/photo.png", png(40, 30))
    site.post(
        "talk", "A talk. ![Quay](photo.png)", enclosure="talk.wav", image="photo.png", image_alt="The quay"
    )
    return site


def answer(site, path, **headers):
    app = make_app(Shown.of(site.settings()))

    async def get():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://h.test") as client:
            return await client.get(path, headers=headers)

    return asyncio.run(get())


def test_sizes_are_measured_and_what_the_record_says_of_them_does_not_count(talk):
    talk.post(
        "talk",
        "A talk.",
        enclosure='{"url": "talk.wav", "type": "audio/mpeg", "length": 1}',
        image="photo.png",
        image_width="9",
        duration="1:00",
    )
    talk.feed = PODCAST
    talk.build()
    files = talk.files()
    length = len(wav(8))
    assert f'type="audio/wav" length="{length}"'.encode() in files["all.atom"]
    assert f'length="{length}" type="audio/wav"'.encode() in files["all.rss"]
    assert b'type="image/png" medium="image" width="40" height="30"' in files["all.rss"]
    assert b"<itunes:duration>8</itunes:duration>" in files["all.rss"]
    (item,) = json.loads(files["all.json"])["items"]
    assert item["attachments"][0] | {"url": ""} == {
        "url": "",
        "mime_type": "audio/wav",
        "title": "talk.wav",
        "size_in_bytes": length,
        "duration_in_seconds": 8,
    }


def test_a_file_is_called_as_its_article_names_it_and_not_by_its_hash(site):
    site.write("posts/a/Rede, 1. Mai.wav", wav(2))
    site.post("talk", "A talk.", enclosure="a/Rede,%201.%20Mai.wav")
    site.build()
    files = site.files()
    pages = [data for name, data in files.items() if name == "all.html" or name.startswith("article/")]
    for page in pages:
        (name,) = re.findall(
            rb'<a href="[^"]*media/[0-9a-f]{16}\.wav" type="audio/wav" dir="auto">(.*?)</a>', page
        )
        assert name == b"Rede, 1. Mai.wav"
    assert b'type="audio/wav" length="16044" title="Rede, 1. Mai.wav"' in files["all.atom"]
    assert json.loads(files["all.json"])["items"][0]["attachments"][0]["title"] == "Rede, 1. Mai.wav"


def test_the_preview_hands_out_parts_of_a_file(talk):
    talk.build()
    name = next(name for name in talk.media() if name.endswith("wav"))
    whole = answer(talk, f"/{name}")
    assert (whole.status_code, whole.content) == (200, wav(8))
    assert whole.headers["content-type"] == "audio/wav"
    part = answer(talk, f"/{name}", Range="bytes=100-199")
    assert (part.status_code, part.content) == (206, wav(8)[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(wav(8))}"
    assert answer(talk, f"/{name}", Range="bytes=99999999-").status_code == 416
    assert answer(talk, f"/{name}", **{"If-None-Match": whole.headers["etag"]}).status_code == 304
    assert answer(talk, "/media/0000000000000000.wav").status_code == 404


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_a_page_shows_the_picture_and_its_player_seeks(talk, tmp_path):
    talk.build()
    server = uvicorn.Server(
        uvicorn.Config(make_app(Shown.of(talk.settings())), port=0, log_level="error", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        pass
    port = server.servers[0].sockets[0].getsockname()[1]
    page = next(name for name in talk.files() if name.startswith("article/") and name.endswith(".html"))
    try:
        with open_tab(tmp_path / "profile") as tab:
            tab.show(f"http://127.0.0.1:{port}/{page}")
            assert tab.run("document.querySelector('.prose img').naturalWidth") == 40
            seeks = """new Promise((done) => {
              const player = document.querySelector("audio");
              player.preload = "auto";
              player.onseeked = () => done([Math.round(player.duration), Math.round(player.currentTime)]);
              player.onerror = () => done(player.error.message);
              const seek = () => { player.currentTime = 6; };
              player.readyState ? seek() : player.onloadedmetadata = seek;
              player.load();
            })"""
            assert tab.run(seeks) == [8, 6]
    finally:
        server.should_exit = True
        thread.join()
