"""Feeds → documents: bytes with a path, a media type and the address they will be served from."""

from feedpub.render.documents import MEDIA_TYPES, Document, Quarantined, Rendered, Renderer

__all__ = ["MEDIA_TYPES", "Document", "Quarantined", "Rendered", "Renderer"]
