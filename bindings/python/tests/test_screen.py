"""Populations: every kind of table gives the same findings, without copies."""

from __future__ import annotations

import json
import pathlib
import subprocess
import os
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from conftest import ROOT
from populations import SHARED, as_rows, fixture, flat, synthea

import posology
from posology import _native

AS_OF = "2026-06-30"


def tables_of(all_tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    return {k: v for k, v in all_tables.items() if k != "concept"}


def test_every_kind_of_table_gives_the_same() -> None:
    table = flat(300)
    findings = posology.screen(table, as_of=AS_OF)
    assert isinstance(findings, pa.Table) and findings.num_rows > 300
    forms: list[Any] = [
        pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=100)),
        table.combine_chunks().to_batches()[0],
        pl.from_arrow(table),
        table.to_pandas(),
        table.to_pydict(),
        table.take(list(range(table.num_rows - 1, -1, -1))),
    ]
    for form in forms:
        assert posology.screen(form, as_of=AS_OF).to_pylist() == findings.to_pylist(), type(form)
    counts = json.loads(findings.schema.metadata[b"posology"])
    assert counts["persons"] == 300 and counts["rows"] == table.num_rows
    assert 0 < counts["rows-resolved"] < counts["rows"], "the invented drug is counted, not lost"
    assert counts["repairs"]["drug-not-recognised"] == counts["rows"] - counts["rows-resolved"]


def test_threads_change_nothing() -> None:
    table = flat(500)
    one = posology.Screener(as_of=AS_OF).screen(table, threads=1)
    for threads in (2, 3, 7, 64):
        many = posology.Screener(as_of=AS_OF).screen(table, threads=threads)
        for part in ("findings", "persons", "not_assessed"):
            assert getattr(many, part).to_pylist() == getattr(one, part).to_pylist()
        assert many.summary == one.summary
    assert one.persons.num_rows == 500


def test_columns_change_hands_without_a_copy() -> None:
    """The kernel reads a column of its own type at the address where Python holds it; another type is converted, and stands elsewhere."""
    table = flat(2000)
    read = dict(_native.columns_at("drug_exposure", table))
    for name in ("person_id", "drug_exposure_id", "drug_exposure_start_date", "drug_name", "sex", "year_of_birth", "quantity"):
        assert read[name] == table.column(name).chunk(0).buffers()[-1].address, name
    assert read["days_supply"] != table.column("days_supply").chunk(0).buffers()[-1].address, "whole numbers become decimal"
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    for name in ("person_id", "drug_exposure_start_date", "quantity"):
        assert dict(_native.columns_at("drug_exposure", frame))[name] == frame[name].to_arrow().buffers()[-1].address, name
    before = pa.total_allocated_bytes()
    posology.Screener(as_of=AS_OF).screen(table, threads=1)
    assert pa.total_allocated_bytes() - before < table.nbytes / 10


def test_a_person_is_not_shared_by_threads() -> None:
    """Many rows of one person among few: the parts are cut between persons."""
    table = pa.concat_tables([flat(3)] + [flat(1, seed=s) for s in range(2, 40)])
    one = posology.Screener(as_of=AS_OF).screen(table, threads=1)
    many = posology.Screener(as_of=AS_OF).screen(table, threads=16)
    assert many.persons.to_pylist() == one.persons.to_pylist() and one.persons.num_rows == 3


def as_found(findings: pa.Table) -> set[tuple[Any, ...]]:
    return {(r["person_id"], r["rule"], r["substances"]) for r in findings.to_pylist()}


def test_modes() -> None:
    table = flat(50)
    at = posology.screen(table, as_of=AS_OF)
    window = posology.screen(table, window=("2026-01-01", AS_OF))
    changes = posology.screen(table, each_change=AS_OF)
    # A window looks at its two ends and at every change between them, so it says all that either of the others says.
    assert as_found(at) <= as_found(window) and as_found(changes) <= as_found(window)
    assert as_found(changes) - as_found(at), "what was found and went again"
    assert {str(d) for d in at.column("first_date").to_pylist()} == {AS_OF}
    assert len(set(changes.column("first_date").to_pylist())) > 10
    for bad in ({}, {"as_of": AS_OF, "each_change": AS_OF}, {"window": "2026-01-01"}):
        with pytest.raises(ValueError):
            posology.screen(table, **bad)  # type: ignore[arg-type]
    with pytest.raises(posology.PosologyError, match="earlier date"):
        posology.screen(table, window=(AS_OF, "2026-01-01"))


def test_bad_tables_name_place_and_remedy() -> None:
    with pytest.raises(posology.PosologyError) as caught:
        posology.screen(pa.table({"person_id": [1]}), as_of=AS_OF)
    assert "drug_exposure" in (caught.value.place or "") and caught.value.remedy
    with pytest.raises(posology.PosologyError) as caught:
        posology.screen(pa.table({"person_id": [None, 1], "drug_exposure_start_date": ["2026-01-01"] * 2}), as_of=AS_OF)
    assert "person_id" in (caught.value.place or "")
    with pytest.raises(TypeError, match="polars"):
        posology.screen(3, as_of=AS_OF)
    with pytest.raises(TypeError, match="no table by person"):
        posology.Screener(as_of=AS_OF).screen(note=flat(1))
    with pytest.raises(posology.PosologyError, match="grace_days"):
        posology.screen(flat(1), as_of=AS_OF, grace_days=-1)


def test_no_persons_is_an_empty_table_with_columns() -> None:
    empty = posology.screen(flat(1).slice(0, 0), as_of=AS_OF)
    assert empty.num_rows == 0 and "severity" in empty.column_names


def compare(folder: pathlib.Path, out: pathlib.Path, tables: dict[str, pa.Table], as_of: str) -> None:
    program = os.environ.get("POSOLOGY_BIN")
    if not program:
        pytest.skip("skipped: POSOLOGY_BIN names no posology to compare with")
    done = subprocess.run(
        [program, "screen", str(folder), "--as-of", as_of, "--out", str(out)], capture_output=True, text=True, check=False
    )
    if "unrecognized subcommand" in done.stderr:
        pytest.skip("skipped: POSOLOGY_BIN has no screen")
    assert done.returncode == 0, done.stderr
    here = posology.Screener(concept=tables.get("concept"), as_of=as_of).screen(**tables_of(tables))
    for part in ("findings", "persons", "not_assessed"):
        files = sorted((out / part).glob("*.parquet"))
        said = pa.concat_tables([pa.parquet.read_table(f) for f in files])
        assert as_rows(said) == as_rows(getattr(here, part)), part
    assert here.persons.num_rows > 0 and here.findings.num_rows > 0


def test_the_fixture_as_the_command_line_screens_it(tmp_path: pathlib.Path) -> None:
    compare(ROOT / "fixtures" / "omop", tmp_path / "out", fixture(), AS_OF)


def test_synthea_as_the_command_line_screens_it(tmp_path: pathlib.Path) -> None:
    if not SHARED.exists():
        pytest.skip("skipped: no shared data here")
    tables = synthea(tmp_path)
    compare(tmp_path / "Synthea27NjParquet", tmp_path / "out", tables, "2022-06-30")
