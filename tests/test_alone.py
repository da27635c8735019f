"""Which tests get a second try: a few of those that fell, alone, and in the open."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.__main__ import AT_MOST, to_try_alone
from tests.alone import FELL

ROOT = Path(__file__).parents[1]
SOME_TESTS = """
import pytest

@pytest.fixture
def browser(): raise TimeoutError

def test_page(browser): ...

def test_sum(): assert 1 + 1 == 3

def test_passes(): ...
"""


def noted(fell: int, *, left_out: bool = False) -> str:
    """What a run leaves in the cache in which so many fell."""
    tests = [f"test_{number}" for number in range(fell)]
    return json.dumps({"tests": tests, "left_out": left_out})


@pytest.mark.parametrize(
    ("cache", "again"),
    [
        pytest.param(noted(1), 1, id="one"),
        pytest.param(noted(AT_MOST), AT_MOST, id="a-few"),
        pytest.param(noted(AT_MOST + 1), 0, id="more-than-a-few"),
        pytest.param(noted(1, left_out=True), 0, id="something-was-left-out"),
        pytest.param(noted(0), 0, id="none-fell"),
    ],
)
def test_who_gets_a_second_try(cache: str, again: int) -> None:
    """Where the first run is red in any case, no second one is begun."""
    assert len(to_try_alone(cache, nothing_left_out=True)) == again


def ended(folder: Path, *options: str) -> "subprocess.CompletedProcess[bytes]":
    """A run of some tests, two of which fall."""
    (folder / "test_some.py").write_text(SOME_TESTS, "utf-8")
    settings = '[tool.pytest.ini_options]\naddopts = "-p tests.alone"\n'
    (folder / "pyproject.toml").write_text(settings, "utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *options, "test_some.py"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("workers", ["0", "2"])
def test_what_fell_is_noted(tmp_path: Path, workers: str) -> None:
    """In the test or in what is set up for it, alone or by workers."""
    run = ended(tmp_path, "--numprocesses", workers)

    assert run.returncode == 1, run.stdout
    assert json.loads((tmp_path / ".pytest_cache/v" / FELL).read_text("utf-8")) == {
        "tests": ["test_some.py::test_page", "test_some.py::test_sum"],
        "left_out": False,
    }


def test_a_run_that_keeps_nothing_ends_as_usual(tmp_path: Path) -> None:
    """As `make soak` runs its attacks: it says what fell, and that is all."""
    run = ended(tmp_path, "-p", "no:cacheprovider", "-p", "no:xdist")

    assert run.returncode == 1, run.stderr
    assert b"1 failed, 1 passed, 1 error" in run.stdout
