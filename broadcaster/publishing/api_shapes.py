"""Networks and posts as JSON says them; nothing secret is ever told."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from broadcaster.database.columns import to_ms
from broadcaster.publishing.outlets.known import KNOWN
from broadcaster.publishing.outlets.port import Form, Outlet
from broadcaster.publishing.post_states import PostState
from broadcaster.publishing.tables import OutletAccount, SharePost


class OutletOut(BaseModel):
    """A network, and whether the station posts there."""

    outlet: Outlet
    connected: bool
    public_name: str = Field(description="The Page's or application's id; empty if not connected.")
    forms: list[Form]
    trouble: str = Field(description="The code of why an admin has to enter the account anew.")

    @classmethod
    def all_of(cls, accounts: Mapping[Outlet, OutletAccount]) -> "list[OutletOut]":
        """The JSON of every network that Loa knows."""
        return [
            cls(
                outlet=outlet,
                connected=outlet in accounts,
                public_name=accounts[outlet].public_name if outlet in accounts else "",
                forms=list(facts.forms),
                trouble=accounts[outlet].trouble if outlet in accounts else "",
            )
            for outlet, facts in KNOWN.items()
        ]


class AccountGiven(BaseModel):
    """An account; what is secret is never told again."""

    model_config = ConfigDict(extra="forbid")

    public_name: str
    token: SecretStr = Field(description="Facebook: the Page's token. Zalo: a refresh token.")
    secret: SecretStr = Field(default=SecretStr(""), description="Zalo: the application's secret.")


class PostGiven(BaseModel):
    """What a post is to be made of."""

    model_config = ConfigDict(extra="forbid")

    form: Form


class PostOut(BaseModel):
    """A bulletin at a network."""

    bulletin_id: str
    outlet: Outlet
    form: Form
    text: str
    state: PostState
    wanted: bool
    tries: int
    decided_at_ms: int
    posted_at_ms: int | None
    next_at_ms: int | None
    post_id: str
    post_address: str
    trouble: str
    detail: str = Field(description="What the network said.")

    @classmethod
    def of(cls, post: SharePost) -> "PostOut":
        """The JSON of a post."""
        return cls(
            bulletin_id=post.bulletin_id,
            outlet=Outlet(post.outlet),
            form=Form(post.form),
            text=post.text,
            state=PostState(post.state),
            wanted=post.wanted,
            tries=post.tries,
            decided_at_ms=to_ms(post.decided_at),
            posted_at_ms=to_ms(post.posted_at) if post.posted_at else None,
            next_at_ms=to_ms(post.next_at) if post.next_at else None,
            post_id=post.post_id,
            post_address=post.post_address,
            trouble=post.trouble,
            detail=post.detail,
        )
