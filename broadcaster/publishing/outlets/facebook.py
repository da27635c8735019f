"""A Facebook Page, by the Graph API: a link, a picture or a video on it, as the Page.

Sources: Pages API, “Posts” (`/{page-id}/feed`, `/photos`, DELETE of a post); Video API and the
reference of `/{page-id}/videos` (`file_url`); “Handling Errors” and “Rate Limits” for what codes
mean. Facebook fetches picture and video itself, from their public addresses. The token is that of
the Page, with `pages_manage_posts` and `pages_read_engagement`; it is sent in a header.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from broadcaster.publishing.outlets.asking import Answer, Asker
from broadcaster.publishing.outlets.errors import (
    OutletBusy,
    OutletError,
    OutletRefuses,
    OutletShut,
    OutletUnsure,
)
from broadcaster.publishing.outlets.port import Facts, Form, Post, Receipt
from broadcaster.publishing.share_text import Limits

LIMITS = Limits(title=255, text=2_000)
"""Far below the 63,206 characters of a post: more is folded away on a telephone."""

FACTS = Facts(
    limits=LIMITS,
    forms=(Form.LINK, Form.PICTURE, Form.VIDEO),
    arrives_within=timedelta(minutes=2),
)
_UNKNOWN = frozenset({1, 2})
_BUSY = frozenset({4, 17, 32, 341, 613, 80001})
_SHUT = frozenset({10, 102, 190, *range(200, 300)})
_DUPLICATE = 506
_GONE = frozenset({100, 803})
_NO_SUCH_OBJECT = 33
"""The subcode by which code 100 says that there is no such thing, or none that one may see."""

_LOOKED_THROUGH = "50"


@dataclass(frozen=True, slots=True, kw_only=True)
class FacebookPage:
    """One Page, and the token that posts as it."""

    base: str
    page_id: str
    token: str
    asker: Asker

    def publish(self, post: Post) -> Receipt:
        """Post it; raise OutletError."""
        edge, form = _sent(post)
        told = self._ask("POST", f"{self.page_id}/{edge}", form=form)
        post_id = str(told.get("post_id") or told.get("id") or "")
        if not post_id:
            raise OutletUnsure("no id in the answer")
        return Receipt(post_id=post_id, address=f"https://www.facebook.com/{post_id}")

    def find(self, post: Post, *, since: datetime) -> Receipt | None:
        """The Page's own post that carries the address; raise OutletError."""
        edge, said = ("videos", "description") if post.form is Form.VIDEO else (
            "published_posts", "message")  # fmt: skip
        params = {
            "fields": f"id,{said},created_time,permalink_url",
            "since": str(int(since.timestamp())),
            "limit": _LOOKED_THROUGH,
        }
        told = self._ask("GET", f"{self.page_id}/{edge}", params=params)
        rows = told.get("data")
        for row in rows if isinstance(rows, list) else []:
            if post.address in str(row.get(said, "")) and _at(row.get("created_time")) >= since:
                post_id = str(row.get("id", ""))
                return Receipt(post_id=post_id, address=_whole(row.get("permalink_url"), post_id))
        return None

    def settle(self, token: str) -> Receipt | None:
        """Facebook says at once what a post is called: nothing is ever left to be settled."""
        raise OutletRefuses(f"nothing was accepted under {token[:20]}")

    def withdraw(self, post_id: str) -> None:
        """Delete it; raise OutletError."""
        try:
            self._ask("DELETE", post_id)
        except _Gone:
            return

    def keep_alive(self) -> None:
        """A Page's token needs no use to stay what it is."""

    def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = self.asker.ask(
            method, f"{self.base}/{path}", headers=headers, params=params, form=form
        )
        if isinstance(answer.told.get("error"), dict):
            raise _error(answer, answer.told["error"])
        if answer.status != 200:
            raise OutletUnsure(f"HTTP {answer.status}")
        return answer.told


class _Gone(OutletRefuses):
    """There is no such post."""


def _sent(post: Post) -> tuple[str, dict[str, str]]:
    match post.form:
        case Form.VIDEO:
            return "videos", {
                "file_url": post.video,
                "title": post.title[: LIMITS.title],
                "description": post.text,
            }
        case Form.PICTURE:
            return "photos", {"url": post.picture, "caption": post.text, "published": "true"}
        case _:
            return "feed", {"message": post.text, "link": post.address, "published": "true"}


def _error(answer: Answer, told: Mapping[str, Any]) -> OutletError:
    code, subcode = _number(told.get("code")), _number(told.get("error_subcode"))
    said = f"{code}: {str(told.get('error_user_msg') or told.get('message') or '')[:200]}"
    if code in _BUSY:
        return OutletBusy(said, after_s=answer.after_s)
    if code in _SHUT:
        return OutletShut(said)
    # A post of the same words just now may be the very one that was sent.
    if code in _UNKNOWN or code == _DUPLICATE or told.get("is_transient") is True:
        return OutletUnsure(said)
    if code in _GONE and (code != 100 or subcode == _NO_SUCH_OBJECT):
        return _Gone(said)
    return OutletRefuses(said)


def _number(told: object) -> int:
    return told if isinstance(told, int) else 0


def _at(told: object) -> datetime:
    """When it was made (`2026-11-24T10:00:00+0000`); long ago where that is not said."""
    try:
        return datetime.strptime(str(told), "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _whole(permalink: object, post_id: str) -> str:
    told = str(permalink or "")
    return told if told.startswith("https://") else f"https://www.facebook.com/{post_id}"
