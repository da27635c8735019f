"""What `loa token` does and prints, for whoever may read the station's files."""

import json
from collections.abc import Collection
from datetime import datetime

from broadcaster.accounts.api_tokens import make_token, revoke_token, tokens_of
from broadcaster.database import Database


def made(
    database: Database,
    name: str,
    *,
    scopes: Collection[str],
    also_stations: Collection[str],
    days: int,
    station_id: str,
    now: datetime,
) -> str:
    """Make a token and say it; raises as `make_token`."""
    with database.writing() as session:
        row, secret = make_token(
            session,
            name=name,
            scopes=scopes,
            days=days,
            station_id=station_id,
            also_stations=also_stations,
            by=None,
            now=now,
        )
        return f"{row.id}\n{secret}\n"


def listed(database: Database, *, station_id: str, as_json: bool) -> str:
    """A station's tokens, one in a line, without what opens."""
    with database.reading() as session:
        lines = tokens_of(session, station_id=station_id)
    if as_json:
        told = [
            {
                "id": each.id,
                "name": each.name,
                "scopes": list(each.scopes),
                "stations": list(each.stations),
                "expires_at": each.expires_at.isoformat(),
                "revoked_at": each.revoked_at.isoformat() if each.revoked_at else None,
                "last_used_at": each.last_used_at.isoformat() if each.last_used_at else None,
            }
            for each in lines
        ]
        return json.dumps(told, ensure_ascii=False) + "\n"
    return "".join(
        f"{each.id}  {each.name}  [{' '.join(each.scopes)}]  "
        f"{'✕' if each.revoked_at else '→'} {(each.revoked_at or each.expires_at):%Y-%m-%d}\n"
        for each in lines
    )


def revoked(database: Database, token_id: str, *, station_id: str, now: datetime) -> str:
    """Let a token open nothing any more; raise NoSuchToken."""
    with database.writing() as session:
        revoke_token(session, token_id, station_id=station_id, by=None, now=now)
    return f"✓ Đã thu hồi {token_id}.\n  Revoked.\n"
