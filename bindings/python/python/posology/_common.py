"""Types and readers that several modules share."""

from __future__ import annotations

import datetime
import json
from typing import Any, Mapping, Sequence, Union

Date = Union[str, datetime.date]
"""A date: ``datetime.date``, or text such as ``2026-11-24``."""

Record = Union[Mapping[str, Any], Sequence[Mapping[str, Any]], str, bytes, bytearray, memoryview]
"""A record: a FHIR R4 resource or Bundle as a dict (or a list of resources), or text or bytes of FHIR JSON, of NDJSON, of a plain
list, or of a CSV table."""


def day(date: Date | None) -> str:
    """A date as text; today where it is not given."""
    if date is None:
        date = datetime.date.today()
    if isinstance(date, datetime.datetime):
        date = date.date()
    return date.isoformat() if isinstance(date, datetime.date) else date


def record_bytes(record: Record) -> bytes:
    """A record as bytes."""
    if isinstance(record, str):
        return record.encode()
    if isinstance(record, (bytes, bytearray, memoryview)):
        return bytes(record)
    if isinstance(record, Mapping):
        return json.dumps(record).encode()
    if isinstance(record, Sequence):
        return "\n".join(json.dumps(r) for r in record).encode()
    raise TypeError(
        f"a record is a dict, text or bytes, not {type(record).__name__}; a file is read with pathlib.Path(...).read_bytes()"
    )


def texts(given: str | Sequence[str]) -> list[str]:
    """One text or several as a list."""
    return [given] if isinstance(given, str) else list(given)
