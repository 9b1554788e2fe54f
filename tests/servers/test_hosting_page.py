"""docs/hosting.md names all published types."""

import pytest

from feedpub.documents.formats import OPML_TYPE, OUTPUT_FORMATS
from tests.servers.conftest import SERVERS, shown

TYPES = [OPML_TYPE, *(known.media_type for known in OUTPUT_FORMATS.values()), "application/xml"]


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("media_type", TYPES)
def test_each_server_is_told_every_type(server, media_type):
    (lines,) = shown(SERVERS[server][1])
    assert media_type in lines
    if server == "nginx":
        assert media_type in lines.split("charset_types", 1)[1].split(";", 1)[0]
    else:
        assert f'"{media_type}; charset=utf-8"' in lines
