"""Sources: files as people have them → one stream of articles, boilerplate, rejects and notices.

    SourceSpec → search(spec) → read(spec, file, authority) → Article | Reject | …

Each format is one module, listed in one table (``readers``); importing this package loads none of them. A
source never raises because of the content of a record: that is a reject with its place and reason. It raises
:class:`~feedpub.core.errors.SourceError` if a file cannot be read at all.
"""

from feedpub.sources.files import files, local_file, read, search
from feedpub.sources.readings import Readings
from feedpub.sources.records import Item
from feedpub.sources.settling import Settling
from feedpub.sources.spec import SourceSpec
from feedpub.sources.survey import Survey, Surveyed, survey
from feedpub.sources.withheld import Statuses

__all__ = [
    "Item",
    "Readings",
    "Settling",
    "SourceSpec",
    "Statuses",
    "Survey",
    "Surveyed",
    "files",
    "local_file",
    "read",
    "search",
    "survey",
]
