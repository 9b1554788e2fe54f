"""Parquet, through pyarrow: a row is a record. Places count rows from 1, because there are no lines."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from typing import IO, cast

from feedpub.sources.field_mapping import row_of
from feedpub.sources.normalisation import build
from feedpub.sources.records import ByteStream, Item, RecordError, reject
from feedpub.sources.spec import ParseContext

_BATCH = 256
_IN_MEMORY = 16 << 20


def read(stream: ByteStream, reading: ParseContext) -> Iterator[Item]:
    """Yield the items of the rows in ``stream``; a damaged file is one reject."""
    # The extra's modules.
    from pyarrow import ArrowException, parquet  # noqa: PLC0415

    number = 0
    # The index is at the end of the file, so a stream that cannot seek goes through a temporary file.
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        shutil.copyfileobj(cast("IO[bytes]", stream), file)
        try:
            for batch in parquet.ParquetFile(file).iter_batches(batch_size=_BATCH):
                for row in batch.to_pylist():
                    number += 1
                    yield from _items(reading, number, row)
        except (ArrowException, OSError, ValueError) as error:
            origin = reading.origin(number + 1, number + 1)
            yield reject(origin, f"from here on, this is not Parquet: {error}", "")


def _items(reading: ParseContext, number: int, row: dict[str, object]) -> list[Item]:
    origin = reading.origin(number, number)
    try:
        record, told = row_of(origin, row, reading.spec)
    except RecordError as error:
        return [reject(origin, str(error), str(row))]
    return [*build(reading, origin, record, lambda: str(row)), *told]
