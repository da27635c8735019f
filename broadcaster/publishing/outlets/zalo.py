"""A Zalo Official Account, by its OA API: one article a bulletin, with the card as its cover.

Sources: Zalo for Developers, “Official Account API”: article `create`, `verify`, `getslice`,
`getdetail`, `remove` (v2.0, answers with `error` and HTTP 200), and OAuth v4 for Official Accounts.
What differs from the documents as integrators report it: titles and descriptions of exactly the
stated 150 and 300 characters are refused, and `getslice` gives ten at most.

**Tokens.** An access token holds about a day. The refresh token that makes the next one holds three
months and serves once: its answer brings another, which must be kept before anything else is done,
or the account is shut until an admin enters a new one. `keep` does that.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from broadcaster.publishing.outlets.asking import Asker
from broadcaster.publishing.outlets.errors import (
    OutletBusy,
    OutletError,
    OutletRefuses,
    OutletShut,
    OutletUnreachable,
    OutletUnsure,
)
from broadcaster.publishing.outlets.port import Facts, Form, Post, Receipt
from broadcaster.publishing.share_text import Limits, cut

LIMITS = Limits(title=140, text=1_000)
FACTS = Facts(
    limits=LIMITS,
    forms=(Form.ARTICLE,),
    arrives_within=timedelta(minutes=15),
    has_secret=True,
)
LONGEST_DESCRIPTION = 250
LONGEST_AUTHOR = 50
RENEW_BEFORE = timedelta(hours=1)
_SHUT = frozenset({-124, -216, -220})
_BUSY = frozenset({-32, -211})
_GONE_WORDS = ("not exist", "not found", "không tồn tại")
_LOOKED_THROUGH = "10"
_USUAL_LIFE_S = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What opens the account now, until when, and what makes the next of it."""

    access: str
    refresh: str
    expires_at: datetime


class ZaloAccount:
    """One Official Account through one application, and the tokens that turn while it is used."""

    def __init__(
        self,
        *,
        api: str,
        oauth: str,
        app_id: str,
        secret: str,
        tokens: Tokens,
        keep: Callable[[Tokens], None],
        asker: Asker,
        now: Callable[[], datetime],
    ) -> None:
        self._api, self._oauth = api, oauth
        self._app_id, self._secret = app_id, secret
        self._tokens, self._keep = tokens, keep
        self._asker, self._now = asker, now

    def renew(self) -> None:
        """Take the next tokens and have them kept; raise OutletError.

        Where the answer is lost, so is the account: the old refresh token has served. Nothing of a
        post was sent by this.
        """
        try:
            answer = self._asker.ask(
                "POST",
                f"{self._oauth}/v4/oa/access_token",
                headers={"secret_key": self._secret},
                form={
                    "refresh_token": self._tokens.refresh,
                    "app_id": self._app_id,
                    "grant_type": "refresh_token",
                },
            )
        except OutletUnsure as unsure:
            raise OutletUnreachable(unsure.detail) from unsure
        told = answer.told
        access, refresh = told.get("access_token"), told.get("refresh_token")
        if isinstance(access, str) and isinstance(refresh, str) and access and refresh:
            life = timedelta(seconds=_number(told.get("expires_in")) or _USUAL_LIFE_S)
            self._tokens = Tokens(access=access, refresh=refresh, expires_at=self._now() + life)
            self._keep(self._tokens)
            return
        if _number(told.get("error")):
            said = str(told.get("error_description") or told.get("error_name") or "")[:200]
            raise OutletShut(f"{told.get('error')}: {said}")
        raise OutletUnreachable(f"HTTP {answer.status} without tokens")

    def publish(self, post: Post) -> Receipt:
        """Hand the article in; it is made a little later (`settle`). Raise OutletError."""
        data = self._call("POST", "create", body=_article(post))
        token = str(data.get("token", ""))
        if not token:
            raise OutletUnsure("no token in the answer")
        return Receipt(token=token)

    def settle(self, token: str) -> Receipt | None:
        """The article's id, once it was made; raise OutletError."""
        try:
            data = self._call("POST", "verify", body={"token": token})
        except OutletRefuses:
            return None  # it says so as well while the article is still being made
        article_id = str(data.get("id") or "")
        return Receipt(post_id=article_id) if article_id else None

    def find(self, post: Post, *, since: datetime) -> Receipt | None:
        """The article that carries the address, among the newest ten; raise OutletError."""
        params = {"offset": "0", "limit": _LOOKED_THROUGH, "type": "normal"}
        rows = self._call("GET", "getslice", params=params).get("medias")
        title = cut(post.title, LIMITS.title)
        for row in rows if isinstance(rows, list) else []:
            if row.get("title") != title or _at(row.get("create_date")) < since:
                continue
            article_id = str(row.get("id", ""))
            if post.address in str(self._call("GET", "getdetail", params={"id": article_id})):
                return Receipt(post_id=article_id, address=_whole(row.get("link_view")))
        return None

    def withdraw(self, post_id: str) -> None:
        """Remove the article; raise OutletError."""
        try:
            self._call("POST", "remove", body={"id": post_id})
        except OutletRefuses as refused:
            if not any(word in refused.detail.lower() for word in _GONE_WORDS):
                raise

    def keep_alive(self) -> None:
        """Use the refresh token: one that nobody uses ends after three months."""
        self.renew()

    def _call(
        self,
        method: str,
        what: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> Mapping[str, Any]:
        """One call; a token that has ended is renewed once, since nothing was done with it."""
        if self._tokens.expires_at - self._now() < RENEW_BEFORE:
            self.renew()
        try:
            return self._once(method, what, params=params, body=body)
        except OutletShut:
            self.renew()
            return self._once(method, what, params=params, body=body)

    def _once(
        self,
        method: str,
        what: str,
        *,
        params: Mapping[str, str] | None,
        body: Mapping[str, object] | None,
    ) -> Mapping[str, Any]:
        answer = self._asker.ask(
            method,
            f"{self._api}/v2.0/article/{what}",
            headers={"access_token": self._tokens.access},
            params=params,
            body=body,
        )
        if answer.status != 200 or "error" not in answer.told:
            raise OutletUnsure(f"HTTP {answer.status}")
        code = _number(answer.told["error"])
        if code:
            raise _error(code, str(answer.told.get("message", ""))[:200], after_s=answer.after_s)
        data = answer.told.get("data")
        return data if isinstance(data, dict) else {}


def _article(post: Post) -> dict[str, object]:
    title = cut(post.title, LIMITS.title)
    parts = [part for part in post.text.split("\n\n") if part != title]
    if not any(post.address in part for part in parts):
        parts.append(post.address)
    return {
        "type": "normal",
        "title": title,
        "author": cut(post.author, LONGEST_AUTHOR),
        "cover": {"cover_type": "photo", "photo_url": post.picture, "status": "show"},
        "description": cut(parts[0], LONGEST_DESCRIPTION),
        "body": [{"type": "text", "content": part} for part in parts],
        "status": "show",
        "comment": "hide",
    }


def _error(code: int, said: str, *, after_s: int | None) -> OutletError:
    told = f"{code}: {said}"
    if code in _SHUT:
        return OutletShut(told)
    if code in _BUSY:
        return OutletBusy(told, after_s=after_s)
    return OutletRefuses(told)


def _number(told: object) -> int:
    """A number, which this API now and then writes as text."""
    try:
        return int(str(told))
    except ValueError:
        return 0


def _at(told: object) -> datetime:
    """When it was made (milliseconds since 1970)."""
    return datetime.fromtimestamp(_number(told) / 1_000, tz=UTC)


def _whole(link: object) -> str:
    told = str(link or "")
    return told if told.startswith("https://") else ""
