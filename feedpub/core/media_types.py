"""Media types of addresses, by a table of our own.

Python's ``mimetypes`` reads tables of the machine, so the same input could give different bytes elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote, urlsplit

UNKNOWN: Final = "application/octet-stream"
"""An unknown file (RFC 2046 §4.5.1)."""

# Media types (RFC 6838, from the registry of IANA; those with x- are known to players) and their extensions.
_EXTENSIONS: Final = {
    "application/dash+xml": "mpd",
    "application/epub+zip": "epub",
    "application/gzip": "gz tgz",
    "application/json": "json",
    "application/msword": "doc",
    "application/ogg": "ogx",
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "application/vnd.apple.mpegurl": "m3u8 m3u",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/x-bittorrent": "torrent",
    "application/x-mobipocket-ebook": "mobi",
    "application/x-subrip": "srt",
    "application/x-tar": "tar",
    "application/xml": "xml",
    "application/zip": "zip",
    "audio/aac": "aac adts",
    "audio/ac3": "ac3",
    "audio/amr": "amr",
    "audio/basic": "au snd",
    "audio/flac": "flac",
    "audio/midi": "mid midi",
    "audio/mp4": "m4a m4b mp4a f4a",
    "audio/mpeg": "mp3 mp2 mpga",
    "audio/ogg": "oga ogg opus spx",
    "audio/wav": "wav",
    "audio/webm": "weba",
    "audio/x-aiff": "aif aifc aiff",
    "audio/x-matroska": "mka",
    "audio/x-ms-wma": "wma",
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/heif": "heif",
    "image/jpeg": "jpg jpeg jpe jfif",
    "image/jxl": "jxl",
    "image/png": "png",
    "image/svg+xml": "svg",
    "image/tiff": "tif tiff",
    "image/vnd.microsoft.icon": "ico",
    "image/webp": "webp",
    "text/calendar": "ics",
    "text/css": "css",
    "text/csv": "csv",
    "text/html": "htm html",
    "text/markdown": "md",
    "text/plain": "txt text",
    "text/vtt": "vtt",
    "video/3gpp": "3gp 3gpp",
    "video/3gpp2": "3g2",
    "video/mp4": "mp4 mpg4 f4v",
    "video/mpeg": "mpeg mpg mpe m1v m2v",
    "video/ogg": "ogv",
    "video/quicktime": "mov qt",
    "video/webm": "webm",
    "video/x-flv": "flv",
    "video/x-m4v": "m4v",
    "video/x-matroska": "mkv",
    "video/x-ms-wmv": "wmv",
    "video/x-msvideo": "avi",
}
_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {extension: kind for kind, extensions in _EXTENSIONS.items() for extension in extensions.split()}
)
# What servers and programs send for unknown files, or for files to save.
_SAYS_NOTHING: Final = re.compile(
    r"(?:application|binary|multipart)/(?:octet-?stream|(?:x-)?(?:force-)?download|x-binary|x-unknown|unknown)"
    r"|(?:content|unknown|\*)/(?:unknown|\*)",
    re.IGNORECASE,
)


def type_by_name(address: str) -> str | None:
    """Return the media type by the extension in the path of an address, ignoring its query."""
    try:
        path = urlsplit(address).path
    except ValueError:
        return None
    _, dot, extension = unquote(path).rpartition("/")[2].rpartition(".")
    return _TYPES.get(extension.lower()) if dot else None


def type_of(address: str, declared: str | None) -> str:
    """Return the media type of a file: the ``declared`` one unless it is unspecific, else by its ``address``."""
    if declared and not _SAYS_NOTHING.fullmatch(declared):
        return declared
    return type_by_name(address) or declared or UNKNOWN


def is_text(media_type: str) -> bool:
    """Say whether a type is text, which has a charset and is worth compressing."""
    is_media = media_type.startswith(("image/", "audio/", "video/")) and not media_type.endswith("+xml")
    return not is_media and media_type not in {"application/gzip", "application/pdf"}


def with_charset(media_type: str) -> str:
    """Return the ``Content-Type`` of a published file: its text is UTF-8 (RFC 9110 §8.3.1)."""
    return f"{media_type}; charset=utf-8" if is_text(media_type) else media_type
