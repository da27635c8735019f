"""The scores as a table for people and as JUnit XML for machines."""

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence

from devices.conformance.scoring import Score, Verdict

_MARKS = {Verdict.PASSED: "đạt ", Verdict.FAILED: "HỎNG", Verdict.NOT_RUN: "bỏ  "}
_VERDICTS = {Verdict.PASSED: "passed", Verdict.FAILED: "FAILED", Verdict.NOT_RUN: "not run"}


def row(score: Score) -> str:
    """One line of the table: section, verdict, seconds, the point in both languages, and why."""
    point = score.point
    told = f"{point.title_vi} / {point.title_en}"
    verdict = f"{_MARKS[score.verdict]} {_VERDICTS[score.verdict]:<7}"
    line = f"{'§' + point.section:<6} {verdict}  {score.seconds:5.1f} s  {told}"
    return f"{line}\n{'':<7}→ {point.name}: {score.why}" if score.why else line


def summary(scores: Sequence[Score], *, device: str) -> str:
    """The last line: how many points of each verdict."""
    counted = Counter(score.verdict for score in scores)
    passed, failed, left = (counted[verdict] for verdict in Verdict)
    return (
        f"{device}: {passed} đạt, {failed} hỏng, {left} bỏ qua"
        f" / {passed} passed, {failed} failed, {left} not run"
    )


def junit(scores: Sequence[Score], *, device: str) -> str:
    """The same as one test suite."""
    counted = Counter(score.verdict for score in scores)
    suite = ET.Element(
        "testsuite",
        name=f"loa contract 1: {device}",
        tests=str(len(scores)),
        failures=str(counted[Verdict.FAILED]),
        skipped=str(counted[Verdict.NOT_RUN]),
        time=f"{sum(score.seconds for score in scores):.3f}",
    )
    for score in scores:
        case = ET.SubElement(
            suite,
            "testcase",
            classname=f"loa.contract.v1.section-{score.point.section}",
            name=score.point.name,
            time=f"{score.seconds:.3f}",
        )
        if score.verdict is Verdict.FAILED:
            ET.SubElement(case, "failure", message=score.why).text = score.point.title_en
        elif score.verdict is Verdict.NOT_RUN:
            ET.SubElement(case, "skipped", message=score.why)
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
