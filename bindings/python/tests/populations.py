"""Small populations for the tests."""

from __future__ import annotations

import datetime
import pathlib
import random
import zipfile
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from conftest import ROOT

from posology._screen import TABLES as BY_PERSON

TABLES = (*BY_PERSON, "concept")
SHARED = ROOT / ".." / "shared" / "data" / "patients" / "omop" / "Synthea27NjParquet_5.4.zip"


def fixture() -> dict[str, pa.Table]:
    """The small OMOP CDM of this repository."""
    folder = ROOT / "fixtures" / "omop"
    return {p.stem: pa.csv.read_csv(p) for p in sorted(folder.glob("*.csv")) if p.stem in TABLES}


def synthea(folder: pathlib.Path) -> dict[str, pa.Table]:
    """Twenty-seven synthetic patients in OMOP CDM 5.4."""
    out = {}
    with zipfile.ZipFile(SHARED) as archive:
        for name in TABLES:
            inside = f"Synthea27NjParquet/{name}.parquet"
            if inside in archive.namelist():
                archive.extract(inside, folder)
                out[name] = pa.parquet.read_table(folder / inside)
    return out


DRUGS = (
    ("diazepam 5 MG Oral Tablet", 3.0),
    ("oxycodone hydrochloride 10 MG Oral Tablet", 2.0),
    ("fluvoxamine maleate 100 MG Oral Tablet", 1.0),
    ("alprazolam 0.5 MG Oral Tablet", 3.0),
    ("sertraline 50 MG Oral Tablet", 1.0),
    ("warfarin sodium 5 MG Oral Tablet", 1.0),
    ("nonsensium 7 MG Oral Tablet", 1.0),
)


def flat(persons: int, seed: int = 1) -> pa.Table:
    """One flat table of drug rows with sex and year of birth, sorted by person and date."""
    chance = random.Random(seed)
    rows: dict[str, list[Any]] = {
        k: []
        for k in (
            "person_id",
            "drug_exposure_id",
            "drug_name",
            "drug_exposure_start_date",
            "days_supply",
            "quantity",
            "sex",
            "year_of_birth",
        )
    }
    for person in range(1, persons + 1):
        sex, year = chance.choice(("female", "male")), chance.randint(1930, 2000)
        starts = sorted(
            (datetime.date(2026, 1, 1) + datetime.timedelta(days=chance.randint(0, 200)), chance.randrange(len(DRUGS)))
            for _ in range(chance.randint(1, 6))
        )
        for start, drug in starts:
            days = chance.choice((14, 30, 60, 90))
            for k, v in (
                ("person_id", person),
                ("drug_exposure_id", len(rows["person_id"]) + 1),
                ("drug_name", DRUGS[drug][0]),
                ("drug_exposure_start_date", start),
                ("days_supply", days),
                ("quantity", DRUGS[drug][1] * days),
                ("sex", sex),
                ("year_of_birth", year),
            ):
                rows[k].append(v)
    return pa.table(rows)


def as_rows(table: pa.Table) -> list[tuple[Any, ...]]:
    """The rows as a sorted list, for comparison of tables whose order differs."""
    return sorted((tuple(r.values()) for r in table.to_pylist()), key=repr)
