"""Places: GeoRSS (simple and GML), and the older vocabularies of points."""

from __future__ import annotations

from typing import Final

from feedpub.validator.vocabulary.model import (
    ANY,
    MARKUP,
    PLAIN,
    Attributes,
    Element,
    Value,
    decimal,
    integer,
    pattern,
)

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
_LINE: Final = _pairs(2, None, "two points or more, each a latitude and a longitude")
_RING: Final = _pairs(4, None, "four points or more, the last like the first")
_BOX: Final = _pairs(2, 2, "two points: the lower and the upper corner")
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
    "gml:pos": _gml(_pairs(1, None, "numbers with spaces between them")),
    "gml:LineString": _gml(posList="1"),
    "gml:posList": _gml(_LINE),
    "gml:Polygon": _gml(exterior="1", interior="*"),
    "gml:exterior": _gml(LinearRing="1"),
    "gml:interior": _gml(LinearRing="1"),
    "gml:LinearRing": _gml(posList="1"),
    "gml:Envelope": _gml(lowerCorner="1", upperCorner="1"),
    "gml:lowerCorner": _gml(_POINT),
    "gml:upperCorner": _gml(_POINT),
    "geo:Point": Element(_GEO, children={"geo:lat": "1", "geo:long": "1", "geo:alt": "?"}),
    "geo:lat": Element(_GEO, text=LATITUDE, once=True),
    "geo:long": Element(_GEO, text=LONGITUDE, once=True),
    "geo:alt": Element(_GEO, text=decimal(), once=True),
    "geourl:latitude": Element("https://geourl.org/", text=LATITUDE, once=True),
    "geourl:longitude": Element("https://geourl.org/", text=LONGITUDE, once=True),
    "icbm:latitude": Element("https://postneo.com/icbm/", text=LATITUDE, once=True),
    "icbm:longitude": Element("https://postneo.com/icbm/", text=LONGITUDE, once=True),
}
