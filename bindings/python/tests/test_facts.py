"""Facts, interactions, exposure, concentrations, tapers: the same as the command line."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from conftest import AS_OF, ROOT

import posology


def test_drug(command: Callable[..., Any]) -> None:
    assert posology.drug("Valium") == command("drug", "Valium", "--format", "json")
    assert posology.drug("diazepam", jurisdiction="uk") == command(
        "drug", "diazepam", "--jurisdiction", "uk", "--format", "json"
    )
    assert posology.drug("diazepam")["knowledge_version"] == posology.knowledge_version()


def test_interactions(command: Callable[..., Any]) -> None:
    names = ("diazepam 5 mg three times a day", "fluvoxamine 100 mg", "alcohol")
    said = command("interactions", *names, "--as-of", AS_OF, "--format", "json")
    here = posology.interactions(*names, as_of=AS_OF)
    assert here["findings"] and [f["title"] for f in here["findings"]] == [f["title"] for f in said["findings"]]
    assert any(n["what"] == "the patient" for n in here["not_assessed"])
    with pytest.raises(posology.PosologyError, match="nonsensium"):
        posology.interactions("diazepam", "nonsensium")


def test_predict(command: Callable[..., Any]) -> None:
    here = posology.predict("diazepam", "fluvoxamine 100 mg", cyp2c19="poor", smoker=True)
    said = command(
        "predict", "--victim", "diazepam", "--with", "fluvoxamine 100 mg", "--cyp2c19", "poor", "--smoker", "--format", "json"
    )
    assert here == said
    parent = here["parent"]
    assert parent["low"] < parent["ratio"] < parent["high"]
    with pytest.raises(posology.PosologyError) as caught:
        posology.predict("diazepam", "fluvoxamine 100 mg", cyp2c19="odd")
    assert caught.value.place == "cyp2c19"


def test_simulate(command: Callable[..., Any]) -> None:
    here = posology.simulate(
        "diazepam", "10 mg", every="8h", duration="14d", with_drugs="fluvoxamine 100 mg from day 3 to day 10", sex="female"
    )
    line = "--drug diazepam --every 8h --for 14d --sex female --format json".split()
    said = command("simulate", *line, "--dose", "10 mg", "--with", "fluvoxamine 100 mg from day 3 to day 10")
    assert here == said
    assert list(here["columns"]) == ["diazepam_ng_per_ml", "nordiazepam_ng_per_ml"]
    population = posology.simulate("diazepam", "10 mg", every="8h", duration="3d", subjects=50, percentiles=[10, 90])
    low, high = (population["columns"][f"diazepam_ng_per_ml_p{p}"] for p in (10, 90))
    assert all(a <= b for a, b in zip(low, high)) and low[-1] < high[-1]


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        ({"dose": "10 mL"}, "dose"),
        ({"duration": "soon"}, "duration"),
        ({"age": 400.0}, "age"),
        ({"with_drugs": "fluvoxamine from day 9 to day 3"}, "with_drugs"),
    ],
)
def test_simulate_names_what_is_wrong(arguments: dict[str, Any], place: str) -> None:
    with pytest.raises(posology.PosologyError) as caught:
        posology.simulate(**{"drug": "diazepam", "dose": "10 mg", "duration": "1d", **arguments})
    assert caught.value.place == place and "allowed" in str(caught.value)


def test_simulate_refuses_before_it_asks() -> None:
    for bad in ({"sex": "x"}, {"subjects": 0}, {"seed": -1}, {"missed": [0]}):
        with pytest.raises(ValueError):
            posology.simulate("diazepam", "10 mg", duration="1d", **bad)  # type: ignore[arg-type]


def test_taper(command: Callable[..., Any]) -> None:
    here = posology.taper("lorazepam", "1 mg three times a day", as_of=AS_OF)
    said = command(
        "taper", "--drug", "lorazepam", "--dose", "1 mg three times a day", "--as-of", AS_OF, "--format", "json"
    )
    assert here == said and len(here["steps"]) > 3
    record = ROOT / "examples" / "taper-candidate.txt"
    from_record = posology.taper("diazepam", record=record.read_text(), as_of=AS_OF)
    assert from_record == command(
        "taper", "--record", str(record), "--drug", "diazepam", "--as-of", AS_OF, "--format", "json"
    )
    assert posology.taper("lorazepam", "1 mg twice a day", as_of=AS_OF, form="fhir")["resourceType"] == "Bundle"
    assert posology.taper("lorazepam", "1 mg twice a day", as_of=AS_OF, form="ics").startswith("BEGIN:VCALENDAR")


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        ({"drug": "lorazepam", "dose": "a bit"}, "dose"),
        ({"drug": "nonsensium", "dose": "1 mg daily"}, "drug"),
        ({"drug": "lorazepam"}, "dose"),
        ({}, "drug"),
        ({"drug": "lorazepam", "dose": "1 mg twice a day", "pace": "quickly"}, "pace"),
        ({"drug": "lorazepam", "dose": "1 mg twice a day", "strategy": "hope"}, "strategy"),
        ({"drug": "lorazepam", "dose": "1 mg twice a day", "stop_at_mg": -1}, "stop_at_mg"),
        ({"drug": "lorazepam", "dose": "1 mg twice a day", "form": "pdf"}, "form"),
    ],
)
def test_taper_names_what_is_wrong(arguments: dict[str, Any], place: str) -> None:
    with pytest.raises(posology.PosologyError) as caught:
        posology.taper(as_of=AS_OF, **arguments)
    assert caught.value.place == place, vars(caught.value)
