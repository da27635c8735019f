"""The site shows a renewed certificate to whoever comes next, without a restart."""

import asyncio
import shutil
import ssl
from pathlib import Path

import httpx
from starlette.responses import PlainTextResponse

from broadcaster.processes.front_door import front_door
from broadcaster.processes.site import LOOKS_EVERY_TICKS, SiteServer
from broadcaster.settings import load_settings
from tests.broadcaster.processes.served import PATIENCE_S, served
from tests.brokers import write_test_certificate


def test_a_visitor_who_comes_after_the_renewal_is_shown_the_new_one(tmp_path: Path) -> None:
    """And one whose connection stands goes on over it."""
    pair = write_test_certificate(tmp_path)
    settings = load_settings(
        state_dir=tmp_path, host="127.0.0.1", tls_cert=pair[0], tls_key=pair[1]
    )
    server = SiteServer(front_door(settings, PlainTextResponse("Đài")))
    trusts_old = ssl.create_default_context(cafile=str(pair[0]))
    with served(server) as place:
        address = f"https://{place}/"
        with httpx.Client(verify=trusts_old, trust_env=False, timeout=PATIENCE_S) as before:
            assert before.get(address).text == "Đài"
            (tmp_path / "fresh").mkdir()
            for made, file in zip(write_test_certificate(tmp_path / "fresh"), pair, strict=True):
                shutil.move(made, file)
            asyncio.run(server.on_tick(LOOKS_EVERY_TICKS))

            trusts_new = ssl.create_default_context(cafile=str(pair[0]))
            with httpx.Client(verify=trusts_new, trust_env=False, timeout=PATIENCE_S) as after:
                assert after.get(address).text == "Đài"
            assert before.get(address).text == "Đài"
