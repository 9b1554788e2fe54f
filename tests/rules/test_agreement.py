"""The compiled matcher, the explanation and a simple matcher, written only to be clear, agree."""

import json
import re
import unicodedata
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.articles.article import Article, Origin
from feedpub.core.yaml_node import read_yaml
from feedpub.rules import compile_rules
from feedpub.rules.fields import FIELDS, WORD_FIELDS
from feedpub.rules.rule import Hand

APOSTROPHES, QUOTES, DASHES = "‘’´ʼ׳", "“”„«»״", "‐‑–—−"
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
SIGNS = f"™{SUPERSCRIPTS}½"
KEYBOARDS = {"ی": "ي", "ک": "ك"}
STROKES = {
    "Ł": "L",
    "ł": "l",
    "Ø": "O",
    "ø": "o",
    "Đ": "D",
    "đ": "d",
    "ß": "ss",
    "æ": "ae",
    "Æ": "AE",
    "ı": "i",
    "ى": "ي",
    "ة": "ه",
    "ٱ": "ا",
}
UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


def is_accent(char):
    name = unicodedata.name(char, "")
    return (
        unicodedata.category(char) == "Mn" and name.startswith(("COMBINING", "HEBREW", "ARABIC"))
    ) and "KATAKANA" not in name


def letters(text, *, accents, case):
    """Return the characters that count, one by one: a flag is one, white space a space, a blank line a line end."""
    text = re.sub(r"\n[ \t]*(?=\n)|\u2029", lambda match: "\r" * len(match[0]), text)
    text = re.sub(r"(?<=[用写東京都がか\u3099ガｶﾞ])[ \t]*\n[ \t]*(?=[用写東京都がかガｶ])", "", text)
    for char in APOSTROPHES:
        text = text.replace(char, "'")
    for char in QUOTES:
        text = text.replace(char, '"')
    for char in DASHES:
        text = text.replace(char, "-")
    text = text.replace("İ", "I").replace("ـ", "").replace("٫", ".").replace("٬", ",")
    text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    text = plain_digits_of_formulas(unicodedata.normalize("NFC", text))
    # A trademark sign is not a pair of letters, and a footnote is not part of a word.
    text = "".join(char if char in SIGNS else unicodedata.normalize("NFKC", char) for char in text)
    text = unicodedata.normalize("NFC", text)
    text = "".join(KEYBOARDS.get(char, char) for char in text)
    text = "".join(str(unicodedata.digit(char)) if char.isdecimal() else char for char in text)
    if not accents:
        text = "".join(bare(char) for char in text)
    if not case:
        text = text.casefold()
    seen = re.findall("[\U0001f1e6-\U0001f1ff]{2}|.", unicodedata.normalize("NFC", text), re.DOTALL)
    return ["\n" if char == "\r" else " " if char.isspace() else char for char in seen]


def plain_digits_of_formulas(text):
    """Replace raised digits after a word of one or two letters by plain ones."""
    made = list(text)
    for place, char in enumerate(text):
        if char in SUPERSCRIPTS:
            before = text[:place].rstrip(SUPERSCRIPTS)
            word = re.search(r"(?:[^\W\d_⁰¹²³⁴-⁹½][\u0300-\u036f]?)*$", before)[0]
            if 1 <= len(re.sub("[\u0300-\u036f]", "", word)) <= 2:
                made[place] = str(unicodedata.digit(char))
    return "".join(made)


def bare(char):
    if char in "йЙўЎ":
        return char
    parts = [part for part in unicodedata.normalize("NFD", char) if not is_accent(part)]
    return "".join(STROKES.get(part, part) for part in parts)


def kind(char):
    """Return ``unspaced``, ``korean``, ``word`` or ``symbol``."""
    name = unicodedata.name(char[0], "")
    if unicodedata.category(char[0])[0] not in "LNM" or char in SIGNS:
        return "symbol"
    if name.startswith(UNSPACED):
        return "unspaced"
    return "korean" if name.startswith("HANGUL") else "word"


def repeatable(char):
    """Tell whether a character means the same if it is repeated: an emoji, or the end of a sentence."""
    return unicodedata.category(char[0]) == "So" or char in SIGNS


def may_begin(char, before):
    if kind(char) == "symbol":
        return before[-1:] != [char] or repeatable(char)
    if char in "0123456789" and re.search(r"\d[.,]$", "".join(before)):
        return re.search(r"\d\.\d\d?\.$", "".join(before)) is not None
    return kind(char) == "unspaced" or kind(before[-1]) not in {"word", "korean"}


def may_end(char, after):
    if kind(char) == "symbol":
        return after[:1] != [char] or repeatable(char) or char in ".!?"
    if char in "0123456789" and re.match(r"[.,]\d", "".join(after)):
        return re.match(r"\.\d\d?\.\d", "".join(after)) is not None
    return kind(char) in {"unspaced", "korean"} or kind(after[0]) != "word"


def occurs(term, text, *, accents=False):
    exact = term.startswith("=")
    term = term.removeprefix("=")
    open_left, open_right = term.startswith("*"), term.endswith("*")
    wanted = letters(term.strip("*"), accents=accents, case=exact)
    hay = ["\n", *letters(text, accents=accents, case=exact), "\n"]
    return any(
        (open_left or may_begin(wanted[0], hay[:start])) and (open_right or may_end(wanted[-1], hay[end:]))
        for start in range(1, len(hay))
        for end in ends(hay, start, wanted)
    )


def ends(hay, place, wanted):
    """Return where a match that begins at a place ends; a space in a term matches any run of spaces."""
    for char in wanted:
        if hay[place] != char or place == len(hay) - 1:
            return
        place += 1
        while char == " " and hay[place] == " ":
            place += 1
    yield place


def leads_to(term, link):
    """Tell whether a link has the host and the path of a term."""
    seen, wanted = urlsplit(link), urlsplit(term if "//" in term or term[0] == "/" else f"https://{term}")
    path, parts = (
        [unquote(part).casefold() for part in url.path.split("/") if part] for url in (seen, wanted)
    )
    if not wanted.netloc:
        return any(path[start : start + len(parts)] == parts for start in range(len(path)))
    host = wanted.hostname.removeprefix("www.").strip(".")
    return f".{seen.hostname}".endswith(f".{host}") and path[: len(parts)] == parts


def speaks(term, tag):
    """Tell whether a language tag has the subtags of a term, and perhaps more."""
    wanted = term.casefold().split("-")
    return tag.casefold().split("-")[: len(wanted)] == wanted


OF_VALUES = {"link": leads_to, "language": speaks}


def found_in(term, field, text, options):
    if field in OF_VALUES:
        return OF_VALUES[field](term, text)
    return occurs(term, text, accents=options["accents"])


def holds(rule, article, options):
    """Tell whether an article fulfils a group, whatever feed the group is in."""
    if isinstance(rule, str):
        fields = options["fields"]
        return any(found_in(rule, field, text, options) for field in fields for text in article[field])
    if len(rule) == 1 and next(iter(rule)) in article:
        [(field, below)] = rule.items()
        return holds(below, article, options | {"fields": [field]})
    parts = []
    if "any" in rule:
        different = {same(term, options["accents"]) for term in rule["any"]}
        held = {same(term, options["accents"]) for term in rule["any"] if holds(term, article, options)}
        assert rule.get("min_hits", 1) <= len(different)
        parts.append(len(held) >= rule.get("min_hits", 1))
    parts += [holds(term, article, options) for term in rule.get("all", [])]
    parts += [not holds(term, article, options) for term in rule.get("none", [])]
    return all(parts)


def same(term, accents):
    """Return what equal terms have in common: another spelling is not another term."""
    if not isinstance(term, str):
        return json.dumps(term)
    exact = term.startswith("=")
    return exact, tuple(letters(term.removeprefix("="), accents=accents, case=exact))


def routed(config, article, added=(), dropped=()):
    options = {"fields": ["title", "body"], "accents": False}
    vetoed = [
        any(holds(term, article, options) for term in config["matching"])
        or any(holds(term, article, of(feed, options)) for term in feed.get("none", []))
        for feed in config["feeds"].values()
    ]
    asks = [bool({"any", "all"} & feed.keys()) for feed in config["feeds"].values()]
    held = [
        not veto and ask and holds({k: v for k, v in feed.items() if k in GROUP}, article, of(feed, options))
        for feed, veto, ask in zip(config["feeds"].values(), vetoed, asks, strict=True)
    ]
    taken = {}
    for (slug, feed), veto, ask, held_ in zip(config["feeds"].items(), vetoed, asks, held, strict=True):
        if ask:
            taken[slug] = held_
        elif feed.get("fallback"):
            by_rule = [
                slug for slug, asks, held_ in zip(config["feeds"], asks, held, strict=True) if asks and held_
            ]
            by_hand = [
                slug for slug, asks in zip(config["feeds"], asks, strict=True) if asks and slug in added
            ]
            taken[slug] = not veto and not {*by_rule, *by_hand} - {*dropped}
        elif "include" in feed:
            taken[slug] = not veto and any(taken[other] for other in feed["include"])
        else:
            taken[slug] = not veto
        if ask and "include" in feed:
            taken[slug] |= not veto and any(taken[other] for other in feed["include"])
        if any(taken[other] for other in feed.get("exclude", [])):
            taken[slug] = False
        if slug in added or slug in dropped:
            taken[slug] = slug in added
    return [slug for slug, took in taken.items() if took]


def of(feed, options):
    return options | {"accents": not feed.get("accents", True)}


GROUP = ("any", "all", "none", "min_hits")
WORDS = [
    *(
        "AI",
        "ai",
        "said",
        "oil",
        "Oil",
        "oils",
        "gas",
        "natural",
        "cut",
        "cuts",
        "IT",
        "it",
        "US",
        "C++",
        "C+",
        "+",
        "C",
    ),
    *(
        "AT&T",
        ".NET",
        "NET",
        "café",
        "cafe",
        "cafe\u0301",
        "ﬁsh",
        "fish",
        "Łódź",
        "Lodz",
        "straße",
        "strasse",
        "İstanbul",
    ),
    *(
        "istanbul",
        "co-operate",
        "co‑operate",
        "operate",
        "Ukraine",
        "’s",
        "'s",
        "Σίσυφος",
        "σισυφοσ",
        "ΣΙΣΥΦΟΣ",
        "мой",
    ),
    *(
        "мои",
        "МОЙ",
        "ёлка",
        "елка",
        "用",
        "写",
        "東京",
        "東",
        "京都",
        "ไทย",
        "ภาษา",
        "한국",
        "한",
        "은",
        "전자",
        "LG",
        "が",
        "か",
    ),
    *(
        "か\u3099",
        "ｶﾞ",
        "ガ",
        "€",
        "™",
        "Ａｉ",
        "２",
        "2",
        "2²",
        "कि",
        "क",
        "سلام",
        "سَلام",
        "שלום",
        "שָׁלוֹם",
        "_",
        "G20",
        "…",
        "Việt",
    ),
    *("5", "5.5", "1,5", "1.5.2024", "½", "1½", "²", "m²", "oil¹", "10⁶", "٥", "۲", "٥٫٥"),
    *("ג׳ורג", "ג'ורג", "ایران", "ايران", "کتاب", "كتاب", "مكتبة", "مكتبه", "موسى", "موسي", "ٱ", "ا"),
    *("U.S.", "U.S", ".", "...", "!", "Yahoo!", "🔥", "🇺🇸", "🇦🇺", "🇺🇦"),
]
GLUE = [
    " ",
    " ",
    " ",
    "",
    "",
    "-",
    "’",
    "\n",
    "  ",
    "\n\n",
    " \n ",
    "\n \n",
    "\u2029",
    "\u00a0",
    "\u3000",
    ".",
    ", ",
    "\u200b",
    "\u00ad",
    "_",
    "+",
    "€",
]
texts = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(GLUE)), max_size=6).map(
    lambda pairs: "".join(part for pair in pairs for part in pair)
)


@st.composite
def terms(draw):
    text = draw(st.sampled_from(WORDS))
    if draw(st.booleans()):
        text += draw(st.sampled_from([" ", " ", "", "-"])) + draw(st.sampled_from(WORDS))
    sign = draw(st.sampled_from(["", "", "", "="]))
    left, right = draw(st.sampled_from([("", ""), ("", ""), ("", "*"), ("*", "*"), ("*", "")]))
    return f"{sign}{left}{text}{right}"


def lists_of(items):
    return st.lists(items, min_size=1, max_size=3)


@st.composite
def groups(draw, below):
    group = {}
    for key in draw(st.sets(st.sampled_from(["any", "all", "none"]), min_size=1)):
        group[key] = draw(lists_of(below))
    if "any" in group and draw(st.booleans()):
        # If accents count, more terms are different.
        flat = {same(item, accents=False) for item in group["any"] if isinstance(item, str)}
        if flat:
            group["min_hits"] = draw(st.integers(1, min(2, len(flat))))
    return group


links = st.builds(
    "{}://{}{}{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(
        ["example.org", "www.example.org", "blog.Example.org:8080", "example.com", "anexample.org"]
    ),
    st.lists(
        st.sampled_from(
            ["/sport", "/Sport", "/sp%6Frt", "/sports", "/en", "/k%C3%B6ln", "/", "/a%2Fb", "/example.org"]
        ),
        max_size=4,
    ).map("".join),
    st.sampled_from(["", "?sport", "#/en", "?u=//example.com/en"]),
)
tags = st.sampled_from(["en", "en-GB", "EN-gb", "eng", "pt-BR", "zh-Hant-TW", "zh-TW", "zh-hant"])
# No two of these are equal, so that min_hits can count them.
OF_LINKS = [
    "example.org",
    "https://www.example.com/",
    "blog.example.org",
    ".org",
    "EXAMPLE.org/sport/",
    "/sport",
]
OF_LINKS += [
    "example.org/en/Sport",
    "/en/",
    "/köln/",
    "/sport/en",
    "//anexample.org/en",
    "/a",
    "/example.org",
]
TERMS_OF = {
    "link": st.sampled_from(OF_LINKS),
    "language": st.sampled_from(["en", "en-GB", "pt", "zh-Hant", "zh-TW", "eng"]),
}
TEXTS_OF = {"link": links, "language": tags}
# No article has several links or languages.
SINGLE = ["title", "body", *TERMS_OF]
word_fields = st.sampled_from(WORD_FIELDS)
of_values = st.one_of(
    *(
        st.recursive(values, groups, max_leaves=3).map(lambda below, field=field: {field: below})
        for field, values in TERMS_OF.items()
    )
)
conditions = st.recursive(
    terms() | of_values,
    lambda below: groups(below) | st.builds(lambda field, term: {field: term}, word_fields, below),
    max_leaves=4,
)


@st.composite
def values_of_fields(draw):
    """The texts of each field of an article; a source is only a name."""
    found = {}
    for field in FIELDS:
        most = 1 if field in SINGLE or field == "source" else 2
        least = 1 if field in ("title", "body", "source") else 0
        found[field] = draw(st.lists(TEXTS_OF.get(field, texts), min_size=least, max_size=most))
    return found


@st.composite
def configs(draw):
    feeds = {}
    for number in range(draw(st.integers(1, 5))):
        feed = draw(
            st.one_of(groups(conditions), groups(conditions), st.just({}), st.just({"fallback": True}))
        )
        feed = dict(feed)
        if "fallback" not in feed and feeds and draw(st.booleans()):
            feed["include"] = [draw(st.sampled_from(sorted(feeds)))]
        if feeds and draw(st.integers(0, 3)) == 0:
            feed["exclude"] = [draw(st.sampled_from(sorted(feeds)))]
        if draw(st.integers(0, 3)) == 0:
            feed["accents"] = False
        feeds[f"feed-{number}"] = feed
    return {"feeds": feeds, "matching": draw(st.lists(terms(), max_size=1))}


def compiled(config):
    source = {"feeds": config["feeds"]}
    if config["matching"]:
        source["matching"] = {"none": config["matching"]}
    nodes = read_yaml(json.dumps(source, ensure_ascii=False).encode(), "c.yaml").mapping()
    return compile_rules(nodes["feeds"].mapping(), None, nodes.get("matching"))


def article(**fields):
    day = datetime(2024, 1, 1, tzinfo=UTC)
    made = {"title": "", "body": ""}
    for field, found in fields.items():
        for text in found:
            for name, value in FIELDS[field].of_text(text).items():
                made[name] = made[name] + value if isinstance(made.get(name), tuple) else value
    return Article(id="id", published=day, origin=Origin("", 1, 1), **made)


@settings(deadline=None, max_examples=250)
@given(terms(), texts, st.booleans())
def test_a_term_is_found_where_the_plain_matcher_finds_it(term, text, accents):
    rules = compiled({"feeds": {"one": {"any": [term], "accents": not accents}}, "matching": []})
    wanted = (0,) if occurs(term, text, accents=accents) else ()
    given_ = article(title=[text])
    assert rules.route(given_) == wanted
    assert rules.explain(given_).feeds[0].taken == bool(wanted)


@settings(deadline=None, max_examples=250)
@given(st.data(), st.sampled_from(sorted(TERMS_OF)))
def test_a_value_is_found_where_the_plain_matcher_finds_it(data, field):
    term, text = data.draw(TERMS_OF[field]), data.draw(TEXTS_OF[field])
    rules = compiled({"feeds": {"one": {"any": [{field: term}]}}, "matching": []})
    given_ = article(**{field: [text]})
    wanted = OF_VALUES[field](term, text)
    assert bool(rules.route(given_)) == wanted
    explained = rules.explain(given_).feeds[0]
    assert [hit.field for hit in explained.hits[:1]] == [field] * wanted


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(configs(), values_of_fields(), st.tuples(*[st.sampled_from(["", "", "added", "dropped"])] * 5))
def test_rules_of_any_shape_mean_the_same_fast_explained_and_plain(config, fields, decided):
    rules = compiled(config)
    given_ = article(**fields)
    said = dict(zip(config["feeds"], decided, strict=False))
    sets = {does: {slug for slug, done in said.items() if done == does} for does in ("added", "dropped")}
    hand = Hand(**{does: sum(1 << rules.slugs.index(slug) for slug in of) for does, of in sets.items()})
    plain = routed(config, fields, **sets)
    assert [rules.slugs[number] for number in rules.route(given_, hand)] == plain
    explained = rules.explain(given_, hand).feeds
    assert [feed.slug for feed in explained if feed.taken] == plain
    assert {feed.slug: feed.hand or "" for feed in explained} == said
