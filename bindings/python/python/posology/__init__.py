"""Posology for Python: the same review as the command line, for one record or for a population.

>>> import posology
>>> review = posology.review("age: 70\\ndiazepam 5 mg tablet, 1 three times a day\\noxycodone 10 mg, 1 twice a day\\n",
...                          as_of="2026-11-24")
>>> review["findings"][0]["severity"]
'serious'

Everything that cannot be used raises :class:`PosologyError` with ``message``, ``place`` and ``remedy``. What could not be assessed stands
in every answer under ``not_assessed``: no finding does not mean safe.
"""

from posology._facts import drug, interactions, knowledge_version, predict, simulate, taper
from posology._native import PosologyError
from posology._review import NotRecognised, review, reviews
from posology._screen import Answers, Screener, screen

__all__ = [
    "Answers",
    "NotRecognised",
    "PosologyError",
    "Screener",
    "drug",
    "interactions",
    "knowledge_version",
    "predict",
    "review",
    "reviews",
    "screen",
    "simulate",
    "taper",
]
