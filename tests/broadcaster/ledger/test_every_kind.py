"""A kind of confirmation is whole: in the contract, in the order of a story, in people's words."""

from pathlib import Path

import pytest

from broadcaster.ledger.wording import words_of_kind
from devices.conformance.stories import MAY_FOLLOW
from devices.protocol import contract
from devices.protocol.reports import Kind

CONTRACT = (Path(contract.__file__).parent / "CONTRACT.md").read_text("utf-8")


@pytest.mark.parametrize("kind", Kind)
def test_each_place_that_speaks_of_kinds_knows_it(kind: Kind) -> None:
    """What the guide's steps name: whoever leaves one out reads here which."""
    assert f"`{kind}`" in CONTRACT
    assert kind in MAY_FOLLOW
    assert any(kind in followers for followers in MAY_FOLLOW.values())
    assert kind not in words_of_kind(kind)
