"""What is known of drugs, and what follows from it."""

from __future__ import annotations

import json
from typing import Any, Sequence

from posology import _native
from posology._common import Date, Record, day, record_bytes, texts


def knowledge_version() -> str:
    """Version of the facts compiled into this package; every answer names it too."""
    return _native.knowledge_version()


def drug(name: str, *, jurisdiction: str | None = None) -> dict[str, Any]:
    """What the knowledge holds about one drug, each fact with its sources and confidence.

    ``name`` is a name, a brand or an id. An unknown name raises :class:`posology.PosologyError` with the nearest names.
    """
    answer: dict[str, Any] = json.loads(_native.drug(name, jurisdiction))
    return answer


def interactions(*names: str, as_of: Date | None = None, jurisdiction: str = "us") -> dict[str, Any]:
    """What drugs do together: two or more names, each with or without a dose ("fluvoxamine 100 mg" is the dose of a day).

    What depends on the patient is not known here and stands under ``not_assessed``; :func:`posology.review` takes it from a record.
    """
    answer: dict[str, Any] = json.loads(_native.interactions(list(names), day(as_of), jurisdiction))
    return answer


def predict(
    victim: str,
    with_drugs: str | Sequence[str] = (),
    *,
    route: str = "oral",
    cyp2c19: str | None = None,
    cyp2d6: str | None = None,
    cyp2c9: str | None = None,
    ugt2b15: str | None = None,
    smoker: bool = False,
) -> dict[str, Any]:
    """How exposure (area under the curve at steady state) to ``victim`` changes with other drugs.

    ``with_drugs`` are names with doses: ``["fluvoxamine 100 mg"]``. Phenotypes are poor, intermediate, normal, rapid or ultrarapid.
    The answer holds ``parent`` and ``metabolites`` (``ratio`` with a 90 % interval from ``low`` to ``high``), ``reasons``,
    ``observed`` studies, ``extrapolated`` and ``assumptions``.
    """
    text = _native.predict(victim, texts(with_drugs), route, cyp2c19, cyp2d6, cyp2c9, ugt2b15, smoker)
    answer: dict[str, Any] = json.loads(text)
    return answer


def simulate(
    drug: str,
    dose: str,
    *,
    duration: str,
    every: str | None = None,
    follow: str = "0h",
    route: str = "oral",
    infusion: str | None = None,
    missed: Sequence[int] = (),
    steady_state: bool = False,
    age: float | None = None,
    sex: str | None = None,
    weight: str | None = None,
    cirrhosis: bool = False,
    renal_impairment: bool = False,
    smoker: bool = False,
    cyp2c19: str | None = None,
    cyp2d6: str | None = None,
    cyp3a5: str | None = None,
    ugt2b15: str | None = None,
    with_drugs: str | Sequence[str] = (),
    subjects: int | None = None,
    seed: int = 1,
    percentiles: Sequence[float] = (5, 50, 95),
    step: str | None = None,
) -> dict[str, Any]:
    """Concentrations over time, ng/mL.

    Quantities are texts with their unit: ``dose="10 mg"``, ``every="8h"``, ``duration="14d"``, ``weight="60kg"``. ``with_drugs`` are
    interacting drugs with dose and days ("fluvoxamine 100 mg from day 3 to day 10"); ``missed`` numbers of doses from 1;
    ``subjects`` makes a population and gives ``percentiles``.

    The answer holds ``time_h``, ``columns`` (a list per substance, or per substance and percentile) and ``notes`` (assumptions, and
    what the model does not know).
    """
    if sex not in (None, "female", "male"):
        raise ValueError(f'sex is {sex!r}; allowed: "female", "male", or leave it out')
    if subjects is not None and not 1 <= subjects < 2**32:
        raise ValueError(f"subjects is {subjects}; allowed: 1 or more, or leave it out")
    if seed < 0 or any(m < 1 for m in missed):
        raise ValueError("seed is 0 or more, and missed doses are numbered from 1")
    question = {
        "drug": drug,
        "dose": dose,
        "duration": duration,
        "every": every,
        "follow": follow,
        "route": route,
        "infusion": infusion,
        "missed": list(missed),
        "steady_state": steady_state,
        "age": age,
        "female": None if sex is None else sex == "female",
        "weight": weight,
        "cirrhosis": cirrhosis,
        "renal_impairment": renal_impairment,
        "smoker": smoker,
        "cyp2c19": cyp2c19,
        "cyp2d6": cyp2d6,
        "cyp3a5": cyp3a5,
        "ugt2b15": ugt2b15,
        "with_drugs": texts(with_drugs),
        "subjects": subjects,
        "seed": seed,
        "percentiles": list(percentiles),
        "step": step,
    }
    answer: dict[str, Any] = json.loads(_native.simulate(json.dumps(question, allow_nan=False)))
    return answer


def taper(
    drug: str | None = None,
    dose: str | None = None,
    *,
    record: Record | None = None,
    as_of: Date | None = None,
    start: Date | None = None,
    jurisdiction: str = "us",
    guideline: str | None = None,
    strategy: str | None = None,
    pace: str | None = None,
    stop_at_mg: float = 0.0,
    equivalence: str | None = None,
    syringe_mark_ml: float | None = None,
    form: str = "json",
) -> Any:
    """A plan to reduce or stop a drug, from products that exist.

    Give ``drug`` and ``dose`` ("1 mg three times a day"), or a ``record`` that drug, dose, duration and risks are read from. ``strategy``
    is proportional, linear, occupancy, stepped or switch; ``pace`` is "10 % every 2 weeks"; ``guideline`` an id such as ``ashton``;
    ``stop_at_mg`` a daily dose to keep.

    The answer is a dict; with ``form`` it is FHIR as a dict (``fhir``), or text: ``ics``, ``csv``, ``svg``, ``text``. A plan is for the
    treating team. It is not a prescription, and no dose is changed without the prescriber.
    """
    text = _native.taper(
        drug,
        dose,
        None if record is None else record_bytes(record),
        day(as_of),
        None if start is None else day(start),
        jurisdiction,
        guideline,
        strategy,
        pace,
        stop_at_mg,
        equivalence,
        syringe_mark_ml,
        form,
    )
    return json.loads(text) if form in ("json", "fhir") else text
