"""Every test, two at a time; of those that fell a few are tried once more alone.

Such a test (`tests.alone`) may have fallen because the machine was busy with others. Tried alone it
says which it was: it falls again and the run is red, or it holds and is named for all to see, to be
mended: it asks too much of the machine, or another test disturbs it. More than a few are red at
once: no machine is that busy. CI draws the same examples each time, so what is wrong falls again.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.alone import FELL

AT_MOST = 3
"""Of so many tests one may say that the machine was busy."""
SOME_FELL = 1
"""What pytest's exit code says when tests fell and nothing else was wrong."""
_PYTEST = [sys.executable, "-m", "pytest"]
_NOTED = Path(".pytest_cache/v") / FELL


def to_try_alone(noted: str, *, nothing_left_out: bool) -> list[str]:
    """Give the tests that deserve a second try, or none where one try was enough to know."""
    fell = json.loads(noted)
    tests: list[str] = fell["tests"]
    if nothing_left_out and fell["left_out"]:
        return []
    return tests if len(tests) <= AT_MOST else []


def main(arguments: list[str]) -> int:
    """Run all tests, then alone a few that fell; give the exit code of the whole."""
    _NOTED.unlink(missing_ok=True)
    # Programs are started a thousand times: the first writes down what it compiled.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    code = _pytest("tests", "--numprocesses", "2", "--dist", "loadfile", *arguments)
    if code != SOME_FELL or not _NOTED.exists():
        return code
    unsure = to_try_alone(
        _NOTED.read_text("utf-8"), nothing_left_out="LOA_NOTHING_LEFT_OUT" in os.environ
    )
    if not unsure:
        return code
    _say(f"{len(unsure)} fell while others ran beside them; each once more, alone:", unsure)
    if alone := _pytest("--numprocesses", "0", *unsure):
        return alone
    _say("Held alone; fell while others ran beside them, look at why:", unsure)
    return 0


def _pytest(*arguments: str) -> int:
    return subprocess.run([*_PYTEST, *arguments], check=False).returncode


def _say(what: str, tests: list[str]) -> None:
    sys.stdout.write("\n".join([f"\n» {what}", *(f"  {test}" for test in tests), ""]))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
