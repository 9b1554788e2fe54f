"""RSS 2.0 and the 0.9x versions before it, as defined by https://www.rssboard.org/rss-specification."""

from __future__ import annotations

from typing import Final

from feedpub.validator.vocabulary.element import (
    ANY,
    CONTACT,
    GUID,
    LANGUAGE,
    MEDIA_TYPE,
    PLAIN,
    RFC822,
    TRUE_FALSE,
    URI,
    WEB,
    Element,
    Kind,
    Value,
    choice,
    integer,
    required,
)

SPEC: Final = "https://www.rssboard.org/rss-specification"
_CHANNEL: Final = f"{SPEC}#optionalChannelElements"
_REQUIRED: Final = f"{SPEC}#requiredChannelElements"
_IMAGE: Final = f"{SPEC}#ltimagegtSubelementOfLtchannelgt"
_INPUT: Final = f"{SPEC}#lttextinputgtSubelementOfLtchannelgt"
_ITEM: Final = f"{SPEC}#hrelementsOfLtitemgt"

_DAYS: Final = choice("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_BLANKABLE_PLAIN: Final = Value(Kind.PLAIN, "plain text", blank=True)

CHANNEL: Final = {
    "title": "1",
    "link": "1",
    "description": "1",
    "language": "?",
    "copyright": "?",
    "managingEditor": "?",
    "webMaster": "?",
    "pubDate": "?",
    "lastBuildDate": "?",
    "category": "*",
    "generator": "?",
    "docs": "?",
    "cloud": "?",
    "ttl": "?",
    "image": "?",
    "rating": "?",
    "textInput": "?",
    "textinput": "?",
    "skipHours": "?",
    "skipDays": "?",
    "item": "*",
}
ITEM: Final = {
    "title": "?",
    "link": "?",
    "description": "?",
    "author": "?",
    "category": "*",
    "comments": "?",
    "enclosure": "*",
    "guid": "?",
    "pubDate": "?",
    "source": "?",
}
_TEXT_INPUT: Final = Element(_INPUT, children={"title": "1", "description": "1", "name": "1", "link": "1"})
_CATEGORY: Final = Element(f"{SPEC}#ltcategorygtSubelementOfLtitemgt", text=PLAIN, attributes={"domain": ANY})

ELEMENTS: Final[dict[str, Element]] = {
    "rss": Element(
        f"{SPEC}#whatIsRss",
        attributes={"version": required(choice("2.0", "0.91", "0.92", "0.93", "0.94"))},
        children={"channel": "1"},
    ),
    "channel": Element(_REQUIRED, children=CHANNEL),
    "item": Element(_ITEM, children=ITEM),
    "title": Element(_REQUIRED, text=PLAIN),
    "link": Element(_REQUIRED, text=URI),
    "description": Element(_REQUIRED, text=PLAIN),
    "language": Element(_CHANNEL, text=LANGUAGE),
    "copyright": Element(_CHANNEL, text=PLAIN),
    "managingEditor": Element(_CHANNEL, text=CONTACT),
    "webMaster": Element(_CHANNEL, text=CONTACT),
    "pubDate": Element(_CHANNEL, text=RFC822),
    "lastBuildDate": Element(_CHANNEL, text=RFC822),
    "category": _CATEGORY,
    "generator": Element(_CHANNEL, text=PLAIN),
    "docs": Element(_CHANNEL, text=URI),
    "cloud": Element(
        f"{SPEC}#ltcloudgtSubelementOfLtchannelgt",
        attributes={
            "domain": required(ANY),
            "port": required(integer(1, 65535)),
            "path": required(ANY),
            "registerProcedure": required(ANY),
            "protocol": required(choice("xml-rpc", "soap", "http-post", "https-post")),
        },
    ),
    "ttl": Element(f"{SPEC}#ltttlgtSubelementOfLtchannelgt", text=integer(1)),
    "image": Element(
        _IMAGE,
        children={"url": "1", "title": "1", "link": "1", "width": "?", "height": "?", "description": "?"},
    ),
    "url": Element(_IMAGE, text=URI),
    "width": Element(_IMAGE, text=integer(1, 144)),
    "height": Element(_IMAGE, text=integer(1, 400)),
    "rating": Element(_CHANNEL, text=PLAIN),
    "textInput": _TEXT_INPUT,
    "textinput": _TEXT_INPUT,
    "name": Element(_INPUT, text=PLAIN),
    "skipHours": Element(_CHANNEL, children={"hour": "+"}),
    "hour": Element(_CHANNEL, text=integer(0, 24)),
    "skipDays": Element(_CHANNEL, children={"day": "+"}),
    "day": Element(_CHANNEL, text=_DAYS),
    "author": Element(f"{SPEC}#ltauthorgtSubelementOfLtitemgt", text=CONTACT),
    "comments": Element(f"{SPEC}#ltcommentsgtSubelementOfLtitemgt", text=URI),
    "enclosure": Element(
        f"{SPEC}#ltenclosuregtSubelementOfLtitemgt",
        attributes={"url": required(WEB), "length": required(integer(0)), "type": required(MEDIA_TYPE)},
    ),
    "guid": Element(
        f"{SPEC}#ltguidgtSubelementOfLtitemgt", text=GUID, attributes={"isPermaLink": TRUE_FALSE}
    ),
    "source": Element(
        f"{SPEC}#ltsourcegtSubelementOfLtitemgt", text=PLAIN, attributes={"url": required(URI)}
    ),
}

# In these parents, the same name has another meaning or another paragraph.
IN_CONTEXT: Final[dict[tuple[str, str], Element]] = {
    ("item", "title"): Element(_ITEM, text=PLAIN),
    ("item", "link"): Element(_ITEM, text=URI),
    ("item", "description"): Element(_ITEM, text=Value(Kind.HTML, "HTML", blank=True)),
    ("item", "pubDate"): Element(f"{SPEC}#ltpubdategtSubelementOfLtitemgt", text=RFC822),
    ("image", "title"): Element(_IMAGE, text=PLAIN),
    ("image", "link"): Element(_IMAGE, text=URI),
    ("image", "description"): Element(_IMAGE, text=_BLANKABLE_PLAIN),
    ("textInput", "title"): Element(_INPUT, text=PLAIN),
    ("textInput", "link"): Element(_INPUT, text=URI),
    ("textInput", "description"): Element(_INPUT, text=PLAIN),
}
