"""Accounts, the roles they hold, and the sessions they are signed in with."""

from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from broadcaster.database import InstantColumn


class Account(SQLModel, table=True):
    """A person who signs in."""

    id: str = Field(primary_key=True)
    username: str = Field(unique=True)
    display_name: str
    password_hash: str
    active: bool = True
    created_at: datetime = Field(sa_type=InstantColumn)


class RoleGrant(SQLModel, table=True):
    """A role that a person holds; a village head's names the village."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("account_id", "role", "village_id"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    role: str
    village_id: str | None = Field(default=None, foreign_key="village.id")


class SignInSession(SQLModel, table=True):
    """A signed-in browser or API client, known by the hash of its token only."""

    __tablename__ = "sign_in_session"

    token_sha256: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    csrf_token: str
    created_at: datetime = Field(sa_type=InstantColumn)
    expires_at: datetime = Field(sa_type=InstantColumn)


class SignInFailure(SQLModel, table=True):
    """A failed sign-in, counted so that guessing is slowed down."""

    __tablename__ = "sign_in_failure"

    id: int | None = Field(default=None, primary_key=True)
    username: str = Field(index=True)
    at: datetime = Field(sa_type=InstantColumn)
