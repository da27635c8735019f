"""Every table of every capability, gathered so that migrations and tests see the whole schema."""

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from broadcaster.accounts import tables as accounts
from broadcaster.alerts import tables as alerts
from broadcaster.areas import tables as areas
from broadcaster.audit import tables as audit
from broadcaster.bulletins import tables as bulletins
from broadcaster.campaigns import tables as campaigns
from broadcaster.dispatch import tables as dispatch
from broadcaster.emergency import tables as emergency
from broadcaster.enrolment import tables as enrolment
from broadcaster.exchange import tables as exchange
from broadcaster.feedback import tables as feedback
from broadcaster.fleet import tables as fleet
from broadcaster.hearing import tables as hearing
from broadcaster.intake import tables as intake
from broadcaster.joining import tables as joining
from broadcaster.ledger import tables as ledger
from broadcaster.lexicon import tables as lexicon
from broadcaster.live import tables as live
from broadcaster.materials import tables as materials
from broadcaster.playlists import tables as playlists
from broadcaster.publishing import tables as publishing
from broadcaster.relays import tables as relays
from broadcaster.schedule import tables as schedule
from broadcaster.sources import tables as sources
from broadcaster.voices import tables as voices
from broadcaster.watching import tables as watching
from broadcaster.webhooks import tables as webhooks

CAPABILITIES = (
    audit,
    areas,
    accounts,
    fleet,
    enrolment,
    lexicon,
    voices,
    sources,
    bulletins,
    playlists,
    relays,
    ledger,
    hearing,
    feedback,
    schedule,
    emergency,
    alerts,
    exchange,
    materials,
    live,
    publishing,
    dispatch,
    campaigns,
    intake,
    joining,
    watching,
    webhooks,
)


def metadata() -> MetaData:
    """The schema that the code expects."""
    return SQLModel.metadata
