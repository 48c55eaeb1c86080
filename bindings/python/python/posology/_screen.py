"""Populations: tables of whole persons in, a table of findings out."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any, Mapping, Sequence

import pyarrow as pa

from posology import _native
from posology._common import Date, day

TABLES = (
    "person",
    "drug_exposure",
    "condition_occurrence",
    "measurement",
    "observation",
    "death",
    "visit_occurrence",
)
"""The tables by person of OMOP CDM 5.4 that are read."""


@dataclass(frozen=True)
class Answers:
    """What a screening answers."""

    findings: pa.Table
    """One row a person and finding."""
    persons: pa.Table
    """One row a person: counts, days of overlap, longest episode, equivalents, trend, tapers, abrupt stops."""
    not_assessed: pa.Table
    """One row a person and thing that could not be assessed."""
    summary: dict[str, Any]
    """Counts, and every repair of the rows."""


def _arrow(name: str, table: Any) -> Any:
    """Something with the Arrow capsule interface; polars and pyarrow have it, pandas from 2.2 on."""
    if hasattr(table, "__arrow_c_stream__") or hasattr(table, "__arrow_c_array__"):
        return table
    if type(table).__module__.startswith("pandas"):
        return pa.Table.from_pandas(table, preserve_index=False)
    if isinstance(table, Mapping):
        return pa.table(dict(table))
    raise TypeError(
        f"{name} is {type(table).__name__}; give a pyarrow Table, RecordBatch or RecordBatchReader, a polars or pandas DataFrame"
    )


class Screener:
    """The screening kernel with its vocabulary, for calls batch by batch.

    Parameters
    ----------
    concept
        The ``concept`` table, or the part of it that the rows refer to. Without it, drugs are known by ``drug_code`` (an RxNorm code),
        ``drug_name`` or ``drug_source_value``.
    as_of, each_change, window
        One of them: review at a date; at every start, end and change up to a date; or at the first date and every change up to the
        second. The clock is never read.
    jurisdiction
        ``us`` or ``uk``.
    stockpile
        Overlapping supplies of one product: ``cut`` (a supply ends when the next begins) or ``carry`` (what is left is used up first).
    grace_days, assume_days
        Uncovered days that do not end an episode; days that a row with neither end nor days of supply lasts.
    gaps
        Give rows of what could not be assessed.
    """

    def __init__(
        self,
        *,
        concept: Any = None,
        as_of: Date | None = None,
        each_change: Date | None = None,
        window: Sequence[Date] | None = None,
        jurisdiction: str = "us",
        stockpile: str = "cut",
        grace_days: int = 15,
        assume_days: int = 30,
        gaps: bool = True,
    ) -> None:
        given = [(k, v) for k, v in (("as_of", as_of), ("each_change", each_change), ("window", window)) if v is not None]
        if len(given) != 1:
            raise ValueError("give one of as_of, each_change and window: the clock is never read, so that a run can be repeated")
        mode, value = given[0]
        if mode == "window":
            if isinstance(value, str) or not isinstance(value, Sequence) or len(value) != 2:
                raise ValueError("window is two dates: (first, last)")
            first, last = day(value[0]), day(value[1])
        else:
            first = last = day(value)  # type: ignore[arg-type]
        self._native = _native.Screener(
            None if concept is None else _arrow("concept", concept),
            mode,
            first,
            last,
            jurisdiction,
            stockpile,
            grace_days,
            assume_days,
            gaps,
        )

    def screen(self, drug_exposure: Any = None, *, threads: int | None = None, **tables: Any) -> Answers:
        """Screens whole persons: each table holds all rows of every person that is in any of them.

        The tables are ``drug_exposure``, ``person``, ``condition_occurrence``, ``measurement``, ``observation``, ``death`` and
        ``visit_occurrence``, by name. Rows need no order; in order of persons they are taken as they are, without a copy.
        """
        given = {"drug_exposure": drug_exposure, **tables}
        unknown = sorted(set(given) - set(TABLES))
        if unknown:
            raise TypeError(f"no table by person is called {', '.join(unknown)}; there are {', '.join(TABLES)}")
        present = [(k, _arrow(k, v)) for k, v in given.items() if v is not None]
        if not present:
            raise TypeError("no table is given")
        used = threads if threads is not None else (os.cpu_count() or 1)
        findings, persons, gaps, summary = self._native.screen(present, max(1, used))
        return Answers(findings, persons, gaps, json.loads(summary))


def screen(
    drug_exposure: Any,
    *,
    concept: Any = None,
    person: Any = None,
    condition_occurrence: Any = None,
    measurement: Any = None,
    observation: Any = None,
    death: Any = None,
    visit_occurrence: Any = None,
    as_of: Date | None = None,
    each_change: Date | None = None,
    window: Sequence[Date] | None = None,
    jurisdiction: str = "us",
    stockpile: str = "cut",
    grace_days: int = 15,
    assume_days: int = 30,
    threads: int | None = None,
) -> pa.Table:
    """Screens a population and gives its findings: ``person_id``, ``rule``, ``severity``, ``substances``, ``first_date``, ...

    Tables are anything with the Arrow capsule interface: a pyarrow Table, RecordBatch or RecordBatchReader, a polars or pandas
    DataFrame. They change hands without copies. Columns are named as in OMOP CDM 5.4.

    A person without a row is not safe. The metadata of the table say how many persons and rows there were, how many drugs were not
    recognised, and what was repaired (``json.loads(table.schema.metadata[b"posology"])``); :class:`Screener` gives it in full, with
    the persons and what could not be assessed.
    """
    answers = Screener(
        concept=concept,
        as_of=as_of,
        each_change=each_change,
        window=window,
        jurisdiction=jurisdiction,
        stockpile=stockpile,
        grace_days=grace_days,
        assume_days=assume_days,
    ).screen(
        drug_exposure,
        person=person,
        condition_occurrence=condition_occurrence,
        measurement=measurement,
        observation=observation,
        death=death,
        visit_occurrence=visit_occurrence,
        threads=threads,
    )
    return answers.findings.replace_schema_metadata({"posology": json.dumps(answers.summary)})
