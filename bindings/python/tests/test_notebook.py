"""The notebook runs from top to bottom."""

from __future__ import annotations

import pathlib

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")


def test_the_notebook_runs() -> None:
    file = pathlib.Path(__file__).resolve().parents[1] / "examples" / "posology.ipynb"
    notebook = nbformat.read(file, as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": file.parent}}).execute()
    said = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    assert said and not [o for o in said if o.output_type == "error"]
