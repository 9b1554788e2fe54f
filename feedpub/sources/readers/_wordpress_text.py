"""Texts of WordPress' editor: blank lines separate paragraphs, and themes replace shortcodes."""

from __future__ import annotations

import re

NO_TIME = "0000-00-00"
"""The beginning of a date that is not set."""
_BLOCK = re.compile(
    r"\s*</?(?:p|div|h[1-6]|ul|ol|li|dl|dt|dd|blockquote|pre|table|t[hrd]|tbody|thead|figure|figcaption|hr|section"
    r"|article|aside|header|footer|iframe|video|audio|details|form|address|center)\b",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--.{0,20000}?-->", re.DOTALL)
_PARAGRAPH = re.compile(r"<p[\s>]", re.IGNORECASE)
_PREFORMATTED = re.compile(r"(<pre\b.{0,100000}?</pre>)", re.IGNORECASE | re.DOTALL)
_CAPTION = re.compile(r"\[caption\b[^\]]{0,2000}\](?P<inner>.{0,20000}?)\[/caption\]", re.DOTALL)
_PICTURE = re.compile(r"\s*(?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?", re.IGNORECASE)
_GENERATED = re.compile(
    r"\[(?P<name>gallery|playlist|embed|audio|video)\b[^\]]{0,2000}\](?:.{0,2000}?\[/(?P=name)\])?", re.DOTALL
)
# Longer texts are not processed: each unclosed tag would be searched to the end.
MAX_SIGNS = 2_000


def body_of(text: str) -> tuple[str, int]:
    """Return the HTML that WordPress makes from the editor's text, and how many shortcodes were removed."""
    text = text.replace("\r\n", "\n")
    if max(text.count(sign) for sign in ("[", "<!--", "<pre")) > MAX_SIGNS:
        return text.strip(), 0
    text, left_out = _GENERATED.subn("", _COMMENT.sub("", text))
    text = _CAPTION.sub(_figure, text)
    if not _PARAGRAPH.search(text):
        text = "".join(
            part if _PREFORMATTED.fullmatch(part) else _paragraphs(part) for part in _PREFORMATTED.split(text)
        )
    return text.strip(), left_out


def _figure(match: re.Match[str]) -> str:
    inner = match["inner"].strip()
    picture = _PICTURE.match(inner)
    if not picture:
        return inner
    caption = inner[picture.end() :].strip()
    shown = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f"\n\n<figure>{picture[0].strip()}{shown}</figure>\n\n"


def _paragraphs(text: str) -> str:
    """Return a text with blank lines between paragraphs as HTML; blocks stay unchanged."""
    made = []
    for part in re.split(r"\n\s*\n", text):
        if not part.strip():
            continue
        made.append(part.strip() if _BLOCK.match(part) else f"<p>{_with_breaks(part.strip())}</p>")
    return "\n".join(made)


def _with_breaks(text: str) -> str:
    return re.sub(r"[ \t]*\n", "<br>\n", text)
