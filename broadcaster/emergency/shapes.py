"""Emergencies as JSON: what is given, and what is answered."""

from pydantic import BaseModel, ConfigDict, Field

from broadcaster.database.columns import to_ms
from broadcaster.emergency.cadence import Cadence
from broadcaster.emergency.ending import Ending, Verdict, review_due
from broadcaster.emergency.errors import NOTE_LIMIT_CHARACTERS, WORDS_LIMIT_CHARACTERS
from broadcaster.emergency.hazards import HAZARDS, WARNINGS
from broadcaster.emergency.standing import DeviceStanding, Stage, Standing
from broadcaster.emergency.tables import Emergency, EmergencyAuthorisation
from broadcaster.emergency.warnings_shown import WarningRow, WarningShown

_WORDS = Field(default="", json_schema_extra={"maxLength": WORDS_LIMIT_CHARACTERS})


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewEmergency(_Given):
    """An order; a program confirms it with the word that a person would type.

    Limits are told in a sentence, so they are checked there.
    """

    clusters: list[str] = Field(max_length=200, description="Clusters, or `everywhere`.")
    hazard: str = Field(json_schema_extra={"enum": list(HAZARDS)})
    mode: str = Field(json_schema_extra={"enum": ["real", "drill"]})
    words: str = _WORDS
    cadence: str = Field(default="", json_schema_extra={"enum": ["", *(c.value for c in Cadence)]})
    typed: str = Field(description="KHẨN CẤP for a real one, DIỄN TẬP for a drill.")
    code: str = Field(
        default="",
        max_length=60,
        description="A code of the second factor, where this session has proven none in its shift.",
    )
    request_key: str = Field(
        min_length=8, max_length=64, description="Made by the program: the same one orders once."
    )


class End(_Given):
    """How an emergency ends; `silence` needs no words."""

    ending: str = Field(json_schema_extra={"enum": [each.value for each in Ending]})
    words: str = _WORDS
    code: str = Field(
        default="",
        max_length=60,
        description="As for an order, where the words are others than the offered ones.",
    )


class Review(_Given):
    """What a second person found."""

    verdict: str = Field(json_schema_extra={"enum": [each.value for each in Verdict]})
    note: str = Field(default="", json_schema_extra={"maxLength": NOTE_LIMIT_CHARACTERS})


class NewAuthorisation(_Given):
    """Who may order emergencies from now on."""

    account_id: str = Field(max_length=64)


class AuthorisationOut(BaseModel):
    """Who may order emergencies, on whose word."""

    authorisation_id: str
    account_id: str
    granted_by: str
    granted_at_ms: int

    @classmethod
    def of(cls, row: EmergencyAuthorisation) -> "AuthorisationOut":
        """As it is answered."""
        return cls(
            authorisation_id=row.id,
            account_id=row.account_id,
            granted_by=row.granted_by,
            granted_at_ms=to_ms(row.granted_at),
        )


class Authorisations(BaseModel):
    """All who may order emergencies now."""

    authorisations: list[AuthorisationOut]


class EmergencyOut(BaseModel):
    """One emergency of the log."""

    emergency_id: str
    hazard: str
    drill: bool
    words: str
    cadence: str
    given_by: str
    raised_at_ms: int
    repeats_until_ms: int
    ending: str
    ended_at_ms: int | None
    review: str
    reviewed_by: str | None
    review_due_at_ms: int

    @classmethod
    def of(cls, row: Emergency) -> "EmergencyOut":
        """As it is answered."""
        return cls(
            emergency_id=row.id,
            hazard=row.hazard,
            drill=row.drill,
            words=row.words,
            cadence=row.cadence,
            given_by=row.given_by,
            raised_at_ms=to_ms(row.raised_at),
            repeats_until_ms=to_ms(row.repeats_until),
            ending=row.ending,
            ended_at_ms=to_ms(row.ended_at) if row.ended_at else None,
            review=row.review,
            reviewed_by=row.reviewed_by,
            review_due_at_ms=to_ms(review_due(row)),
        )


class Emergencies(BaseModel):
    """The emergency log, the newest first."""

    emergencies: list[EmergencyOut]


class DeviceOut(BaseModel):
    """One device in an emergency, by its own word."""

    device_id: str
    name: str
    cluster_id: str
    stage: Stage
    code: str | None
    has_order: bool
    has_sounded: bool
    tone_after_s: float | None
    repeats: int
    simulated: bool

    @classmethod
    def of(cls, device: DeviceStanding) -> "DeviceOut":
        """As it is answered."""
        word = device.word
        return cls(
            device_id=device.device_id,
            name=device.name,
            cluster_id=device.cluster_id,
            stage=word.stage,
            code=word.code,
            has_order=word.has_order,
            has_sounded=word.has_sounded,
            tone_after_s=word.tone_after_s,
            repeats=word.repeats,
            simulated=device.simulated,
        )


class EmergencyBoard(BaseModel):
    """One emergency with every device that was to warn."""

    emergency: EmergencyOut
    stages: dict[Stage, int]
    devices: list[DeviceOut]

    @classmethod
    def of(cls, row: Emergency, standing: Standing) -> "EmergencyBoard":
        """As it is answered."""
        return cls(
            emergency=EmergencyOut.of(row),
            stages=dict(standing.stages),
            devices=[DeviceOut.of(each) for each in standing.devices],
        )


class NewWarning(_Given):
    """The words of a stored warning, to be approved by a leader."""

    hazard: str = Field(json_schema_extra={"enum": list(WARNINGS)})
    words: str = Field(json_schema_extra={"maxLength": WORDS_LIMIT_CHARACTERS})


class WarningApproval(_Given):
    """The sound that was heard."""

    audio_sha256: str = Field(max_length=64)


class WarningTextOut(BaseModel):
    """One text of a warning; `audio_sha256` is empty until its sound is made."""

    warning_id: str
    words: str
    audio_sha256: str
    written_by: str
    approved_by: str | None

    @classmethod
    def of(cls, each: WarningRow) -> "WarningTextOut":
        """As it is answered."""
        return cls(
            warning_id=each.row.id,
            words=each.row.words,
            audio_sha256=each.sound.audio_sha256,
            written_by=each.row.written_by,
            approved_by=each.row.approved_by,
        )


class WarningOut(BaseModel):
    """What devices keep for one hazard, and what waits for its approval."""

    hazard: str
    offered: str
    in_force: WarningTextOut | None
    waiting: WarningTextOut | None

    @classmethod
    def of(cls, each: WarningShown) -> "WarningOut":
        """As it is answered."""
        return cls(
            hazard=each.hazard,
            offered=each.offered,
            in_force=WarningTextOut.of(each.in_force) if each.in_force else None,
            waiting=WarningTextOut.of(each.waiting) if each.waiting else None,
        )


class Warnings(BaseModel):
    """The stored warnings of all hazards."""

    warnings: list[WarningOut]
