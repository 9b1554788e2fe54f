"""Readers for the values that several sections of a config share; each raises ``ConfigError`` with its place."""

from __future__ import annotations

import re

from feedpub.articles.article import Author
from feedpub.core.feed_values import language_tag, mail_address, web_address, without_password
from feedpub.core.yaml_node import Node

_SIZE = re.compile(r"([1-9][0-9]{0,9})(?: ?(KB|MB))?")
_UNITS = {None: 1, "KB": 1 << 10, "MB": 1 << 20}


def read_line(node: Node) -> str:
    """Return one line of text, fit for XML: runs of white space become one space."""
    text = " ".join(node.text().split())
    if any(ord(c) < 32 or c in "\ufffe\uffff" or "\ud800" <= c <= "\udfff" for c in text):
        raise node.error("the text has a character that XML cannot carry")
    return text


def read_url(node: Node) -> str:
    """Return an absolute web address as a URI, without a name and a password in it: all of them are published."""
    written = without_password(node.text())
    url = None if re.search(r'[\s<>"{}|\\^`\x00-\x20\x7f]', written) else web_address(written)
    if not url:
        raise node.error(f"{written!r} is no absolute URL", "write one that begins with https:// or http://")
    return url


def read_language(node: Node) -> str:
    """Return a language tag that documents may carry."""
    tag = node.text()
    if language_tag(tag) != tag:
        raise node.error(
            f"{tag!r} is no language tag (BCP 47)", f"write {language_tag(tag) or 'en, de-AT or zh-Hans'}"
        )
    return tag


def read_author(node: Node) -> Author:
    """Return a person: a name, or a mapping of ``name`` with ``email`` and ``uri``."""
    if isinstance(node.value, str):
        return Author(read_line(node))
    fields = node.fields(("name", "email", "uri"), required=("name",))
    email = None
    if "email" in fields:
        written = read_line(fields["email"])
        email = mail_address(written)
        if not email:
            raise fields["email"].error(
                f"{written!r} is no e-mail address", "write one such as desk@example.org"
            )
    return Author(read_line(fields["name"]), email, read_url(fields["uri"]) if "uri" in fields else None)


def read_size(node: Node, *, minimum: int) -> int:
    """Return a size in bytes, written as such or as ``512 KB`` (of 1,024 bytes) or ``2 MB``."""
    match = _SIZE.fullmatch(node.text())
    size = int(match[1]) * _UNITS[match[2]] if match else 0
    if size < minimum:
        raise node.error(
            f"{node.value!s} is no size of at least {minimum >> 10} KB",
            "write 512 KB, 2 MB or a number of bytes",
        )
    return size


def read_share(node: Node) -> float | int:
    """Return a share as in ``5%`` or a count as in ``12``; see :func:`parse_share`."""
    try:
        return parse_share(node.text())
    except ValueError as error:
        raise node.error(str(error)) from None


def read_proper_share(node: Node, *, example: float, minimum: float = 0) -> float:
    """Return a share of at least ``minimum``; a count is an error, with ``example`` as its remedy."""
    share = read_share(node)
    if isinstance(share, int):
        raise node.error(f"{share} is a count", f"write a share, such as {example:.0%}")
    if share < minimum:
        raise node.error(f"{share:.0%} is less than {minimum:.0%}", f"write a share, such as {example:.0%}")
    return share


def parse_share(text: str) -> float | int:
    """Read ``5%`` as the share 0.05 and ``12`` as the count 12; ``ValueError`` says what is wrong."""
    if re.fullmatch(r"[0-9]{1,9}", text):
        return int(text)
    if re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,6})?%", text) and float(text[:-1]) <= 100:
        return float(text[:-1]) / 100
    raise ValueError(f"{text!r} is neither a count nor a share; write 12 or 5%")
