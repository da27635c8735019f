"""The suite at a broker behind TLS with a CA of one's own: our controller, and the other one."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from devices.conformance.__main__ import main
from devices.conformance.kit import CREDENTIALS_FILE
from tests.authority import Authority
from tests.brokers import free_port, start_embedded
from tests.contract.controllers import ControllerProcess, in_javascript, ours
from tests.contract.node import workshop

pytestmark = pytest.mark.processes

POINTS = ["says_it_is_online", "follows_its_configuration", "refuses_a_changed_message"]
Made = Callable[[Path, Path], ControllerProcess]


def theirs(folder: Path, home: Path) -> ControllerProcess:
    """The controller in JavaScript."""
    shop_folder = folder / "js"
    shop_folder.mkdir()
    return in_javascript(workshop("js", shop_folder), home)


@pytest.mark.parametrize("made", [lambda _, home: ours(home), theirs], ids=["ours", "js"])
def test_a_controller_is_scored_over_mqtts(made: Made, tmp_path: Path) -> None:
    """Prepared with the CA, both sides prove the broker by it and by nothing else."""
    authority, port, kit = Authority(tmp_path), free_port(), tmp_path / "kit"
    shown, url = authority.issue(), f"mqtts://127.0.0.1:{port}"
    assert main(["--prepare", str(kit), "--broker", url, "--ca", str(authority.file)]) == 0
    tls = ["--tls-cert", str(shown.certificate), "--tls-key", str(shown.key)]
    broker = start_embedded(kit / CREDENTIALS_FILE, tmp_path, port=port, more=tls)
    controller = made(tmp_path, kit / "device")
    controller.start()
    scores = tmp_path / "scores.xml"
    try:
        to = ["--folder", str(kit), "--broker", url, "--junit", str(scores)]
        code = main([*to, "--only", *POINTS])
    finally:
        controller.stop()
        broker.stop()
    suite = ET.fromstring(scores.read_text("utf-8"))  # noqa: S314 - we wrote it
    passed = [case for case in suite.iter("testcase") if not len(case)]

    assert code == 0
    assert sorted(str(case.get("name")) for case in passed) == sorted(POINTS)
