"""Files of each kind, made here, and a site of Markdown with files beside its articles."""

import io
import os
import struct
import wave
import zlib
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from feedpub.config import load_config
from feedpub.publishing.build import build

NOW = datetime(2025, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(2024, 12, 1, tzinfo=UTC).timestamp()


def png(width=4, height=3, seed=0):
    rows = b"".join(
        b"\0" + bytes((x * 9 + y * 7 + seed) % 256 for x in range(width * 3)) for y in range(height)
    )

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def jpeg(width=4, height=3):
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0"
    return (
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0"
        + struct.pack(">H", len(frame) + 2)
        + frame
        + b"\xff\xd9"
    )


def gif(width=4, height=3):
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0;"


def webp(width=4, height=3):
    body = (
        b"VP8X"
        + struct.pack("<I", 10)
        + b"\0" * 4
        + (width - 1).to_bytes(3, "little")
        + (height - 1).to_bytes(3, "little")
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def wav(seconds=2):
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 8000 * seconds)
    return file.getvalue()


def mp3(frames=400):
    """Return frames of silence at 128 kbit/s and 44.1 kHz, of 1,152 samples each (ISO/IEC 11172-3)."""
    return (b"\xff\xfb\x90\x00" + b"\0" * 413) * frames


def mp4(brand=b"isom"):
    return struct.pack(">I", 24) + b"ftyp" + brand + b"\0\0\2\0isommp41" + b"\0" * 40


PDF = b"%PDF-1.4\n%%EOF\n"
FLAC = b"fLaC\x80\0\0\x22" + b"\x10\0\x10\0" + b"\0" * 6 + b"\x0a\xc4\x40\xf0\0\1\x58\x88" + b"\0" * 16
OGG = b"OggS\0\2" + b"\0" * 22 + b"\1vorbis" + b"\0" * 23
WEBM = b"\x1a\x45\xdf\xa3\x93\x42\x82\x84webm" + b"\0" * 40


class Site:
    """A site with posts in Markdown, each with title, date and body; all its files are old."""

    def __init__(self, folder):
        self.folder = folder
        self.out = folder / "feeds"
        self.output = "formats: [rss, atom, json]"
        self.source = ""
        self.feed = ""
        self.number = 0

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        # Other bytes get another time, as on a real disk.
        self.number += 1
        os.utime(path, (LONG_AGO + self.number, LONG_AGO + self.number))
        return path

    def post(self, name, body="Text.", day=1, **fields):
        more = "".join(f"{key}: {value}\n" for key, value in fields.items())
        return self.write(
            f"posts/{name}.md", f"---\ntitle: {name}\ndate: 2024-05-{day:02}\n{more}---\n{body}\n"
        )

    def settings(self):
        (self.folder / "c.yaml").write_text(
            'version: 1\nsite: {title: T, base_url: "https://x.test/f/", id_authority: "x.test,2024"}\n'
            f'sources: [{{path: "posts/**/*.md", timezone: UTC, {self.source}}}]\n'
            f"feeds: {{all: {{title: All, {self.feed}}}}}\noutput: {{{self.output}}}\n"
        )
        return load_config(self.folder / "c.yaml")

    def build(self, days=0, **options):
        return build(self.settings(), NOW + timedelta(days=days), **options)

    def files(self):
        return {
            str(p.relative_to(self.out)): p.read_bytes() for p in sorted(self.out.rglob("*")) if p.is_file()
        }

    def media(self):
        return {
            name: data
            for name, data in self.files().items()
            if name.startswith("media/") and ".json" not in name
        }


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


@pytest.fixture(scope="session")
def kinds():
    return SimpleNamespace(
        png=png,
        jpeg=jpeg,
        gif=gif,
        webp=webp,
        wav=wav,
        mp3=mp3,
        mp4=mp4,
        pdf=PDF,
        flac=FLAC,
        ogg=OGG,
        webm=WEBM,
    )
