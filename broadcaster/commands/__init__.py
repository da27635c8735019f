"""The commands of `loa`: each is a short hand-over to the capability that does the work.

Each imports what it hands over to when it is run, so that none waits for what another needs.
"""

from pathlib import Path
from typing import Annotated

import typer

from broadcaster import __version__
from broadcaster.commands.alerts import alerts
from broadcaster.commands.audio import audio
from broadcaster.commands.backup import backup, backup_key, restore
from broadcaster.commands.broker import broker
from broadcaster.commands.campaign import campaign
from broadcaster.commands.channels import channels
from broadcaster.commands.doctor import doctor
from broadcaster.commands.emergency import emergency
from broadcaster.commands.exchange import exchange
from broadcaster.commands.founding import found
from broadcaster.commands.guided import init
from broadcaster.commands.home_assistant import tell_home_assistant
from broadcaster.commands.intake import import_list
from broadcaster.commands.joining import join, joined
from broadcaster.commands.keys import keys
from broadcaster.commands.ledger import ledger
from broadcaster.commands.lexicon import lexicon
from broadcaster.commands.live import speak_live
from broadcaster.commands.mail import mail
from broadcaster.commands.materials import materials
from broadcaster.commands.options import Broker
from broadcaster.commands.people import people
from broadcaster.commands.reaching import console, settings_for
from broadcaster.commands.reports import report
from broadcaster.commands.taking_out import export_all
from broadcaster.commands.tokens import token
from broadcaster.commands.upgrade import upgrade
from broadcaster.commands.villages import villages
from broadcaster.commands.voices import voice
from broadcaster.commands.webhooks import webhook

app = typer.Typer(
    name="loa",
    help="Đài truyền thanh xã: từ lời đọc đến xác nhận của từng cụm loa. / "
    "A commune's radio station, from script to confirmed broadcast.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(lexicon, name="lexicon")
app.add_typer(voice, name="voice")
app.add_typer(keys, name="keys")
app.add_typer(ledger, name="ledger")
app.add_typer(people, name="people")
app.add_typer(token, name="token")
app.add_typer(webhook, name="webhook")
app.add_typer(mail, name="mail")
app.add_typer(audio, name="audio")
app.add_typer(villages, name="villages")
app.add_typer(broker, name="broker")
app.add_typer(campaign, name="campaign")
app.add_typer(channels, name="channels")
app.add_typer(emergency, name="emergency")
app.add_typer(alerts, name="alerts")
app.add_typer(exchange, name="exchange")
app.add_typer(materials, name="materials")
app.add_typer(report, name="report")
app.command()(found)
app.command()(init)
app.command("home-assistant")(tell_home_assistant)


@app.command()
def run(*, broker: Broker = None) -> None:
    """Chạy xã trình diễn và trang web. / Run the demonstration commune and its site."""
    from broadcaster.demo.live import run_demonstration

    raise typer.Exit(run_demonstration(settings_for(broker), console=console()))


@app.command()
def serve(*, broker: Broker = None) -> None:
    """Chạy đài đã lập. / Run the station that was founded in the state folder."""
    from broadcaster.processes.serve import serve_station

    raise typer.Exit(serve_station(settings_for(broker), console=console()))


@app.command()
def demo(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Chạy trọn một lần rồi dừng. / Run once, then end.")
    ] = False,
    script: Annotated[
        Path | None, typer.Option(help="Tệp lời đọc, UTF-8. / A script to read, UTF-8.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="In một đối tượng JSON. / Print one JSON object.")
    ] = False,
    silent_device: Annotated[
        int, typer.Option(min=0, max=24, help="Số loa bị tắt giữa chừng. / Devices killed.")
    ] = 0,
    corrupt_audio: Annotated[
        int, typer.Option(min=0, max=24, help="Số loa tải tệp hỏng. / Devices with bad audio.")
    ] = 0,
) -> None:
    """Trình diễn: một bản tin đi hết đường tới loa. / One bulletin, all the way to the poles."""
    from broadcaster.demo.once import OnceOptions, run_once

    if not once:
        run()
    options = OnceOptions(
        script=script, silent=silent_device, corrupt_audio=corrupt_audio, json=as_json
    )
    raise typer.Exit(run_once(options, console=console(), progress=console(stderr=True)))


@app.command(
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def read(context: typer.Context) -> None:
    """In lời loa sẽ đọc; chỗ chưa chắc ra stderr. / Print what would be said."""
    from broadcaster.lexicon.reading_command import read_command

    raise typer.Exit(read_command(context.args))


app.command("live")(speak_live)
app.command("import")(import_list)
app.command("export")(export_all)
app.command("backup-key")(backup_key)
app.command("backup")(backup)
app.command("restore")(restore)
app.command("upgrade")(upgrade)
app.command("join")(join)
app.command("joined")(joined)
app.command()(doctor)


@app.command(
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def conformance(context: typer.Context) -> None:
    """Kiểm tra một bộ điều khiển theo giao ước. / Test a controller against the contract."""
    from broadcaster.processes.handing_over import CONFORMANCE, become

    become(CONFORMANCE, context.args)


@app.command(
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def simulate(context: typer.Context) -> None:
    """Diễn tập với nhiều loa mô phỏng và sự cố. / Rehearse with many simulated devices."""
    from broadcaster.demo.crowd import joined as with_a_crowd
    from broadcaster.processes.handing_over import REHEARSAL, become

    become(REHEARSAL, with_a_crowd(context.args))


@app.command()
def version() -> None:
    """In phiên bản. / Print the version."""
    typer.echo(f"loa {__version__}")
