"""The tables of an export: what each row holds, what each column means. Rows come one by one."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from sqlmodel import Session, col, select

from broadcaster.accounts.people import people_listed
from broadcaster.accounts.phones import phones_of_heads
from broadcaster.accounts.roles import Role
from broadcaster.areas.queries import residents_on, villages_at, villages_of
from broadcaster.areas.tables import Station, VillageMerger, VillagePopulation
from broadcaster.bulletins.folding import folded
from broadcaster.bulletins.standing import states_of
from broadcaster.bulletins.tables import Bulletin
from broadcaster.campaigns.keeping import campaigns_of, plan_of
from broadcaster.enrolment.expected import expected_devices
from broadcaster.feedback.tables import Feedback, FeedbackAnswer
from broadcaster.fleet.places import written_place
from broadcaster.fleet.registry import enrolled_devices
from broadcaster.fleet.shares import shares_on
from broadcaster.fleet.tables import Device
from broadcaster.fleet.village_places import entered_places
from broadcaster.intake.checking import Kind
from broadcaster.intake.devices import written_shares
from broadcaster.intake.export_acts import ACTS
from broadcaster.intake.export_shapes import AT, ID, ExportTable, Place, Value, instant, yes_or_no
from broadcaster.intake.kinds import KINDS, Table
from broadcaster.intake.persons import PeopleKnown, Person
from broadcaster.intake.places_known import PlacesKnown
from broadcaster.intake.values import written_date
from broadcaster.ledger.tables import Play
from broadcaster.schedule.tables import Schedule, ScheduleCluster

_ROWS_AT_ONCE = 1_000
# Each with its script, so fewer of them.
_BULLETINS_AT_ONCE = 200


def _columns_of(kind: Kind) -> list[tuple[str, str]]:
    return [(each.name, each.note) for each in kind.columns]


def _station(session: Session, place: Place) -> Iterator[Sequence[Value]]:
    station = session.get_one(Station, place.station_id)
    yield (
        station.id,
        station.name,
        station.commune,
        station.province,
        station.zone,
        station.quiet_begins,
        station.quiet_ends,
        station.longest_session_ms // 60_000,
    )


def _villages(session: Session, place: Place) -> Iterator[Sequence[Value]]:
    known = PlacesKnown(session, station_id=place.station_id, day=place.today)
    living = residents_on(session, [each.id for each in known.villages], place.today)
    lies = entered_places(session, station_id=place.station_id)
    people = PeopleKnown(session, station_id=place.station_id)
    for village in known.villages:
        census = living.get(village.id)
        heads: Sequence[Person] = people.heads_of(village.id) if place.personal else ()
        at = lies.get(village.id)
        yield (
            village.id,
            known.cluster_name(village.cluster_id),
            village.name,
            census.households if census else None,
            census.residents if census else None,
            written_date(census.valid_from) if census else None,
            heads[0].name if heads else None,
            heads[0].phone if heads else None,
            heads[0].username if heads else None,
            written_place(at.latitude, at.longitude) if at else None,
            None,
            None,
        )


def _residents(session: Session, place: Place) -> Iterator[Sequence[Value]]:
    known = PlacesKnown(session, station_id=place.station_id, day=place.today)
    standing = {each.id: each for each in known.villages}
    for row in _populations(session, place):
        village = standing.get(row.village_id)
        if village is not None:
            yield (
                village.id,
                known.cluster_name(village.cluster_id),
                village.name,
                row.households,
                row.residents,
                written_date(row.valid_from),
            )


def _other_villages(session: Session, place: Place) -> Iterator[Sequence[Value]]:
    """Villages that do not stand today: merged by now, or to be founded by a merger."""
    known = PlacesKnown(session, station_id=place.station_id, day=place.today)
    standing = {each.id for each in known.villages}
    mergers = {each.village_id: each for each in session.exec(select(VillageMerger))}
    counted: dict[str, list[VillagePopulation]] = {}
    for row in _populations(session, place):
        counted.setdefault(row.village_id, []).append(row)
    for village in villages_of(session, place.station_id):
        if village.id in standing:
            continue
        merger = mergers.get(village.id)
        rows: Sequence[VillagePopulation | None] = counted.get(village.id) or [None]
        for each in rows:
            yield (
                village.id,
                village.cluster_id,
                village.name,
                merger.into_village_id if merger else None,
                written_date(merger.since) if merger else None,
                each.households if each else None,
                each.residents if each else None,
                written_date(each.valid_from) if each else None,
            )


def _populations(session: Session, place: Place) -> Sequence[VillagePopulation]:
    return session.exec(
        select(VillagePopulation)
        .where(col(VillagePopulation.village_id).in_(villages_at(place.station_id)))
        .order_by(col(VillagePopulation.village_id), col(VillagePopulation.valid_from))
    ).all()


def _devices(session: Session, place: Place) -> Iterator[Sequence[Value]]:
    known = PlacesKnown(session, station_id=place.station_id, day=place.today)
    reached: dict[str, dict[str, float]] = {}
    for village in known.villages:
        for device_id, share in shares_on(session, village.id, place.today).items():
            reached.setdefault(device_id, {})[village.id] = share
    for device in enrolled_devices(session, place.station_id):
        yield (
            device.id,
            device.name,
            known.cluster_name(device.cluster_id),
            written_shares(reached.get(device.id, {}), known),
            written_place(device.latitude, device.longitude),
            None,
            None,
            None,
        )
    for each in expected_devices(session, station_id=place.station_id):
        yield (
            each.device_id,
            each.name,
            known.cluster_name(each.cluster_id),
            written_shares(each.shares, known),
            written_place(each.latitude, each.longitude),
            None,
            None,
            each.note,
        )


def _retired_devices(session: Session, place: Place) -> Iterator[Sequence[Value]]:
    rows = session.exec(
        select(Device)
        .where(Device.station_id == place.station_id, col(Device.retired_at).is_not(None))
        .order_by(col(Device.id))
    )
    for each in rows:
        yield (
            each.id,
            each.name,
            each.cluster_id,
            instant(each.enrolled_at, place),
            instant(each.retired_at, place),
        )


def _people(session: Session, place: Place) -> Iterator[Sequence[Value]]:
    names: Mapping[Role, str] = {
        Role.OPERATOR: "Biên tập viên",
        Role.LEADER: "Lãnh đạo",
        Role.VILLAGE_HEAD: "Trưởng thôn",
        Role.ADMIN: "Quản trị viên",
        Role.INSPECTOR: "Người giám sát",
    }
    phones = phones_of_heads(session)
    for each in people_listed(session, station_id=place.station_id):
        if each.active and each.roles:
            yield (
                each.display_name,
                "; ".join(names[role] for role in each.roles),
                "; ".join(each.village_ids),
                phones.get(each.account_id),
                each.username,
            )


def _contributors(session: Session, place: Place) -> Iterator[Sequence[Value]]:
    """Of the campaigns that go on, each called by its title, or by its id where two have one."""
    standing = [each for each in campaigns_of(session, place.station_id) if each.retired_at is None]
    titles = Counter(folded(each.title) for each in standing)
    for each in standing:
        called = each.title if titles[folded(each.title)] == 1 else each.id
        for quota in plan_of(session, each).quotas:
            if quota.contributor:
                yield quota.contributor, quota.a_month, called


def _bulletins(session: Session, place: Place) -> Iterator[Sequence[Value]]:
    ids = session.exec(
        select(Bulletin.id)
        .where(Bulletin.station_id == place.station_id)
        .order_by(col(Bulletin.created_at), col(Bulletin.id))
    ).all()
    for begins in range(0, len(ids), _BULLETINS_AT_ONCE):
        part = ids[begins : begins + _BULLETINS_AT_ONCE]
        rows = session.exec(
            select(Bulletin)
            .where(col(Bulletin.id).in_(part))
            .order_by(col(Bulletin.created_at), col(Bulletin.id))
        ).all()
        states = states_of(session, rows)
        for each in rows:
            yield (
                each.id,
                each.title,
                each.kind,
                states[each.id].value,
                each.topic,
                each.priority,
                each.contributor,
                each.source,
                each.author_id,
                instant(each.created_at, place),
                instant(each.edited_at, place),
                each.script,
            )


def _schedules(session: Session, place: Place) -> Iterator[Sequence[Value]]:
    clusters: dict[str, list[str]] = {}
    for link in session.exec(select(ScheduleCluster)):
        clusters.setdefault(link.schedule_id, []).append(link.cluster_id)
    rows = session.exec(
        select(Schedule)
        .where(Schedule.station_id == place.station_id)
        .order_by(col(Schedule.created_at), col(Schedule.id))
    )
    for each in rows:
        yield (
            each.id,
            each.bulletin_id,
            "; ".join(sorted(clusters.get(each.id, []))),
            each.starts_local,
            each.recurrence,
            each.times,
            each.every_min,
            each.created_by,
            instant(each.created_at, place),
            instant(each.cancelled_at, place),
            each.closed_because,
        )


def _plays(session: Session, place: Place) -> Iterator[Sequence[Value]]:
    rows = session.exec(
        select(Play)
        .join(Device, col(Device.id) == col(Play.device_id))
        .where(Device.station_id == place.station_id)
        .order_by(col(Play.starts_at), col(Play.order_id), col(Play.repeat), col(Play.device_id))
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    for each in rows:
        yield (
            each.broadcast_id,
            each.order_id,
            each.repeat,
            each.device_id,
            each.device_name,
            each.cluster_id,
            each.title,
            each.topic,
            instant(each.starts_at, place),
            each.state,
            instant(each.started_at, place),
            instant(each.ended_at, place),
            each.played_ms,
            each.asked_ms,
            yes_or_no(each.simulated),
        )


def _feedback(session: Session, place: Place) -> Iterator[Sequence[Value]]:
    answers = {
        each.feedback_id: each
        for each in session.exec(select(FeedbackAnswer).order_by(col(FeedbackAnswer.id)))
    }
    rows = session.exec(
        select(Feedback)
        .where(col(Feedback.village_id).in_(villages_at(place.station_id)))
        .order_by(col(Feedback.received_at), col(Feedback.id))
    )
    for each in rows:
        answer = answers.get(each.id)
        yield (
            each.id,
            each.village_id,
            instant(each.received_at, place),
            yes_or_no(each.erased_at is not None),
            instant(answer.answered_at, place) if answer else "",
            each.bulletin_id,
            each.words if place.personal else None,
            answer.words if answer and place.personal else None,
        )


TABLES: Sequence[ExportTable] = (
    ExportTable(
        name="station",
        of=("station",),
        title="Đài / The station",
        columns=(
            ("id", ID),
            ("name", "Tên đài. / Its name."),
            ("commune", "Xã, phường. / The commune."),
            ("province", "Tỉnh. / The province."),
            ("zone", "Múi giờ IANA. / The IANA time zone."),
            ("quiet_begins", "Giờ yên lặng từ. / Quiet hours begin."),
            ("quiet_ends", "Giờ yên lặng đến. / Quiet hours end."),
            ("longest_session_min", "Phút tối đa một buổi. / Longest session in minutes."),
        ),
        rows=_station,
    ),
    ExportTable(
        name="villages",
        of=("village", "village_population", "village_place",),
        title="Thôn hôm nay, đưa lại vào được / Villages of today; can be brought in again",
        columns=_columns_of(KINDS[Table.VILLAGES]),
        rows=_villages,
    ),
    ExportTable(
        name="residents",
        of=("village_population",),
        title="Số dân theo ngày, đưa lại vào được / Residents by date; can be brought in again",
        columns=_columns_of(KINDS[Table.RESIDENTS]),
        rows=_residents,
    ),
    ExportTable(
        name="other-villages",
        of=("village", "village_merger", "village_population",),
        title="Thôn đã nhập vào thôn khác, hoặc sắp lập / Villages merged by now, or to come",
        columns=(
            ("village_id", ID),
            ("cluster_id", ID),
            ("village", "Tên thôn. / Its name."),
            ("into_village_id", "Thôn mà nó đã nhập vào. / The village that it became part of."),
            ("merged_since", "Từ ngày. / Since that day."),
            ("households", "Số hộ. / Households."),
            ("residents", "Số dân. / Residents."),
            ("since", "Số liệu đúng từ ngày. / The figures hold from that day on."),
        ),
        rows=_other_villages,
    ),
    ExportTable(
        name="devices",
        of=("device", "device_share", "expected_device",),
        title="Loa đang dùng và sắp lắp, đưa lại vào được / Devices; can be brought in again",
        columns=_columns_of(KINDS[Table.DEVICES]),
        rows=_devices,
    ),
    ExportTable(
        name="retired-devices",
        of=("device",),
        title="Loa đã thôi dùng / Devices no more in service",
        columns=(
            ("device_id", ID),
            ("name", "Tên loa. / Its name."),
            ("cluster_id", ID),
            ("enrolled_at", AT),
            ("retired_at", AT),
        ),
        rows=_retired_devices,
    ),
    ExportTable(
        name="people",
        of=("account", "role_grant", "head_phone",),
        title="Người của đài, đưa lại vào được / People; can be brought in again",
        columns=_columns_of(KINDS[Table.PEOPLE]),
        rows=_people,
        personal=True,
    ),
    ExportTable(
        name="contributors",
        of=("campaign_quota",),
        title="Đơn vị gửi tin của các đợt đang mở, đưa lại vào được / "
              "Contributors of campaigns that go on; can be brought in again",
        columns=_columns_of(KINDS[Table.CONTRIBUTORS]),
        rows=_contributors,
    ),
    ExportTable(
        name="bulletins",
        of=("bulletin",),
        title="Bản tin, chương trình, tiếp âm / Bulletins, playlists, relays",
        columns=(
            ("id", ID),
            ("title", "Tên. / Title."),
            ("kind", "item, playlist, relay."),
            ("state", "draft, rendered, submitted, approved, returned."),
            ("topic", "Chủ đề. / Topic."),
            ("priority", "1 khẩn cấp, 2 ưu tiên, 3 thường. / 1 urgent, 2 priority, 3 normal."),
            ("contributor", "Đơn vị gửi tin. / Contributor."),
            ("source", "Nguồn. / Source."),
            ("author_id", "Mã tài khoản người viết. / Its author's account, by id."),
            ("created_at", AT),
            ("edited_at", AT),
            ("script", "Lời đọc. / The words."),
        ),
        rows=_bulletins,
    ),
    ExportTable(
        name="schedules",
        of=("schedule", "schedule_cluster",),
        title="Lịch / Schedules",
        columns=(
            ("id", ID),
            ("bulletin_id", ID),
            ("cluster_ids", "Mã các cụm. / Clusters, by id."),
            ("starts_local", "Giờ địa phương của lần đầu. / Wall time of the first occurrence."),
            ("recurrence", "Quy tắc lặp RFC 5545. / RRULE (RFC 5545)."),
            ("times", "Số lần mỗi buổi. / Plays an occurrence."),
            ("every_min", "Cách nhau phút. / Minutes between them."),
            ("created_by", "Mã tài khoản. / Account, by id."),
            ("created_at", AT),
            ("cancelled_at", AT),
            ("closed_because", "planned, missed, ended."),
        ),
        rows=_schedules,
    ),
    ExportTable(
        name="plays",
        of=("play",),
        title="Từng lượt phát của từng loa / Each play of each device",
        columns=(
            ("broadcast_id", ID),
            ("order_id", ID),
            ("repeat", "Lần nhắc lại. / Number of the repeat."),
            ("device_id", ID),
            ("device_name", "Tên loa hôm ấy. / Its name on that day."),
            ("cluster_id", "Cụm hôm ấy. / Its cluster on that day."),
            ("title", "Tên bản tin hôm ấy. / The title on that day."),
            ("topic", "Chủ đề hôm ấy. / The topic on that day."),
            ("starts_at", AT),
            ("state", "confirmed … not_confirmed; chưa xác nhận không phải là đã phát. / "
                      "What is not confirmed was not shown to have played."),
            ("started_at", AT),
            ("ended_at", AT),
            ("played_ms", "Mili giây đã phát. / Milliseconds played."),
            ("asked_ms", "Mili giây phải phát. / Milliseconds asked."),
            ("simulated", "1: loa mô phỏng. / 1: a simulated device."),
        ),
        rows=_plays,
    ),
    ExportTable(
        name="feedback",
        of=("feedback", "feedback_answer",),
        title="Ý kiến của bà con / Residents' feedback",
        columns=(
            ("id", ID),
            ("village_id", ID),
            ("received_at", AT),
            ("erased", "1: lời đã xóa. / 1: the words were erased."),
            ("answered_at", AT),
            ("bulletin_id", "Bản tin soạn từ câu trả lời. / The bulletin drafted from the answer."),
            ("words", "Lời của bà con; chỉ khi xin dữ liệu riêng tư. / "
                      "What was said; with personal data only."),
            ("answer", "Lời đáp; chỉ khi xin dữ liệu riêng tư. / The answer; likewise."),
        ),
        rows=_feedback,
    ),
    *ACTS,
)  # fmt: skip
