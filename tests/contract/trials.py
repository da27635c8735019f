"""Whole trials of a controller: every point of the suite, power cuts among them."""

from collections.abc import Callable
from pathlib import Path

from devices.conformance.kit import load_kit, prepare_kit
from devices.conformance.points import all_points
from devices.conformance.scoring import Score, score
from devices.conformance.suite import set_up
from tests.contract.controllers import ControllerProcess, in_javascript, ours
from tests.contract.node import workshop


def conformance_of_ours(folder: Path) -> list[Score]:
    """All points, tried with our own controller."""
    return _trial(folder, ours)


def conformance_of_js(folder: Path) -> list[Score]:
    """All points, tried with the controller in JavaScript."""
    folder.mkdir()
    shop = workshop("js", folder)
    return _trial(folder / "kit", lambda home: in_javascript(shop, home))


def _trial(folder: Path, made: Callable[[Path], ControllerProcess]) -> list[Score]:
    prepare_kit(folder, device="loa-thu")
    controller = made(folder / "device")
    controller.start()
    try:
        with set_up(load_kit(folder), folder) as bench:
            bench.restart = controller.restart
            return list(score(bench, all_points()))
    finally:
        controller.stop()
