"""Files beside articles are published if they are in the source's folder and their bytes are of a known kind."""

import json
import os

import pytest

from feedpub.config import load_config
from feedpub.publishing.build import build
from feedpub.sources.media import (
    Measured,
    MissingError,
    Place,
    UnfitError,
    find,
    is_relative,
    measure,
    why_unfit,
)

from .conftest import FLAC, NOW, OGG, PDF, WEBM, gif, jpeg, mp3, mp4, png, wav, webp

KNOWN = {
    "png": (png(40, 30), "image/png", "png", 40, 30, 0),
    "jpeg": (jpeg(40, 30), "image/jpeg", "jpg", 40, 30, 0),
    "gif": (gif(40, 30), "image/gif", "gif", 40, 30, 0),
    "webp": (webp(40, 30), "image/webp", "webp", 40, 30, 0),
    "avif": (mp4(b"avif"), "image/avif", "avif", 0, 0, 0),
    "mp3": (mp3(400), "audio/mpeg", "mp3", 0, 0, 10),
    "wav": (wav(3), "audio/wav", "wav", 0, 0, 3),
    "flac": (FLAC, "audio/flac", "flac", 0, 0, 2),
    "m4a": (mp4(b"M4A "), "audio/mp4", "m4a", 0, 0, 0),
    "ogg": (OGG, "audio/ogg", "ogg", 0, 0, 0),
    "mp4": (mp4(), "video/mp4", "mp4", 0, 0, 0),
    "mov": (mp4(b"qt  "), "video/quicktime", "mov", 0, 0, 0),
    "webm": (WEBM, "video/webm", "webm", 0, 0, 0),
    "pdf": (PDF, "application/pdf", "pdf", 0, 0, 0),
    "a damaged sound": (b"ID3\4\0\0" + b"\xff" * 90, "audio/mpeg", "mp3", 0, 0, 0),
}


def unfit(data, use="file"):
    """Return why a file with these bytes is not published."""
    try:
        return why_unfit(measure(data, use).type, use)
    except UnfitError as error:
        return str(error)


@pytest.mark.parametrize("kind", KNOWN)
def test_a_file_is_what_its_bytes_say(kind):
    data, *told = KNOWN[kind]
    measured = measure(data)
    assert isinstance(measured, Measured)
    assert [measured.type, measured.extension, measured.width, measured.height, measured.duration] == told
    assert measured.length == len(data)


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<!doctype html><script>x()</script>",
        b"\xef\xbb\xbf<svg/>",
        b"MZ\x90\0",
        b"PK\3\4",
        b"#!/bin/sh",
        b"\x7fELF",
        b"plain text",
        mp4(b"heic"),
        b"RIFF\0\0\0\0AVI ",
    ],
)
def test_what_can_run_or_is_nothing_to_see_or_hear_is_not_published(data):
    assert unfit(data).startswith("is not a picture, sound, video or PDF")


@pytest.mark.parametrize(
    "data",
    [png()[:12], jpeg()[:20], gif()[:8], webp()[:20], b"\xff\xd8\xff", png(0, 3)],
)
def test_a_picture_that_does_not_say_how_large_it_is_is_damaged_and_not_published(data):
    assert unfit(data, "picture").startswith("is damaged")


TRANSCRIPTS = {
    "text/vtt": "WEBVTT\n\n00:00.000 --> 00:02.000\n<v Ann>Good morning.\n",
    "application/x-subrip": "\n1\r\n00:00:00,000 --> 00:00:02,000\r\n<i>Good</i> morning.\r\n",
    "application/json": '{"version": "1.0.0", "segments": [{"body": "<b>Good</b> morning."}]}',
    "text/plain": "Ann: Good morning. 3 < 4 & 5 > 4.\n",
}


@pytest.mark.parametrize("kind", TRANSCRIPTS)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_texts_are_told_by_their_shape_and_published_for_episodes_alone(kind, mark):
    measured = measure((mark + TRANSCRIPTS[kind]).encode(), "transcript")
    assert measured.type == kind
    assert not why_unfit(kind, "transcript")
    assert bool(why_unfit(kind, "chapters")) == (kind != "application/json")
    assert why_unfit(kind, "file")
    assert why_unfit(kind, "picture")


@pytest.mark.parametrize(
    "data",
    [
        b"<!doctype html><p>Good morning.",
        b"Good morning.<script>x()</script>",
        b"Good <b onclick='x()'>morning</b>.",
        b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<svg:script>x()</svg:script>",
        "Schöne Grüße".encode("latin-1"),
        "Good morning".encode("utf-16"),
        b"Good\0morning",
        b" \n",
    ],
)
def test_html_and_what_is_not_utf_8_is_no_transcript(data):
    assert unfit(data, "transcript") == "is not WebVTT, SRT, JSON or plain text in UTF-8 by its content"


@pytest.mark.parametrize(
    ("reference", "wanted"),
    [
        ("photo.png", True),
        ("../photo.png", True),
        ("/img/photo.png", True),
        ("a%20b.png?x=1#y", True),
        ("//cdn.test/photo.png", False),
        ("https://x.test/photo.png", False),
        ("data:image/png;base64,AA", False),
        ("mailto:a@x.test", False),
        ("#note", False),
        ("?page=2", False),
        ("", False),
        ("http://[bad", False),
    ],
)
def test_what_is_relative_may_be_a_file(reference, wanted):
    assert is_relative(reference) is wanted


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "posts"
    for name in ("a/photo.png", "photo.png", "a b.png", ".hidden/x.png", "a/.x.png", "ä.png"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(png())
    (tmp_path / "secret.png").write_bytes(png())
    (root / "empty.png").touch()
    (root / "large.png").write_bytes(png() + b"\0" * 1000)
    (root / "out.png").symlink_to(tmp_path / "secret.png")
    (root / "inside.png").symlink_to("photo.png")
    (root / "veiled.png").symlink_to(".hidden/x.png")
    (root / "loop.png").symlink_to("loop.png")
    (root / "up").symlink_to(tmp_path)
    os.mkfifo(root / "pipe.png")
    return root


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("photo.png", "a/photo.png"),
        ("./photo.png", "a/photo.png"),
        ("../photo.png", "photo.png"),
        ("/photo.png", "photo.png"),
        ("/a/photo.png", "a/photo.png"),
        ("photo.png?v=2#top", "a/photo.png"),
        ("../a%20b.png", "a b.png"),
        ("../%C3%A4.png", "ä.png"),
        ("../inside.png", "inside.png"),
        ("../../posts/photo.png", "photo.png"),
        ("../../secret.png", "is outside posts"),
        ("%2e%2e/%2e%2e/secret.png", "is outside posts"),
        ("../up/secret.png", "leads out of posts"),
        ("../out.png", "leads out of posts"),
        ("../loop.png", "is a link that leads to itself"),
        ("../.hidden/x.png", "is hidden"),
        ("../veiled.png", "is hidden"),
        (".x.png", "is hidden"),
        ("../empty.png", "is empty"),
        ("../large.png", "more than the 1,000 of output.media.max_file"),
        ("../pipe.png", "is not a file"),
        ("..", "is not a file"),
        ("a%00.png", "is not the name of a file"),
        ("none.png", None),
        ("photo.png/x.png", None),
    ],
)
def test_files_are_found_inside_the_folder_of_their_source_alone(reference, found, tree):
    try:
        beside = find(reference, Place(tree / "a", tree), 1000)
        told = beside.path.relative_to(tree).as_posix()
    except MissingError:
        told = None
    except UnfitError as error:
        told = str(error)
    assert told == found if found is None or (tree / found).exists() else found in told


def test_what_an_article_names_is_published_and_measured_whatever_it_is_called(site):
    site.write("posts/img/photo.txt", jpeg())
    site.write("posts/talk.mp3", wav())
    site.write("posts/plan.pdf", PDF)
    site.post("a", "![Photo](img/photo.txt) [plan](plan.pdf)", image="img/photo.txt", enclosure="talk.mp3")
    report = site.build()
    assert sorted(site.media().values()) == sorted([jpeg(), wav(), PDF])
    assert {file.path for file in report.media if file.written} == site.media().keys()
    assert {name.rpartition(".")[2] for name in site.media()} == {"jpg", "wav", "pdf"}
    item = json.loads(site.files()["all.json"])["items"][0]
    photo, plan = (f"https://x.test/f/{name}" for name in sorted(site.media(), key=lambda n: n[-3:])[:2])
    sound = next(f"https://x.test/f/{name}" for name in site.media() if name.endswith("wav"))
    assert item["image"] == photo
    assert f'<img src="{photo}" alt="Photo">' in item["content_html"]
    assert f'<a href="{plan}">plan</a>' in item["content_html"]
    assert item["attachments"] == [
        {"url": sound, "mime_type": "audio/wav", "title": "talk.mp3", "size_in_bytes": len(wav())}
    ]
    assert not [notice for notice in report.notices if notice.kind in ("missing-file", "unfit-file")]


def test_a_file_that_is_missing_or_unfit_is_told_with_its_place_and_leaves_no_dead_address(site):
    site.write("posts/x.svg", "<svg/>")
    site.post("a", "![Gone](gone.png) ![Drawing](x.svg)", image="gone.png", enclosure="gone.mp3")
    report = site.build()
    told = [str(n.origin) + " " + n.message for n in report.notices if n.kind.endswith("-file")]
    assert told == [
        "posts/a.md:1 left out the file 'gone.png', which does not exist",
        "posts/a.md:1 left out the file 'gone.mp3', which does not exist",
        "posts/a.md:1 left out the file 'x.svg', which is not a picture, sound, video or PDF by its content",
    ]
    item = json.loads(site.files()["all.json"])["items"][0]
    assert item["content_html"] == "<p>Gone Drawing</p>"
    assert "image" not in item
    assert "attachments" not in item
    assert not site.media()


LINKED = "https://else.test/a/"


@pytest.mark.parametrize(
    ("mode", "link", "wanted"),
    [
        ("auto", "", "copied"),
        ("auto", LINKED, f"{LINKED}photo.png"),
        ("copy", LINKED, "copied"),
        ("link", LINKED, f"{LINKED}photo.png"),
        ("link", "", ""),
    ],
)
def test_the_source_says_whether_files_are_copied_or_addresses_resolved(mode, link, wanted, site):
    site.source = f"media: {mode}"
    site.write("posts/photo.png", png())
    site.post("a", "![Photo](photo.png)", **({"link": link} if link else {}))
    site.build()
    html = json.loads(site.files()["all.json"])["items"][0]["content_html"]
    copied = [f"https://x.test/f/{name}" for name in site.media()]
    address = (*copied, wanted)[0]
    assert bool(copied) is (wanted == "copied")
    assert html == (f'<p><img src="{address}" alt="Photo"></p>' if address else "<p>Photo</p>")


def test_the_published_files_are_never_input(site):
    site.write("posts/photo.png", png())
    site.post("a", "![Photo](photo.png)")
    site.build()
    before = site.files()
    (site.folder / "c.yaml").write_text(
        (site.folder / "c.yaml").read_text().replace('"posts/**/*.md"', '["posts/*.md", "feeds/media/*"]')
    )
    build(load_config(site.folder / "c.yaml"), NOW)
    assert site.files() == before
