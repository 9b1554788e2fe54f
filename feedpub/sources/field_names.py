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
        "title": "title headline name webtitle articletitle posttitle newstitle",
        "body": "body content maintext text articlebody fulltext contenthtml contenttext html articletext plaintext "
        "bodytext storytext articlecontent newscontent description shortdescription",
        "published": "published publishedat datepublished pubdate publishedon publicationdate date "
        "publishdate datepublish publisheddate publishingdate dateofpublication webpublicationdate publishtime "
        "publishedtime publicationtime datetime articledate postdate newsdate issued dateissued releasedate "
        "createdat created timestamp time "
        # Behind all others: a record that had a date keeps it.
        "pubdatetime publisheddatetime publishdatetime publicationdatetime datetimepublished datetimepub dateposted "
        "postedat postedon posted firstpublishedat firstpublicationdate publishedutc",
        "updated": "updated updatedat modified modifiedat datemodified lastmod lastmodified "
        "datemodify modifieddate updateddate dateupdated lastupdated lastupdate moddatetime modifieddatetime "
        "updateddatetime datetimemodified lastmodifieddatetime lastupdatedat lastpublicationdate editedat",
        "id": "id guid uuid",
        "link": "canonicallink link url permalink href canonicalurl weburl articleurl sourceurl "
        "storyurl posturl newsurl externalurl",
        "author": "author authors byline creator authorname authornames writer journalist reporter",
        "categories": "categories category tags tag keywords topics section "
        "topic articlesection sectionname subject subjects labels",
        "language": "language lang inlanguage metalang languagecode",
        "summary": "summary excerpt abstract teaser description shortdescription metadescription "
        "customexcerpt standfirst",
        "image": "image imageurl thumbnail topimage featureimage featuredimage coverimage leadimage mainimage "
        "thumbnailurl urltoimage",
        "image_alt": "imagealt featureimagealt featuredimagealt coverimagealt thumbnailalt imagealttext",
        "image_caption": "imagecaption featureimagecaption featuredimagecaption coverimagecaption",
        "image_credit": "imagecredit photocredit",
        "enclosure": "enclosure enclosures attachments audio",
        "duration": "duration itunesduration audioduration",
        "explicit": "explicit itunesexplicit",
        "episode": "episode episodenumber itunesepisode",
        "season": "season seasonnumber itunesseason",
        "transcript": "transcript transcripts",
        "chapters": "chapters chaptersurl",
        "people": "people",
        "license": "license licence licenseurl licenceurl",
        "feeds": "feeds",
        "not_feeds": "notfeeds",
    }.items()
}
CANONICAL = tuple(NAMES)
# What version 0.1.0 did not know, and would have made other ids of.
LATER_LINKS = frozenset(["canonicallink", "externalurl"])


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
