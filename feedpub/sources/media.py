"""Files beside articles: found by reference, recognised by their content, and measured.

This module does not know what is published: a reference and a root give a file, or the reason not to copy it.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import math
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from feedpub.articles.article import Article, Episode, Use
from feedpub.core.errors import SourceError
from feedpub.sources.spec import SourceSpec
from feedpub.text.safe_html import relative_addresses

MEDIA_FOLDER: Final = "media"
"""The folder for these files, inside the output folder."""
_MEDIA_FILE = re.compile(r"[0-9a-f]{16}\.[a-z0-9]{2,5}(\.gz)?|manifest(-[0-9a-f]+)?\.json")

_WILD = re.compile(r"[*?\[]")

# How a file begins, its media type and the extension that it is published with. Pictures that can run scripts,
# such as SVG, are not among them.
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"GIF87a", "image/gif", "gif"),
    (b"GIF89a", "image/gif", "gif"),
    (b"%PDF-", "application/pdf", "pdf"),
    (b"ID3", "audio/mpeg", "mp3"),
    (b"fLaC", "audio/flac", "flac"),
)
# By the brand in a file (ISO/IEC 14496-12).
_BRANDS = {
    b"avif": ("image/avif", "avif"),
    b"avis": ("image/avif", "avif"),
    b"M4A ": ("audio/mp4", "m4a"),
    b"M4B ": ("audio/mp4", "m4a"),
    b"qt  ": ("video/quicktime", "mov"),
}
# Pictures that browsers do not show.
_HEIF = frozenset({b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1"})
# Texts that belong to an episode, in formats in which browsers do not run scripts.
_WEBVTT = re.compile(r"WEBVTT(?:[ \t\r\n]|\Z)")  # https://www.w3.org/TR/webvtt1/#file-structure
_SRT = re.compile(r"\s*[0-9]+[ \t]*\r?\n[ \t]*[0-9]{1,3}:[0-9]{2}:[0-9]{2}[,.][0-9]{1,3}[ \t]+-->")
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MARKUP = re.compile(r"<(?:!|\?|/?[a-z][a-z0-9:-]*[\s/>])", re.IGNORECASE)
_JSON_TYPE, _TEXT_TYPE = "application/json", "text/plain"
_TEXTS: Final = {"text/vtt": "vtt", "application/x-subrip": "srt", _JSON_TYPE: "json", _TEXT_TYPE: "txt"}

_MPEG_SYNC = 0xFFE0  # ISO/IEC 11172-3 §2.4.2.3: eleven bits that are set
_HEAD = 4_096
_SIZED: Final = frozenset(("image/jpeg", "image/png", "image/gif", "image/webp"))
"""Pictures whose size can always be read if they are undamaged."""


class Measured(NamedTuple):
    """What is measured in a file: its SHA-256 (hex), media type, extension and length in bytes.

    ``width`` and ``height`` are in pixels, as people see the picture (after its rotation).
    ``duration`` is in seconds. Unknown values are 0.
    """

    sha256: str
    type: str
    extension: str
    length: int
    width: int = 0
    height: int = 0
    duration: int = 0


class UnfitError(ValueError):
    """A file must not be published; the text says why, as a clause after its name."""


class MissingError(UnfitError):
    """The file at the ``path`` that an article names does not exist."""

    def __init__(self, path: Path) -> None:
        super().__init__("does not exist")
        self.path = path


@dataclass(frozen=True, slots=True)
class Place:
    """Where relative addresses of an article lead: from the ``folder`` of its file, never out of ``root``."""

    folder: Path
    root: Path


@dataclass(frozen=True, slots=True)
class Beside:
    """A file that an article names, and its ``stat``."""

    path: Path
    status: os.stat_result


def is_relative(reference: str) -> bool:
    """Say whether a reference leads to a file beside the article, rather than to a host or a place in the text."""
    try:
        parts = urlsplit(reference.strip())
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc and bool(parts.path)


def is_media_file(name: str) -> bool:
    """Say whether a file of this name in that folder was published by feedpub."""
    return _MEDIA_FILE.fullmatch(name) is not None


def names_files(spec: SourceSpec, file: str, feed: str, link: str | None) -> bool:
    """Say whether relative addresses of an article with this ``link`` mean files beside it that are published.

    They never do in other people's feeds, and in sources that are not local folders.
    """
    if spec.media == "link" or (spec.media == "auto" and link):
        return False
    return not feed and "://" not in file and file != "-"


def place_of(spec: SourceSpec, article: Article) -> Place | None:
    """Return where relative addresses of an article lead; ``None`` if they do not mean files.

    The root is the folder before the first wildcard of the matching pattern.
    """
    if not names_files(spec, article.origin.file, article.feed, article.link):
        return None
    path = Path(os.path.normpath(spec.base / article.origin.file))
    roots = (
        _fixed(spec.base, pattern) for pattern in spec.patterns if "://" not in pattern and pattern != "-"
    )
    return next((Place(path.parent, root) for root in roots if path.is_relative_to(root)), None)


def _fixed(base: Path, pattern: str) -> Path:
    parts = pattern.split("/")
    number = next((n for n, part in enumerate(parts) if _WILD.search(part)), len(parts) - 1)
    return Path(os.path.normpath(base / "/".join(parts[:number]))) if number else base


def find(reference: str, place: Place, most: float = math.inf) -> Beside:
    """Return the file of a ``reference`` from a :class:`Place`, with at most ``most`` bytes.

    A reference that begins with ``/`` starts at the root. Raises :class:`UnfitError` with the reason,
    :class:`MissingError` if there is no file, and :class:`SourceError` if that cannot be found out.
    """
    name, root = unquote(urlsplit(reference.strip()).path), place.root
    if "\x00" in name:
        raise UnfitError("is not the name of a file")
    path = Path(os.path.normpath(root / name.lstrip("/") if name.startswith("/") else place.folder / name))
    if not path.is_relative_to(root):
        raise UnfitError(f"is outside {root.name}, the folder of its source")
    real, status = _looked_at(path)
    real_root = root.resolve()
    if not real.is_relative_to(real_root):
        raise UnfitError(f"is a link that leads out of {root.name}, the folder of its source")
    if any(
        part.startswith(".") for part in (*path.relative_to(root).parts, *real.relative_to(real_root).parts)
    ):
        raise UnfitError("is hidden")
    if not stat.S_ISREG(status.st_mode):
        raise UnfitError("is not a file")
    if not status.st_size:
        raise UnfitError("is empty")
    if status.st_size > most:
        raise UnfitError(f"has {status.st_size:,} bytes, more than the {most:,} of output.media.max_file")
    return Beside(path, status)


def _looked_at(path: Path) -> tuple[Path, os.stat_result]:
    try:
        real = path.resolve(strict=True)
        return real, real.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MissingError(path) from error
    except RuntimeError as error:
        raise UnfitError("is a link that leads to itself") from error
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENAMETOOLONG):
            raise UnfitError(f"cannot be there: {error.strerror}") from error
        raise SourceError(os.fspath(path), f"can't be read: {error.strerror}") from error


def named_by(spec: SourceSpec, article: Article) -> Iterator[tuple[str, str]]:
    """Yield the files that an article names, each with the reason why it cannot be published, or ``None``.

    This only checks whether and where they exist, and does not read them.
    """
    place = place_of(spec, article)
    if place is None:
        return
    episode = article.episode or Episode()
    references = [article.image or "", *(enclosure.url for enclosure in article.enclosures)]
    references += [episode.chapters or "", *(transcript.url for transcript in episode.transcripts)]
    references += [speaker.image or "" for speaker in episode.speakers]
    references += relative_addresses(article.body) if article.html else ()
    for reference in dict.fromkeys(filter(is_relative, references)):
        try:
            find(reference, place)
            yield reference, ""
        except UnfitError as error:
            yield reference, str(error)


_PICTURE, _FILE = "a picture", "a picture, sound, video or PDF"
_FIT: Final[Mapping[Use, str]] = {
    "file": _FILE,
    "picture": _PICTURE,
    "transcript": "WebVTT, SRT, JSON or plain text in UTF-8",
    "chapters": "JSON",
}


def why_unfit(media_type: str, use: Use) -> str:
    """Return why a file of a type is not published for a ``use``, as a clause; empty if it is."""
    is_fit = {
        "file": media_type not in _TEXTS,
        "picture": media_type.startswith("image/"),
        "transcript": media_type in _TEXTS,
        "chapters": media_type == _JSON_TYPE,
    }[use]
    return "" if is_fit else f"is not {_FIT[use]} by its content"


def measure(data: bytes, use: Use = "file") -> Measured:
    """Measure a file by its content, whatever it is for.

    Raises :class:`UnfitError` if such a file is never published; ``use`` is for the reason.
    """
    known = _told(data) or _told_text(data)
    if known is None:
        raise UnfitError(f"is not {_FIT[use]} by its content")
    media_type, extension = known
    width = height = duration = 0
    if media_type.startswith("image/"):
        width, height = _size(data)
    elif media_type.startswith(("audio/", "video/")):
        duration = _duration(data, media_type)
    if media_type in _SIZED and not width:
        raise UnfitError("is damaged: the size of the picture cannot be measured")
    return Measured(
        hashlib.sha256(data).hexdigest(), media_type, extension, len(data), width, height, duration
    )


def _told_text(data: bytes) -> tuple[str, str] | None:
    """Return the media type and the extension of a text by its content; ``None`` for HTML and other encodings."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if not text.strip() or _NO_TEXT.search(text):
        return None
    if _WEBVTT.match(text):
        media_type = "text/vtt"
    elif _SRT.match(text):
        media_type = "application/x-subrip"
    elif _is_json(text):
        media_type = _JSON_TYPE
    elif _MARKUP.search(text):
        return None
    else:
        media_type = _TEXT_TYPE
    return media_type, _TEXTS[media_type]


def _is_json(text: str) -> bool:
    if not text.lstrip().startswith("{"):
        return False
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _told(data: bytes) -> tuple[str, str] | None:
    """Return the media type and the extension of a file by its first bytes."""
    head = data[:_HEAD]
    told: tuple[str, str] | None = None
    if known := next((one for one in _SIGNATURES if head.startswith(one[0])), None):
        told = known[1:]
    elif head[:4] == b"RIFF":
        told = {b"WEBP": ("image/webp", "webp"), b"WAVE": ("audio/wav", "wav")}.get(head[8:12])
    elif head[:4] == b"OggS":
        told = ("video/ogg", "ogv") if b"\x80theora" in head[:200] else ("audio/ogg", "ogg")
    elif head[:4] == b"\x1a\x45\xdf\xa3":
        # EBML (RFC 8794 §11.2.5): the document type is near the beginning.
        told = ("video/webm", "webm") if b"webm" in head[:200] else ("video/x-matroska", "mkv")
    elif head[4:8] == b"ftyp":
        brand = head[8:12]
        told = None if brand in _HEIF else _BRANDS.get(brand, ("video/mp4", "mp4"))
    elif len(head) > 3 and int.from_bytes(head[:2], "big") & _MPEG_SYNC == _MPEG_SYNC:
        # A reserved layer means ADTS (ISO/IEC 13818-7 §1.2).
        told = ("audio/mpeg", "mp3") if head[1] & 0x06 else ("audio/aac", "aac")
    return told


def _size(data: bytes) -> tuple[int, int]:
    import imagesize  # noqa: PLC0415 - few builds have pictures

    try:
        # As people see it: browsers rotate photos, and a page has to reserve room for the result.
        width, height = imagesize.get(io.BytesIO(data), exif_rotation=True)
    except Exception:  # noqa: BLE001 - a damaged file may raise anything, and the size is an addition
        return 0, 0
    return (width, height) if width > 0 and height > 0 else (0, 0)


def _duration(data: bytes, media_type: str) -> int:
    import mutagen  # noqa: PLC0415 - few builds have sounds
    from mutagen.aac import AAC  # noqa: PLC0415
    from mutagen.mp3 import MP3, BitrateMode  # noqa: PLC0415

    # Without a header of their own, mutagen only recognises some kinds.
    read = {"audio/mpeg": MP3, "audio/aac": AAC}.get(media_type, mutagen.File)
    try:
        found = read(io.BytesIO(data))
        # A file without tags is falsy.
        if found is None or not found.info:
            return 0
        # Without a header, mutagen assumes that the bit rate at the beginning is that of the whole file.
        is_guess = getattr(found.info, "bitrate_mode", None) == BitrateMode.UNKNOWN
        return round(_frames(data) if is_guess else found.info.length)
    except Exception:  # noqa: BLE001 - a damaged file may raise anything, and the duration is an addition
        return 0


# By the bits of a frame header (ISO/IEC 11172-3 §2.4.2.3, 13818-3 §2.4.2.3): kbit/s of layers 2 and 3 in MPEG 1
# and in MPEG 2 and 2.5; samples per second of MPEG 1 (half of it in MPEG 2, a quarter in 2.5).
_RATES = {
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLING = (44_100, 48_000, 32_000)
_SHARE = {3: 1, 2: 2, 0: 4}  # by the version's bits


def _frames(data: bytes) -> float:
    """Return the duration in seconds of consecutive frames of an MP3, from the first one on."""
    place = _after_tags(data)
    known: dict[int, tuple[int, float]] = {}
    seconds, end = 0.0, len(data) - 4
    while 0 <= place <= end:
        head = int.from_bytes(data[place : place + 4], "big") >> 9
        if head not in known:
            known[head] = _frame(data[place : place + 4])
        length, takes = known[head]
        seconds += takes
        if length:
            place += length
        elif seconds:
            break
        else:
            place = data.find(b"\xff", place + 1)
    return seconds


def _frame(head: bytes) -> tuple[int, float]:
    """Return length in bytes and duration in seconds of a frame with this ``head``; 0 if it is not a frame."""
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    rate, sampling = head[2] >> 4, head[2] >> 2 & 3
    is_frame = int.from_bytes(head[:2], "big") & _MPEG_SYNC == _MPEG_SYNC
    if not is_frame or version not in _SHARE or layer not in (2, 3) or rate in (0, 15) or sampling == 3:
        return 0, 0
    samples = 576 if layer == 3 and version != 3 else 1_152
    per_second = _SAMPLING[sampling] // _SHARE[version]
    bits = _RATES[version == 3, layer][rate - 1] * 1_000
    return samples * bits // 8 // per_second + (head[2] >> 1 & 1), samples / per_second


def _after_tags(data: bytes) -> int:
    """Return where the first frame begins: after the ID3v2 tag (§3.1), whose size has seven bits per byte."""
    if data[:3] != b"ID3":
        return 0
    size = sum((byte & 0x7F) << 7 * power for power, byte in enumerate(reversed(data[6:10])))
    return 10 + size + (10 if data[5] & 0x10 else 0)
