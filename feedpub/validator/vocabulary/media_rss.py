"""Media RSS 1.5.1, as defined by https://www.rssboard.org/media-rss."""

from __future__ import annotations

from typing import Final

from feedpub.validator.grammar import words
from feedpub.validator.vocabulary.element import (
    ANY,
    HTML,
    IRI,
    LANGUAGE,
    MEDIA_TYPE,
    PLAIN,
    TRUE_FALSE,
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

SPEC: Final = "https://www.rssboard.org/media-rss"
# A time in RTSP (RFC 2326 §3.6): now, seconds, or hours:minutes:seconds. The examples in the specification of Media RSS
# omit the hours.
NPT: Final = pattern(
    r"now|(?:[0-9]+:[0-5]?[0-9]:[0-5]?[0-9]|[0-9]+:[0-5]?[0-9]|[0-9]+)(?:\.[0-9]*)?",
    "a time such as 12:05:35.3, or a number of seconds",
)
_LINK: Final = Value(Kind.IRI, "a full address")
_TEXT: Final = Value(Kind.TEXT_CONSTRUCT, "text")
_TEXT_TYPE: Final = choice("plain", "html")
_SIZE: Final = integer(1)

# Elements that describe a content, a group, an item, or the whole channel.
_DESCRIPTIVE: Final = {
    "media:adult": "?",
    "media:rating": "*",
    "media:title": "?",
    "media:description": "?",
    "media:keywords": "?",
    "media:thumbnail": "*",
    "media:category": "*",
    "media:hash": "*",
    "media:player": "?",
    "media:credit": "*",
    "media:copyright": "?",
    "media:text": "*",
    "media:restriction": "*",
    "media:community": "?",
    "media:comments": "?",
    "media:embed": "?",
    "media:responses": "?",
    "media:backLinks": "?",
    "media:status": "?",
    "media:price": "*",
    "media:license": "*",
    "media:subTitle": "*",
    "media:peerLink": "*",
    "media:location": "*",
    "media:rights": "?",
    "media:scenes": "?",
}
_ENTRY: Final = frozenset({"item", "atom:entry", "podcast:liveItem"})
_ONCE: Final = frozenset(tag for tag, sign in _DESCRIPTIVE.items() if sign == "?")


def _media(
    name: str, text: Value | None = None, attributes: Attributes | None = None, **children: str
) -> Element:
    return Element(
        f"{SPEC}#media-{name.lower()}",
        text=text,
        attributes=attributes or {},
        children={f"media:{child}": sign for child, sign in children.items()},
        once=f"media:{name}" in _ONCE,
    )


ELEMENTS: Final[dict[str, Element]] = {
    "media:group": Element(
        f"{SPEC}#media-group", children={"media:content": "*", **_DESCRIPTIVE}, within=_ENTRY
    ),
    "media:content": Element(
        f"{SPEC}#media-content",
        attributes={
            "url": _LINK,
            "fileSize": integer(0),
            "type": MEDIA_TYPE,
            "medium": choice("image", "audio", "video", "document", "executable"),
            "isDefault": TRUE_FALSE,
            "expression": choice("sample", "full", "nonstop"),
            "bitrate": decimal(0),
            "framerate": decimal(0),
            "samplingrate": decimal(0),
            "channels": integer(0),
            "duration": decimal(0),
            "height": _SIZE,
            "width": _SIZE,
            "lang": LANGUAGE,
        },
        children=_DESCRIPTIVE,
        within=_ENTRY | {"media:group"},
    ),
    "media:adult": _media("adult", TRUE_FALSE),
    "media:rating": _media("rating", ANY, {"scheme": ANY}),
    "media:title": _media("title", _TEXT, {"type": _TEXT_TYPE}),
    "media:description": _media("description", _TEXT, {"type": _TEXT_TYPE}),
    "media:keywords": _media("keywords", PLAIN),
    "media:thumbnail": _media(
        "thumbnails", ANY, {"url": required(_LINK), "width": _SIZE, "height": _SIZE, "time": NPT}
    ),
    "media:category": _media("category", PLAIN, {"scheme": ANY, "label": PLAIN}),
    "media:hash": _media("hash", ANY, {"algo": choice("md5", "sha-1")}),
    "media:player": _media("player", ANY, {"url": required(_LINK), "width": _SIZE, "height": _SIZE}),
    "media:credit": _media("credit", PLAIN, {"role": ANY, "scheme": ANY}),
    "media:copyright": _media("copyright", PLAIN, {"url": _LINK}),
    "media:text": _media("text", _TEXT, {"type": _TEXT_TYPE, "lang": LANGUAGE, "start": NPT, "end": NPT}),
    "media:restriction": _media(
        "restriction",
        ANY,
        {"relationship": required(choice("allow", "deny")), "type": choice("country", "uri", "sharing")},
    ),
    "media:community": _media("community", starRating="?", statistics="?", tags="?"),
    "media:starRating": _media(
        "community", ANY, {"average": decimal(0), "count": integer(0), "min": integer(0), "max": integer(0)}
    ),
    "media:statistics": _media("community", ANY, {"views": integer(0), "favorites": integer(0)}),
    "media:tags": _media("community", PLAIN),
    "media:comments": _media("comments", comment="*"),
    "media:comment": _media("comments", PLAIN),
    "media:embed": _media(
        "embed", None, {"url": required(_LINK), "width": _SIZE, "height": _SIZE}, param="*"
    ),
    "media:param": _media("embed", ANY, {"name": required(ANY)}),
    "media:responses": _media("responses", response="*"),
    "media:response": _media("responses", ANY),
    "media:backLinks": _media("backlinks", backLink="*"),
    "media:backLink": _media("backlinks", ANY),
    "media:status": _media(
        "status", ANY, {"state": required(choice("active", "blocked", "deleted")), "reason": ANY}
    ),
    "media:price": _media(
        "price",
        ANY,
        {
            "type": choice("rent", "purchase", "package", "subscription"),
            "info": ANY,
            "price": decimal(0),
            "currency": pattern("[A-Z]{3}", "a currency of ISO 4217"),
        },
    ),
    "media:license": _media("license", PLAIN, {"type": MEDIA_TYPE, "href": _LINK}),
    "media:subTitle": _media(
        "subtitle", ANY, {"type": required(MEDIA_TYPE), "lang": required(LANGUAGE), "href": required(_LINK)}
    ),
    "media:peerLink": _media("peerlink", ANY, {"type": required(MEDIA_TYPE), "href": required(IRI)}),
    "media:location": _media(
        "location", Value(Kind.MARKUP, "a place"), {"description": PLAIN, "start": NPT, "end": NPT}
    ),
    "media:rights": _media("rights", ANY, {"status": required(choice("userCreated", "official"))}),
    "media:scenes": _media("scenes", scene="*"),
    "media:scene": Element(
        f"{SPEC}#media-scenes",
        children={"sceneTitle": "?", "sceneDescription": "?", "sceneStartTime": "?", "sceneEndTime": "?"},
    ),
    "sceneTitle": Element(f"{SPEC}#media-scenes", text=PLAIN),
    "sceneDescription": Element(f"{SPEC}#media-scenes", text=HTML),
    "sceneStartTime": Element(f"{SPEC}#media-scenes", text=NPT),
    "sceneEndTime": Element(f"{SPEC}#media-scenes", text=NPT),
}

# The two-letter codes of ISO 3166-1.
COUNTRIES: Final = words(
    """
    ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt bv bw by bz
    ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es et fi fj fk fm fo
    fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je
    jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo
    mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw
    py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv sx sy sz tc td tf tg th tj tk tl tm
    tn to tr tt tv tw tz ua ug um us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
    """,
)

# Roles of the scheme urn:ebu, the default (EBU Tech, role codes), and those that the specification of Media RSS adds.
ROLES: Final = words(
    """
    actor| adaptor| anchor person| animal trainer| animator| announcer| armourer| art director| artist|
    artist/performer| assistant camera| assistant chief lighting technician| assistant director|
    assistant producer| assistant visual editor| author| broadcast assistant| broadcast journalist|
    camera operator| carpenter| casting| causeur| choreographer| clapper loader| commentary or commentator|
    commentator| commissioning broadcaster| composer| computer programmer| conductor| consultant|
    continuity checker| correspondent| costume designer| dancer| dialogue coach| director|
    director of photography| distribution company| draughtsman| dresser| dubber| editor|
    editor/producer (news)| editor-in-chief| editor-of-the-day| ensemble| executive producer| expert|
    fight director| floor manager| focus puller| foley artist| foley editor| foley mixer| graphic assistant|
    graphic designer| greensman| grip| hairdresser| illustrator| interviewed guest| interviewer|
    key character| key grip| key talents| leadman| librettist| lighting director| lighting technician|
    location manager| lyricist| make up artist| manufacturer| matte artist| music arranger| music group|
    musician| news reader| orchestra| participant| performer| photographer| post| producer|
    production assistant| production company| production department| production manager|
    production secretary| programme production researcher| property manager| publishing company| puppeteer|
    pyrotechnician| reporter| rigger| runner| scenario| scenic operative| script supervisor|
    second assistant camera| second assistant director| second unit director| set designer| set dresser|
    sign language| singer| sound designer| sound mixer| sound recordist| special effects| stunts| subtitles|
    technical director| term| translation| transportation manager| treatment/programme proposal|
    vision mixer| visual editor| visual effects| vocalist| wardrobe| witness
    """,
    "|",
)
