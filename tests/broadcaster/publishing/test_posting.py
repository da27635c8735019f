"""What a leader decided reaches the networks once, whatever goes wrong on the way."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from broadcaster.audit.acts import Act
from broadcaster.audit.tables import ENTRIES
from broadcaster.database import Database
from broadcaster.publishing.cards import CardRoom, cards_in
from broadcaster.publishing.deciding import decide, keep_back
from broadcaster.publishing.errors import OutletNotEntered, PostUnderWay
from broadcaster.publishing.outlet_accounts import (
    Entered,
    accounts_of,
    enter_account,
    remove_account,
)
from broadcaster.publishing.outlets.asking import asking
from broadcaster.publishing.outlets.port import Form, Outlet
from broadcaster.publishing.post_states import PAUSES, WAYS, PostState
from broadcaster.publishing.posting import KEEP_ALIVE_AFTER, post_due
from broadcaster.publishing.posts import decide_post, move, posts_of, withdraw_post
from broadcaster.publishing.share_text import ShareText
from broadcaster.publishing.tables import SharePost
from broadcaster.settings import Settings
from playlists.audio.audio_store import AudioStore
from tests.broadcaster.publishing.networks import (
    APP,
    APP_SECRET,
    FIRST_REFRESH,
    PAGE,
    PAGE_TOKEN,
    VERSION,
    Fault,
    Networks,
    networks,
)
from tests.broadcaster.small_station import STATION_ID, SmallStation
from tests.trail import connect

ADDRESS = "https://dai.example/kenh#tiem"
TEXT = ShareText(
    title="Lịch tiêm vắc xin",
    sentences="Sáng 25/11, trạm y tế xã tiêm vắc xin.",
    when_and_where="Đài xã đã phát trên loa lúc 11:00 ngày 23/11/2026.",
    address=ADDRESS,
)


@dataclass
class Desk:
    """A station that is connected to both networks, and its leader."""

    station: SmallStation
    both: Networks
    room: CardRoom

    def enter(self, outlet: Outlet, *, token: str = "") -> None:
        """Let an admin enter an account."""
        facebook = Entered(public_name=PAGE, token=token or PAGE_TOKEN)
        zalo = Entered(public_name=APP, token=token or self.both.refresh, secret=APP_SECRET)
        with self.station.database.writing() as session:
            enter_account(
                session, outlet, facebook if outlet is Outlet.FACEBOOK else zalo,
                settings=self.station.settings, station_id=STATION_ID, by=None,
                now=self.station.clock(),
            )  # fmt: skip

    def decide(self, outlet: Outlet = Outlet.FACEBOOK, form: Form | None = None) -> None:
        """Let a leader decide."""
        form = form or (Form.LINK if outlet is Outlet.FACEBOOK else Form.ARTICLE)
        with self.station.database.writing() as session:
            decide_post(
                session, "tiem", outlet, form, text=TEXT, station_id=STATION_ID, by=None,
                now=self.station.clock(),
            )  # fmt: skip

    def withdraw(self, outlet: Outlet = Outlet.FACEBOOK) -> None:
        """Let a leader think better of it."""
        with self.station.database.writing() as session:
            withdraw_post(
                session, "tiem", outlet, station_id=STATION_ID, by=None, now=self.station.clock()
            )

    def round(self, after: timedelta = timedelta()) -> SharePost:
        """Let time pass and the process do its round; the post as it then is."""
        self.station.clock.move(after)
        # Whoever hangs is given up on soon: no test waits as long as a station would.
        with asking(read_s=0.3) as asker:
            post_due(
                self.station.database, settings=self.station.settings, station_id=STATION_ID,
                now=self.station.clock, room=self.room, asker=asker,
            )  # fmt: skip
        return self.post()

    def post(self) -> SharePost:
        """The post as it is."""
        with self.station.database.reading() as session:
            (post,) = posts_of(session, station_id=STATION_ID)
            return post

    def trouble(self, outlet: Outlet) -> str:
        """What is wrong with an account."""
        with self.station.database.reading() as session:
            return accounts_of(session, STATION_ID)[outlet].trouble


def acts(desk: Desk) -> list[str]:
    """What was done, in its order."""
    with desk.station.database.reading() as session:
        return list(session.execute(select(ENTRIES.c.act).order_by(ENTRIES.c.number)).scalars())


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """One kind is enough here: the pages' tests decide and withdraw on the other as well."""
    reached = connect(sqlite_url)
    yield reached
    reached.dispose()


@pytest.fixture
def desk(station: SmallStation) -> Iterator[Desk]:
    """The channels are open, and both networks are connected."""
    with networks(station.clock) as both:
        station.settings = Settings(
            state_dir=station.settings.state_dir,
            public_url="https://dai.example",  # type: ignore[arg-type]
            facebook_api=f"{both.at}{VERSION}",
            zalo_api=both.at,
            zalo_oauth=both.at,
        )
        with station.database.writing() as session:
            decide(session, station_id=STATION_ID, is_open=True, by=None, now=station.clock())
        cards = cards_in(station.settings.state_dir, AudioStore(station.settings.audio_dir))
        made = Desk(station, both, CardRoom(cards, start=lambda work: work()))
        for outlet in Outlet:
            made.enter(outlet)
        yield made


def test_nothing_is_asked_of_anybody_until_an_account_is_entered_and_a_leader_decides(
    desk: Desk,
) -> None:
    """Off by default, bulletin by bulletin."""
    with asking() as asker:
        post_due(
            desk.station.database, settings=desk.station.settings, station_id=STATION_ID,
            now=desk.station.clock, room=desk.room, asker=asker,
        )  # fmt: skip
    with desk.station.database.writing() as session:
        for outlet in Outlet:
            remove_account(
                session, outlet, station_id=STATION_ID, by=None, now=desk.station.clock()
            )

    assert desk.both.calls == []
    with pytest.raises(OutletNotEntered):
        desk.decide()


def test_a_link_is_posted_once_in_the_words_that_were_decided(desk: Desk) -> None:
    """With the token in a header only; later rounds ask nothing more."""
    desk.decide()

    post = desk.round()
    desk.round(timedelta(hours=1))

    ((number, there),) = desk.both.posts.items()
    assert (post.state, post.post_id, post.trouble) == ("posted", number, "")
    assert there["link"] == ADDRESS
    assert there["message"].startswith("Lịch tiêm vắc xin\n\nSáng 25/11, trạm y tế")
    assert there["message"].endswith(ADDRESS)
    (call,) = desk.both.calls
    assert PAGE_TOKEN not in call.path + str(call.query) + str(call.given)
    with pytest.raises(PostUnderWay):
        desk.decide()
    assert acts(desk)[-2:] == [Act.SHARE_DECIDED, Act.SHARE_POSTED]


def test_a_picture_is_fetched_by_the_network_from_its_public_address(desk: Desk) -> None:
    """Nothing is uploaded."""
    desk.decide(form=Form.PICTURE)

    assert desk.round().state == "posted"
    (there,) = desk.both.posts.values()
    assert (there["edge"], there["url"]) == ("photos", "https://dai.example/kenh/tiem/card.png")


@pytest.mark.usefixtures("sound")
def test_a_video_is_made_before_it_is_told_of(desk: Desk) -> None:
    """The round that finds none has it made, and the next one sends."""
    desk.decide(form=Form.VIDEO)

    states = [desk.round().state, desk.round().state]

    assert states == ["waiting", "posted"]
    (there,) = desk.both.posts.values()
    assert there["edge"] == "videos"
    assert there["file_url"] == "https://dai.example/kenh/tiem/card.mp4"
    assert (there["title"], there["description"][-len(ADDRESS) :]) == (TEXT.title, ADDRESS)


def test_a_video_that_cannot_be_made_is_tried_again_and_given_up(desk: Desk) -> None:
    """Its sound is not there: nothing is told of to anybody."""
    desk.decide(form=Form.VIDEO)
    desk.round()
    for pause in (timedelta(), *PAUSES):
        desk.round(pause)

    assert (desk.post().state, desk.post().trouble) == ("given_up", "card_failed")
    assert desk.both.calls == []


@pytest.mark.parametrize("outlet", Outlet)
def test_what_arrived_without_an_answer_is_found_and_not_sent_again(
    desk: Desk, outlet: Outlet
) -> None:
    """The connection broke after the network had made the post."""
    desk.both.faults = [Fault.DROPPED]
    desk.decide(outlet)

    unsure = desk.round()
    found = desk.round(timedelta(minutes=16))

    assert (unsure.state, unsure.trouble) == ("unsure", "outlet_unsure")
    assert found.state == "posted"
    assert found.post_address.startswith("https://")
    assert len(desk.both.posts) + len(desk.both.articles) == 1


@pytest.mark.parametrize("outlet", Outlet)
@pytest.mark.parametrize("fault", [Fault.HANGING, Fault.BROKEN])
def test_what_did_not_arrive_is_sent_again(desk: Desk, outlet: Outlet, fault: Fault) -> None:
    """It is asked for first, and then there is one."""
    desk.both.faults = [fault]
    desk.decide(outlet)

    states = [desk.round().state, desk.round(timedelta(minutes=16)).state, desk.round().state]

    assert states[:2] == ["unsure", "waiting"]
    assert states[2] in {"posted", "accepted"}
    assert len(desk.both.posts) + len(desk.both.articles) == 1


def test_what_this_process_was_sending_when_it_died_is_asked_for(desk: Desk) -> None:
    """Whether it had been sent or not, there is one post."""
    desk.decide()
    with desk.station.database.writing() as session:
        row = session.get_one(SharePost, desk.post().id)
        soon = desk.station.clock() + timedelta(minutes=2)
        move(row, PostState.SENDING, next_at=soon)
        row.sent_at, row.tries = desk.station.clock(), 1

    assert desk.round(timedelta(minutes=1)).state == "sending"
    assert desk.both.calls == []
    assert desk.round(timedelta(minutes=1)).state == "waiting"
    assert desk.round().state == "posted"
    assert len(desk.both.posts) == 1


def test_a_duplicate_is_the_one_that_was_sent(desk: Desk) -> None:
    """Facebook refuses the same words twice; that post is then looked for."""
    desk.decide()
    desk.both.posts["103070_0"] = {
        "edge": "feed",
        "message": f"Trước đó. {ADDRESS}",
        "created_time": desk.station.clock().strftime("%Y-%m-%dT%H:%M:%S+0000"),
    }
    desk.both.faults = [Fault.DUPLICATE]
    desk.round()

    assert desk.round(timedelta(minutes=2)).post_id == "103070_0"


def test_an_ended_token_stops_all_until_an_admin_enters_a_new_one(desk: Desk) -> None:
    """The post waits, the network is left alone, and then it is posted."""
    desk.both.faults = [Fault.EXPIRED]
    desk.decide()

    waiting = desk.round()
    desk.round(timedelta(hours=5))
    calls = len(desk.both.calls)
    trouble = desk.trouble(Outlet.FACEBOOK)
    desk.enter(Outlet.FACEBOOK)

    assert (waiting.state, waiting.trouble, trouble) == ("waiting", "outlet_shut", "outlet_shut")
    assert "Session has expired" in waiting.detail
    assert calls == 1
    assert desk.round().state == "posted"


def test_a_network_that_says_wait_is_waited_for(desk: Desk) -> None:
    """As long as it says."""
    desk.both.faults = [Fault.BUSY]
    desk.decide()
    busy = desk.round()

    assert (busy.state, busy.trouble) == ("waiting", "outlet_busy")
    assert busy.next_at == desk.station.clock() + timedelta(seconds=7200)
    assert desk.round(timedelta(minutes=119)).state == "waiting"
    assert desk.round(timedelta(minutes=1)).state == "posted"


@pytest.mark.parametrize("outlet", Outlet)
def test_what_is_refused_is_not_sent_again_until_somebody_decides_anew(
    desk: Desk, outlet: Outlet
) -> None:
    """The network's own reason stands beside it."""
    desk.both.faults = [Fault.REFUSED]
    desk.decide(outlet)
    refused = desk.round()
    calls = len(desk.both.calls)
    desk.round(timedelta(days=1))

    assert (refused.state, refused.trouble) == ("refused", "outlet_refuses")
    assert "abusive" in refused.detail or "150 characters" in refused.detail
    assert len(desk.both.calls) == calls
    desk.decide(outlet)
    assert desk.round().state in {"posted", "accepted"}


def test_a_network_that_is_never_reached_is_given_up_after_a_day(desk: Desk) -> None:
    """Later and later; then a person decides."""
    desk.station.settings = desk.station.settings.model_copy(
        update={"facebook_api": "http://127.0.0.1:9/v24.0"}
    )
    desk.decide()
    waits = [desk.round(pause).state for pause in (timedelta(), *PAUSES)]

    assert waits == [*["waiting"] * len(PAUSES), "given_up"]
    assert desk.post().trouble == "outlet_unreachable"
    assert sum(PAUSES, timedelta()) < timedelta(hours=24)


def test_what_was_given_up_unclear_is_asked_for_before_it_is_sent_again(desk: Desk) -> None:
    """A new decision does not forget that something may have arrived."""
    desk.decide()
    desk.both.faults = [Fault.DROPPED]
    post = desk.round()
    with desk.station.database.writing() as session:
        move(session.get_one(SharePost, post.id), PostState.GIVEN_UP)
    desk.decide()

    assert desk.round().state == "posted"
    assert len(desk.both.posts) == 1


def test_what_was_given_up_unclear_and_is_withdrawn_is_looked_for_and_removed(desk: Desk) -> None:
    """It is not said to be gone before the network has been asked."""
    desk.decide()
    desk.both.faults = [Fault.DROPPED]
    post = desk.round()
    with desk.station.database.writing() as session:
        move(session.get_one(SharePost, post.id), PostState.GIVEN_UP)
    desk.withdraw()

    assert [desk.round().state, desk.round().state] == ["posted", "withdrawn"]
    assert desk.both.posts == {}


@pytest.mark.parametrize("outlet", Outlet)
def test_what_is_withdrawn_is_taken_down_and_may_be_posted_anew(desk: Desk, outlet: Outlet) -> None:
    """On both networks; what somebody deleted by hand before is gone as well."""
    for by_hand in (False, True):
        desk.decide(outlet)
        desk.round()
        desk.round(timedelta(minutes=1))
        assert desk.post().state == "posted"
        if by_hand:
            desk.both.posts.clear()
            desk.both.articles.clear()
        desk.withdraw(outlet)
        assert desk.round().state == "withdrawn"

    assert (desk.both.posts, desk.both.articles) == ({}, {})
    assert acts(desk)[-2:] == [Act.SHARE_WITHDRAWN, Act.SHARE_TAKEN_DOWN]


def test_what_is_withdrawn_before_it_is_sent_is_never_sent(desk: Desk) -> None:
    """And what was withdrawn while nobody knew whether it had arrived is looked for and removed."""
    desk.decide()
    desk.withdraw()
    assert desk.round().state == "withdrawn"
    assert desk.both.calls == []

    desk.both.faults = [Fault.DROPPED]
    desk.decide()
    desk.round()
    desk.withdraw()
    assert desk.round(timedelta(minutes=2)).state == "posted"
    assert desk.round().state == "withdrawn"
    assert desk.both.posts == {}


def test_what_is_kept_back_is_taken_down(desk: Desk) -> None:
    """One decision, everywhere."""
    desk.decide()
    desk.round()
    with desk.station.database.writing() as session:
        keep_back(
            session, "tiem", station_id=STATION_ID, withheld=True, by="acc-author",
            now=desk.station.clock(),
        )  # fmt: skip

    assert desk.round().state == "withdrawn"
    assert desk.both.posts == {}


def test_what_is_public_no_more_is_not_sent(desk: Desk) -> None:
    """A leader closed the channels between the decision and the round."""
    desk.decide()
    with desk.station.database.writing() as session:
        decide(session, station_id=STATION_ID, is_open=False, by=None, now=desk.station.clock())

    post = desk.round()
    assert (post.state, post.trouble) == ("given_up", "channel_closed")
    assert desk.both.calls == []


def test_nothing_is_sent_that_nobody_could_open(desk: Desk) -> None:
    """A station without a public address waits until it has one."""
    desk.decide()
    reachable = desk.station.settings
    desk.station.settings = reachable.model_copy(update={"public_url": None})

    assert desk.round().state == "waiting"
    assert desk.both.calls == []
    desk.station.settings = reachable
    assert desk.round().state == "posted"


def test_an_article_is_handed_in_and_settled(desk: Desk) -> None:
    """With the card as its cover; until Zalo has made it, it is not said to be there."""
    desk.both.is_making = True
    desk.decide(Outlet.ZALO)

    accepted = desk.round()
    still = desk.round(timedelta(minutes=1))
    desk.both.make()
    posted = desk.round(timedelta(minutes=1))

    assert [accepted.state, still.state, posted.state] == ["accepted", "accepted", "posted"]
    (article,) = desk.both.articles.values()
    assert article["cover"] == {
        "cover_type": "photo", "photo_url": "https://dai.example/kenh/tiem/card.png",
        "status": "show",
    }  # fmt: skip
    assert article["title"] == "Lịch tiêm vắc xin"
    assert ADDRESS in str(article["body"])


def test_what_zalo_accepted_and_never_made_is_left_to_a_person(desk: Desk) -> None:
    """It is not handed in a second time: it may yet appear."""
    desk.both.is_making = True
    desk.decide(Outlet.ZALO)
    desk.round()
    for _ in range(26):
        desk.round(timedelta(hours=1))

    assert desk.post().state == "given_up"
    assert len(desk.both.handed_in) == 1


def test_a_refresh_token_serves_once_and_the_next_is_kept_first(desk: Desk) -> None:
    """Whatever else goes wrong: the server knows no token but the last that it gave."""
    desk.both.faults = [Fault.DROPPED]
    desk.decide(Outlet.ZALO)
    desk.round()
    after_loss = desk.both.refresh
    desk.round(timedelta(minutes=16))
    desk.station.clock.move(timedelta(days=2))
    desk.withdraw(Outlet.ZALO)

    assert desk.round().state == "withdrawn"
    assert FIRST_REFRESH != after_loss != desk.both.refresh
    assert desk.trouble(Outlet.ZALO) == ""


def test_a_token_that_zalo_ends_early_is_renewed_and_the_call_made_once(desk: Desk) -> None:
    """What was refused for its token was not done."""
    desk.decide(Outlet.ZALO)
    desk.both.faults = [Fault.EXPIRED]

    assert desk.round().state == "accepted"
    assert [each for each in desk.both.asked if "access_token" in each] == [
        "POST /v4/oa/access_token"
    ] * 2
    assert len(desk.both.articles) == 1


def test_a_refresh_token_that_somebody_else_used_shuts_the_account(desk: Desk) -> None:
    """Until an admin enters a new one."""
    desk.both.refresh = "used-elsewhere"
    desk.decide(Outlet.ZALO)

    assert desk.round().state == "waiting"
    assert desk.trouble(Outlet.ZALO) == "outlet_shut"
    desk.enter(Outlet.ZALO)
    assert desk.round().state == "accepted"


def test_an_account_that_posts_nothing_does_not_close_for_that(desk: Desk) -> None:
    """Zalo's refresh token would end after three months."""
    with asking() as asker:
        for _ in range(4):
            desk.station.clock.move(KEEP_ALIVE_AFTER)
            post_due(
                desk.station.database, settings=desk.station.settings, station_id=STATION_ID,
                now=desk.station.clock, room=desk.room, asker=asker,
            )  # fmt: skip

    assert desk.both.asked == ["POST /v4/oa/access_token"] * 4


def test_what_is_secret_is_sealed_and_never_said(desk: Desk) -> None:
    """Not in the database, not in a log, not in the trail."""
    desk.both.faults = [Fault.EXPIRED, Fault.DROPPED]
    with capture_logs() as logs:
        desk.decide()
        desk.decide(Outlet.ZALO)
        with asking() as asker:
            post_due(
                desk.station.database, settings=desk.station.settings, station_id=STATION_ID,
                now=desk.station.clock, room=desk.room, asker=asker,
            )  # fmt: skip
    with desk.station.database.reading() as session:
        sealed = [each.sealed for each in accounts_of(session, STATION_ID).values()]
        trail = session.execute(select(ENTRIES.c.message)).scalars().all()
    kept = repr(logs) + repr(sealed) + repr(trail)

    assert len(logs) > 2
    for secret in (PAGE_TOKEN, APP_SECRET, FIRST_REFRESH, desk.both.refresh, desk.both.access):
        assert secret not in kept
    assert (desk.station.settings.keys_dir / "outlets.key").stat().st_mode & 0o077 == 0


def test_a_lost_key_is_told_to_the_admin(desk: Desk) -> None:
    """Nothing is asked with what cannot be read."""
    (desk.station.settings.keys_dir / "outlets.key").write_text("00" * 32)
    desk.decide()

    assert desk.round().state == "waiting"
    assert desk.trouble(Outlet.FACEBOOK) == "outlet_sealed"
    assert desk.both.calls == []


@pytest.mark.parametrize("state", PostState)
def test_there_is_no_other_way_than_those_of_the_table(state: PostState) -> None:
    """What is posted is not waiting again, and so on."""
    for to in set(PostState) - WAYS[state]:
        with pytest.raises(ValueError, match="does not become"):
            move(SharePost(state=state), to)
