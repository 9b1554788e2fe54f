"""What the name of a file says about its article: its day, and its slug."""

from __future__ import annotations

import re
import unicodedata

# Jekyll and Eleventy date a post by its file name, Zola and Hugo by its folder, others by folders for years.
_DATED_NAME = re.compile(
    r"(?:.*/)?(?:(\d{4}-\d{1,2}-\d{1,2})(?:[-_.][^/]*|[-_][^/]*/_?index\.[^/]*|/_?index\.[^/]*)"
    r"|((?:19|20)\d\d/\d\d?/\d\d?)/[^/]*)\Z"
)
# Dates in names, if the source says that there are some: 20231009, 2023_10_09, title-2023-10-09.
_ANY_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_.]?)(\d\d)\2(\d\d)(?!\d)")
_DATE_BEFORE = re.compile(r"\A\d{4}-\d{1,2}-\d{1,2}(?:[-_.]|\Z)")
_EXTENSION = re.compile(r"(?:\.(?:gz|bz2|xz|zst))?\Z")


def dated_name(file: str) -> str:
    """Return the day that site generators find in the name of ``file`` or its folders; empty if there is none."""
    found = _DATED_NAME.match(file)
    return (found[1] or found[2]).replace("/", "-") if found else ""


def declared_date(file: str) -> str:
    """Return the day that is anywhere in the name of ``file``, else in those of its folders."""
    if usual := dated_name(file):
        return usual
    name = file.rpartition("/")[2]
    found = _ANY_DATE.search(name) or _ANY_DATE.search(file)
    return f"{found[1]}-{found[3]}-{found[4]}" if found else ""


def path_of(file: str) -> str:
    """Return the path of ``file`` without its extensions, and without a name such as ``index``."""
    bare = re.sub(r"(?:\.[A-Za-z0-9]{1,8})?\Z", "", _EXTENSION.sub("", file), count=1)
    folder, _, name = bare.rpartition("/")
    return folder if name in ("index", "_index") and folder else bare


def stem_of(file: str) -> str:
    """Return the last part of that path."""
    return path_of(file).rpartition("/")[2]


def slug_of_file(file: str) -> str:
    """Return the stem without a day before it."""
    stem = stem_of(file)
    return _DATE_BEFORE.sub("", stem) or stem


def slug_of_title(title: str) -> str:
    """Return a title as most sites write it in addresses: lower-case ASCII with hyphens."""
    plain = unicodedata.normalize("NFKD", title)
    plain = "".join(character for character in plain if not unicodedata.combining(character)).lower()
    return re.sub(r"[^\w]+", "-", plain).strip("-")
