"""What is checked in is what the code says today, and the text names all that the code knows."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec import Struct
from msgspec import inspect as types

from devices.protocol.contract.__main__ import main
from devices.protocol.contract.asyncapi import CHANNELS, SPOKEN
from devices.protocol.contract.published import (
    FOLDER,
    outdated_files,
    published_files,
    write_files,
)
from devices.protocol.contract.schemas import PUBLISHED
from devices.protocol.messages import Kind, Scope, Typ
from devices.protocol.topics import Upward

FRAMES = {"frame"}
"""What is no signed message of a kind: live speech."""

CONTRACT = (FOLDER / "CONTRACT.md").read_text(encoding="utf-8")


def test_the_checked_in_files_are_current() -> None:
    """Run `python -m devices.protocol.contract` after each change of a message."""
    assert outdated_files(published_files()) == []


def test_what_is_generated_is_the_same_every_time() -> None:
    """No set, no clock and no chance gets into it."""
    assert published_files() == published_files()


def test_a_changed_and_a_superfluous_file_are_found_and_mended(tmp_path: Path) -> None:
    """What nobody generates any more is taken away."""
    files = published_files()
    write_files(files, tmp_path)
    (tmp_path / "schemas" / "weather.json").write_text("{}", encoding="utf-8")
    (tmp_path / "asyncapi.json").write_text("{}", encoding="utf-8")
    found = outdated_files(files, tmp_path)
    write_files(files, tmp_path)

    assert found == ["asyncapi.json", "schemas/weather.json"]
    assert outdated_files(files, tmp_path) == []


def test_the_command_can_only_look(capsys: pytest.CaptureFixture[str]) -> None:
    """For a build that must not write into its own tree."""
    assert (main(["--check"]), capsys.readouterr().out) == (0, "")


def test_every_kind_is_spoken_on_a_topic() -> None:
    """Only the keyring travels inside another message, and a frame is none."""
    spoken = {each for channel in CHANNELS.values() for each in channel.says}

    assert {SPOKEN[each].typ for each in spoken - FRAMES} == set(Typ) - {Typ.KEYRING}
    assert spoken == set(SPOKEN) | FRAMES
    assert {c.address.rpartition("/")[2] for c in CHANNELS.values() if c.sender == "device"} == {
        str(what) for what in Upward
    }


def members(kind: type[Struct]) -> Iterator[str]:
    """The names of all members of a message, however deep."""
    waiting: list[object] = [types.type_info(kind)]
    while waiting:
        each = waiting.pop()
        if isinstance(each, types.StructType):
            for field in each.fields:
                yield field.encode_name
                waiting.append(field.type)
        else:
            for part in ("type", "types", "item_type", "value_type"):
                inner = getattr(each, part, ())
                waiting += inner if isinstance(inner, tuple) else [inner]


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_the_text_speaks_of_every_member(name: str) -> None:
    """A member that only the schema knows has no meaning for anybody."""
    missing = {each for each in members(PUBLISHED[name]) if f"`{each}`" not in CONTRACT}

    assert missing - {"plan", "v"} == set()


def test_the_text_speaks_of_every_kind_scope_and_limit() -> None:
    """Each in the code's own word."""
    words = [*Typ, *Kind, *Scope]

    assert [word for word in words if f"`{word}`" not in CONTRACT] == []


def test_sections_are_numbered_once_and_references_lead_somewhere() -> None:
    """Tests and manufacturers name rules by these numbers."""
    numbers = re.findall(r"^#{2,3} (\d+(?:\.\d+)?) ", CONTRACT, flags=re.MULTILINE)
    referred = set(re.findall(r"[(: ](\d{1,2}\.\d{1,2})(?=[);,: .|])", CONTRACT))

    assert len(set(numbers)) == len(numbers)
    assert {each for each in referred if each not in numbers} <= NO_REFERENCES


NO_REFERENCES = {"1.5", "3.0", "0.1", "0.3", "0.5", "2.5", "1.0", "3.1"}
"""Numbers of seconds and versions that look like sections."""


def test_json_files_are_read_by_any_reader() -> None:
    """UTF-8, no byte order mark, one object each."""
    for path in FOLDER.rglob("*.json"):
        assert isinstance(msgspec.json.decode(path.read_bytes()), dict)
