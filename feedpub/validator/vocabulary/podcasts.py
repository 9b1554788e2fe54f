"""Podcasts: Apple's ``itunes:`` tags, the podcast namespace, and Google's old ``googleplay:`` tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from feedpub.validator.vocabulary.element import (
    ADDRESS,
    ANY,
    IRI_REFERENCE,
    ISO8601,
    LANGUAGE,
    MARKUP,
    MEDIA_TYPE,
    PLAIN,
    TRUE_FALSE,
    WEB,
    Element,
    Kind,
    Value,
    choice,
    decimal,
    integer,
    pattern,
    required,
)

APPLE: Final = "https://podcasters.apple.com/support/823-podcast-requirements"
PODCAST: Final = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"
# The tags were made for RSS. Atom allows any extension, and they mean the same there.
_CHANNEL: Final = frozenset({"channel", "atom:feed"})
# A live item may contain the same elements as an item.
_ITEM: Final = frozenset({"item", "podcast:liveItem", "atom:entry"})
_BOTH: Final = _CHANNEL | _ITEM
_LINK: Final = Value(Kind.IRI, "a full address")
# Apple listed other words until about 2019, and its directory still understands them.
_EXPLICIT: Final = choice("true", "false", folded=True, former="yes no clean explicit")
# Apple acts on "Yes"; any other value has no effect.
_YES: Final = Value(Kind.FLAG, "Yes")


def _apple(text: Value | None, within: frozenset[str] = _BOTH) -> Element:
    return Element(APPLE, text=text, once=True, within=within)


ITUNES: Final[dict[str, Element]] = {
    "itunes:author": _apple(PLAIN),
    "itunes:block": _apple(_YES),
    "itunes:category": Element(
        "https://podcasters.apple.com/support/1691-apple-podcasts-categories",
        attributes={"text": required(ANY)},
        children={"itunes:category": "*"},
        within=_CHANNEL | {"itunes:category"},
    ),
    "itunes:complete": _apple(_YES, _CHANNEL),
    "itunes:duration": _apple(Value(Kind.DURATION, "a number of seconds, or hours:minutes:seconds"), _ITEM),
    "itunes:episode": _apple(integer(1), _ITEM),
    "itunes:episodeType": _apple(choice("full", "trailer", "bonus", folded=True), _ITEM),
    "itunes:explicit": _apple(_EXPLICIT),
    "itunes:image": Element(
        APPLE,
        text=ANY,
        attributes={"href": required(WEB)},
        once=True,
        within=_BOTH,
    ),
    "itunes:isClosedCaptioned": _apple(_YES, _ITEM),
    "itunes:keywords": _apple(Value(Kind.PLAIN, "keywords", longest=255)),
    "itunes:new-feed-url": _apple(_LINK, _CHANNEL),
    "itunes:order": _apple(integer(0), _ITEM),
    "itunes:owner": Element(
        APPLE, children={"itunes:name": "?", "itunes:email": "?"}, once=True, within=_CHANNEL
    ),
    "itunes:name": Element(APPLE, text=PLAIN, within=frozenset({"itunes:owner"})),
    "itunes:email": Element(APPLE, text=ADDRESS, within=frozenset({"itunes:owner"})),
    "itunes:season": _apple(integer(1), _ITEM),
    "itunes:subtitle": _apple(Value(Kind.PLAIN, "a subtitle", longest=255)),
    "itunes:summary": _apple(Value(Kind.PLAIN, "a summary", longest=4000)),
    "itunes:title": _apple(PLAIN),
    "itunes:type": _apple(choice("episodic", "serial", folded=True), _CHANNEL),
    "itunes:applepodcastsverify": _apple(ANY, _CHANNEL),
}


def _tag(
    name: str, text: Value | None = ANY, attributes: dict[str, Value] | None = None, **more: object
) -> Element:
    return Element(f"{PODCAST}#{name.lower()}", text=text, attributes=attributes or {}, **more)  # type: ignore[arg-type]


_PERSON: Final = {"role": ANY, "group": ANY, "img": _LINK, "href": _LINK}
_INTERACT: Final = {
    "protocol": required(ANY),
    "uri": ANY,
    "accountId": ANY,
    "accountUrl": _LINK,
    "priority": integer(0),
}

PODCAST_INDEX: Final[dict[str, Element]] = {
    "podcast:locked": _tag("locked", choice("yes", "no"), {"owner": ADDRESS}, once=True, within=_CHANNEL),
    "podcast:funding": _tag("funding", PLAIN, {"url": required(_LINK)}),
    "podcast:guid": _tag(
        "guid",
        pattern(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "a UUID"),
        once=True,
        within=_CHANNEL | {"podcast:publisher", "podcast:remoteItem"},
    ),
    "podcast:transcript": _tag(
        "transcript",
        ANY,
        {"url": required(_LINK), "type": required(MEDIA_TYPE), "language": LANGUAGE, "rel": ANY},
    ),
    "podcast:chapters": _tag(
        "chapters", ANY, {"url": required(_LINK), "type": required(MEDIA_TYPE)}, once=True
    ),
    "podcast:soundbite": _tag(
        "soundbite", ANY, {"startTime": required(decimal(0)), "duration": required(decimal(0))}
    ),
    "podcast:person": _tag("person", PLAIN, _PERSON),
    "podcast:location": _tag("location", PLAIN, {"geo": ANY, "osm": ANY, "rel": ANY, "country": ANY}),
    "podcast:season": _tag("season", integer(0), {"name": ANY}, once=True, within=_ITEM),
    "podcast:episode": _tag("episode", decimal(0), {"display": ANY}, once=True, within=_ITEM),
    "podcast:trailer": _tag(
        "trailer",
        PLAIN,
        {
            "url": required(_LINK),
            "pubdate": required(Value(Kind.RFC822, "an RFC 822 date and time")),
            "length": integer(0),
            "type": MEDIA_TYPE,
            "season": integer(0),
        },
    ),
    "podcast:license": _tag("license", ANY, {"url": _LINK}, once=True),
    "podcast:medium": _tag("medium", ANY, once=True),
    "podcast:block": _tag("block", choice("yes", "no"), {"id": ANY}),
    "podcast:txt": _tag("txt", ANY, {"purpose": ANY}),
    "podcast:podping": _tag("podping", ANY, {"usesPodping": TRUE_FALSE}, once=True),
    "podcast:updateFrequency": _tag(
        "updateFrequency", PLAIN, {"complete": TRUE_FALSE, "dtstart": ISO8601, "rrule": ANY}, once=True
    ),
    "podcast:socialInteract": _tag("socialInteract", ANY, _INTERACT),
    "podcast:images": _tag("images", ANY, {"srcset": ANY}, once=True),
    "podcast:image": _tag(
        "image",
        ANY,
        {
            "href": _LINK,
            "alt": ANY,
            "aspect-ratio": ANY,
            "width": integer(0),
            "height": integer(0),
            "type": MEDIA_TYPE,
            "purpose": ANY,
        },
    ),
    "podcast:contentLink": _tag("contentLink", PLAIN, {"href": required(_LINK)}),
    "podcast:alternateEnclosure": _tag(
        "alternateEnclosure",
        MARKUP,
        {
            "type": required(MEDIA_TYPE),
            "length": integer(0),
            "bitrate": decimal(0),
            "height": integer(0),
            "lang": LANGUAGE,
            "title": ANY,
            "rel": ANY,
            "codecs": ANY,
            "default": TRUE_FALSE,
        },
    ),
    "podcast:source": _tag(
        "alternateEnclosure",
        ANY,
        {"uri": required(Value(Kind.IRI, "an absolute IRI")), "contentType": MEDIA_TYPE},
    ),
    "podcast:integrity": _tag(
        "alternateEnclosure", ANY, {"type": required(choice("sri", "pgp-signature")), "value": required(ANY)}
    ),
    "podcast:value": _tag(
        "value", MARKUP, {"type": required(ANY), "method": required(ANY), "suggested": decimal(0)}
    ),
    "podcast:valueRecipient": _tag(
        "value-recipient",
        ANY,
        {
            "name": ANY,
            "customKey": ANY,
            "customValue": ANY,
            "type": required(ANY),
            "address": required(ANY),
            "split": required(integer(0)),
            "fee": TRUE_FALSE,
        },
    ),
    "podcast:valueTimeSplit": _tag(
        "value-time-split",
        MARKUP,
        {
            "startTime": required(decimal(0)),
            "duration": required(decimal(0)),
            "remoteStartTime": decimal(0),
            "remotePercentage": decimal(0),
        },
    ),
    "podcast:liveItem": _tag(
        "live-item",
        MARKUP,
        {"status": required(choice("pending", "live", "ended")), "start": required(ISO8601), "end": ISO8601},
        within=_CHANNEL,
    ),
    "podcast:podroll": _tag("podroll", MARKUP, once=True),
    "podcast:publisher": _tag("publisher", MARKUP, once=True),
    "podcast:remoteItem": _tag(
        "remote-item",
        ANY,
        {
            "feedGuid": required(ANY),
            "feedUrl": _LINK,
            "itemGuid": ANY,
            "medium": ANY,
            "title": ANY,
            "feedImg": _LINK,
        },
    ),
    "podcast:chat": _tag(
        "chat", ANY, {"server": required(ANY), "protocol": required(ANY), "accountId": ANY, "space": ANY}
    ),
}

GOOGLE: Final[dict[str, Element]] = {
    "googleplay:author": _apple(PLAIN),
    "googleplay:description": _apple(PLAIN),
    "googleplay:explicit": _apple(choice("yes", "no", "clean", "true", "false", folded=True)),
    "googleplay:block": _apple(_YES),
    "googleplay:email": _apple(ADDRESS),
    "googleplay:owner": _apple(ADDRESS),
    "googleplay:image": Element(APPLE, text=ANY, attributes={"href": required(IRI_REFERENCE)}, once=True),
    "googleplay:category": Element(APPLE, text=ANY, attributes={"text": required(ANY)}),
    "googleplay:new-feed-url": _apple(_LINK),
}

TABLES: Final = (ITUNES, PODCAST_INDEX, GOOGLE)

# https://podcasters.apple.com/support/1691-apple-podcasts-categories: category → subcategories.
Categories: TypeAlias = Mapping[str, frozenset[str]]


def _listed(table: Mapping[str, str]) -> Categories:
    return {name: frozenset(below.split("|")) - {""} for name, below in table.items()}


CATEGORIES: Final = _listed(
    {
        "Arts": "Books|Design|Fashion & Beauty|Food|Performing Arts|Visual Arts",
        "Business": "Careers|Entrepreneurship|Investing|Management|Marketing|Non-Profit",
        "Comedy": "Comedy Interviews|Improv|Stand-Up",
        "Education": "Courses|How To|Language Learning|Self-Improvement",
        "Fiction": "Comedy Fiction|Drama|Science Fiction",
        "Government": "",
        "History": "",
        "Health & Fitness": "Alternative Health|Fitness|Medicine|Mental Health|Nutrition|Sexuality",
        "Kids & Family": "Education for Kids|Parenting|Pets & Animals|Stories for Kids",
        "Leisure": "Animation & Manga|Automotive|Aviation|Crafts|Games|Hobbies|Home & Garden|Video Games",
        "Music": "Music Commentary|Music History|Music Interviews",
        "News": "Business News|Daily News|Entertainment News|News Commentary|Politics|Sports News|Tech News",
        "Religion & Spirituality": "Buddhism|Christianity|Hinduism|Islam|Judaism|Religion|Spirituality",
        "Science": "Astronomy|Chemistry|Earth Sciences|Life Sciences|Mathematics|Natural Sciences|Nature|Physics|"
        "Social Sciences",
        "Society & Culture": "Documentary|Personal Journals|Philosophy|Places & Travel|Relationships",
        "Sports": "Baseball|Basketball|Cricket|Fantasy Sports|Football|Golf|Hockey|Rugby|Running|Soccer|Swimming|"
        "Tennis|Volleyball|Wilderness|Wrestling",
        "Technology": "",
        "True Crime": "",
        "TV & Film": "After Shows|Film History|Film Interviews|Film Reviews|TV Reviews",
    }
)
# The categories of 2005 and 2012, which Apple replaced in 2019. Its directory still understands them.
FORMER_CATEGORIES: Final = _listed(
    {
        "Arts": "Literature",
        "Arts & Entertainment": "Architecture|Books|Design|Entertainment|Games|Performing Arts|Photography|Poetry|"
        "Science Fiction",
        "Audio Blogs": "",
        "Business": "Business News|Finance|Management & Marketing|Shopping",
        "Education": "Education|Education Technology|Higher Education|K-12|Language Courses|Training",
        "Family": "",
        "Food": "",
        "Games & Hobbies": "Automotive|Aviation|Hobbies|Other Games|Video Games",
        "Government & Organizations": "Local|National|Non-Profit|Regional",
        "Health": "Alternative Health|Diet & Nutrition|Fitness|Fitness & Nutrition|Relationships|Self-Help|Sexuality",
        "International": "Australian|Belgian|Canadian|Chinese|Dutch|French|German|Hebrew|Italian|Japanese|Norwegian|"
        "Polish|Portuguese|Spanish|Swedish",
        "Movies & Television": "",
        "News & Politics": "",
        "Politics": "",
        "Public Radio": "",
        "Religion & Spirituality": "New Age|Other|Philosophy",
        "Science & Medicine": "Medicine|Natural Sciences|Social Sciences",
        "Society & Culture": "Gay & Lesbian|History",
        "Sports & Recreation": "Amateur|College & High School|Outdoor|Professional",
        "Talk Radio": "",
        "Technology": "Computers|Developers|Gadgets|Information Technology|News|Operating Systems|Podcasting|"
        "Smart Phones|Software How-To|Tech News|Text/Speech",
        "Transportation": "Automotive|Aviation|Bicycles|Commuting",
        "Travel": "",
    }
)
