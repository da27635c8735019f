"""`loa conformance` as a manufacturer uses it."""

from pathlib import Path

import pytest

from devices.conformance.points import all_points
from devices.protocol.identity import load_identity
from tests.e2e.commands import run_to_end

pytestmark = pytest.mark.processes


def test_it_lists_what_it_would_try(tmp_path: Path) -> None:
    """Every point with its section."""
    ended = run_to_end(tmp_path, "conformance", "--list")

    assert ended.code == 0
    assert len(ended.stdout.splitlines()) == len(all_points())


def test_it_prepares_an_identity(tmp_path: Path) -> None:
    """For the controller under test, and says what to do with it."""
    ended = run_to_end(tmp_path, "conformance", "--prepare", "kit", "--device", "loa-07")

    assert ended.code == 0
    assert "kit/device/identity.json" in ended.stdout
    assert load_identity(tmp_path / "kit" / "device").device == "loa-07"


def test_without_a_kit_it_says_what_is_missing(tmp_path: Path) -> None:
    """One sentence in both languages, and no score that means nothing."""
    ended = run_to_end(tmp_path, "conformance", "--device", "loa-07")

    assert ended.code == 2
    assert "--prepare" in ended.stderr
