"""Records as known programs write them → the names that :mod:`feedpub.sources.field_names` knows.

Most programs use the usual names. Those in this module write something in another shape: a body in sections, an
address in an object, tags in two lists, or a field that the program guesses. A field that the config declares
is not changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape, unescape
from typing import Any

from feedpub.sources.field_names import name_map
from feedpub.sources.readers import _contentful, _ghost
from feedpub.sources.readers._contentful import NO_TEXT
from feedpub.sources.readers._linked_data import is_article, text_of_node
from feedpub.sources.readers._wordpress_text import NO_TIME, body_of
from feedpub.sources.spec import SourceSpec
from feedpub.text.safe_html import plain_text

Values = Mapping[str, Any]
SITE = "\0site"
"""The name that :func:`as_named` gives to the site that an article was taken from."""


def as_named(values: Values, spec: SourceSpec) -> Values:
    """Return a record with known names; one from an unknown program stays unchanged."""
    declared = {source.partition(".")[0] for _, source in spec.fields}
    if _contentful.is_entry(values) and "fields" in declared:
        return values
    values = values if _contentful.is_entry(values) else _opened(values, spec)
    for _, is_of, rename in _PROGRAMS:
        if is_of(values):
            renamed = rename(values, spec.link_base)
            if NO_TEXT in renamed.values() and any(field == "body" for field, _ in spec.fields):
                return values
            return {**renamed, **{name: value for name, value in values.items() if name in declared}}
    return values


def program_of(values: Values) -> str:
    """Return the name of the program that wrote a record; empty if unknown."""
    values = values if _contentful.is_entry(values) else _opened(values, None)
    return next((name for name, is_of, _ in _PROGRAMS if is_of(values)), "")


# How programs call the object with all fields of a record: Strapi, search engines, GraphQL, tables.
_ENVELOPES = ("attributes", "_source", "node", "fields")


def _opened(values: Values, spec: SourceSpec | None) -> Values:
    """Return a record with the content of its envelope, if that has its title and text.

    Fields outside take precedence, such as an id. If the config names a field in the envelope, it stays closed.
    """
    declared = spec.fields if spec else ()
    if any(field in ("title", "body") for field in name_map(tuple(values), declared)):
        return values
    envelopes = (values.get(name) for name in _ENVELOPES)
    inner = next((found for found in envelopes if isinstance(found, Mapping)), None)
    if inner is None or not {"title", "body"} & {*name_map(tuple(map(str, inner)), ())}:
        return values
    return {**{str(name): value for name, value in inner.items()}, **values}


def keeps_secrets(values: Values) -> bool:
    """Say whether a record's program writes secrets into it, so that no reject may repeat it."""
    return _ghost.is_post(values)


def _is_wordpress(values: Values) -> bool:
    return "date_gmt" in values and _rendered(values.get("title")) is not None


def _of_wordpress(values: Values, _: str) -> Values:
    """Return a post of WordPress' REST API (``/wp-json/wp/v2/posts``); the numbers of authors and terms are ignored."""
    said = {name: text for name, value in values.items() if (text := _rendered(value)) is not None}
    embedded = values.get("_embedded")
    embedded = embedded if isinstance(embedded, Mapping) else {}
    terms = [term for terms in _lists(embedded.get("wp:term")) for term in _mappings(terms)]
    times = {name: f"{values[f'{name}_gmt']}Z" for name in ("date", "modified") if values.get(f"{name}_gmt")}
    media = _mappings(embedded.get("wp:featuredmedia"))
    others = {
        name: value for name, value in values.items() if name not in ("guid", "date_gmt", "modified_gmt")
    }
    return {
        **others,
        **times,
        "title": plain_text(said["title"]),
        "content_html": said.get("content"),
        "content": None,
        "excerpt": plain_text(said.get("excerpt", "")),
        "author": [author.get("name") for author in _mappings(embedded.get("author")) if author.get("name")],
        "categories": [unescape(str(term["name"])) for term in terms if term.get("name")],
        "tags": None,
        "image": media[0].get("source_url") if media else values.get("jetpack_featured_media_url"),
    }


def _is_table_of_wordpress(values: Values) -> bool:
    return "post_content" in values and "post_title" in values and "post_status" in values


def _of_table_of_wordpress(values: Values, _: str) -> Values:
    """Return a row of WordPress' table of posts, exported from a database."""
    times: dict[str, Any] = {}
    for name, column in (("date", "post_date"), ("modified", "post_modified")):
        gmt = str(values.get(f"{column}_gmt") or NO_TIME)
        times[name] = values.get(column) if gmt.startswith(NO_TIME) else f"{gmt}Z"
    return {
        **times,
        "id": values.get("guid") or values.get("ID"),
        "title": plain_text(str(values["post_title"] or "")),
        "content_html": body_of(str(values["post_content"] or ""))[0],
        "excerpt": plain_text(str(values.get("post_excerpt") or "")),
        "post_status": values["post_status"],
        "post_type": values.get("post_type"),
        "post_password": values.get("post_password"),
        "slug": values.get("post_name"),
    }


def _rendered(value: Any) -> str | None:
    text = value.get("rendered") if isinstance(value, Mapping) else None
    return text if isinstance(text, str) else None


def _lists(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mappings(value: Any) -> list[Values]:
    return [each for each in _lists(value) if isinstance(each, Mapping)]


def _is_fundus(values: Values) -> bool:
    body = values.get("body")
    return isinstance(body, Mapping) and "sections" in body


def _of_fundus(values: Values, _: str) -> Values:
    body = values["body"]
    parts = [f"<p>{escape(text)}</p>" for text in _texts(body.get("summary"))]
    sections = body["sections"] if isinstance(body["sections"], list) else []
    for section in sections:
        if isinstance(section, Mapping):
            parts += [f"<h2>{escape(text)}</h2>" for text in _texts(section.get("headline"))]
            parts += [f"<p>{escape(text)}</p>" for text in _texts(section.get("paragraphs"))]
    others = {name: value for name, value in values.items() if name not in ("body", "images")}
    return {**others, "content_html": "".join(parts), "image": _widest(values.get("images"))}


def _texts(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [text for each in listed if isinstance(each, str) and (text := each.strip())]


def _widest(images: Any) -> str | None:
    """Return the address of the cover's widest version, else of the first image's."""
    listed = [image for image in images if isinstance(image, Mapping)] if isinstance(images, list) else []
    listed.sort(key=lambda image: not image.get("is_cover"))
    for image in listed:
        versions = image.get("versions")
        found = [
            (_width(each), str(each["url"]))
            for each in (versions if isinstance(versions, list) else [])
            if isinstance(each, Mapping) and each.get("url")
        ]
        if found:
            return max(found, key=lambda each: each[0])[1]
    return None


def _width(version: Values) -> int:
    size = version.get("size")
    width = size.get("width") if isinstance(size, Mapping) else None
    return width if isinstance(width, int) else 0


def _is_newspaper(values: Values) -> bool:
    return "meta_keywords" in values and "top_image" in values


def _of_newspaper(values: Values, _: str) -> Values:
    # Its keywords are guesses; those of the page have another name.
    others = {name: value for name, value in values.items() if name != "keywords"}
    tags = [*_listed(values.get("tags")), *_listed(values["meta_keywords"])]
    return {**others, "tags": tags, SITE: values.get("meta_site_name")}


def _is_news_please(values: Values) -> bool:
    return "maintext" in values and "date_publish" in values


def _of_news_please(values: Values, _: str) -> Values:
    filled = {name: None if value == "None" else value for name, value in values.items()}
    return {**filled, SITE: filled.get("source_domain")}


def _is_trafilatura(values: Values) -> bool:
    return "source-hostname" in values and "fingerprint" in values


def _of_trafilatura(values: Values, _: str) -> Values:
    tags = [*_listed(values.get("categories")), *_listed(values.get("tags"))]
    others = {name: value for name, value in values.items() if name not in ("source", "comments", "raw_text")}
    site = values.get("source-hostname") or values.get("hostname")
    return {**others, "categories": tags, "url": values.get("url") or values.get("source"), SITE: site}


def _listed(value: Any) -> list[str]:
    return _texts(value.replace(",", ";").split(";") if isinstance(value, str) else value)


def _of_linked_data(values: Values, _: str) -> Values:
    page = values.get("mainEntityOfPage")
    address = page.get("@id") if isinstance(page, Mapping) else page
    image = values.get("image")
    image = image[0] if isinstance(image, list) and image else image
    texts = {
        name: text_of_node(values[name])
        for name in ("headline", "description", "inLanguage")
        if name in values
    }
    return {
        **values,
        **texts,
        "id": values.get("identifier") if isinstance(values.get("identifier"), str) else values.get("@id"),
        "url": values.get("url") or address,
        "image": image.get("url") if isinstance(image, Mapping) else image,
        "categories": [*_listed(values.get("articleSection")), *_listed(values.get("keywords"))],
    }


def _is_of_the_times(values: Values) -> bool:
    headline = values.get("headline")
    return isinstance(headline, Mapping) and "main" in headline and "web_url" in values


def _of_the_times(values: Values, _: str) -> Values:
    """Return an article from the archive or search of The New York Times, which do not give full texts."""
    byline = values.get("byline")
    original = byline.get("original") if isinstance(byline, Mapping) else byline
    keywords = [str(each["value"]) for each in _mappings(values.get("keywords")) if each.get("value")]
    return {
        **values,
        "headline": values["headline"].get("main"),
        "body": values.get("lead_paragraph") or values.get("snippet"),
        "byline": str(original or "").removeprefix("By "),
        "tags": [*_listed(values.get("section_name")), *keywords],
        "section": None,
        "section_name": None,
        "keywords": None,
        "multimedia": None,
    }


def _is_drupal(values: Values) -> bool:
    return "drupal_internal__nid" in values


def _of_drupal(values: Values, link_base: str) -> Values:
    """Return a node of Drupal's JSON:API."""
    body = values.get("body")
    body = body if isinstance(body, Mapping) else {}
    path = values.get("path")
    alias = path.get("alias") if isinstance(path, Mapping) else None
    return {
        **{name: value for name, value in values.items() if name not in ("body", "path", "id", "type")},
        "id": values.get("id"),
        "content_html": body.get("processed") or body.get("value"),
        "summary": plain_text(str(body.get("summary") or "")),
        "updated": values.get("changed"),
        "language": values.get("langcode"),
        "url": f"{link_base.rstrip('/')}{alias}" if link_base and alias else None,
    }


def _is_joomla(values: Values) -> bool:
    return "introtext" in values and "state" in values


_STATES = {"1": "published", "0": "unpublished", "2": "archived", "-2": "trashed"}


def _of_joomla(values: Values, _: str) -> Values:
    """Return a row of Joomla's table of articles, whose text is in two parts."""
    parts = [str(part) for name in ("introtext", "fulltext") if (part := values.get(name))]
    state = str(values["state"]).strip()
    unset = {
        name: None for name in ("publish_up", "publish_down") if str(values.get(name)).startswith("0000")
    }
    when = unset.get("publish_up", values.get("publish_up")) or values.get("created")
    others = {
        name: value
        for name, value in values.items()
        if name not in ("introtext", "fulltext", "state", "created")
    }
    return {
        **others,
        **unset,
        "content_html": "\n".join(parts),
        "date": when,
        "status": _STATES.get(state, state),
        "author": values.get("created_by_alias"),
    }


def _is_sanity(values: Values) -> bool:
    return "_type" in values and "_id" in values and "_createdAt" in values


def _of_sanity(values: Values, _: str) -> Values:
    """Return a document of Sanity; one without a text is not an article, and its id shows whether it is a draft."""
    names = name_map(tuple(values), ())
    if "body" not in names or not values[names["body"]]:
        return {"post_type": NO_TEXT}
    status = {"status": "draft"} if str(values["_id"]).startswith("drafts.") else {}
    slug = values.get("slug")
    current = {"slug": slug.get("current")} if isinstance(slug, Mapping) else {}
    return {**values, **current, **status, "id": values["_id"]}


_PROGRAMS: tuple[tuple[str, Callable[[Values], bool], Callable[[Values, str], Values]], ...] = (
    ("Ghost", _ghost.is_post, _ghost.as_named),
    ("Contentful", _contentful.is_entry, _contentful.as_named),
    ("WordPress", _is_wordpress, _of_wordpress),
    ("WordPress", _is_table_of_wordpress, _of_table_of_wordpress),
    ("Drupal", _is_drupal, _of_drupal),
    ("Joomla", _is_joomla, _of_joomla),
    ("Sanity", _is_sanity, _of_sanity),
    ("fundus", _is_fundus, _of_fundus),
    ("newspaper", _is_newspaper, _of_newspaper),
    ("news-please", _is_news_please, _of_news_please),
    ("trafilatura", _is_trafilatura, _of_trafilatura),
    ("The New York Times", _is_of_the_times, _of_the_times),
    ("schema.org", is_article, _of_linked_data),
)
