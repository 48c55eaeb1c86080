"""What tests share: the repository around the package, and the command line where it was built."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import warnings
from typing import Any, Callable

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
AS_OF = "2026-11-24"


@pytest.fixture(scope="session")
def command() -> Callable[..., Any]:
    """Runs the command line (``POSOLOGY_BIN``) and gives its JSON."""
    program = os.environ.get("POSOLOGY_BIN")
    if not program:
        warnings.warn("skipped: POSOLOGY_BIN names no posology to compare with", stacklevel=2)
        pytest.skip("skipped: POSOLOGY_BIN names no posology to compare with")

    def run(*arguments: str) -> Any:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, cwd=ROOT, check=False)
        assert done.returncode in (0, 1) or done.stdout, done.stderr
        return json.loads(done.stdout)

    return run
