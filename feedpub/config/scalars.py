"""The kinds of values that several sections of a config share."""

from __future__ import annotations

import glob
import os
import re
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from feedpub.articles.article import Author
from feedpub.core.declaration import TEXT, Key, Kind, Section, Value
from feedpub.core.errors import ConfigError, Where
from feedpub.core.feed_values import language_tag, mail_address, web_address, without_password
from feedpub.core.yaml_node import Node

# Up to the end of the first part of a path that a shell would replace.
_SHELL = re.compile(r"~[^/]*|[^$]*\$(?:\w|\{\w)[^/]*")
_UNSET = re.compile(r"\A~[^/]*|\$(?:\w+|\{\w+\})")
_SIZE = re.compile(r"([1-9][0-9]{0,9})(?: ?(KB|MB))?")
_UNITS = {None: 1, "KB": 1 << 10, "MB": 1 << 20}
_COUNT = "[0-9]{1,9}"
_SHARE = r"(?:100(?:\.0{1,6})?|0?[0-9]{1,2}(?:\.[0-9]{1,6})?)%"


def _line(node: Node) -> str:
    text = " ".join(node.text().split())
    if any(ord(c) < 32 or c in "\ufffe\uffff" or "\ud800" <= c <= "\udfff" for c in text):
        raise node.error("the text has a character that XML cannot carry", "remove it")
    return text


LINE: Kind[str] = Value(_line, TEXT.schema)
"""One line of text, fit for XML: runs of white space become one space."""


def _path(node: Node) -> str:
    text = node.path().strip()
    found = None if "://" in text else _SHELL.match(text)
    # In older versions, such a name meant a file beside the config; if there is one, it still does.
    if not found or glob.glob(found[0], root_dir=Path(node.where.file).parent):  # noqa: PTH207 - takes absolute ones
        return text
    expanded = os.path.expandvars(os.path.expanduser(text))  # noqa: PTH111 - a ~ that is nobody's stays
    if left := _UNSET.search(expanded):
        remedy = "set it where feedpub runs, or write the folder itself"
        what = "there is no user" if left[0].startswith("~") else "the path has the variable"
        raise node.error(f"{what} {left[0]}{'' if left[0].startswith('~') else ', which is not set'}", remedy)
    return expanded


_PATH_SCHEMA = {"type": ["string", "number"], "pattern": r"^(?!\s*$)[^\u0000-\u001f\u007f-\u009f]+(?![\s\S])"}
PATH: Kind[str] = Value(_path, _PATH_SCHEMA)
"""A path or a pattern of paths; ``~`` and variables are replaced as in a shell."""


def _folder(node: Node) -> str:
    text = _path(node)
    if "://" in text:
        remedy = (
            "write a local folder, and copy it to where it is served with feedpub deploy or another program"
        )
        raise node.error(f"{text!r} is an address, not a folder", remedy)
    return text


FOLDER: Kind[str] = Value(_folder, _PATH_SCHEMA)
"""A local folder."""


def _url(node: Node) -> str:
    written = without_password(node.text())
    url = None if re.search(r'[\s<>"{}|\\^`\x00-\x20\x7f]', written) else web_address(written)
    if not url:
        raise node.error(
            f"{written!r} is not an absolute URL", "write one that begins with https:// or http://"
        )
    return url


_WEB = r'[Hh][Tt][Tt][Pp][Ss]?://[^\s<>"{}|\\^`'
URL: Kind[str] = Value(_url, {"type": "string", "pattern": f"^{_WEB}]+$"})
"""An absolute web address as a URI, without name and password, because it is published."""


def _base_url(node: Node) -> str:
    url = _url(node)
    if urlsplit(url).query or urlsplit(url).fragment:
        raise node.error("a base URL cannot contain ? or #", "remove everything from there on")
    return url if url.endswith("/") else url + "/"


BASE_URL: Kind[str] = Value(_base_url, {"type": "string", "pattern": f"^{_WEB}?#]+[?#]*$"})
"""A web address to which the names of documents are added."""


def parse_base_url(text: str) -> str:
    """Return a base URL as in a config. Raises ``ValueError`` that says what would be right."""
    try:
        return _base_url(Node(Where("", 1, 1), text))
    except ConfigError as error:
        raise ValueError(f"{error.problem}; {error.remedy}") from None


def _language(node: Node) -> str:
    tag = node.text()
    if language_tag(tag) != tag:
        raise node.error(
            f"{tag!r} is not a language tag (BCP 47)", f"write {language_tag(tag) or 'en, de-AT or zh-Hans'}"
        )
    return tag


LANGUAGE: Kind[str] = Value(
    _language, {"type": "string", "pattern": "^([A-Za-z]{2,3}|[iIxX]-[A-Za-z0-9]{1,8})(-[A-Za-z0-9]{1,8})*$"}
)
"""A language tag that documents may carry."""


def _mail(node: Node) -> str:
    written = _line(node)
    email = mail_address(written)
    if not email:
        raise node.error(f"{written!r} is not an e-mail address", "write one such as desk@example.org")
    return email


MAIL: Kind[str] = Value(_mail, {"type": "string", "pattern": ".@."})
"""An e-mail address."""

_PERSON = Section(
    keys=(
        Key("name", LINE, "the name of a person, a newsroom or a company", required=True),
        Key("email", MAIL, "an e-mail address"),
        Key("uri", URL, "the address of a page about them"),
    ),
    make=Author,
)


def _author(node: Node) -> Author:
    return Author(_line(node)) if isinstance(node.value, str) else _PERSON.read(node)


AUTHOR: Kind[Author] = Value(_author, {"anyOf": [LINE.schema, _PERSON.schema]})
"""A person: a name, or a mapping of ``name`` with ``email`` and ``uri``."""


def size(minimum: int) -> Kind[int]:
    """Return the kind of sizes, written in bytes or as ``512 KB`` (of 1,024 bytes) or ``2 MB``."""

    def read(node: Node) -> int:
        match = _SIZE.fullmatch(node.text())
        found = int(match[1]) * _UNITS[match[2]] if match else 0
        if found < minimum:
            raise node.error(
                f"{node.value!s} is not a size of at least {minimum >> 10} KB",
                "write 512 KB, 2 MB or a number of bytes",
            )
        return found

    schema = {"type": ["integer", "string"], "minimum": minimum, "pattern": f"^{_SIZE.pattern}$"}
    return Value(read, schema)


_SPAN = re.compile("([1-9][0-9]{0,4}) ?([smhdw])")
_SPANS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _span(node: Node) -> timedelta:
    try:
        return parse_span(node.text())
    except ValueError as error:
        problem, _, remedy = str(error).partition("; ")
        raise node.error(problem, remedy) from None


SPAN: Kind[timedelta] = Value(_span, {"type": "string", "pattern": f"^{_SPAN.pattern}$", "examples": ["30d"]})
"""A span of time such as ``12h``; see :func:`parse_span`."""

_PAUSE = re.compile("([1-9][0-9]{0,4}) ?([sm])")


def _pause(node: Node) -> timedelta:
    match = _PAUSE.fullmatch(node.text())
    if match is None:
        raise node.error(f"{node.text()!r} is not a short span of time", "write 60s or 5m")
    return timedelta(**{{"s": "seconds", "m": "minutes"}[match[2]]: int(match[1])})


PAUSE: Kind[timedelta] = Value(
    _pause, {"type": "string", "pattern": f"^{_PAUSE.pattern}$", "examples": ["60s"]}
)
"""A short span of time, in seconds or minutes."""

_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MOMENT = re.compile(f"{_DATE}(?:[T ][0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}})?(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})?)?")


def _moment(node: Node) -> datetime:
    text = node.text()
    try:
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:  # a day or an hour that does not exist
        pass
    raise node.error(f"{text!r} is not a date", "write 2024-01-31, or 2024-01-31T10:00:00Z")


MOMENT: Kind[datetime] = Value(
    _moment, {"type": "string", "pattern": f"^{_MOMENT.pattern}$", "examples": ["2024-01-31"]}
)
"""A day, which means its beginning, or a time of day (RFC 3339); without an offset, it is naive."""


def _share(node: Node) -> float | int:
    try:
        return parse_share(node.text())
    except ValueError as error:
        problem, _, remedy = str(error).partition("; ")
        raise node.error(problem, remedy) from None


SHARE: Kind[float | int] = Value(
    _share,
    {"type": ["integer", "string"], "minimum": 0, "maximum": 10**9 - 1, "pattern": f"^({_COUNT}|{_SHARE})$"},
)
"""A share such as ``5%`` or a count such as ``12``; see :func:`parse_share`."""


def proper_share(*, example: str, minimum: float = 0) -> Kind[float]:
    """Return the kind of shares of at least ``minimum``; a count is an error, with ``example`` as its remedy."""

    def read(node: Node) -> float:
        share = _share(node)
        if isinstance(share, int):
            raise node.error(f"{share} is a count", f"write a share, such as {example}")
        if share < minimum:
            raise node.error(f"{share:.0%} is less than {minimum:.0%}", f"write a share, such as {example}")
        return share

    return Value(read, {"type": "string", "pattern": f"^{_SHARE}$", "examples": [example]})


def parse_share(text: str) -> float | int:
    """Read ``5%`` as the share 0.05 and ``12`` as the count 12; ``ValueError`` says what is wrong."""
    if re.fullmatch(_COUNT, text):
        return int(text)
    if re.fullmatch(_SHARE, text):
        return float(text[:-1]) / 100
    raise ValueError(f"{text!r} is neither a count nor a share; write 12 or 5%")


def parse_span(text: str) -> timedelta:
    """Return what ``60s``, ``5m``, ``12h``, ``30d`` or ``4w`` means; ``ValueError`` says what would be right."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a span of time; write 12h, 30d or 4w")
    return timedelta(**{_SPANS[match[2]]: int(match[1])})
