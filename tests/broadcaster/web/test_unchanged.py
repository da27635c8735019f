"""Answers that a reader may hold already."""

import pytest
from fastapi import Request

from broadcaster.web.unchanged import answer_unless_held

BODY = "Bản tin sáng".encode()


def asked(held: str | None) -> Request:
    """A request of a reader that holds these tags."""
    headers = [] if held is None else [(b"if-none-match", held.encode())]
    return Request({"type": "http", "headers": headers})


def tag_of(body: bytes) -> str:
    """The tag that goes with these bytes."""
    whole = answer_unless_held(asked(None), body, media_type="text/plain", headers={})
    return whole.headers["etag"]


def test_who_holds_nothing_is_told_all_of_it() -> None:
    """With the tag to ask with the next time."""
    answer = answer_unless_held(
        asked(None), BODY, media_type="text/plain", headers={"Vary": "Cookie"}
    )

    assert (answer.status_code, answer.body) == (200, BODY)
    assert answer.headers["etag"].strip('"')
    assert answer.headers["vary"] == "Cookie"


@pytest.mark.parametrize("held", ["{0}", "W/{0}", '"cu", {0}', '"cu",W/{0} ,"khac"'])
def test_who_holds_it_is_told_only_that(held: str) -> None:
    """One tag or several, weak or not; the headers are those of the whole answer."""
    answer = answer_unless_held(
        asked(held.format(tag_of(BODY))), BODY, media_type="text/plain", headers={"Vary": "Cookie"}
    )

    assert (answer.status_code, answer.body) == (304, b"")
    assert (answer.headers["etag"], answer.headers["vary"]) == (tag_of(BODY), "Cookie")


def test_who_holds_something_else_is_told_all_of_it() -> None:
    """Even where it holds another answer's tag, or half of ours."""
    for held in (tag_of(b"khac"), tag_of(BODY)[:10], tag_of(BODY).strip('"')):
        assert answer_unless_held(
            asked(held), BODY, media_type="text/plain", headers={}
        ).status_code == 200  # fmt: skip
