"""Characters that no feed can carry, found and replaced in one place.

XML 1.0 §2.2 leaves out the C0 controls but for tab, LF and CR, the surrogates, U+FFFE and U+FFFF; the C1
controls it discourages. Controls are no text: each run becomes a space, so that the words beside it stay
apart. What stands for a lost character becomes U+FFFD, which says so.
"""

from __future__ import annotations

import re

MAX_TITLE = 160

_BREAK = re.compile("[\t\n\r\x0b\x0c]+")
_SENTENCE = re.compile(r"(?<=[^\W\d_A-Z])[.!?…][\"'’”»)\]]*(?=\s)|[。！？]")
_PLAIN_TAG = re.compile(r"<[^>]*>")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+")
# A byte order mark amid a text: files that had one were put together.
_MARK = "\ufeff"
_LOST = re.compile("[\ud800-\udfff\ufffe\uffff]")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_CONTROL_BYTES = bytes([*range(9), 11, 12, *range(14, 32), 127])
_C1_BYTES = re.compile(rb"\xc2[\x80-\x9f]")


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """Return ``text`` with what XML can't carry replaced, and what was replaced, as ``U+0003``, sorted."""
    if text.isprintable() or not _UNFIT.search(text):
        return text, ()
    found = set("".join(_CONTROL.findall(text)))
    lost = set(_LOST.findall(text))
    if found:
        text = _CONTROL.sub(" ", text)
    if _MARK in text:
        text = text.replace(_MARK, "")
        found.add(_MARK)
    if lost:
        text = _LOST.sub("\ufffd", text)
    return text, tuple(f"U+{ord(character):04X}" for character in sorted(found | lost))


def may_need_cleaning(utf8: bytes) -> bool:
    """Say whether the text of these bytes can hold what :func:`clean` replaces; far faster than to look."""
    # A search for one byte runs at memory speed; the others are made only where their first byte is there.
    if any(byte in utf8 for byte in _CONTROL_BYTES):
        return True
    if b"\xef" in utf8 and (b"\xef\xbf" in utf8 or b"\xef\xbb\xbf" in utf8):
        return True
    return b"\xc2" in utf8 and _C1_BYTES.search(utf8) is not None


def one_line(text: str) -> str:
    """Return ``text`` on one line: white space that breaks lines, or has a tab in it, becomes one space."""
    if text.isprintable():
        return text.strip()
    parts = _BREAK.split(text.strip())
    return parts[0] if len(parts) == 1 else " ".join(filter(None, (part.strip(" ") for part in parts)))


def first_sentence(text: str) -> str:
    """Return the first sentence of a plain text, for a title; cut at a word where it is long."""
    line = one_line(text)
    end = _SENTENCE.search(line)
    sentence = line[: end.end()] if end else line
    if len(sentence) <= MAX_TITLE:
        return sentence.rstrip()
    return f"{sentence[:MAX_TITLE].rpartition(' ')[0] or sentence[:MAX_TITLE]}…"


def plain_text(markup: str) -> str:
    """Return the text of a piece of HTML, its blocks apart, without scripts and styles."""
    if "<" not in markup and "&" not in markup:
        return markup
    # Heavy, and not needed by plain text.
    from lxml import etree, html  # noqa: PLC0415

    try:
        parser = html.HTMLParser(no_network=True, remove_comments=True, huge_tree=False)
        tree = html.fragment_fromstring(markup.replace("\x00", " "), create_parent="div", parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return _PLAIN_TAG.sub(" ", markup)
    for dropped in tree.xpath("//script | //style"):
        dropped.drop_tree()
    for block in tree.xpath("//p | //br | //div | //li | //h1 | //h2 | //h3 | //tr | //blockquote"):
        block.tail = f"\n{block.tail or ''}"
    return str(tree.text_content()).strip()
