"""Every machine finds the same media type for a file."""

import pytest

from feedpub.core.media_types import _EXTENSIONS, UNKNOWN, type_by_name, type_of
from feedpub.validator.grammar.tokens import split_media_type


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("https://example.org/a.mp3", "audio/mpeg"),
        ("https://example.org/a.mp3?source=rss#t=1", "audio/mpeg"),
        ("https://example.org/A%20b.M4B", "audio/mp4"),
        ("a.opus", "audio/ogg"),
        ("https://example.org/get?file=a.mp3", None),
        ("https://example.mp3/", None),
        ("https://example.org/mp3", None),
        ("https://example.org/a.php", None),
        ("https://[broken/a.mp3", None),
    ],
)
def test_a_file_is_what_the_extension_of_its_path_says(address, kind):
    """The query, the host and the fragment do not count."""
    assert type_by_name(address) == kind


@pytest.mark.parametrize(
    ("declared", "kind"),
    [
        ("audio/x-mpeg", "audio/x-mpeg"),
        ("application/octet-stream", "audio/mpeg"),
        ("binary/octet-stream", "audio/mpeg"),
        ("application/x-download", "audio/mpeg"),
        ("application/force-download", "audio/mpeg"),
        (None, "audio/mpeg"),
    ],
)
def test_a_declared_type_counts_unless_it_says_nothing(declared, kind):
    """A type that servers use for any file says nothing about this one."""
    assert type_of("https://example.org/a.mp3", declared) == kind


def test_of_a_file_that_nothing_is_known_of_nothing_is_said():
    """Its type is the declared one, or that of plain bytes."""
    assert type_of("https://example.org/a", None) == UNKNOWN
    assert type_of("https://example.org/a", "binary/octet-stream") == "binary/octet-stream"


def test_each_extension_has_one_type_which_is_one():
    """No extension has two types."""
    listed = [name for names in _EXTENSIONS.values() for name in names.split()]
    assert len(listed) == len(set(listed))
    assert all(split_media_type(kind) for kind in _EXTENSIONS)
