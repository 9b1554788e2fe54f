"""The names under which people's records carry an article's fields.

One table; the first name present wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

# Folded: lower case, without spaces, hyphens and underscores.
NAMES: Mapping[str, tuple[str, ...]] = {
    field: tuple(names.split())
    for field, names in {
        "title": "title headline name",
        "body": "body content text articlebody fulltext contenthtml contenttext description",
        "published": "published publishedat datepublished pubdate publishedon publicationdate date "
        "createdat created timestamp time",
        "updated": "updated updatedat modified modifiedat datemodified lastmod lastmodified",
        "id": "id guid uuid",
        "link": "link url permalink href",
        "author": "author authors byline creator",
        "categories": "categories category tags tag keywords topics section",
        "language": "language lang",
        "summary": "summary excerpt abstract teaser description",
        "image": "image imageurl thumbnail",
        "enclosure": "enclosure enclosures attachments audio",
    }.items()
}
CANONICAL = tuple(NAMES)


@lru_cache(maxsize=4096)
def fold_name(name: str) -> str:
    """Return ``name`` as names are compared: ``Published_At`` is ``publishedat``."""
    return "".join(character for character in name.lower() if character not in " -_")


@lru_cache(maxsize=256)
def name_map(names: tuple[str, ...], declared: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Return, for a record with these ``names``, each article field's name in it.

    A field that is ``declared`` is taken from there and nowhere else. No name serves two fields.
    """
    found = dict(declared)
    taken = set(found.values())
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(fold_name(name), name)
    for canonical, known in NAMES.items():
        if canonical not in found:
            for candidate in known:
                if candidate in folded and folded[candidate] not in taken:
                    found[canonical] = folded[candidate]
                    taken.add(folded[candidate])
                    break
    return MappingProxyType(found)
