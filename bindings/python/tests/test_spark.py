"""Spark on two executor processes: the same findings as on one machine, also when one of them is killed."""

from __future__ import annotations

import os
import pathlib
import shutil
import signal
import sys
from typing import Any, Iterable, Iterator

import pyarrow as pa
import pyarrow.parquet
import pytest
from populations import SHARED, as_rows, flat, synthea

import posology

pyspark = pytest.importorskip("pyspark")
if shutil.which("java") is None:
    pytest.skip("skipped: no Java runtime", allow_module_level=True)

AS_OF = "2026-06-30"


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from pyspark.sql import SparkSession

    os.environ["SPARK_HOME"] = str(pathlib.Path(pyspark.__file__).parent)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    # Executors import what the tests define.
    os.environ["PYTHONPATH"] = os.pathsep.join([str(pathlib.Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    work = tmp_path_factory.mktemp("spark")
    session = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.executor.memory", "640m")
        .config("spark.driver.memory", "512m")
        .config("spark.ui.enabled", "false")
        .config("spark.local.dir", str(work))
        .config("spark.worker.dir", str(work / "workers"))
        .config("spark.sql.shuffle.partitions", "4")
        # Small batches, so that persons lie across their borders.
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "97")
        .config("spark.sql.adaptive.enabled", "false")
        .config("spark.executorEnv.PYTHONPATH", os.environ["PYTHONPATH"])
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def collect(frame: Any) -> list[tuple[Any, ...]]:
    return as_rows(frame.toArrow())


def frame(spark: Any, table: pa.Table, folder: pathlib.Path, name: str) -> Any:
    """By way of a Parquet file of several row groups, as on a cluster."""
    file = folder / f"{name}.parquet"
    pa.parquet.write_table(table, file, row_group_size=max(1, table.num_rows // 4), coerce_timestamps="us")
    return spark.read.parquet(str(file))


def test_two_executors_say_what_one_machine_says(spark: Any, tmp_path: pathlib.Path) -> None:
    import posology.spark

    table = flat(400)
    here = posology.Screener(as_of=AS_OF).screen(table)
    rows = frame(spark, table.take(list(range(table.num_rows - 1, -1, -1))), tmp_path, "drug_exposure")
    for want in ("findings", "persons", "not_assessed"):
        there = posology.spark.screen(rows, as_of=AS_OF, want=want)
        assert collect(there) == as_rows(getattr(here, want)), want
    assert here.findings.num_rows > 400


def test_omop_tables_say_what_one_machine_says(spark: Any, tmp_path: pathlib.Path) -> None:
    import posology.spark

    if not SHARED.exists():
        pytest.skip("skipped: no shared data here")
    tables = synthea(tmp_path)
    concept = tables.pop("concept")
    here = posology.Screener(concept=concept, as_of="2022-06-30").screen(**tables)
    there = posology.spark.screen(
        **{k: frame(spark, t, tmp_path, k) for k, t in tables.items()},
        concept=frame(spark, concept, tmp_path, "concept"),
        as_of="2022-06-30",
    )
    assert collect(there) == as_rows(here.findings)
    assert here.findings.num_rows > 0


def kill_once(marker: str) -> Any:
    """The first task that sees findings kills its executor's JVM, as a machine that is lost would be."""

    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            try:
                with open(marker, "x") as file:
                    pid = os.getpid()
                    while True:
                        with open(f"/proc/{pid}/stat") as stat:
                            pid = int(stat.read().rpartition(")")[2].split()[1])
                        with open(f"/proc/{pid}/comm") as comm:
                            if comm.read().strip() == "java":
                                break
                    file.write(str(pid))
                    file.flush()
                    os.kill(pid, signal.SIGKILL)
            except FileExistsError:
                pass
            yield batch

    return run


def test_an_executor_that_is_killed_loses_nothing(spark: Any, tmp_path: pathlib.Path) -> None:
    import posology.spark

    table = flat(600, seed=7)
    here = posology.Screener(as_of=AS_OF).screen(table)
    marker = tmp_path / "killed"
    there = posology.spark.screen(frame(spark, table, tmp_path, "drug_exposure"), as_of=AS_OF, partitions=8)
    there = there.mapInArrow(kill_once(str(marker)), there.schema)
    assert collect(there) == as_rows(here.findings)
    killed = int(marker.read_text())
    assert not pathlib.Path(f"/proc/{killed}").exists() or "java" not in pathlib.Path(f"/proc/{killed}/comm").read_text()


def test_a_mistake_is_told_before_anything_runs(spark: Any, tmp_path: pathlib.Path) -> None:
    import posology.spark

    rows = frame(spark, flat(3), tmp_path, "drug_exposure")
    with pytest.raises(posology.PosologyError, match="drug_exposure_start_date"):
        posology.spark.screen(rows.drop("drug_exposure_start_date"), as_of=AS_OF)
    with pytest.raises(ValueError, match="one of as_of"):
        posology.spark.screen(rows)
    with pytest.raises(ValueError, match="want"):
        posology.spark.screen(rows, as_of=AS_OF, want="all")
