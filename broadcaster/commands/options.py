"""Options that several commands have alike."""

from typing import Annotated

import typer

Broker = Annotated[
    str | None,
    typer.Option(
        help="Máy chủ MQTT khác, mqtt://… hoặc mqtts://…; mặc định là máy chủ kèm theo. / "
        "Another MQTT broker instead of the embedded one."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="In JSON. / Print JSON.")]
