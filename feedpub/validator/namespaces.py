"""The known namespaces, each with the prefix that its own documentation uses.

The rest of the package names an element with that prefix (``media:content``), whatever prefix the feed uses. An element
without a namespace has its bare name, and one in an unknown namespace is ``{uri}name``.
"""

from __future__ import annotations

from typing import Final

ATOM: Final = "http://www.w3.org/2005/Atom"
XHTML: Final = "http://www.w3.org/1999/xhtml"
SVG: Final = "http://www.w3.org/2000/svg"
XML: Final = "http://www.w3.org/XML/1998/namespace"

KNOWN: Final[dict[str, str]] = {
    ATOM: "atom",
    XHTML: "xhtml",
    XML: "xml",
    SVG: "svg",
    "http://www.w3.org/1998/Math/MathML": "mathml",
    "http://www.w3.org/1999/xlink": "xlink",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs",
    "http://www.w3.org/2007/app": "app",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/slash/": "slash",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://purl.org/syndication/thread/1.0": "thr",
    "http://purl.org/syndication/history/1.0": "fh",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "https://podcastindex.org/namespace/1.0": "podcast",
    # Its first name, which its specification says to treat as the same.
    "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
    "http://www.google.com/schemas/play-podcasts/1.0": "googleplay",
    "http://www.georss.org/georss": "georss",
    "http://www.opengis.net/gml": "gml",
    "http://www.w3.org/2003/01/geo/wgs84_pos#": "geo",
    "http://geourl.org/rss/module/": "geourl",
    "http://postneo.com/icbm": "icbm",
    "http://wellformedweb.org/CommentAPI/": "wfw",
    "http://backend.userland.com/creativeCommonsRssModule": "creativeCommons",
    "http://cyber.law.harvard.edu/rss/creativeCommonsRssModule.html": "creativeCommons",
    "http://web.resource.org/cc/": "cc",
    "http://creativecommons.org/ns#": "cc",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://madskills.com/public/xml/rss/module/trackback/": "trackback",
    "http://backend.userland.com/blogChannelModule": "blogChannel",
    "http://webns.net/mvcb/": "admin",
    "http://my.theinfo.org/changed/1.0/rss/": "cp",
    "http://purl.org/rss/1.0/modules/link/": "l",
    "http://purl.org/rss/1.0/modules/company": "company",
    "http://purl.org/rss/1.0/modules/reference/": "ref",
    "http://a9.com/-/spec/opensearch/1.1/": "opensearch",
    "http://a9.com/-/spec/opensearchrss/1.0/": "openSearch",
    "http://schemas.pocketsoap.com/rss/myDescModule/": "myDesc",
    "http://purl.org/atompub/tombstones/1.0": "at",
    "http://schemas.google.com/g/2005": "gd",
    "http://www.youtube.com/xml/schemas/2015": "yt",
    "http://activitystrea.ms/spec/1.0/": "activity",
    "http://ostatus.org/schema/1.0": "ostatus",
    "http://purl.org/rss/1.0/": "rss10",
    "http://purl.org/rss/1.0/modules/event/": "ev",
    "http://www.purl.org/NET/ENT/1.0/": "ent",
    "http://webfeeds.org/rss/1.0": "webfeeds",
    "com-wordpress:feed-additions:1": "wordpress",
    "http://podlove.org/simple-chapters": "psc",
    "http://www.rawvoice.com/rawvoiceRssModule/": "rawvoice",
    "https://anchor.fm/xmlns": "anchor",
    "http://www.discourse.org/": "discourse",
    "http://arxiv.org/schemas/atom": "arxiv",
    "http://purl.org/atompub/rank/1.0": "re",
    "http://xmlns.com/foaf/0.1/": "foaf",
    "http://backend.userland.com/rss2": "rss2",
    "http://blogs.law.harvard.edu/tech/rss": "rss2",
}
