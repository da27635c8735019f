"""Which tests get a second try: those that waited for programs, a handful at most, in the open."""

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

@pytest.mark.processes
def test_program(): assert 0

@pytest.fixture
def browser(): raise TimeoutError

@pytest.mark.browser
def test_page(browser): ...

def test_sum(): assert {sum}

def test_passes(): ...
"""


def noted(*fell: bool, left_out: bool = False) -> str:
    """What a run leaves in the cache: whether a busy machine can be the reason of each."""
    busy = {f"test_{number}": each for number, each in enumerate(fell)}
    return json.dumps({"busy_machine": busy, "left_out": left_out})


@pytest.mark.parametrize(
    ("cache", "again"),
    [
        pytest.param(noted(True), 1, id="waited"),
        pytest.param(noted(*[True] * AT_MOST), AT_MOST, id="a-handful"),
        pytest.param(noted(*[True] * (AT_MOST + 1)), 0, id="more-than-a-handful"),
        pytest.param(noted(False), 0, id="did-not-wait"),
        pytest.param(noted(True, False), 0, id="one-of-them-did-not-wait"),
        pytest.param(noted(True, left_out=True), 0, id="something-was-left-out"),
        pytest.param(noted(), 0, id="none-fell"),
    ],
)
def test_who_gets_a_second_try(cache: str, again: int) -> None:
    """Where the first run is red in any case, no second one is begun."""
    assert len(to_try_alone(cache, nothing_left_out=True)) == again


@pytest.mark.parametrize("workers", ["0", "2"])
def test_what_fell_is_noted_with_its_reason(tmp_path: Path, workers: str) -> None:
    """In the test or in what is set up for it, alone or by workers."""
    (tmp_path / "test_some.py").write_text(SOME_TESTS.format(sum="1 + 1 == 3"), "utf-8")
    markers = 'addopts = "-p tests.alone"\nmarkers = ["browser", "processes"]\n'
    (tmp_path / "pyproject.toml").write_text(f"[tool.pytest.ini_options]\n{markers}", "utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--numprocesses", workers, "test_some.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        check=False,
    )

    assert ended.returncode == 1, ended.stdout
    assert json.loads((tmp_path / ".pytest_cache/v" / FELL).read_text("utf-8")) == {
        "busy_machine": {
            "test_some.py::test_page": True,
            "test_some.py::test_program": True,
            "test_some.py::test_sum": False,
        },
        "left_out": False,
    }
