"""Whatever people do in whatever order: what may go on air was approved by somebody else.

A Hypothesis state machine drives the desk and keeps a model of its own beside it: what stands in
the bulletin, who wrote any of it, and who decided what on which words and which sound.
"""

import atexit
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from broadcaster.accounts.roles import Role
from broadcaster.bulletins import desk
from broadcaster.bulletins.errors import (
    ActOutOfPlace,
    OwnBulletin,
    RenditionChanged,
    ScriptChanged,
    WarningsUnresolved,
)
from broadcaster.bulletins.sound import NewSound
from broadcaster.bulletins.states import BulletinState
from broadcaster.bulletins.tables import Bulletin, Rendition
from broadcaster.bulletins.texts import checked
from broadcaster.database.migrate import migrate
from tests.broadcaster.bulletins.newsroom import decide, made_sound, write
from tests.broadcaster.small_station import found_station
from tests.trail import connect

WRITERS = ("an", "binh")
PEOPLE = (*WRITERS, "chi", "dung")
SCRIPTS = ("Lời một.", "Lời hai.")
TITLES = ("Lịch tiêm", "Tên khác")

people = st.sampled_from(PEOPLE)
writers = st.sampled_from(WRITERS)
takes = st.sampled_from(["", "b"])


@dataclass
class Model:
    """What a careful person would have written down."""

    title: str
    script: str
    writers: set[str]
    sound: NewSound | None = None
    submitted: bool = False
    decision: tuple[str, bool] | None = None
    seen: list[Rendition] = field(default_factory=list)

    def forget_sound(self) -> None:
        """Whatever was made, asked and decided is gone."""
        self.sound, self.submitted, self.decision = None, False, None


@cache
def empty_database() -> Path:
    """A migrated file to copy from: migrating for each example would be most of the work."""
    file = Path(tempfile.mkdtemp(prefix="loa-approval-")) / "template.sqlite3"
    database = connect(f"sqlite:///{file}")
    migrate(database)
    database.dispose()
    atexit.register(shutil.rmtree, file.parent)
    return file


class Newsroom(RuleBasedStateMachine):
    """One bulletin, four people who each may do everything, a studio that is sometimes late."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        file = Path(self.folder.name) / "station.sqlite3"
        shutil.copy(empty_database(), file)
        self.database = connect(f"sqlite:///{file}")
        self.station = found_station(self.database, state_dir=Path(self.folder.name))
        self.ids = {each: self.station.member(each, Role.OPERATOR) for each in PEOPLE}

    @initialize(author=writers)
    def begin(self, author: str) -> None:
        """Somebody writes a bulletin."""
        with self.database.writing() as session:
            bulletin = write(session, by=self.ids[author], now=self.now, script=SCRIPTS[0])
        self.id = bulletin.id
        self.model = Model(TITLES[0], SCRIPTS[0], {author})

    @rule(by=writers, title=st.sampled_from(TITLES), script=st.sampled_from(SCRIPTS))
    def edit(self, by: str, title: str, script: str) -> None:
        """Somebody saves; the same text again is no edit."""
        with self.database.writing() as session:
            written = checked(title=title, script=script)
            desk.edit(session, self.id, written=written, by=self.ids[by], now=self.now)
        if (title, script) != (self.model.title, self.model.script):
            self.model.title, self.model.script = title, script
            self.model.writers.add(by)
            self.model.forget_sound()

    @rule(script=st.sampled_from(SCRIPTS), warns=st.booleans(), take=takes)
    def render(self, script: str, warns: bool, take: str) -> None:
        """The studio brings a sound, perhaps of words that were edited meanwhile."""
        sound = made_sound(script, warns=warns, take=take)
        try:
            with self.database.writing() as session:
                rendition = desk.attach_rendition(session, self.id, sound=sound, now=self.now)
        except ScriptChanged:
            assert script != self.model.script
            return
        assert script == self.model.script
        self.model.seen.append(rendition)
        if sound != self.model.sound:
            self.model.forget_sound()
            self.model.sound = sound

    @rule(warns=st.booleans(), take=takes, by=writers)
    def render_and_submit(self, warns: bool, take: str, by: str) -> None:
        """The usual way to the leader's desk, so that decisions are reached often."""
        self.render(self.model.script, warns, take)
        self.submit(by)

    @rule(by=writers)
    def submit(self, by: str) -> None:
        """Somebody asks for a decision."""
        try:
            with self.database.writing() as session:
                desk.submit(session, self.id, by=self.ids[by], now=self.now)
        except ActOutOfPlace:
            assert self.model.sound is None
            return
        assert self.model.sound is not None
        if self.model.decision is None or not self.model.decision[1]:
            self.model.submitted = True

    @precondition(lambda self: self.model.seen)
    @rule(
        data=st.data(),
        by=people,
        approved=st.booleans(),
        over_warnings=st.booleans(),
        minutes=st.integers(-5, 5),
    )
    def decide(
        self,
        data: st.DataObject,
        by: str,
        approved: bool,
        over_warnings: bool,
        minutes: int,
    ) -> None:
        """Somebody decides on a rendition that some page once showed; the clock may be wrong."""
        rendition = data.draw(st.sampled_from(self.model.seen))
        self.station.clock.move(timedelta(minutes=minutes))
        try:
            with self.database.writing() as session:
                decide(
                    session,
                    rendition,
                    approved=approved,
                    by=self.ids[by],
                    now=self.now,
                    over_warnings=over_warnings,
                )
        except RenditionChanged:
            assert not self.is_present(rendition)
        except ActOutOfPlace:
            assert not self.waits(approved=approved)
        except OwnBulletin:
            assert by in self.model.writers
        except WarningsUnresolved:
            assert approved
            assert not over_warnings
        else:
            assert self.is_present(rendition)
            assert self.waits(approved=approved)
            assert by not in self.model.writers
            self.model.decision = (by, approved)
            self.model.submitted = self.model.submitted and approved

    @invariant()
    def what_may_go_on_air_was_approved_by_another_person(self) -> None:
        """Exactly the present words and sound, by somebody who wrote none of it, and not else."""
        with self.database.reading() as session:
            found = desk.approved_rendition(session, self.id)
            state = desk.state_of(session, session.get_one(Bulletin, self.id))
        decided = self.model.decision is not None and self.model.decision[1]
        assert (found is not None) == decided == (state is BulletinState.APPROVED)
        if found is None or self.model.decision is None or self.model.sound is None:
            return
        assert self.model.decision[0] not in self.model.writers
        assert self.model.sound.is_that_of(found)
        assert found.spoken == self.model.script.lower()

    def is_present(self, rendition: Rendition) -> bool:
        """Whether this is the sound that the bulletin has now, and not an equal one of before."""
        with self.database.reading() as session:
            return session.get_one(Bulletin, self.id).rendition_id == rendition.id

    def waits(self, *, approved: bool) -> bool:
        """Whether the decision is in its place."""
        is_approved = self.model.decision is not None and self.model.decision[1]
        return (self.model.submitted and not is_approved) or (is_approved and not approved)

    @property
    def now(self) -> datetime:
        """The station's clock."""
        return self.station.clock()

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.database.dispose()
        self.folder.cleanup()


TestNewsroom = Newsroom.TestCase
TestNewsroom.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
