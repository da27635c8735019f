"""The letters of a station under trial: a mail server that it reaches by its usual settings."""

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from broadcaster.settings import Settings
from broadcaster.watching.posting import keep_password
from tests.authority import DAY, Authority
from tests.broadcaster.watching.post_office import PostOffice, open_post_office

_WIDEST = 160


@dataclass(slots=True)
class Letters:
    """What was told, line by line, and how the station is to reach it."""

    office: PostOffice
    authority: Authority

    @property
    def trust(self) -> ssl.SSLContext:
        """For whoever posts in this process."""
        return ssl.create_default_context(cadata=self.authority.pem)

    @property
    def lines(self) -> list[str]:
        """Every line of every letter, as one reads it in Vietnamese or English."""
        told = [line for body in self.office.bodies for line in body.splitlines()]
        return [line.strip()[:_WIDEST] for line in told if line.strip()]

    def keep_password(self, keys_dir: Path) -> None:
        """Let the station know the account's password."""
        keep_password("mat-khau-thu", keys_dir=keys_dir)

    def in_settings(self, settings: Settings) -> Settings:
        """For whoever watches in this process."""
        return settings.model_copy(
            update={
                "mail_server": f"starttls://127.0.0.1:{self.office.port}",
                "mail_user": "dai",
                "mail_from": "dai@xa.example",
                "mail_to": "can-bo@xa.example",
            }
        )

    def saying(self, words: str, *, after: int = 0) -> str:
        """The first line with these words behind the first `after` lines; empty for none."""
        return next((line for line in self.lines[after:] if words in line), "")


@contextmanager
def letters_for(folder: Path) -> Iterator[Letters]:
    """Take letters, and let programs that are started meanwhile send theirs here."""
    own = folder / "post"
    own.mkdir(parents=True)
    authority = Authority(own, name="thu")
    # Good a month before and after: whose clock is a day off must not doubt the post office.
    long_ago = datetime.now(UTC) - 30 * DAY
    with open_post_office(authority.issue(begins=long_ago, lasts=60 * DAY)) as office:
        wanted = {
            "LOA_MAIL_SERVER": f"starttls://127.0.0.1:{office.port}",
            "LOA_MAIL_USER": "dai",
            "LOA_MAIL_FROM": "dai@xa.example",
            "LOA_MAIL_TO": "can-bo@xa.example",
            "SSL_CERT_FILE": str(authority.file),
        }
        before = {name: os.environ.get(name) for name in wanted}
        os.environ.update(wanted)
        try:
            yield Letters(office, authority)
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
