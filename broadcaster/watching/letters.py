"""Letters: all that began and ended since the last one, in both languages, with what to do."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from broadcaster.watching.kinds import WORDS, Trouble
from broadcaster.watching.posting import Mailbox
from broadcaster.watching.tables import WatchedTrouble

MOST_LINES = 40
"""So many troubles are written out in one letter; of a storm's hundreds the rest is counted."""


def letter_about(
    troubles: Sequence[WatchedTrouble],
    *,
    station_name: str,
    rehearsal: bool,
    zone: ZoneInfo,
    mailbox: Mailbox,
    now: datetime,
) -> EmailMessage:
    """One letter about all of these; the same troubles told again carry the same Message-ID."""
    began = [each for each in troubles if each.began_told_at is None]
    ended = [each for each in troubles if each.ended_at is not None]
    told = "".join(sorted(f"{each.id} {each.began_told_at} {each.ended_at}" for each in troubles))
    letter = _letter(mailbox, identity=told, now=now)
    letter["Subject"] = (
        f"[{_of_station(station_name, rehearsal)}] "
        f"{len(began)} sự cố mới / new, {len(ended)} đã hết / over"
    )
    lines = [
        *_part("● Mới / New", began, zone, ended=False),
        *_part("○ Đã hết / Over", ended, zone, ended=True),
        "Trang Hôm nay cho biết lúc này. / The page Hôm nay tells how it stands now.",
    ]
    letter.set_content("\n".join(lines) + "\n", charset="utf-8")
    return letter


def trial_letter(
    *, station_name: str, rehearsal: bool, mailbox: Mailbox, now: datetime
) -> EmailMessage:
    """What somebody sends to see whether letters arrive."""
    letter = _letter(mailbox, identity=f"trial {now.isoformat()}", now=now)
    letter["Subject"] = f"[{_of_station(station_name, rehearsal)}] Thư gửi thử / A trial"
    letter.set_content(
        "Đài gửi được thư báo sự cố tới đây.\nThe station's alerts reach you here.\n",
        charset="utf-8",
    )
    return letter


def _letter(mailbox: Mailbox, *, identity: str, now: datetime) -> EmailMessage:
    letter = EmailMessage()
    letter["From"] = mailbox.sender
    letter["To"] = ", ".join(mailbox.recipients)
    letter["Date"] = format_datetime(now)
    domain = mailbox.sender.rpartition("@")[2]
    letter["Message-ID"] = f"<{hashlib.sha256(identity.encode()).hexdigest()[:32]}@{domain}>"
    letter["Auto-Submitted"] = "auto-generated"
    return letter


def _of_station(name: str, rehearsal: bool) -> str:
    short = " ".join(name.split())
    return f"DIỄN TẬP · {short}" if rehearsal else short


def _part(
    heading: str, troubles: Sequence[WatchedTrouble], zone: ZoneInfo, *, ended: bool
) -> Iterator[str]:
    if not troubles:
        return
    yield heading
    for each in troubles[:MOST_LINES]:
        words = WORDS[Trouble(each.kind)]
        vi, en = (words.ended_vi, words.ended_en) if ended else (words.began_vi, words.began_en)
        at = each.ended_at if ended and each.ended_at else each.began_at
        yield f"{at.astimezone(zone):%H:%M %d/%m}  {vi.format(each.name)}"
        yield f"             {en.format(each.name)}"
    if len(troubles) > MOST_LINES:
        more = len(troubles) - MOST_LINES
        yield f"             … và {more} nữa / and {more} more"
    if not ended:
        for kind in dict.fromkeys(Trouble(each.kind) for each in troubles):
            yield f"  → {WORDS[kind].remedy_vi}"
            yield f"    {WORDS[kind].remedy_en}"
    yield ""
