"""The places of all devices as compact JSON, from which a script draws the map of a large fleet.

Ten thousand rows of HTML would take seconds; here a device is one short row, and its words are
named once. It is made for one person's rights, so only that person's browser may keep it.
"""

from collections.abc import Sequence

import msgspec
from fastapi import Request
from fastapi.responses import Response

from broadcaster.coverage.wording import VERDICTS
from broadcaster.ledger.device_trends import Standing
from broadcaster.ledger.device_verdicts import Verdict
from broadcaster.web.language import translate
from broadcaster.web.play_marks import PLAY_MARKS
from broadcaster.web.unchanged import answer_unless_held

MARKS_OF_VERDICTS = {
    Verdict.SILENT: "not_confirmed",
    Verdict.FAULTY: "failed",
    Verdict.DECAYING: "partial",
    Verdict.WEAK: "partial",
    Verdict.NEVER_HEARD: "planned",
    Verdict.GOOD: "confirmed",
}
_UNPROVEN = "planned"
"""The mark of a good device that confirmed nothing lately: no green without a signed word."""


def answer_places(request: Request, placed: Sequence[Standing]) -> Response:
    """The rows `[latitude, longitude, mark, word, name, id]`, or 304 where the browser has them."""
    marks = sorted({*MARKS_OF_VERDICTS.values(), _UNPROVEN})
    verdicts = list(Verdict)
    number_of = {mark: number for number, mark in enumerate(marks)}
    mark_of = [number_of[MARKS_OF_VERDICTS[verdict]] for verdict in verdicts]
    word_of = {verdict: number for number, verdict in enumerate(verdicts)}
    told = msgspec.json.encode(
        {
            "marks": [{"state": mark, "tone": PLAY_MARKS[mark].tone} for mark in marks],
            "words": [translate(request, VERDICTS[verdict]) for verdict in verdicts],
            "devices": [
                (
                    each.latitude,
                    each.longitude,
                    number_of[_UNPROVEN]
                    if each.verdict is Verdict.GOOD and not each.confirmed
                    else mark_of[word_of[each.verdict]],
                    word_of[each.verdict],
                    each.name,
                    each.device_id,
                )
                for each in placed
            ],
        }
    )
    headers = {"Cache-Control": "private, no-cache", "Vary": "Cookie"}
    return answer_unless_held(request, told, media_type="application/json", headers=headers)
