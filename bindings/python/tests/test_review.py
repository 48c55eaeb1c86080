"""Reviews: the same as the command line, from every form of a record."""

from __future__ import annotations

import concurrent.futures
import json
import threading
import time
import warnings
from typing import Any, Callable

import pytest
from conftest import AS_OF, ROOT

import posology
from posology import _native

FILES = sorted(ROOT.glob("fixtures/patients/*.txt")) + [
    ROOT / "examples" / n
    for n in ("diazepam-67f.json", "list.txt", "medications.csv", "interacting-stop.txt", "taper-candidate.txt")
]
ORDER = "diazepam 20 mg tablet three times a day for social anxiety"


def without_source(review: dict[str, Any]) -> dict[str, Any]:
    return {**review, "patient": {k: v for k, v in review["patient"].items() if k != "source"}}


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_the_command_line_says_the_same(file: Any, command: Callable[..., Any]) -> None:
    said = command("review", str(file), "--as-of", AS_OF, "--format", "json")
    said = said if isinstance(said, list) else [said]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", posology.NotRecognised)
        here = posology.reviews(file.read_bytes(), as_of=AS_OF)
    assert [without_source(r) for r in here] == [without_source(r) for r in said]
    assert here[0]["findings"] or here[0]["not_assessed"], "a review that says nothing at all proves nothing"


def test_an_order_and_a_stop_reach_the_engine(command: Callable[..., Any]) -> None:
    file = ROOT / "examples" / "diazepam-67f.json"
    said = command("review", str(file), "--as-of", AS_OF, "--format", "json", "--order", ORDER, "--jurisdiction", "uk")
    here = posology.review(json.loads(file.read_text()), as_of=AS_OF, order=ORDER, jurisdiction="uk")
    assert [f["rule"] for f in here["findings"]] == [f["rule"] for f in said["findings"]]
    assert any(f["interruptive"] for f in here["findings"])
    before = posology.review(file.read_bytes(), as_of=AS_OF)
    after = posology.review(file.read_bytes(), as_of=AS_OF, stop=["fluvoxamine"])
    assert {f["rule"] for f in before["findings"]} != {f["rule"] for f in after["findings"]}


def test_every_form_of_a_record_gives_one_review() -> None:
    bundle = (ROOT / "examples" / "diazepam-67f.json").read_bytes()
    from_dict = posology.review(json.loads(bundle), as_of=AS_OF)
    for form in (bundle, bundle.decode(), bytearray(bundle), memoryview(bundle)):
        assert posology.review(form, as_of=AS_OF)["findings"] == from_dict["findings"]


def test_an_order_that_is_not_known_is_said() -> None:
    with pytest.warns(posology.NotRecognised, match="nonsensium"):
        review = posology.review("diazepam 5 mg tablet, 1 daily", as_of=AS_OF, order=["nonsensium 5 mg daily"])
    assert review["orders_not_recognised"] and "nonsensium" in review["orders_not_recognised"][0]


@pytest.mark.parametrize(
    ("arguments", "place", "remedy"),
    [
        ({"record": b'{"resourceType": "Bundle", "entry": [}'}, "line 1", None),
        ({"record": "diazepam 5 mg", "as_of": "24.11.2026"}, "as_of", "2026-11-24"),
        ({"record": "diazepam 5 mg", "jurisdiction": "mars"}, "jurisdiction", "uk"),
        ({"record": b"\xff\xfe\x00", "format": "list"}, "byte 0", "UTF-8"),
        ({"record": "diazepam 5 mg", "format": "odt"}, "format", "csv"),
        ({"record": "diazepam 5 mg", "suppress": [{"rule": 1}]}, "suppress", "fingerprint"),
    ],
)
def test_bad_input_names_place_and_remedy(arguments: dict[str, Any], place: str, remedy: str | None) -> None:
    with pytest.raises(posology.PosologyError) as caught:
        posology.review(**{"as_of": AS_OF, **arguments})
    assert isinstance(caught.value, ValueError)
    assert place in (caught.value.place or "") and caught.value.remedy, vars(caught.value)
    assert remedy is None or remedy in caught.value.remedy
    assert caught.value.message in str(caught.value) and caught.value.remedy in str(caught.value)


def test_several_patients_are_never_mixed() -> None:
    two = [
        {"resourceType": "Patient", "id": i, "birthDate": "1950-01-01"} for i in ("a", "b")
    ] + [
        {
            "resourceType": "MedicationStatement",
            "id": f"m-{i}",
            "status": "active",
            "subject": {"reference": f"Patient/{i}"},
            "medicationCodeableConcept": {"text": drug},
        }
        for i, drug in (("a", "diazepam 5 mg tablet"), ("b", "oxycodone 5 mg tablet"))
    ]
    both = posology.reviews(two, as_of=AS_OF)
    assert [r["patient"]["id"] for r in both] == ["a", "b"]
    with pytest.raises(posology.PosologyError, match="2 patients"):
        posology.review(two, as_of=AS_OF)
    assert posology.review(two, as_of=AS_OF, patient="b")["patient"]["id"] == "b"


def test_a_record_of_another_type_is_refused() -> None:
    with pytest.raises(TypeError, match="read_bytes"):
        posology.review(3, as_of=AS_OF)  # type: ignore[arg-type]


def ticks_inside(work: Callable[[], object]) -> int:
    """How often this thread ran in the middle half of the time that ``work`` took in another thread."""
    span: list[float] = []

    def run() -> None:
        begin = time.perf_counter()
        work()
        span.extend((begin, time.perf_counter()))

    thread = threading.Thread(target=run)
    ticks: list[float] = []
    thread.start()
    while thread.is_alive():
        ticks.append(time.perf_counter())
        time.sleep(0.001)
    quarter = (span[1] - span[0]) / 4
    return sum(span[0] + quarter < t < span[1] - quarter for t in ticks)


def test_the_lock_of_the_interpreter_is_released() -> None:
    """While the engine works in one thread, Python goes on in another. With the lock held no tick can fall inside: that is shown too."""
    long = "\n".join(json.dumps(r) for i in range(400) for r in _person(i)).encode()

    def engine() -> object:
        return _native.review(long, AS_OF, "us", [], [], False, None, None, None, None)

    # A busy machine may starve this thread once; it does not do so every time.
    assert any(ticks_inside(engine) > 0 for _ in range(5))
    held = 3 ** 200_000
    assert any(ticks_inside(lambda: held ** 8) == 0 for _ in range(5)), "one operation on whole numbers holds the lock"


def test_two_threads_review_what_one_does() -> None:
    texts = [f"age: {60 + i}\ndiazepam 5 mg tablet, 1 three times a day\noxycodone 10 mg tablet, 1 twice a day" for i in range(40)]
    alone = [posology.review(t, as_of=AS_OF) for t in texts]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda t: posology.review(t, as_of=AS_OF), texts)) == alone


def _person(i: int) -> list[dict[str, Any]]:
    return [{"resourceType": "Patient", "id": f"p{i}", "birthDate": "1950-01-01"}] + [
        {
            "resourceType": "MedicationStatement",
            "id": f"m{i}-{k}",
            "status": "active",
            "subject": {"reference": f"Patient/p{i}"},
            "medicationCodeableConcept": {"text": t},
        }
        for k, t in enumerate(("diazepam 5 mg tablet", "oxycodone 10 mg tablet", "fluvoxamine 100 mg tablet"))
    ]
