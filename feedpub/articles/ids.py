"""Permanent ids: how they are made from an article's source, and from the name of a feed."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from feedpub.articles.sighting import Told
from feedpub.core.feed_values import identifier

# RFC 4151 §2.1: a domain name or an e-mail address, and a date on which it belonged to the tagging entity.
_AUTHORITY = re.compile(
    r"(?:[A-Za-z0-9._%+-]+@)?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
    r",[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
)

_SPLIT = ":split:"
_ADOPTED = ":adopted:"


def is_authority(text: str) -> bool:
    """Say whether ``text`` is a tagging entity (RFC 4151 §2.1), such as ``example.org,2023``."""
    return _AUTHORITY.fullmatch(text) is not None and _is_day(text.rpartition(",")[2])


def _is_day(text: str) -> bool:
    """Say whether a date, or a year or month alone, exists."""
    try:
        date.fromisoformat(text + "2000-01-01"[len(text) :])
    except ValueError:
        return False
    return True


def article_id(authority: str, *, key: str | None, published: datetime, title: str) -> str:
    """Return the permanent id of an article: a tag URI (RFC 4151) under ``authority`` (``example.org,2023``).

    It is derived from the source's own ``key`` if there is one, otherwise from the published instant (in whole
    seconds, so that its zone does not count) and the folded title. If a byte of what
    is hashed here changed, every article would be new to every subscriber.
    """
    if key is not None:
        seed = f"key\n{key.strip()}"
    else:
        # This runs for each article, and isoformat takes more than twice as long.
        at = published.astimezone(UTC)
        day, clock = (at.year, at.month, at.day), (at.hour, at.minute, at.second)
        instant = "%04d-%02d-%02dT%02d:%02d:%02d+00:00" % (*day, *clock)  # noqa: UP031 - as above
        seed = f"story\n{instant}\n{folded_title(title)}"
    return f"tag:{authority}:{hashlib.sha256(seed.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def titled_id(authority: str, *parts: str | None, title: str) -> str:
    """Return the id of an article without key or date, made from its title and other parts.

    These are the namespace of its source, and if another article had that title first, its file.
    """
    seed = "\n".join(("title", *(part or "" for part in parts), folded_title(title)))
    return f"tag:{authority}:{hashlib.sha256(seed.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def feed_id(authority: str, slug: str) -> str:
    """Return the permanent id of the feed ``slug``: a tag URI under ``authority``, like those of its articles."""
    return f"tag:{authority}:feed:{slug}"


def split_id(authority: str, base: str, *parts: object) -> str:
    """Return the permanent id of an article that cannot have the id ``base``, because another article has it.

    ``parts`` distinguish it from others that would have ``base``: its feed, or its instant and title.
    """
    seed = "\n".join(("split", base, *map(str, parts)))
    return f"tag:{authority}{_SPLIT}{hashlib.sha256(seed.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def is_split(article_id: str) -> bool:
    """Say whether :func:`split_id` made an id, so that its article is not identified by its key."""
    return article_id.startswith("tag:") and _SPLIT in article_id


def atom_id(authority: str, entry_id: str) -> str:
    """Return the id of an entry for Atom (RFC 4287 §4.2.6): the id itself, or a tag URI that contains it.

    RSS and JSON Feed may have ids that are not IRIs, and subscribers know them, so they stay.
    """
    if identifier(entry_id):
        return entry_id
    return f"tag:{authority}{_ADOPTED}{quote(entry_id, safe='', errors='surrogatepass')}"


def id_from_atom(authority: str, atom: str) -> str:
    """Return the id of an entry whose id in Atom is ``atom``."""
    held = atom.removeprefix(f"tag:{authority}{_ADOPTED}")
    return atom if held == atom else unquote(held)


def is_made(authority: str, entry_id: str) -> bool:
    """Say whether an id is one that :func:`article_id` or :func:`split_id` makes under ``authority``."""
    return re.fullmatch(rf"tag:{re.escape(authority)}:(?:split:)?[0-9a-f]{{32}}", entry_id) is not None


PAGE_FOLDER: Final = "article"
"""The folder inside the output folder for the pages of articles, and lists of them."""

_PAGE_FILE = re.compile(r"[0-9a-f]{16}\.html(\.gz)?|manifest(-[0-9a-f]+)?\.json")


def is_page_file(name: str) -> bool:
    """Say whether a file with this name in that folder is ours."""
    return _PAGE_FILE.fullmatch(name) is not None


def page_digits(authority: str, entry_id: str) -> str:
    """Return the permanent name of an entry's page: 16 hexadecimal digits, made from its id alone.

    Our own ids end in a digest, which is used; for others it is the SHA-256.
    """
    if is_made(authority, entry_id):
        return entry_id.rpartition(":")[2][:16]
    return hashlib.sha256(entry_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def page_path(authority: str, entry_id: str) -> str:
    """Return the name of an entry's page: made from its id alone, so that no correction breaks a link."""
    return f"{PAGE_FOLDER}/{page_digits(authority, entry_id)}.html"


def digits_of_page(address: str) -> str:
    """Return what names the page of an entry, if ``address`` is that of such a page; else an empty text."""
    found = re.search(rf"/{PAGE_FOLDER}/([0-9a-f]{{16}})\.html\Z", address)
    return found[1] if found else ""


def feed_key(*candidates: str | None) -> str:
    """Return the key of a feed: the first of ``candidates`` that is not empty.

    The scheme and a closing slash of a web address do not count, so a feed may move to https.
    """
    found = next((text for candidate in candidates if (text := (candidate or "").strip())), "")
    try:
        parts = urlsplit(found) if found.lower().startswith(("http://", "https://")) else None
    except ValueError:  # an unbalanced bracket
        parts = None
    if parts is None:
        return found
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.rpartition('@')[2].lower()}{parts.path.rstrip('/')}{query}"


def page_key(link: str) -> str:
    """Return the key of a page, however its address is written.

    The scheme, ``www.``, a closing slash and the fragment do not count.
    """
    return feed_key(link).removeprefix("www.")


def shown_keys(article: Told) -> tuple[str, ...]:
    """Return the keys, in published documents, of the feed from which an article was taken.

    The first is the one in Atom now, the second the one in RSS. Up to version 0.2.0, documents had the address of the
    feed's page instead.
    """
    if not article.feed or article.via is None:
        return ()
    via = article.via
    keys = (feed_key(via.id, via.url, via.page), feed_key(via.url), feed_key(via.id, via.page))
    return tuple(dict.fromkeys(filter(None, keys)))


def folded_title(title: str) -> str:
    """Return a title as it counts in an id: without case and white space."""
    # Not the folding of the rules, which may change: this one is part of every published id.
    if title.isascii():
        return " ".join(title.lower().split())
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", title).casefold()).split())
