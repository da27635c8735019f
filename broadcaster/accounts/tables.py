"""Accounts, the roles they hold, what proves who they are, and the sessions that came of it."""

from datetime import datetime

from sqlalchemy import BigInteger
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
    """A role that a person holds at a station; a village head's names the village."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("account_id", "role", "village_id"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    role: str
    village_id: str | None = Field(default=None, foreign_key="village.id")


class HeadPhone(SQLModel, table=True):
    """The number at which a village head is called when loudspeakers are silent: personal data.

    No number, no row: erasing is removing. It stands in no entry of the trail.
    """

    __tablename__ = "head_phone"

    account_id: str = Field(foreign_key="account.id", primary_key=True)
    phone: str
    entered_by: str = Field(foreign_key="account.id")
    entered_at: datetime = Field(sa_type=InstantColumn)


class SignInSession(SQLModel, table=True):
    """A signed-in browser or API client, known by the hash of its token only.

    `second_factor_at` is when its person last proved a second factor in it. Address and browser are
    there for that person to know their own sessions by, and go with the session. `station_id` is
    the station that its person chose to look at, of several; null until they chose.
    """

    __tablename__ = "sign_in_session"

    token_sha256: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    csrf_token: str
    created_at: datetime = Field(sa_type=InstantColumn)
    expires_at: datetime = Field(sa_type=InstantColumn)
    second_factor_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    address: str = Field(default="", sa_column_kwargs={"server_default": ""})
    browser: str = Field(default="", sa_column_kwargs={"server_default": ""})
    station_id: str | None = Field(default=None, foreign_key="station.id")


class SignInFailure(SQLModel, table=True):
    """A failed sign-in, counted so that guessing is slowed down; `step` says what was wrong.

    `source` says where it came from, as far as that has a count of its own (`failures.Source`).
    """

    __tablename__ = "sign_in_failure"

    id: int | None = Field(default=None, primary_key=True)
    username: str = Field(index=True)
    at: datetime = Field(sa_type=InstantColumn)
    step: str = Field(default="password", sa_column_kwargs={"server_default": "password"})
    source: str = Field(default="", sa_column_kwargs={"server_default": ""})


class SecondFactor(SQLModel, table=True):
    """A person's authenticator (RFC 6238); its seed is sealed under a key outside the database.

    What was only offered takes its place when a code of it came. A code of a step up to `last_step`
    is spent.
    """

    __tablename__ = "second_factor"

    account_id: str = Field(primary_key=True, foreign_key="account.id")
    sealed_seed: str = ""
    enrolled_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    last_step: int = Field(default=0, sa_type=BigInteger)
    offered_seed: str = ""
    offered_at: datetime | None = Field(default=None, sa_type=InstantColumn)


class OneTimeCode(SQLModel, table=True):
    """A printed code that opens once in an authenticator's stead, known by its hash only."""

    __tablename__ = "one_time_code"

    code_sha256: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    made_at: datetime = Field(sa_type=InstantColumn)
    used_at: datetime | None = Field(default=None, sa_type=InstantColumn)


class PasswordLink(SQLModel, table=True):
    """A link with which a person chooses a new password, once; gone when it was used."""

    __tablename__ = "password_link"

    token_sha256: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    made_at: datetime = Field(sa_type=InstantColumn)
    expires_at: datetime = Field(sa_type=InstantColumn)


class ForeignLogin(SQLModel, table=True):
    """The name under which a person signs in at an OpenID provider; its subject once known."""

    __tablename__ = "foreign_login"
    __table_args__ = (
        UniqueConstraint("issuer", "login"),
        UniqueConstraint("issuer", "subject"),
    )

    account_id: str = Field(primary_key=True, foreign_key="account.id")
    login: str
    issuer: str
    subject: str | None = None
    bound_at: datetime | None = Field(default=None, sa_type=InstantColumn)


class ApiToken(SQLModel, table=True):
    """A program's way into the API, known by the hash of its token only.

    Its id is that of an account to which nobody signs in and which holds no role: what the program
    does is done by that account, in every row and in the trail. `scopes` are words with spaces
    between. `made_by` is null where it was made at the station's machine.
    """

    __tablename__ = "api_token"

    id: str = Field(primary_key=True, foreign_key="account.id")
    station_id: str = Field(foreign_key="station.id", index=True)
    token_sha256: str = Field(unique=True)
    scopes: str
    made_by: str | None = Field(default=None, foreign_key="account.id")
    made_at: datetime = Field(sa_type=InstantColumn)
    expires_at: datetime = Field(sa_type=InstantColumn)
    revoked_by: str | None = Field(default=None, foreign_key="account.id")
    revoked_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    last_used_at: datetime | None = Field(default=None, sa_type=InstantColumn)


class ApiTokenStation(SQLModel, table=True):
    """A station that a token may look at, of several in one database."""

    __tablename__ = "api_token_station"

    token_id: str = Field(primary_key=True, foreign_key="api_token.id")
    station_id: str = Field(primary_key=True, foreign_key="station.id")
