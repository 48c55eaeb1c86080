"""Reviews of records."""

from __future__ import annotations

import json
import warnings
from typing import Any, Mapping, Sequence

from posology import _native
from posology._common import Date, Record, day, record_bytes, texts


class NotRecognised(UserWarning):
    """An order names no drug that the knowledge holds: it was not reviewed."""


def reviews(
    record: Record,
    *,
    as_of: Date | None = None,
    jurisdiction: str = "us",
    order: str | Sequence[str] = (),
    stop: str | Sequence[str] = (),
    drafts: bool = False,
    patient: str | None = None,
    format: str | None = None,
    dates: str | None = None,
    suppress: Sequence[Mapping[str, str]] | None = None,
) -> list[dict[str, Any]]:
    """Reviews every patient of a record, in the order of the record.

    The arguments are those of :func:`review`.
    """
    text = _native.review(
        record_bytes(record),
        day(as_of),
        jurisdiction,
        texts(order),
        texts(stop),
        drafts,
        patient,
        format,
        dates,
        None if suppress is None else json.dumps(list(suppress)),
    )
    answer: list[dict[str, Any]] = json.loads(text)
    for one in answer:
        for name in one.get("orders_not_recognised", ()):
            warnings.warn(
                f'the order "{name}" names no drug that the knowledge holds, so it was not reviewed',
                NotRecognised,
                stacklevel=2,
            )
    return answer


def review(
    record: Record,
    *,
    as_of: Date | None = None,
    jurisdiction: str = "us",
    order: str | Sequence[str] = (),
    stop: str | Sequence[str] = (),
    drafts: bool = False,
    patient: str | None = None,
    format: str | None = None,
    dates: str | None = None,
    suppress: Sequence[Mapping[str, str]] | None = None,
) -> dict[str, Any]:
    """Reviews one patient's record, as ``posology review --format json`` does.

    Parameters
    ----------
    record
        A FHIR R4 Bundle or resource as a dict, or text or bytes: FHIR JSON, NDJSON, a plain list with one drug a line, a CSV table.
    as_of
        Date of the review; today where it is not given. Give it, and the answer can be repeated.
    jurisdiction
        Whose labels and guidelines hold: ``us`` or ``uk``.
    order, stop
        Proposed starts or changes ("diazepam 20 mg tablet three times a day for social anxiety"), and names of drugs to stop.
    drafts
        Take drafts and proposals in the record as proposed orders.
    patient
        Id of the patient, where the record has several.
    format
        ``fhir``, ``list`` or ``csv``, where guessing goes wrong.
    dates
        ``day-first`` or ``month-first``: how a list or table writes dates such as 03/04/2025. Without it they are reported, not guessed.
    suppress
        Findings that a clinician knows and accepts: dicts of ``rule``, ``fingerprint``, ``until``, ``reason``.

    Returns
    -------
    dict
        ``findings`` (gravest first, each with ``rule``, ``severity``, ``title``, ``detail``, ``evidence``), ``not_assessed``,
        ``silenced``, ``benefits``, ``education``, ``follow_up``, ``patient``; ``schema/review.schema.json`` describes it.

    Raises
    ------
    PosologyError
        The record cannot be read, or holds several patients and ``patient`` is not given (:func:`reviews` takes all of them).
    """
    answer = reviews(
        record,
        as_of=as_of,
        jurisdiction=jurisdiction,
        order=order,
        stop=stop,
        drafts=drafts,
        patient=patient,
        format=format,
        dates=dates,
        suppress=suppress,
    )
    if len(answer) != 1:
        ids = ", ".join(str(a["patient"].get("id", "without an id")) for a in answer[:8])
        error = _native.PosologyError(
            f"the record holds {len(answer)} patients ({ids})\n  Choose one with patient=ID, or take all with posology.reviews."
        )
        error.message = f"the record holds {len(answer)} patients"
        error.place = "record"
        error.remedy = "Choose one with patient=ID, or take all with posology.reviews."
        raise error
    return answer[0]
