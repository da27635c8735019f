"""The official parser reads the AsyncAPI document without a complaint, and finds all of it."""

import json
from typing import Any

import pytest

from devices.protocol.contract.asyncapi import CHANNELS
from devices.protocol.contract.published import FOLDER
from tests.contract.node import workshop

OUTDATED_BY_A_VERSION = "asyncapi-latest-version"
"""The parser recommends the newest AsyncAPI; the contract promises 3.0."""


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the parser says of the checked-in document."""
    shop = workshop("asyncapi", tmp_path_factory.mktemp("asyncapi"))
    said: dict[str, Any] = json.loads(shop.run("check.mjs", str(FOLDER / "asyncapi.json")))
    return said


def test_the_parser_has_no_complaint(read: dict[str, Any]) -> None:
    """Neither an error nor a warning."""
    assert [each for each in read["found"] if each["code"] != OUTDATED_BY_A_VERSION] == []


def test_both_sides_find_their_operations(read: dict[str, Any]) -> None:
    """Each topic is sent on by one side and received by the other, with the same messages."""
    found = {
        (each["action"], address, tuple(sorted(each["messages"])))
        for each in read["read"]
        for address in each["addresses"]
    }

    assert found == {
        (action, channel.address, tuple(sorted(channel.says)))
        for channel in CHANNELS.values()
        for action in ("send", "receive")
    }
