"""Every table of every capability, gathered so that migrations and tests see the whole schema."""

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from broadcaster.accounts import tables as accounts
from broadcaster.areas import tables as areas
from broadcaster.bulletins import tables as bulletins
from broadcaster.dispatch import tables as dispatch
from broadcaster.enrolment import tables as enrolment
from broadcaster.fleet import tables as fleet
from broadcaster.ledger import tables as ledger
from broadcaster.lexicon import tables as lexicon
from broadcaster.playlists import tables as playlists
from broadcaster.schedule import tables as schedule
from broadcaster.voices import tables as voices

CAPABILITIES = (
    areas,
    accounts,
    fleet,
    enrolment,
    lexicon,
    voices,
    bulletins,
    playlists,
    ledger,
    schedule,
    dispatch,
)


def metadata() -> MetaData:
    """The schema that the code expects."""
    return SQLModel.metadata
