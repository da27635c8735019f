"""Posting a letter: by SMTP over TLS, bounded in time; of an answer only what kind it was is kept.

In the clear only to this machine's own mail server. The password lies in the keys folder.
"""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from broadcaster.keys import write_secret
from broadcaster.settings import Settings
from broadcaster.watching.errors import MailNotSent, MailPasswordUnusable

PASSWORD_FILE = "mail.password"  # noqa: S105 - where it lies, not what it is
WITHIN_S = 20.0
_PORTS = {"smtps": 465, "starttls": 587, "smtp": 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Through whom letters go, from whom and to whom."""

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    sender: str
    recipients: Sequence[str]


def mailbox_of(settings: Settings) -> Mailbox | None:
    """The mailbox that is set; None while e-mail is off."""
    if not settings.mail_server:
        return None
    parts = urlsplit(settings.mail_server)
    return Mailbox(
        scheme=parts.scheme,
        host=parts.hostname or "",
        port=parts.port or _PORTS[parts.scheme],
        user=settings.mail_user,
        password=_password(settings.keys_dir) if settings.mail_user else "",
        sender=settings.mail_from,
        recipients=settings.mail_recipients,
    )


def keep_password(typed: str, *, keys_dir: Path) -> None:
    """Keep the password of the mail account for its owner's eyes; raise MailPasswordUnusable."""
    if not typed or "\n" in typed or "\r" in typed:
        raise MailPasswordUnusable
    write_secret(keys_dir / PASSWORD_FILE, typed.encode())


def post(letter: EmailMessage, mailbox: Mailbox, *, context: ssl.SSLContext | None = None) -> int:
    """Hand a letter over; say how many recipients were refused. Raises MailNotSent."""
    try:
        return len(_posted(letter, mailbox, context or ssl.create_default_context()))
    except smtplib.SMTPAuthenticationError as error:
        raise MailNotSent("refused_login") from error
    except smtplib.SMTPRecipientsRefused as error:
        raise MailNotSent("refused_recipients") from error
    except smtplib.SMTPNotSupportedError as error:
        raise MailNotSent("no_tls_or_login") from error
    except smtplib.SMTPException as error:
        raise MailNotSent("refused") from error
    except (OSError, UnicodeError) as error:
        # A certificate that does not hold is an OSError as well.
        raise MailNotSent("unreachable") from error


def _posted(
    letter: EmailMessage, mailbox: Mailbox, context: ssl.SSLContext
) -> dict[str, tuple[int, bytes]]:
    if mailbox.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            mailbox.host, mailbox.port, timeout=WITHIN_S, context=context
        )
    else:
        server = smtplib.SMTP(mailbox.host, mailbox.port, timeout=WITHIN_S)
    with server:
        if mailbox.scheme == "starttls":
            server.starttls(context=context)
        if mailbox.user:
            server.login(mailbox.user, mailbox.password)
        return server.send_message(letter, mailbox.sender, mailbox.recipients)


def _password(keys_dir: Path) -> str:
    """What was kept; empty where nothing was, and the server will say so."""
    try:
        return (keys_dir / PASSWORD_FILE).read_text()
    except FileNotFoundError:
        return ""
