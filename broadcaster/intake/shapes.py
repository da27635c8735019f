"""A file's rows as JSON, for programs and for `loa import --json`."""

from pydantic import BaseModel, Field

from broadcaster.intake.bringing import Outcome
from broadcaster.intake.checking import Line, Verdict


class ProblemOut(BaseModel):
    """What is wrong with a row."""

    cell: str = Field(description="As the file's program names it, such as D7.")
    column: str
    code: str
    message: str
    message_en: str


class ChangeOut(BaseModel):
    """What would stand instead of what."""

    name: str
    before: str
    after: str


class LineOut(BaseModel):
    """One row of the file."""

    row: int
    about: str
    verdict: Verdict
    changes: list[ChangeOut]
    problems: list[ProblemOut]

    @classmethod
    def of(cls, line: Line) -> "LineOut":
        """A row as it is told."""
        return cls(
            row=line.number,
            about=line.about,
            verdict=line.verdict,
            changes=[
                ChangeOut(name=each.name, before=each.before, after=each.after)
                for each in line.changes
            ],
            problems=[
                ProblemOut(
                    cell=each.cell,
                    column=each.heading,
                    code=each.refused.code,
                    message=each.refused.message_vi,
                    message_en=each.refused.message_en,
                )
                for each in line.problems
            ],
        )


class OutcomeOut(BaseModel):
    """What becomes of a file."""

    kept: bool = Field(description="False where it was only checked.")
    counts: dict[Verdict, int]
    unknown_columns: list[str]
    rows: list[LineOut]

    @classmethod
    def of(cls, outcome: Outcome) -> "OutcomeOut":
        """An outcome as it is told."""
        return cls(
            kept=outcome.kept,
            counts={verdict: outcome.count(verdict) for verdict in Verdict},
            unknown_columns=list(outcome.unknown),
            rows=[LineOut.of(each) for each in outcome.lines],
        )
