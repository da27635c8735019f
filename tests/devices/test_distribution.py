"""The controller as a distribution of its own: on a box that has nothing of the station."""

import json
import os
import subprocess
import sys
import tomllib
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ELSEWHERE = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
"""The environment without what would point into this source tree."""

NOT_AT_A_POLE = ["alembic", "amqtt", "fastapi", "pydub", "rich", "sqlmodel", "typer", "uvicorn"]


def declared(pyproject: Path) -> dict[str, object]:
    """The project table of a pyproject.toml."""
    project: dict[str, object] = tomllib.loads(pyproject.read_text())["project"]
    return project


def test_it_needs_nothing_that_the_station_does_not_need_the_same_way() -> None:
    """The same bounds, so that what was tested here is what runs there."""
    station = declared(ROOT / "pyproject.toml")
    controller = declared(ROOT / "devices" / "pyproject.toml")

    assert isinstance(station["dependencies"], list)
    assert isinstance(controller["dependencies"], list)
    assert set(controller["dependencies"]) <= set(station["dependencies"])
    assert controller["requires-python"] == station["requires-python"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as it is released."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", folder, ROOT / "devices")
    return next(folder.glob("loa_controller-*.whl"))


@pytest.fixture(scope="module")
def box(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment with the wheel, and with what it asks for."""
    folder = tmp_path_factory.mktemp("box")
    venv.create(folder, with_pip=True)
    run(folder / "bin" / "python", "-m", "pip", "install", wheel)
    return folder / "bin"


def run(*command: str | Path) -> str:
    """Run to its end outside of this source tree; fetching may not be possible here."""
    ended = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, cwd="/", check=False, env=ELSEWHERE
    )
    if "No matching distribution found" in ended.stderr:
        pytest.skip("not run: no package index can be reached")
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.index
def test_the_wheel_holds_the_controller_and_the_contract(wheel: Path) -> None:
    """Not the fleet, the test broker or the suite; and the licence."""
    with zipfile.ZipFile(wheel) as archive:
        files = [name for name in archive.namelist() if name.startswith("devices/")]

    assert {name.split("/")[1] for name in files} == {
        "__init__.py",
        "errors.py",
        "controller",
        "protocol",
        "reception",
        "LICENSE",
        "NOTICE",
    }
    assert "devices/controller/sound/card_sink.py" in files


@pytest.mark.index
@pytest.mark.processes
def test_it_starts_where_nothing_of_the_station_is(box: Path) -> None:
    """Its help, and a sentence where the folder holds no identity."""
    installed = json.loads(run(box / "python", "-m", "pip", "list", "--format", "json"))
    names = {each["name"].lower() for each in installed}

    assert names.isdisjoint(NOT_AT_A_POLE)
    assert "--home" in run(box / "loa-controller", "--help")
    refused = start(box / "loa-controller", "--home", "/nonexistent")
    assert (refused.returncode, "Traceback" in refused.stderr) == (2, False)
    assert "chưa có danh tính thiết bị" in refused.stderr


@pytest.mark.index
@pytest.mark.processes
def test_all_of_it_can_be_imported_there(box: Path) -> None:
    """No module reaches for a package that is not installed."""
    walk = (
        "import importlib, pkgutil, devices;"
        "names = [m.name for m in pkgutil.walk_packages(devices.__path__, 'devices.')"
        " if not m.name.endswith('__main__')];"
        "[importlib.import_module(name) for name in names]; print(len(names))"
    )

    assert int(run(box / "python", "-c", walk)) > 50


def start(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program that may refuse."""
    arguments: Sequence[str] = list(map(str, command))
    return subprocess.run(
        arguments, capture_output=True, text=True, cwd="/", check=False, env=ELSEWHERE, timeout=60
    )
