"""Alerts, feeds, codes and rules as the API takes and gives them; instants in Unix milliseconds."""

from pydantic import BaseModel, ConfigDict, Field

from broadcaster.alerts.errors import NAME_LIMIT_CHARACTERS
from broadcaster.alerts.feeds import EVERYWHERE
from broadcaster.alerts.message import MsgType, Status
from broadcaster.alerts.rules import DECIDABLE
from broadcaster.alerts.shown import AlertLine, AlertShown
from broadcaster.alerts.signatures import Signed
from broadcaster.alerts.standing import Shown
from broadcaster.alerts.tables import AlertFeed, AlertPlaceCode, AlertRule
from broadcaster.database.columns import to_ms
from broadcaster.emergency.errors import NOTE_LIMIT_CHARACTERS


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewAlert(_Given):
    """A CAP 1.2 document."""

    xml: str = Field(description="The document as it came; a declared encoding must be UTF-8.")


class Dismissal(_Given):
    """Why nothing is done here."""

    reason: str = Field(default="", json_schema_extra={"maxLength": NOTE_LIMIT_CHARACTERS})


class NewFeed(_Given):
    """An address to be asked every 30 seconds."""

    name: str = Field(json_schema_extra={"maxLength": NAME_LIMIT_CHARACTERS})
    url: str
    must_be_signed: bool = False


class NewPlaceCode(_Given):
    """What a geocode means here."""

    list_name: str = Field(description="CAP's valueName.")
    value: str
    village_id: str = Field(description=f"A village, or `{EVERYWHERE}` for the whole commune.")


class NewRule(_Given):
    """For which severity no person is asked."""

    severity: str = Field(json_schema_extra={"enum": list(DECIDABLE)})
    code: str = Field(default="", description="Of the second factor, where this shift has none.")


class CapAlertOut(BaseModel):
    """One alert in a list."""

    id: str
    sender: str
    identifier: str
    sent_at_ms: int
    received_at_ms: int
    expires_at_ms: int | None
    status: Status
    msg_type: MsgType
    severity: str
    headline: str
    signed: Signed
    signer: str
    state: Shown
    feed_id: str | None
    emergency_id: str | None
    still_running: list[str] = Field(
        description="What runs on the word of alerts that this one replaced or took back."
    )

    @classmethod
    def of(cls, line: AlertLine) -> "CapAlertOut":
        """The JSON of a line."""
        row = line.row
        return cls(
            id=row.id,
            sender=row.sender,
            identifier=row.identifier,
            sent_at_ms=to_ms(row.sent),
            received_at_ms=to_ms(row.received_at),
            expires_at_ms=to_ms(row.expires_at) if row.expires_at else None,
            status=line.alert.status,
            msg_type=line.alert.msg_type,
            severity=line.severity,
            headline=line.headline,
            signed=Signed(row.signed),
            signer=row.signer,
            state=line.state,
            feed_id=row.feed_id,
            emergency_id=line.emergency.id if line.emergency else None,
            still_running=[each.id for each in line.still_running],
        )


class CapAlerts(BaseModel):
    """What came last, the newest first."""

    alerts: list[CapAlertOut]


class ProposalOut(BaseModel):
    """What an alert would be here, to start from."""

    request_key: str = Field(
        description="Given to POST /api/emergencies, it orders this alert, and only once."
    )
    clusters: list[str]
    villages: list[str]
    unmatched: list[str] = Field(description="Areas in which the station knows no village.")
    unplaced: list[str] = Field(description="Villages that may lie in it: nobody placed them.")
    hazard: str = Field(description="Empty where a person must choose.")
    words: str
    shortened: bool


class AlertDetail(BaseModel):
    """One alert in full."""

    alert: CapAlertOut
    proposal: ProposalOut
    xml: str = Field(description="What was believed: of a signed one what its signature covers.")

    @classmethod
    def of(cls, shown: AlertShown) -> "AlertDetail":
        """The JSON of an alert."""
        proposal = shown.proposal
        return cls(
            alert=CapAlertOut.of(shown.line),
            proposal=ProposalOut(
                request_key=shown.request_key,
                clusters=list(proposal.clusters),
                villages=list(proposal.villages),
                unmatched=list(proposal.areas.unmatched),
                unplaced=list(proposal.areas.unplaced),
                hazard=proposal.hazard,
                words=proposal.offered.words,
                shortened=proposal.offered.shortened,
            ),
            xml=shown.line.row.content,
        )


class FeedOut(BaseModel):
    """One feed, and how it stands."""

    id: str
    name: str
    url: str
    must_be_signed: bool
    polled_at_ms: int | None
    answered_at_ms: int | None
    trouble: str = Field(description="The code of why the last poll failed; empty for none.")
    trouble_since_ms: int | None

    @classmethod
    def of(cls, feed: AlertFeed) -> "FeedOut":
        """The JSON of a feed."""
        return cls(
            id=feed.id,
            name=feed.name,
            url=feed.url,
            must_be_signed=feed.must_be_signed,
            polled_at_ms=to_ms(feed.polled_at) if feed.polled_at else None,
            answered_at_ms=to_ms(feed.answered_at) if feed.answered_at else None,
            trouble=feed.trouble,
            trouble_since_ms=to_ms(feed.trouble_since) if feed.trouble_since else None,
        )


class Feeds(BaseModel):
    """The feeds in use."""

    feeds: list[FeedOut]


class PolledOut(BaseModel):
    """What a feed brought when it was asked."""

    new: list[str] = Field(description="Ids of alerts that were not there.")
    refused: list[str] = Field(description="Codes of why entries were refused.")
    trouble: str


class PlaceCodeOut(BaseModel):
    """What a geocode means here."""

    id: str
    list_name: str
    value: str
    village_id: str

    @classmethod
    def of(cls, code: AlertPlaceCode) -> "PlaceCodeOut":
        """The JSON of a code."""
        return cls(
            id=code.id,
            list_name=code.list_name,
            value=code.value,
            village_id=code.village_id or EVERYWHERE,
        )


class PlaceCodes(BaseModel):
    """The codes that the station knows."""

    codes: list[PlaceCodeOut]


class RuleOut(BaseModel):
    """One standing rule."""

    id: str
    severity: str
    decided_by: str
    decided_at_ms: int
    in_force: bool = Field(description="Whether whoever decided it may still order emergencies.")

    @classmethod
    def of(cls, rule: AlertRule, *, in_force: bool) -> "RuleOut":
        """The JSON of a rule."""
        return cls(
            id=rule.id,
            severity=rule.severity,
            decided_by=rule.decided_by,
            decided_at_ms=to_ms(rule.decided_at),
            in_force=in_force,
        )


class Rules(BaseModel):
    """What may go out without a person; empty unless a leader decided."""

    rules: list[RuleOut]
