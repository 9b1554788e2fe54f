"""Small extensions: Dublin Core, syndication, slash, threading, places, licences and the like.

Each table has the address of the document that defines it. If that is no longer online, it is a page of the RSS
Advisory Board or of the Internet Archive.
"""

from __future__ import annotations

from typing import Final

from feedpub.validator.grammar import words
from feedpub.validator.vocabulary.element import (
    ANY,
    HTML,
    IRI,
    IRI_REFERENCE,
    LANGUAGE,
    MARKUP,
    MEDIA_TYPE,
    PLAIN,
    RFC3339,
    URI,
    W3CDTF,
    Attributes,
    Element,
    Kind,
    Value,
    choice,
    decimal,
    integer,
    pattern,
    required,
)

HEAD: Final = frozenset({"channel", "atom:feed", "atom:source"})
ENTRY: Final = frozenset({"item", "atom:entry", "podcast:liveItem"})
_NO_BLANK_TEXT: Final = Value(Kind.ANY, "text")
_LINK: Final = Value(Kind.IRI, "a full address")

_DC: Final = "https://www.dublincore.org/specifications/dublin-core/dces/"
_TERMS: Final = "https://www.dublincore.org/specifications/dublin-core/dcmi-terms/"
_SY: Final = "https://web.resource.org/rss/1.0/modules/syndication/"
_SLASH: Final = "https://web.resource.org/rss/1.0/modules/slash/"
_CONTENT: Final = "https://www.rssboard.org/rss-profile#namespace-elements-content-encoded"
_THR: Final = "https://www.rfc-editor.org/rfc/rfc4685.html#section-"
_FH: Final = "https://www.rfc-editor.org/rfc/rfc5005.html#section-"
_APP: Final = "https://www.rfc-editor.org/rfc/rfc5023.html#section-"
_WFW: Final = "https://www.rssboard.org/comment-api"
_CC: Final = "https://www.rssboard.org/creative-commons"
_TRACKBACK: Final = "https://archive.org/details/mod_trackback"
_FEEDBURNER: Final = "https://code.google.com/apis/feedburner/feedburner_namespace_reference.html"
_BLOG_CHANNEL: Final = "https://www.rssboard.org/blogchannel"
_ADMIN: Final = "https://webns.net/mvcb/"
_OPENSEARCH: Final = "https://github.com/dewitt/opensearch/blob/master/opensearch-1-1-draft-6.md"


# Any of them may be repeated: "all properties are optional and repeatable" (DCMES 1.1).
def _dc(*names: str, text: Value = ANY) -> dict[str, Element]:
    return {f"dc:{name}": Element(f"{_DC}#{name}", text=text) for name in names}


def _terms(*names: str, text: Value) -> dict[str, Element]:
    # Atom feeds may contain RDF, in which a term has an attribute with an address, and no text.
    return {f"dcterms:{name}": Element(f"{_TERMS}#{name}", text=text, attributes={}) for name in names}


# A date, or a DCMI period such as ``start=2005-07-04; end=2005-07-05; scheme=W3C-DTF``.
_FIELD: Final = r"\s*(?:name|start|end|scheme)\s*=[^;]*"
_PERIOD: Final = pattern(
    rf"\s*|[0-9]{{4}}[0-9T:.+Z-]*|{_FIELD}(?:;{_FIELD})*;?\s*", "a W3C date or a DCMI period"
)

DUBLIN_CORE: Final[dict[str, Element]] = {
    **_dc(
        *words(
            """
    contributor coverage creator description format identifier publisher relation rights source subject title
    type
    """
        )
    ),
    **_dc("date", text=W3CDTF),
    **_dc("language", text=LANGUAGE),
    **_terms(
        "created", "issued", "modified", "dateAccepted", "dateCopyrighted", "dateSubmitted", text=W3CDTF
    ),
    **_terms("valid", "available", text=_PERIOD),
    **_terms(
        *words(
            """
    abstract accessRights accrualMethod accrualPeriodicity accrualPolicy alternative audience
    bibliographicCitation conformsTo contributor coverage creator date description educationLevel extent
    format hasFormat hasPart hasVersion identifier instructionalMethod isFormatOf isPartOf isReferencedBy
    isReplacedBy isRequiredBy isVersionOf language license mediator medium provenance publisher references
    relation replaces requires rights rightsHolder source spatial subject tableOfContents temporal title
    type
    """
        ),
        text=ANY,
    ),
}

SYNDICATION: Final[dict[str, Element]] = {
    "sy:updatePeriod": Element(
        _SY, text=choice("hourly", "daily", "weekly", "monthly", "yearly"), once=True, within=HEAD
    ),
    "sy:updateFrequency": Element(_SY, text=integer(1), once=True, within=HEAD),
    "sy:updateBase": Element(_SY, text=W3CDTF, once=True, within=HEAD),
    "slash:section": Element(_SLASH, text=PLAIN, once=True, within=ENTRY),
    "slash:department": Element(_SLASH, text=PLAIN, once=True, within=ENTRY),
    "slash:comments": Element(_SLASH, text=integer(0), once=True, within=ENTRY),
    "slash:hit_parade": Element(
        _SLASH,
        text=pattern(r"[0-9]+(?:\s*,\s*[0-9]+)*", "whole numbers separated by commas"),
        once=True,
        within=ENTRY,
    ),
    "content:encoded": Element(_CONTENT, text=HTML, once=True, within=ENTRY),
    "content:items": Element("https://web.resource.org/rss/1.0/modules/content/", text=MARKUP, once=True),
}

THREADS: Final[dict[str, Element]] = {
    "thr:in-reply-to": Element(
        f"{_THR}3",
        attributes={
            "ref": required(Value(Kind.IRI, "an absolute IRI")),
            "href": IRI_REFERENCE,
            "type": MEDIA_TYPE,
            "source": IRI_REFERENCE,
        },
        text=ANY,
    ),
    "thr:total": Element(f"{_THR}5", text=integer(0), once=True, within=ENTRY),
}

HISTORY: Final[dict[str, Element]] = {
    "fh:complete": Element(f"{_FH}2", text=ANY, once=True, within=HEAD),
    "fh:archive": Element(f"{_FH}4", text=ANY, once=True, within=HEAD),
}

PUBLISHING: Final[dict[str, Element]] = {
    "app:edited": Element(f"{_APP}10.2", text=RFC3339, once=True, within=ENTRY),
    "app:control": Element(f"{_APP}13.1", children={"app:draft": "?"}, once=True, within=ENTRY),
    "app:draft": Element(f"{_APP}13.1.1", text=choice("yes", "no"), within=frozenset({"app:control"})),
    "app:collection": Element(
        f"{_APP}8.3.3",
        attributes={"href": required(IRI_REFERENCE)},
        children={"atom:title": "1", "app:accept": "*", "app:categories": "*"},
    ),
    "app:accept": Element(f"{_APP}8.3.4", text=ANY, within=frozenset({"app:collection"})),
    "app:categories": Element(
        f"{_APP}7.2.1",
        attributes={"fixed": choice("yes", "no"), "scheme": IRI, "href": IRI_REFERENCE},
        children={"atom:category": "*"},
    ),
}

COMMENTS: Final[dict[str, Element]] = {
    "wfw:comment": Element(_WFW, text=_LINK, once=True, within=ENTRY),
    "wfw:commentRss": Element(_WFW, text=_LINK, once=True),
    # A typo in the first version of the specification. Many readers accept it, but no feed should use it.
    "wfw:commentRSS": Element(_WFW, text=_LINK, once=True),
    "trackback:ping": Element(_TRACKBACK, text=_LINK, once=True, within=ENTRY),
    "trackback:about": Element(_TRACKBACK, text=_LINK, within=ENTRY),
}

LICENCES: Final[dict[str, Element]] = {
    "creativeCommons:license": Element(_CC, text=_LINK),
    "cc:license": Element(
        "https://creativecommons.org/ns#",
        text=ANY,
        attributes={"rdf:resource": Value(Kind.IRI_REFERENCE, "an IRI")},
    ),
}

FEEDBURNER: Final[dict[str, Element]] = {
    "feedburner:awareness": Element(_FEEDBURNER, text=_LINK, once=True),
    "feedburner:origLink": Element(_FEEDBURNER, text=_LINK, once=True, within=ENTRY),
    "feedburner:origEnclosureLink": Element(_FEEDBURNER, text=_LINK, once=True, within=ENTRY),
    "feedburner:browserFriendly": Element(_FEEDBURNER, text=PLAIN, once=True, within=HEAD),
    "feedburner:emailServiceId": Element(_FEEDBURNER, text=ANY, once=True, within=HEAD),
    "feedburner:feedburnerHostname": Element(_FEEDBURNER, text=IRI_REFERENCE, once=True, within=HEAD),
    "feedburner:info": Element(_FEEDBURNER, text=ANY, attributes={"uri": ANY}, once=True, within=HEAD),
    "feedburner:feedFlare": Element(
        _FEEDBURNER, text=PLAIN, attributes={"href": IRI_REFERENCE, "src": IRI_REFERENCE}, within=HEAD | ENTRY
    ),
}

_RESOURCE: Final = {"rdf:resource": required(Value(Kind.IRI, "an absolute IRI"))}

OTHERS: Final[dict[str, Element]] = {
    "blogChannel:blogRoll": Element(_BLOG_CHANNEL, text=URI, once=True, within=HEAD),
    "blogChannel:mySubscriptions": Element(_BLOG_CHANNEL, text=URI, once=True, within=HEAD),
    "blogChannel:blink": Element(_BLOG_CHANNEL, text=URI, once=True, within=HEAD),
    "blogChannel:changes": Element(_BLOG_CHANNEL, text=URI, once=True, within=HEAD),
    "admin:generatorAgent": Element(_ADMIN, text=ANY, attributes=_RESOURCE, once=True, within=HEAD),
    "admin:errorReportsTo": Element(_ADMIN, text=ANY, attributes=_RESOURCE, once=True, within=HEAD),
    "cp:server": Element(
        "https://web.resource.org/rss/1.0/modules/changedpage/",
        text=ANY,
        attributes=_RESOURCE,
        once=True,
        within=HEAD,
    ),
    "opensearch:totalResults": Element(_OPENSEARCH, text=integer(0), once=True, within=HEAD),
    "opensearch:startIndex": Element(_OPENSEARCH, text=integer(0), once=True, within=HEAD),
    "opensearch:itemsPerPage": Element(_OPENSEARCH, text=integer(0), once=True, within=HEAD),
    "opensearch:Query": Element(
        _OPENSEARCH,
        attributes={
            "role": required(ANY),
            "title": ANY,
            "totalResults": integer(0),
            "searchTerms": ANY,
            "count": integer(0),
            "startIndex": integer(),
            "startPage": integer(),
            "language": ANY,
            "inputEncoding": ANY,
            "outputEncoding": ANY,
        },
        within=HEAD,
    ),
}

TABLES: Final = (
    DUBLIN_CORE, SYNDICATION, THREADS, HISTORY, PUBLISHING, COMMENTS, LICENCES, FEEDBURNER, OTHERS,
)  # fmt: skip

# Attributes that any element may have.
GLOBAL_ATTRIBUTES: Final[dict[str, Value]] = {
    "xml:lang": Value(Kind.LANGUAGE, "a language tag", blank=True),
    "xml:base": Value(Kind.IRI_REFERENCE, "an IRI", blank=True),
}


GEORSS: Final = "https://docs.ogc.org/cs/17-002r1/17-002r1.html"
_GML: Final = f"{GEORSS}#_gml_encoding"
_GEO: Final = "https://www.w3.org/2003/01/geo/"
_NUMBER: Final = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_GAP: Final = r"(?:\s*,\s*|\s+)"
_PAIR: Final = rf"{_NUMBER}{_GAP}{_NUMBER}"


def _pairs(least: int, most: int | None, name: str) -> Value:
    upper = "" if most is None else str(most - 1)
    return pattern(rf"{_PAIR}(?:{_GAP}{_PAIR}){{{least - 1},{upper}}}", name)


_POINT: Final = _pairs(1, 1, "a latitude and a longitude")
_LINE: Final = _pairs(2, None, "at least two points, each with a latitude and a longitude")
_RING: Final = _pairs(4, None, "at least four points, of which the last is the first again")
_BOX: Final = _pairs(2, 2, "two points: the lower and the upper corner")
# In GML, srsDimension says how many numbers a position has.
_POSITION: Final = pattern(rf"{_NUMBER}(?:{_GAP}{_NUMBER})+", "numbers separated by spaces")
_POSITIONS: Final = pattern(rf"{_NUMBER}(?:{_GAP}{_NUMBER}){{3,}}", "at least two positions")
_ABOUT: Final[Attributes] = {
    "featuretypetag": ANY,
    "relationshiptag": ANY,
    "featurename": ANY,
    "elev": decimal(),
    "floor": integer(),
    "radius": decimal(0),
}
_SRS: Final[Attributes] = {
    "srsName": ANY,
    "srsDimension": integer(1),
    "count": integer(0),
    "dimension": integer(1),
}
LATITUDE: Final = decimal(-90, 90, "a latitude from -90 to 90")
LONGITUDE: Final = decimal(-180, 180, "a longitude from -180 to 180")


def _simple(text: Value) -> Element:
    return Element(f"{GEORSS}#_simple_encoding", text=text, attributes=_ABOUT)


def _gml(text: Value | None = None, **children: str) -> Element:
    return Element(
        _GML, text=text, attributes=_SRS, children={f"gml:{child}": sign for child, sign in children.items()}
    )


ELEMENTS: Final[dict[str, Element]] = {
    "georss:point": _simple(_POINT),
    "georss:line": _simple(_LINE),
    "georss:polygon": _simple(_RING),
    "georss:box": _simple(_BOX),
    "georss:circle": _simple(pattern(rf"{_PAIR}{_GAP}{_NUMBER}", "a latitude, a longitude and a radius")),
    "georss:featureTypeTag": _simple(PLAIN),
    "georss:featuretypetag": _simple(PLAIN),
    "georss:relationshipTag": _simple(PLAIN),
    "georss:relationshiptag": _simple(PLAIN),
    "georss:featureName": _simple(PLAIN),
    "georss:featurename": _simple(PLAIN),
    "georss:elev": _simple(decimal()),
    "georss:floor": _simple(integer()),
    "georss:radius": _simple(decimal(0)),
    "georss:where": Element(_GML, text=MARKUP, attributes=_ABOUT),
    "gml:Point": _gml(pos="1"),
    "gml:pos": _gml(_POSITION),
    "gml:LineString": _gml(posList="1"),
    "gml:posList": _gml(_POSITIONS),
    "gml:Polygon": _gml(exterior="1", interior="*"),
    "gml:exterior": _gml(LinearRing="1"),
    "gml:interior": _gml(LinearRing="1"),
    "gml:LinearRing": _gml(posList="1"),
    "gml:Envelope": _gml(lowerCorner="1", upperCorner="1"),
    "gml:lowerCorner": _gml(_POSITION),
    "gml:upperCorner": _gml(_POSITION),
    "geo:Point": Element(_GEO, children={"geo:lat": "1", "geo:long": "1", "geo:alt": "?"}),
    "geo:lat": Element(_GEO, text=LATITUDE, once=True),
    "geo:long": Element(_GEO, text=LONGITUDE, once=True),
    "geo:alt": Element(_GEO, text=decimal(), once=True),
    "geourl:latitude": Element("https://geourl.org/", text=LATITUDE, once=True),
    "geourl:longitude": Element("https://geourl.org/", text=LONGITUDE, once=True),
    "icbm:latitude": Element("https://postneo.com/icbm/", text=LATITUDE, once=True),
    "icbm:longitude": Element("https://postneo.com/icbm/", text=LONGITUDE, once=True),
}
