"""The compiled half; ``posology`` itself is what to import."""

from collections.abc import Sequence
from typing import Any, Optional

import pyarrow as pa

class PosologyError(ValueError):
    """An input that cannot be used: what is wrong, where, and what to do."""

    message: str
    place: Optional[str]
    remedy: Optional[str]

def table_columns(name: str) -> list[tuple[str, bool]]: ...
def columns_at(name: str, data: Any) -> list[tuple[str, int]]: ...
def knowledge_version() -> str: ...
def review(
    record: bytes,
    as_of: str,
    jurisdiction: str,
    order: Sequence[str],
    stop: Sequence[str],
    drafts: bool,
    patient: Optional[str],
    format: Optional[str],
    dates: Optional[str],
    suppress: Optional[str],
) -> str: ...
def drug(name: str, jurisdiction: Optional[str]) -> str: ...
def interactions(names: Sequence[str], as_of: str, jurisdiction: str) -> str: ...
def predict(
    victim: str,
    with_drugs: Sequence[str],
    route: str,
    cyp2c19: Optional[str],
    cyp2d6: Optional[str],
    cyp2c9: Optional[str],
    ugt2b15: Optional[str],
    smoker: bool,
) -> str: ...
def simulate(question: str) -> str: ...
def taper(
    drug: Optional[str],
    dose: Optional[str],
    record: Optional[bytes],
    as_of: str,
    start: Optional[str],
    jurisdiction: str,
    guideline: Optional[str],
    strategy: Optional[str],
    pace: Optional[str],
    stop_at_mg: float,
    equivalence: Optional[str],
    syringe_mark_ml: Optional[float],
    form: str,
) -> str: ...

class Screener:
    def __new__(
        cls,
        concept: Optional[Any],
        mode: str,
        first: str,
        last: str,
        jurisdiction: str,
        stockpile: str,
        grace_days: int,
        assume_days: int,
        gaps: bool,
    ) -> "Screener": ...
    def screen(
        self, tables: Sequence[tuple[str, Any]], threads: int
    ) -> tuple[pa.Table, pa.Table, pa.Table, str]: ...
