"""`loa campaign`: a plan's document becomes a campaign, each entry confirmed by a person."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from broadcaster.commands.options import AsJson
from broadcaster.commands.reaching import station

campaign = typer.Typer(
    no_args_is_help=True,
    help="Đợt tuyên truyền từ kế hoạch của xã. / Campaigns from the commune's plans.",
)


@campaign.command("draft")
def draft_campaign(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, help="Tệp kế hoạch .docx, .pdf, .txt. / The plan."
        ),
    ],
    *,
    confirm: Annotated[
        bool,
        typer.Option(
            "--confirm",
            help="Hỏi từng mục rồi lập đợt. / Ask for each entry, then keep the campaign.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Đọc kế hoạch, đề xuất từng mục với câu gốc. / Propose each entry with its sentence."""
    from broadcaster.campaigns.at_terminal import confirmed, told
    from broadcaster.campaigns.drafting import draft_plan

    draft = draft_plan(file.read_bytes(), name=file.name)
    if not confirm:
        sys.stdout.write(told(draft, as_json=as_json))
        return
    with station() as (database, station_id):
        words = confirmed(
            database,
            draft,
            station_id=station_id,
            ask=_ask,
            now=datetime.now(UTC),
        )
    sys.stdout.write(words)


def _ask(question: str) -> str:
    """What somebody answers, who may leave it empty; or the next line of another program."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    answer: str = typer.prompt(question, default="", show_default=False, err=True)
    return answer
