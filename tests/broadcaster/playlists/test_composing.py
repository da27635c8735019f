"""A playlist is one sound of approved bulletins, and goes on air only while they stay approved."""

from collections.abc import Callable

import pytest

from broadcaster.bulletins import desk
from broadcaster.bulletins.errors import (
    OwnBulletin,
    PlaylistNotComposed,
    PlaylistOutdated,
    ScriptChanged,
    UnknownBulletin,
)
from broadcaster.bulletins.studio import Studio, sound_of_bulletin
from broadcaster.bulletins.tables import Bulletin, Rendition
from broadcaster.bulletins.texts import checked, sha256_of
from broadcaster.dispatch.items import items_of_order
from broadcaster.dispatch.signing import approved_broadcasts
from broadcaster.ledger.items import Part, part_of
from broadcaster.playlists.composing import composed, ingredients_of
from broadcaster.playlists.desk import (
    change_playlist,
    find_playlist,
    make_playlist_sound,
    write_playlist,
)
from broadcaster.playlists.errors import (
    NothingInPlaylist,
    PartNotApproved,
    PartUnusable,
    RelayInPlaylist,
    TooManyParts,
    UnknownPlaylist,
)
from broadcaster.playlists.parts import GivenPart, given_part, parts_of
from playlists.playlist import PartKind
from tests.broadcaster.bulletins.newsroom import decide
from tests.broadcaster.newsroom import Newsroom
from tests.broadcaster.small_station import STATION_ID
from tests.trail import look_at

CHIME, IDENT, CLOSING = (
    GivenPart(kind=kind) for kind in (PartKind.CHIME, PartKind.IDENT, PartKind.CLOSING)
)
MUSIC = GivenPart(kind=PartKind.MUSIC, duration_ms=2_000)
RELAY = GivenPart(kind=PartKind.RELAY, duration_ms=3_000, source="VOV1")
Spoken = Callable[..., str]


@pytest.fixture
def spoken(newsroom: Newsroom, studio: Studio) -> Spoken:
    """Writes a bulletin, lets the studio really say it, and has it approved."""

    def speak(script: str, *, approved: bool = True) -> str:
        with newsroom.small.database.writing() as session:
            written = checked(title=script[:20], script=script)
            bulletin = desk.write_bulletin(
                session, station_id=STATION_ID, written=written, by=newsroom.operator,
                now=newsroom.now(),
            )  # fmt: skip
        sound = sound_of_bulletin(studio, bulletin, zone=newsroom.small.context.zone)
        with newsroom.small.database.writing() as session:
            desk.attach_rendition(session, bulletin.id, sound=sound, now=newsroom.now())
            desk.submit(session, bulletin.id, by=newsroom.operator, now=newsroom.now())
        if approved:
            newsroom.approve(bulletin.id)
        return bulletin.id

    return speak


def playlist_of(newsroom: Newsroom, *parts: GivenPart) -> str:
    """A playlist of these parts, written by the operator."""
    with newsroom.small.database.writing() as session:
        return write_playlist(
            session, station_id=STATION_ID, title="Chương trình chiều", parts=parts,
            by=newsroom.operator, now=newsroom.now(),
        ).id  # fmt: skip


def bulletin_part(bulletin_id: str) -> GivenPart:
    """A bulletin as a part."""
    return GivenPart(kind=PartKind.BULLETIN, bulletin_id=bulletin_id)


def compose(newsroom: Newsroom, studio: Studio, playlist_id: str) -> Rendition:
    """Make its sound."""
    return make_playlist_sound(
        newsroom.small.database, studio, playlist_id, station_id=STATION_ID, now=newsroom.now()
    )


def approve(newsroom: Newsroom, playlist_id: str) -> None:
    """Submit it, and let the leader approve."""
    with newsroom.small.database.writing() as session:
        desk.submit(session, playlist_id, by=newsroom.operator, now=newsroom.now())
    newsroom.approve(playlist_id)


def test_a_playlist_becomes_one_sound_whose_parts_are_known(
    newsroom: Newsroom, studio: Studio, spoken: Spoken
) -> None:
    """Cue points follow each other without a gap, from the first sample to the last."""
    first, second = spoken("Tin thứ nhất của xã."), spoken("Tin thứ hai của xã.")
    parts = (CHIME, IDENT, bulletin_part(first), MUSIC, bulletin_part(second), MUSIC, CLOSING)

    rendition = compose(newsroom, studio, playlist_of(newsroom, *parts))

    kinds = [part["kind"] for part in rendition.parts]
    assert kinds == [
        "chime", "ident", "ident", "bulletin", "music", "bulletin", "music", "closing", "closing",
    ]  # fmt: skip
    starts = [part["start_ms"] for part in rendition.parts]
    ends = [part["end_ms"] for part in rendition.parts]
    assert [*starts[1:], rendition.duration_ms] == ends
    assert [part["bulletin_id"] for part in rendition.parts if part["bulletin_id"]] == [
        first, second,
    ]  # fmt: skip
    assert rendition.parts[6]["title"] == "Nhạc"


def test_what_is_said_in_a_playlist_stands_in_its_words(
    newsroom: Newsroom, studio: Studio, spoken: Spoken
) -> None:
    """The station's own words too, because they are approved with it."""
    playlist_id = playlist_of(newsroom, IDENT, bulletin_part(spoken("Tin của xã.")), CLOSING)

    words = compose(newsroom, studio, playlist_id).spoken

    ident, news, closing = words.split("\n\n")
    assert ident.startswith("Đây là Đài truyền thanh")
    assert news == "Tin của xã."
    assert closing.endswith("Kính chào bà con.")


def test_only_approved_bulletins_come_into_the_sound(
    newsroom: Newsroom, studio: Studio, spoken: Spoken
) -> None:
    """The refusal names each that waits; the parts are kept."""
    waiting = spoken("Tin còn chờ duyệt.", approved=False)
    playlist_id = playlist_of(newsroom, CHIME, bulletin_part(waiting))

    with pytest.raises(PartNotApproved) as refused:
        compose(newsroom, studio, playlist_id)

    assert "Tin còn chờ duyệt." in refused.value.message_vi
    with newsroom.small.database.reading() as session:
        assert parts_of(session, playlist_id) == (CHIME, bulletin_part(waiting))


def test_an_approved_playlist_is_planned_with_its_cues(
    newsroom: Newsroom, studio: Studio, spoken: Spoken
) -> None:
    """The order carries where each part begins, so that a pole can say what it reached."""
    playlist_id = playlist_of(newsroom, CHIME, bulletin_part(spoken("Tin của xã.")))
    compose(newsroom, studio, playlist_id)
    approve(newsroom, playlist_id)
    newsroom.queue(playlist_id)
    newsroom.plan()

    with newsroom.small.database.reading() as session:
        (planned,) = approved_broadcasts(
            session, "cl-1", look=look_at(session, now=newsroom.now()), now=newsroom.now()
        )
        (item,) = planned.items
        assert [(cue.kind, cue.title) for cue in item.cues] == [
            ("chime", "Nhạc hiệu mở đầu"),
            ("bulletin", "Tin của xã."),
        ]


def test_a_playlist_falls_with_any_bulletin_in_it(
    newsroom: Newsroom, studio: Studio, spoken: Spoken
) -> None:
    """Its own approval stands, but one of its bulletins was edited."""
    bulletin_id = spoken("Tin của xã.")
    playlist_id = playlist_of(newsroom, bulletin_part(bulletin_id))
    compose(newsroom, studio, playlist_id)
    approve(newsroom, playlist_id)
    newsroom.queue(playlist_id)
    assert len(newsroom.plan()) == 1
    with newsroom.small.database.writing() as session:
        edited = checked(title="Tin", script="Tin đã khác.")
        desk.edit(session, bulletin_id, written=edited, by=newsroom.operator, now=newsroom.now())

    with newsroom.small.database.reading() as session:
        assert desk.approved_rendition(session, playlist_id) is None
        assert (
            approved_broadcasts(
                session, "cl-1", look=look_at(session, now=newsroom.now()), now=newsroom.now()
            )
            == []
        )
    assert newsroom.plan() == []


def test_a_bulletin_approved_anew_needs_the_playlist_made_anew(
    newsroom: Newsroom, studio: Studio, spoken: Spoken
) -> None:
    """Approved again it sounds different from what is inside the playlist."""
    bulletin_id = spoken("Tin của xã.")
    playlist_id = playlist_of(newsroom, bulletin_part(bulletin_id))
    compose(newsroom, studio, playlist_id)
    approve(newsroom, playlist_id)
    newsroom.render(bulletin_id, "Tin của xã.", take="khác")
    newsroom.approve(bulletin_id)

    with newsroom.small.database.reading() as session:
        assert desk.approved_rendition(session, bulletin_id) is not None
        assert desk.approved_rendition(session, playlist_id) is None


def test_whoever_composed_a_playlist_cannot_approve_it(
    newsroom: Newsroom, studio: Studio, spoken: Spoken
) -> None:
    """A second person listens, as with every bulletin."""
    playlist_id = playlist_of(newsroom, bulletin_part(spoken("Tin của xã.")))
    rendition = compose(newsroom, studio, playlist_id)
    with newsroom.small.database.writing() as session:
        desk.submit(session, playlist_id, by=newsroom.operator, now=newsroom.now())

    with newsroom.small.database.writing() as session, pytest.raises(OwnBulletin):
        decide(session, rendition, approved=True, by=newsroom.operator, now=newsroom.now())


def test_a_changed_playlist_is_no_longer_approved(
    newsroom: Newsroom, studio: Studio, spoken: Spoken
) -> None:
    """Order is content: two bulletins that changed places must be heard again."""
    parts = [bulletin_part(spoken(f"Tin thứ {number} của xã.")) for number in ("nhất", "hai")]
    playlist_id = playlist_of(newsroom, *parts)
    compose(newsroom, studio, playlist_id)
    approve(newsroom, playlist_id)
    with newsroom.small.database.writing() as session:
        change_playlist(
            session, playlist_id, station_id=STATION_ID, title="Chương trình chiều",
            parts=parts[::-1], by=newsroom.operator, now=newsroom.now(),
        )  # fmt: skip

    with newsroom.small.database.reading() as session:
        assert desk.approved_rendition(session, playlist_id) is None
        assert parts_of(session, playlist_id) == tuple(parts[::-1])


def test_a_playlist_changed_while_it_was_made_keeps_no_old_sound(
    newsroom: Newsroom, studio: Studio, spoken: Spoken
) -> None:
    """The sound belongs to the parts that it was made of."""
    part = bulletin_part(spoken("Tin của xã."))
    playlist_id = playlist_of(newsroom, part)
    with newsroom.small.database.reading() as session:
        playlist = find_playlist(session, playlist_id, station_id=STATION_ID)
        given = ingredients_of(session, playlist, longest_ms=60_000)
    sound = composed(studio, given)
    with newsroom.small.database.writing() as session:
        change_playlist(
            session, playlist_id, station_id=STATION_ID, title="Chương trình chiều",
            parts=(CHIME, part), by=newsroom.operator, now=newsroom.now(),
        )  # fmt: skip

    with newsroom.small.database.writing() as session, pytest.raises(ScriptChanged):
        desk.attach_rendition(session, playlist_id, sound=sound, now=newsroom.now())


def test_a_playlist_over_the_stations_limit_is_refused_by_its_length(
    newsroom: Newsroom, studio: Studio, spoken: Spoken
) -> None:
    """Before a sample is made, and with both lengths in the sentence."""
    playlist_id = playlist_of(
        newsroom,
        bulletin_part(spoken("Tin của xã.")),
        GivenPart(kind=PartKind.MUSIC, duration_ms=45 * 60_000),
    )

    with pytest.raises(PlaylistNotComposed) as refused:
        compose(newsroom, studio, playlist_id)

    assert "45:00" in refused.value.message_vi


def test_a_playlist_is_not_said_or_edited_as_a_bulletin(
    newsroom: Newsroom, studio: Studio, spoken: Spoken
) -> None:
    """Its script lists its parts; nobody shall hear that, or write over it."""
    playlist_id = playlist_of(newsroom, bulletin_part(spoken("Tin của xã.")))

    with newsroom.small.database.writing() as session:
        playlist = session.get_one(Bulletin, playlist_id)
        with pytest.raises(UnknownBulletin):
            sound_of_bulletin(studio, playlist, zone=newsroom.small.context.zone)
        written = checked(title="Tin", script="Lời khác hẳn.")
        with pytest.raises(UnknownBulletin):
            desk.edit(
                session, playlist_id, written=written, by=newsroom.operator, now=newsroom.now()
            )


def test_a_playlist_holds_no_playlist_and_nothing_of_elsewhere(
    newsroom: Newsroom, spoken: Spoken
) -> None:
    """Only this station's bulletins can be parts."""
    playlist_id = playlist_of(newsroom, bulletin_part(spoken("Tin của xã.")))

    for stranger in (playlist_id, "bul-aaaaaaaaaaaaaaaa"):
        with pytest.raises(PartNotApproved):
            playlist_of(newsroom, bulletin_part(stranger))
    with newsroom.small.database.reading() as session, pytest.raises(UnknownPlaylist):
        find_playlist(session, spoken("Tin khác."), station_id=STATION_ID)


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "trumpet"},
        {"kind": "bulletin", "bulletin_id": "?"},
        {"kind": "music"},
        {"kind": "pause", "duration_ms": 999},
        {"kind": "music", "duration_ms": 45 * 60_000 + 1},
    ],
)
def test_a_part_that_lacks_something_is_named_by_its_place(given: dict[str, str]) -> None:
    """So that whoever placed it finds it."""
    with pytest.raises(PartUnusable) as refused:
        given_part(3, **given)  # type: ignore[arg-type]

    assert "thứ 3" in refused.value.message_vi


def test_a_relay_is_no_part_of_a_playlist() -> None:
    """It would be an empty promise in an approved sound; it has a schedule of its own."""
    with pytest.raises(RelayInPlaylist) as refused:
        given_part(2, kind="relay", duration_ms=60_000)

    assert "Tiếp sóng" in refused.value.message_vi


def test_a_playlist_of_former_times_is_not_made_anew_with_its_relay_slot(
    newsroom: Newsroom, studio: Studio
) -> None:
    """Music must not stand where people were told that a relay is."""
    playlist_id = playlist_of(newsroom, CHIME, RELAY)

    with pytest.raises(RelayInPlaylist):
        compose(newsroom, studio, playlist_id)


def test_a_playlist_without_sound_or_end_is_refused(newsroom: Newsroom) -> None:
    """Silence alone is no programme, and fifty parts are enough."""
    silence = GivenPart(kind=PartKind.PAUSE, duration_ms=2_000)

    with pytest.raises(NothingInPlaylist):
        playlist_of(newsroom, silence)
    with pytest.raises(TooManyParts):
        playlist_of(newsroom, *[CHIME] * 51)


def test_two_parts_that_differ_have_scripts_that_differ(newsroom: Newsroom) -> None:
    """The script's hash binds an approval, so no change of a part may keep it."""
    scripts = set()
    for duration_ms in (2_000, 2_001, 62_000):
        part = GivenPart(kind=PartKind.MUSIC, duration_ms=duration_ms)
        with newsroom.small.database.reading() as session:
            playlist = session.get_one(Bulletin, playlist_of(newsroom, part))
            scripts.add(sha256_of(playlist.script))

    assert len(scripts) == 3


def test_what_a_pole_says_of_a_part_can_be_named(
    newsroom: Newsroom, studio: Studio, spoken: Spoken
) -> None:
    """From the order's id to the titles that were approved; of an unknown order nothing is said."""
    playlist_id = playlist_of(newsroom, CHIME, bulletin_part(spoken("Tin của xã.")))
    compose(newsroom, studio, playlist_id)
    approve(newsroom, playlist_id)
    newsroom.queue(playlist_id)
    newsroom.plan()

    with newsroom.small.database.reading() as session:
        (planned,) = approved_broadcasts(
            session, "cl-1", look=look_at(session, now=newsroom.now()), now=newsroom.now()
        )
        (item,) = items_of_order(session, planned.order_id)

        assert part_of([item], item=0, cue=1) == Part(title="Tin của xã.", kind="bulletin")
        assert items_of_order(session, "ord-aaaaaaaaaaaaaaaa") == ()


def test_a_playlist_that_must_be_made_again_cannot_be_approved(
    newsroom: Newsroom, studio: Studio, spoken: Spoken
) -> None:
    """A leader's yes would change nothing: it could not go on air."""
    bulletin_id = spoken("Tin của xã.")
    playlist_id = playlist_of(newsroom, bulletin_part(bulletin_id))
    compose(newsroom, studio, playlist_id)
    newsroom.render(bulletin_id, "Tin của xã.", take="khác")

    with pytest.raises(PlaylistOutdated):
        approve(newsroom, playlist_id)
