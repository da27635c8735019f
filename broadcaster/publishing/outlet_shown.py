"""A network beside a bulletin, as pages show it: whether it is connected, and how the post is."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from sqlmodel import Session

from broadcaster.publishing.outlet_accounts import accounts_of
from broadcaster.publishing.outlets.known import KNOWN
from broadcaster.publishing.outlets.port import Form, Outlet
from broadcaster.publishing.post_states import ENDED, PostState
from broadcaster.publishing.post_wording import FORMS, NAMES, STATES, TROUBLES
from broadcaster.publishing.posts import posts_of
from broadcaster.publishing.tables import OutletAccount, SharePost
from broadcaster.web.language import in_language, translate


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletShown:
    """One network, with the account and the post that there are."""

    outlet: Outlet
    name: str
    forms: Sequence[tuple[str, str]]
    account: OutletAccount | None
    account_trouble: str
    post: SharePost | None
    state: str
    form: str
    trouble: str

    @property
    def may_decide(self) -> bool:
        """Whether a leader may have it posted now."""
        return self.account is not None and (self.post is None or self.post.state in ENDED)

    @property
    def may_withdraw(self) -> bool:
        """Whether there is anything to be taken down, or not to be sent."""
        return self.post is not None and self.post.wanted

    @property
    def is_leaving(self) -> bool:
        """Whether it was withdrawn and is not gone yet."""
        post = self.post
        return post is not None and not post.wanted and post.state != PostState.WITHDRAWN


def outlets_shown(
    request: Request, session: Session, *, station_id: str, bulletin_id: str | None = None
) -> list[OutletShown]:
    """Every network that Loa knows, with this bulletin's posts where one is named."""
    accounts = accounts_of(session, station_id)
    posts = (
        {each.outlet: each for each in posts_of(
            session, station_id=station_id, bulletin_id=bulletin_id
        )}
        if bulletin_id is not None
        else {}
    )  # fmt: skip
    return [_shown(request, outlet, accounts.get(outlet), posts.get(outlet)) for outlet in KNOWN]


def _shown(
    request: Request, outlet: Outlet, account: OutletAccount | None, post: SharePost | None
) -> OutletShown:
    return OutletShown(
        outlet=outlet,
        name=NAMES[outlet],
        forms=[(each, translate(request, FORMS[each])) for each in KNOWN[outlet].forms],
        account=account,
        account_trouble=_trouble(request, account.trouble) if account else "",
        post=post,
        state=translate(request, STATES[PostState(post.state)]) if post else "",
        form=translate(request, FORMS[Form(post.form)]) if post else "",
        trouble=_trouble(request, post.trouble) if post else "",
    )


def _trouble(request: Request, code: str) -> str:
    kind = TROUBLES.get(code)
    return in_language(request, kind()) if kind else ""
