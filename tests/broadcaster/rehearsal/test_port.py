"""The client of a rehearsal's control port: every way in which nobody, or not enough, is said."""

import json
import time
from pathlib import Path

import pytest

from broadcaster.rehearsal.errors import CommandRefused, NoRehearsal, RehearsalSilent
from broadcaster.rehearsal.port import LARGEST_ANSWER_BYTES, ControlPort
from tests.broadcaster.rehearsal.sockets import left_behind, port_at


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a rehearsal's socket would lie."""
    return tmp_path / "rehearsal.sock"


def test_it_asks_one_line_and_gives_the_answer(path: Path) -> None:
    """What is asked goes out whole, and what comes is read."""

    def answer(asked: bytes) -> bytes:
        return json.dumps({"answer": "ok", "heard": json.loads(asked)}).encode() + b"\n"

    with port_at(path, answer):
        told = ControlPort(path).ask("add_fault", kind="offline", share=0.5)

    assert told["heard"] == {"do": "add_fault", "kind": "offline", "share": 0.5}


def test_where_there_is_no_socket_nothing_runs(path: Path) -> None:
    """As at a station that was never rehearsed."""
    with pytest.raises(NoRehearsal):
        ControlPort(path).ask("status")


def test_where_a_socket_was_left_behind_nothing_runs(path: Path) -> None:
    """As after `kill -9`."""
    left_behind(path)

    with pytest.raises(NoRehearsal):
        ControlPort(path).ask("status")


def test_a_folder_too_long_for_any_socket_has_none(tmp_path: Path) -> None:
    """The kernel would not have let anybody listen there."""
    with pytest.raises(NoRehearsal):
        ControlPort(tmp_path / ("x" * 120) / "rehearsal.sock").ask("status")


def test_what_is_refused_is_told_in_the_rehearsals_words(path: Path) -> None:
    """In both languages, with what is wrong."""
    said = {
        "answer": "refused",
        "message_vi": "Không được.",
        "message_en": "No.",
        "detail": "kind: must be one of …",
    }
    with (
        port_at(path, lambda _: json.dumps(said).encode() + b"\n"),
        pytest.raises(CommandRefused) as refused,
    ):
        ControlPort(path).ask("add_fault", kind="x")

    assert refused.value.message_vi == "Không được."
    assert refused.value.detail == "kind: must be one of …"


@pytest.mark.parametrize(
    "said",
    [b"", b'{"answer": "ok"', b"not json\n", b"[1]\n", b"\xff\n", b"x" * 5_000_000],
    ids=["nothing", "half a line", "no JSON", "no object", "no text", "no end"],
)
def test_no_whole_answer_is_none(path: Path, said: bytes) -> None:
    """And nobody waits longer for it than was said."""
    assert len(b"x" * 5_000_000) > LARGEST_ANSWER_BYTES
    began_s = time.monotonic()
    with port_at(path, lambda _: said), pytest.raises(RehearsalSilent):
        ControlPort(path, within_s=0.5).ask("status")

    assert time.monotonic() - began_s < 5


def test_one_that_hangs_up_is_silent(path: Path) -> None:
    """As one that is killed while it is asked."""
    with port_at(path, lambda _: b"", hangs_up=True), pytest.raises(RehearsalSilent):
        ControlPort(path).ask("status")
