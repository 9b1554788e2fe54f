"""Rules that are valid but probably not meant give a warning with their place; others do not."""

import pytest

from feedpub.core.yaml_node import read_yaml
from feedpub.rules import compile_rules

CONTROL = (
    "this regular expression contains the control character U+{}, which YAML makes from a backslash (such as \\b) in"
    " double quotes; write it in single quotes"
)
CASES = [
    (
        "a star on two letters",
        "a: {any: ['ab*']}",
        ["ab* matches very many words; write more letters or no *"],
    ),
    ("a star on three letters", "a: {any: ['abc*']}", []),
    (
        "an idle term",
        "a: {any: [cuts, 'cut*']}",
        ["cuts adds nothing to cut*, which is found wherever it is"],
    ),
    (
        "a word in a phrase",
        "a: {any: [oil, oil price]}",
        ["oil price adds nothing to oil, which is found wherever it is"],
    ),
    ("a word inside another", "a: {any: [cut, uncut]}", []),
    (
        "an exact one beside a plain one",
        "a: {any: [=IT, it]}",
        ["=IT adds nothing to it, which is found wherever it is"],
    ),
    ("a plain one beside an exact one", "a: {any: [=IT, item]}", []),
    ("terms of which two are needed", "a: {any: [cuts, gas], min_hits: 2}", []),
    (
        "spellings of one term alone, of which two are needed, as 0.1.0 took them",
        "a: {any: [oil, Oil], min_hits: 2}",
        [
            "where oil is found, Oil is too, and min_hits counts both; remove one of them",
            "where Oil is found, oil is too, and min_hits counts both; remove one of them",
        ],
    ),
    (
        "terms of which two are needed and one word is both",
        "a: {any: [cuts, 'cut*'], min_hits: 2}",
        ["where cuts is found, cut* is too, and min_hits counts both; remove one of them"],
    ),
    (
        "two spellings of one of the terms of which two are needed",
        "a: {any: [oil, Oil, gas], min_hits: 2}",
        ["Oil adds nothing to oil, which is found wherever it is"],
    ),
    (
        "an idle term in a group",
        "a: {all: [price, {any: [cuts, 'cut*']}]}",
        ["cuts adds nothing to cut*, which is found wherever it is"],
    ),
    (
        "an idle term in a group among others of which two are needed",
        "a: {any: [oil, gas, {all: [price, {any: [cuts, 'cut*']}]}], min_hits: 2}",
        ["cuts adds nothing to cut*, which is found wherever it is"],
    ),
    (
        "a wide term where a narrow one is asked for as well",
        "a: {all: [oil, oil price]}",
        ["oil adds nothing to oil price, which is not found without it"],
    ),
    (
        "a word and a phrase in different groups",
        "a: {all: [{any: [oil, gas]}, {any: [oil price, gas price]}]}",
        [],
    ),
    (
        "an idle term in what a group refuses",
        "a: {any: [oil, {all: [gas], none: [cuts, 'cut*']}]}",
        ["cuts adds nothing to cut*, which is found wherever it is"],
    ),
    (
        "a term that is idle in one rule and not in the other",
        "a: {any: [cuts, 'cut*']}\nb: {any: [cuts]}",
        [],
    ),
    (
        "a refused term",
        "a: {any: [oil, gas], none: [oil]}",
        ["oil is both wanted and refused by a; refusal wins; remove one of them"],
    ),
    (
        "a term refused by a wider one",
        "a: {any: [oil price, gas], none: [oil]}",
        ["oil price can never add an article: oil refuses it; remove one of them"],
    ),
    ("a refusal in another field", "a: {any: [oil], none: [{title: oil}]}", []),
    (
        "a path under a host",
        "a: {any: [{link: [example.org, blog.example.org/x]}]}",
        ["blog.example.org/x adds nothing to example.org, which is found wherever it is"],
    ),
    (
        "a link that is refused",
        "a: {any: [{link: example.org/a/b}], none: [{link: /a}]}",
        ["example.org/a/b can never add an article: /a refuses it; remove one of them"],
    ),
    (
        "a region of a language",
        "a: {any: [{language: [pt, pt-BR]}]}",
        ["pt-br adds nothing to pt, which is found wherever it is"],
    ),
    ("a host and a path", "a: {any: [{link: [example.org/a, example.com, /b]}]}", []),
    (
        "the syntax of other tools",
        "a: {any: ['source:AP']}",
        ["source:AP only matches literally; a term for one field is written {source: term}"],
    ),
    (
        "a term of one field under a refusal of all",
        "a: {any: [{title: oil}], none: [oil]}",
        ["oil can never add an article: oil refuses it; remove one of them"],
    ),
    (
        "an ASCII boundary",
        r"a: {any: ['re:\boil']}",
        [r"RE2's \b and \w know ASCII letters only; \pL is a letter of any script"],
    ),
    ("a plain expression", "a: {any: ['re:oil']}", []),
    *(
        (
            f"what YAML makes of {escape} in double quotes",
            f'a: {{any: ["re:{escape}oil"]}}',
            [CONTROL.format(code)],
        )
        for escape, code in (
            (r"\b", "0008"),
            (r"\e", "001B"),
            (r"\0", "0000"),
            (r"\N", "0085"),
            (r"\PL", "2029"),
        )
    ),
    ("white space that YAML makes of a backslash", r'a: {any: ["re:oil\tgas\n"]}', []),
    *(
        (
            f"a blank that no regular expression sees, {sign}",
            f"a: {{any: ['re:oil{sign}gas']}}",
            [r"a regular expression sees all blanks as plain ones; write \s or a plain blank"],
        )
        for sign in (r"\xa0", r"\x{A0}", r"\x{202f}", r"\x{03000}")
    ),
    ("a sign that is no blank", r"a: {any: ['re:oil\x{a01}']}", []),
    *(
        (
            f"another tool's {text}",
            f"a: {{any: ['{text}']}}",
            [f"{text} only matches literally; {remedy}"],
        )
        for text, remedy in (
            ("oil OR gas", "for either of two terms, write a list under any"),
            ("oil | gas", "for either of two terms, write a list under any"),
            ("oil|gas", "for either of two terms, write a list under any"),
            ("oil AND gas", "terms that must all be found go in a list under all"),
            ("oil && gas", "terms that must all be found go in a list under all"),
            ("oil NOT painting", "terms that must not be found go in a list under none"),
            ("-podcast", "terms that must not be found go in a list under none"),
            ("!podcast", "terms that must not be found go in a list under none"),
            ("+oil", "terms that must all be found go in a list under all"),
            ("/oil/i", "a regular expression begins with re: and has no slashes around it"),
            ("/oil prices?/", "a regular expression begins with re: and has no slashes around it"),
            ("title:oil", "a term for one field is written {title: term}"),
            ("intitle:oil", "a term for one field is written {title: term}"),
            (r"\boil\b", "a regular expression begins with re:"),
            ("^oil", "a regular expression begins with re:"),
            ("(?i)oil", "a regular expression begins with re:"),
        )
    ),
    (
        "a list in one text",
        "a: {any: ['oil, gas']}",
        ["oil, gas is one term with a comma in it; for several, write [oil, gas]"],
    ),
    (
        "a list of three in one text",
        "a: {any: ['Oil;Gas; Coal']}",
        ["Oil;Gas; Coal is one term with a comma in it; for several, write [Oil, Gas, Coal]"],
    ),
    *(
        (f"a name with signs, {text}", f"a: {{any: ['{text}']}}", [])
        for text in (
            *(
                "Washington, D.C.",
                "1,000",
                "kingdom: come",
                "C++",
                ".NET",
                "AT&T",
                "either or",
                "PARIS or Rome",
                "-5",
            ),
            *(
                "+1",
                "9/11",
                "=oil OR gas",
                "Either/Or",
                "TITLE: oil",
                "#metoo",
                "co-operate",
                "Order Order",
                "A/B/C",
            ),
        )
    ),
    (
        "two spellings of one term",
        "a: {any: [café, cafe]}",
        ["cafe adds nothing to café, which is found wherever it is"],
    ),
    ("other accents", "a: {any: [{all: [café], accents: false}, cafe]}", []),
]


@pytest.mark.parametrize(("feeds", "messages"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_rule_is_warned_of_when_it_hardly_means_what_it_says(feeds, messages):
    rules = compile_rules(read_yaml(feeds.encode(), "c.yaml").mapping(), None, None)
    assert [warned.message for warned in rules.lint()] == messages


def test_a_list_that_nothing_uses_is_warned_of_with_its_place():
    lists = read_yaml(b"used: [oil]\ninner: [gas]\nouter: [{list: inner}]", "c.yaml")
    feeds = read_yaml(b"a: {any: [{list: used}]}", "c.yaml").mapping()
    assert [str(warned) for warned in compile_rules(feeds, lists, None).lint()] == [
        "c.yaml:2:1: inner: nothing uses the list inner",
        "c.yaml:3:1: outer: nothing uses the list outer",
    ]
