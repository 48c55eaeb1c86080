"""Populations on many machines: Apache Spark brings the rows of each person together, the kernel of this package reviews them.

>>> import posology.spark
>>> findings = posology.spark.screen(spark.table("drug_exposure"), person=spark.table("person"),
...                                  concept=spark.table("concept"), as_of="2026-06-30")   # doctest: +SKIP

The package must be installed on the executors (docs/spark.md). It needs nothing else there: the facts are compiled in.
"""

from __future__ import annotations

import functools
from typing import Any, Iterable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from posology import _native
from posology._common import Date, day
from posology._screen import TABLES, Screener

CHUNK = 100_000
"""Rows that are held before whole persons go to the kernel: what bounds the memory of a task."""

_TYPES = {
    pa.int64(): "bigint",
    pa.uint32(): "bigint",
    pa.int32(): "int",
    pa.string(): "string",
    pa.date32(): "date",
    pa.bool_(): "boolean",
    pa.float64(): "double",
}
_WANT = ("findings", "persons", "not_assessed")


def screen(
    drug_exposure: Any,
    *,
    person: Any = None,
    condition_occurrence: Any = None,
    measurement: Any = None,
    observation: Any = None,
    death: Any = None,
    visit_occurrence: Any = None,
    concept: Any = None,
    as_of: Date | None = None,
    each_change: Date | None = None,
    window: Sequence[Date] | None = None,
    jurisdiction: str = "us",
    stockpile: str = "cut",
    grace_days: int = 15,
    assume_days: int = 30,
    want: str = "findings",
    partitions: int | None = None,
) -> Any:
    """Screens a population with Spark: the findings of :func:`posology.screen`, as a DataFrame.

    The tables are Spark DataFrames with the columns of OMOP CDM 5.4. Their rows are partitioned by person (one shuffle), sorted by
    person, table and date, and given to the kernel in ``mapInArrow``, whole persons at a time. Of ``concept`` only what the rows refer
    to is sent to the executors.

    ``want`` is ``findings``, ``persons`` (one row a person: it also counts drugs that were not recognised and what was not assessed) or
    ``not_assessed``. A person without a finding is not safe: look at the other two. ``partitions`` defaults to Spark's own choice.

    Lost executors lose nothing: Spark repeats their tasks, and the same rows give the same findings.
    """
    from pyspark.sql import functions as F

    if want not in _WANT:
        raise ValueError(f"want is {want!r}; allowed: {', '.join(_WANT)}")
    given = {
        "person": person,
        "drug_exposure": drug_exposure,
        "condition_occurrence": condition_occurrence,
        "measurement": measurement,
        "observation": observation,
        "death": death,
        "visit_occurrence": visit_occurrence,
    }
    present = {k: v for k, v in given.items() if v is not None}
    if not present:
        raise ValueError("no table is given")
    settings = _settings(as_of, each_change, window, jurisdiction, stockpile, grace_days, assume_days)
    words = None if concept is None else _vocabulary(present, concept, F)
    kernel = functools.partial(_kernel, settings=settings, words=words, want=want)

    parts = []
    for name, table in present.items():
        # Columns stand in a struct of their table, so that equal names of two tables keep their own types.
        parts.append(_part(name, table, F))
    rows = functools.reduce(lambda a, b: a.unionByName(b, allowMissingColumns=True), parts)
    keys = ["person_id"] if partitions is None else [partitions, "person_id"]
    ordered = rows.repartition(*keys).sortWithinPartitions("person_id", "table", "date", "row")
    return ordered.mapInArrow(kernel, _ddl(want))


def _part(name: str, table: Any, F: Any) -> Any:
    have = {c.lower(): c for c in table.columns}
    spec = _native.table_columns(name)
    missing = [c for c, required in spec if required and c not in have]
    if missing:
        error = _native.PosologyError(
            f"{name}, column {missing[0]}: the table {name} has no column {missing[0]}\n"
            f"  Name the column {missing[0]} as OMOP CDM 5.4 does; the table has {', '.join(table.columns)}."
        )
        error.message = f"the table {name} has no column {missing[0]}"
        error.place = f"{name}, column {missing[0]}"
        error.remedy = f"Name the column {missing[0]} as OMOP CDM 5.4 does."
        raise error

    def column(c: str) -> Any:
        return F.col(f"`{have[c]}`")

    date = next((c for c, _ in spec if c in have and c.endswith("_date") and not c.endswith("_end_date")), None)
    row = f"{name}_id" if f"{name}_id" in have and name != "person" else None
    return table.select(
        column("person_id").cast("bigint").alias("person_id"),
        F.lit(TABLES.index(name)).alias("table"),
        (column(date).cast("string") if date else F.lit(None).cast("string")).alias("date"),
        (column(row).cast("bigint") if row else F.lit(None).cast("bigint")).alias("row"),
        F.struct(*[column(c).alias(c) for c, _ in spec if c in have and c != "person_id"]).alias(name),
    )


def _vocabulary(present: dict[str, Any], concept: Any, F: Any) -> bytes:
    """The concepts that the rows refer to in columns that are read, as an Arrow file."""
    used = None
    for name, table in present.items():
        have = {c.lower(): c for c in table.columns}
        read = [have[c] for c, _ in _native.table_columns(name) if c in have and c.endswith("_concept_id")]
        if not read:
            continue
        # One pass over a table, however many of its columns refer to concepts.
        ids = table.select(F.explode(F.array(*[F.col(f"`{c}`").cast("bigint") for c in read])).alias("concept_id"))
        used = ids if used is None else used.union(ids)
    if used is not None:
        concept = concept.join(used.distinct(), on="concept_id", how="left_semi")
    wanted = {"concept_id", "concept_name", "vocabulary_id", "concept_code", "domain_id"}
    rows = concept.select(*[c for c in concept.columns if c.lower() in wanted])
    if hasattr(rows, "toArrow"):
        table = rows.toArrow()
    else:
        table = pa.Table.from_pandas(rows.toPandas(), preserve_index=False)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _settings(
    as_of: Date | None,
    each_change: Date | None,
    window: Sequence[Date] | None,
    jurisdiction: str,
    stockpile: str,
    grace_days: int,
    assume_days: int,
) -> tuple[tuple[str, Any], ...]:
    """The settings as something that can be a key; a mistake is told here, not on an executor."""
    settings: dict[str, Any] = {
        "jurisdiction": jurisdiction,
        "stockpile": stockpile,
        "grace_days": grace_days,
        "assume_days": assume_days,
    }
    if as_of is not None:
        settings["as_of"] = day(as_of)
    if each_change is not None:
        settings["each_change"] = day(each_change)
    if window is not None:
        settings["window"] = tuple(day(d) for d in window)
    Screener(**settings)
    return tuple(sorted(settings.items()))


@functools.lru_cache(maxsize=2)
def _screener(settings: tuple[tuple[str, Any], ...], words: bytes | None) -> Screener:
    """Kept by the Python worker between tasks."""
    concept = None if words is None else pa.ipc.open_stream(words).read_all()
    return Screener(concept=concept, **dict(settings))


def _ddl(want: str) -> str:
    empty = pa.table({"person_id": pa.array([], pa.int64()), "drug_exposure_start_date": pa.array([], pa.date32())})
    schema = getattr(Screener(as_of="2000-01-01").screen(empty, threads=1), want).schema
    return ", ".join(f"{f.name} {_TYPES[f.type]}" for f in schema)


def _kernel(
    batches: Iterable[pa.RecordBatch], *, settings: tuple[tuple[str, Any], ...], words: bytes | None, want: str
) -> Iterator[pa.RecordBatch]:
    """Rows sorted by person to answers. A person may lie in several batches: the last one is held back until the next begins."""
    screener = _screener(settings, words)
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        if batch.num_rows == 0:
            continue
        held.append(batch)
        count += batch.num_rows
        if count < CHUNK:
            continue
        rows = pa.Table.from_batches(held)
        ids = rows.column("person_id")
        cut = pc.index(ids, ids[-1]).as_py()
        if cut > 0:
            yield from _answer(screener, rows.slice(0, cut), want)
            rows = rows.slice(cut)
        held, count = rows.to_batches(), rows.num_rows
    if count:
        yield from _answer(screener, pa.Table.from_batches(held), want)


def _answer(screener: Screener, rows: pa.Table, want: str) -> Iterator[pa.RecordBatch]:
    tables: dict[str, pa.Table] = {}
    for place, name in enumerate(TABLES):
        if name not in rows.column_names:
            continue
        mine = rows.filter(pc.equal(rows.column("table"), place))
        struct = mine.column(name).combine_chunks()
        if isinstance(struct, pa.ChunkedArray):
            struct = pa.concat_arrays(struct.chunks) if struct.num_chunks else pa.array([], struct.type)
        fields = {f.name: a for f, a in zip(struct.type, struct.flatten())}
        # The kernel knows by the presence of a table whether a person without a row in it is missing there.
        tables[name] = pa.table({"person_id": mine.column("person_id").combine_chunks(), **fields})
    answer = getattr(screener.screen(threads=1, **tables), want)
    schema = pa.schema([pa.field(f.name, pa.int64() if f.type == pa.uint32() else f.type) for f in answer.schema])
    for batch in answer.cast(schema).to_batches():
        if batch.num_rows:
            yield batch
