"""An article's body as feeds carry it, whatever the source wrote."""

from feedpub.articles.entry import Content, StoredContent, content_of, summarise, text_to_html
from feedpub.text.safe_html import relative_addresses, sanitise, visible_text

__all__ = [
    "Content",
    "StoredContent",
    "content_of",
    "relative_addresses",
    "sanitise",
    "summarise",
    "text_to_html",
    "visible_text",
]
