"""What a station undertook and was answered, as tables of an export: campaigns to repairs.

What people wrote about people (reviews, comments, notes) is told with personal data only.
"""

from collections.abc import Iterator, Sequence

from sqlmodel import Session, col, select

from broadcaster.areas.queries import villages_at
from broadcaster.areas.tables import Cluster
from broadcaster.bulletins.tables import Approval, Bulletin
from broadcaster.campaigns.keeping import plan_of
from broadcaster.campaigns.plan import Plan
from broadcaster.campaigns.tables import Campaign
from broadcaster.emergency.tables import (
    Emergency,
    EmergencyEvent,
    EmergencyOrder,
    EmergencyPart,
    StoredWarning,
)
from broadcaster.fleet.tables import Device, DeviceSuccession
from broadcaster.hearing.tables import Hearing, HearingNote
from broadcaster.intake.export_shapes import (
    ACCOUNT,
    AT,
    ID,
    ExportTable,
    Place,
    Value,
    instant,
    yes_or_no,
)
from broadcaster.ledger.tables import Alert
from broadcaster.lexicon.tables import LexiconEntry
from broadcaster.sources.tables import RelaySource

_ROWS_AT_ONCE = 1_000

Row = Sequence[Value]


def _clusters(session: Session, place: Place) -> Iterator[Row]:
    rows = session.exec(
        select(Cluster)
        .where(Cluster.station_id == place.station_id)
        .order_by(col(Cluster.position))
    )
    for each in rows:
        yield each.id, each.name, each.position


def _approvals(session: Session, place: Place) -> Iterator[Row]:
    rows = session.exec(
        select(Approval)
        .join(Bulletin, col(Bulletin.id) == col(Approval.bulletin_id))
        .where(Bulletin.station_id == place.station_id)
        .order_by(col(Approval.decided_at), col(Approval.id))
    )
    for each in rows:
        yield (
            each.bulletin_id,
            each.approver_id,
            yes_or_no(each.approved),
            instant(each.decided_at, place),
            each.spoken_sha256,
            each.audio_sha256,
            each.comment if place.personal else None,
        )


def _of_station(session: Session, place: Place) -> Sequence[Campaign]:
    return session.exec(
        select(Campaign)
        .where(Campaign.station_id == place.station_id)
        .order_by(col(Campaign.created_at), col(Campaign.id))
    ).all()


def _campaigns(session: Session, place: Place) -> Iterator[Row]:
    for each in _of_station(session, place):
        yield (
            each.id,
            each.title,
            each.number,
            each.issued_on.isoformat() if each.issued_on else None,
            each.first.isoformat(),
            each.last.isoformat(),
            each.document,
            each.created_by,
            instant(each.created_at, place),
            instant(each.changed_at, place),
            instant(each.retired_at, place),
        )


def _campaign_parts(session: Session, place: Place) -> Iterator[Row]:
    """All that a plan asks for, part by part, in the order of the plan."""
    for campaign in _of_station(session, place):
        for part in _parts_of(plan_of(session, campaign)):
            yield campaign.id, *part


def _parts_of(plan: Plan) -> Iterator[Row]:
    for topic in plan.topics:
        yield "topic", topic, None, None, None, None, None
    for goal in plan.goals:
        village_id = goal.village_id or None
        yield "goal", goal.measure, goal.percent, village_id, None, goal.by_year, goal.sentence
    for quota in plan.quotas:
        yield "quota", quota.contributor, quota.a_month, None, None, None, quota.sentence
    for day in plan.days:
        date = f"{day.month:02}-{day.day:02}"
        yield day.kind, day.name, None, None, date, day.year, day.sentence
    for unit in plan.units:
        what = "leading_unit" if unit.leads else "unit"
        yield what, unit.name, None, None, None, None, unit.sentence


def _emergencies(session: Session, place: Place) -> Iterator[Row]:
    clusters: dict[str, set[str]] = {}
    for emergency_id, cluster_id in session.exec(
        select(EmergencyPart.emergency_id, EmergencyOrder.cluster_id).join(
            EmergencyOrder, col(EmergencyOrder.part_id) == col(EmergencyPart.id)
        )
    ):
        clusters.setdefault(emergency_id, set()).add(cluster_id)
    rows = session.exec(
        select(Emergency)
        .where(Emergency.station_id == place.station_id)
        .order_by(col(Emergency.raised_at), col(Emergency.id))
    )
    for each in rows:
        yield (
            each.id,
            each.hazard,
            yes_or_no(each.drill),
            "; ".join(sorted(clusters.get(each.id, ()))),
            each.words,
            each.final_words,
            each.cadence,
            each.given_by,
            instant(each.raised_at, place),
            instant(each.repeats_until, place),
            each.ending,
            each.ended_by,
            instant(each.ended_at, place),
            each.review,
            each.reviewed_by,
            instant(each.reviewed_at, place),
            each.review_note if place.personal else None,
        )


def _emergency_events(session: Session, place: Place) -> Iterator[Row]:
    rows = session.exec(
        select(EmergencyEvent)
        .where(EmergencyEvent.station_id == place.station_id)
        .order_by(col(EmergencyEvent.at), col(EmergencyEvent.id))
    )
    for each in rows:
        yield (
            each.emergency_id,
            instant(each.at, place),
            each.what,
            each.account_id,
            each.detail if place.personal else None,
        )


def _stored_warnings(session: Session, place: Place) -> Iterator[Row]:
    rows = session.exec(
        select(StoredWarning)
        .where(StoredWarning.station_id == place.station_id)
        .order_by(col(StoredWarning.written_at), col(StoredWarning.id))
    )
    for each in rows:
        yield (
            each.id,
            each.hazard,
            each.words,
            each.written_by,
            instant(each.written_at, place),
            each.approved_by,
            instant(each.approved_at, place),
            instant(each.retired_at, place),
        )


def _repairs(session: Session, place: Place) -> Iterator[Row]:
    """What became of each loudspeaker: put up, replaced, taken down, and when it owed its word."""
    successions = {each.device_id: each for each in session.exec(select(DeviceSuccession))}
    devices = session.exec(
        select(Device).where(Device.station_id == place.station_id).order_by(col(Device.id))
    ).all()
    for device in devices:
        yield device.id, "enrolled", instant(device.enrolled_at, place), None, None, None
        after = successions.get(device.id)
        if after is not None:
            into = after.into_device_id
            yield device.id, "replaced", instant(after.at, place), None, into, None
        if device.retired_at is not None:
            yield device.id, "retired", instant(device.retired_at, place), None, None, None
    alerts = session.exec(
        select(Alert)
        .join(Device, col(Device.id) == col(Alert.device_id))
        .where(Device.station_id == place.station_id)
        .order_by(col(Alert.raised_at), col(Alert.id))
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    for each in alerts:
        yield (
            each.device_id,
            each.code,
            instant(each.raised_at, place),
            instant(each.resolved_at, place),
            None,
            each.broadcast_id,
        )


def _hearings(session: Session, place: Place) -> Iterator[Row]:
    notes = {each.hearing_id: each.note for each in session.exec(select(HearingNote))}
    rows = session.exec(
        select(Hearing)
        .where(col(Hearing.village_id).in_(villages_at(place.station_id)))
        .order_by(col(Hearing.said_at), col(Hearing.id))
    )
    for each in rows:
        yield (
            each.broadcast_id,
            each.village_id,
            each.account_id,
            instant(each.said_at, place),
            yes_or_no(each.clear),
            notes.get(each.id) if place.personal else None,
        )


def _relay_sources(session: Session, place: Place) -> Iterator[Row]:
    rows = session.exec(
        select(RelaySource)
        .where(RelaySource.station_id == place.station_id)
        .order_by(col(RelaySource.added_at), col(RelaySource.id))
    )
    for each in rows:
        yield (
            each.id,
            each.name,
            each.level,
            each.kind,
            each.url,
            instant(each.added_at, place),
            instant(each.retired_at, place),
        )


def _lexicon(session: Session, place: Place) -> Iterator[Row]:
    rows = session.exec(
        select(LexiconEntry)
        .where(LexiconEntry.station_id == place.station_id)
        .order_by(col(LexiconEntry.written), col(LexiconEntry.created_at))
    )
    for each in rows:
        yield (
            each.written,
            each.spoken,
            each.note,
            instant(each.created_at, place),
            instant(each.retired_at, place),
        )


ACTS: Sequence[ExportTable] = (
    ExportTable(
        name="clusters",
        of=("cluster",),
        title="Cụm loa / Clusters",
        columns=(
            ("id", ID),
            ("name", "Tên cụm. / Its name."),
            ("position", "Thứ tự trên trang. / Its place on the pages."),
        ),
        rows=_clusters,
    ),
    ExportTable(
        name="approvals",
        of=("approval",),
        title="Duyệt và trả lại bản tin / Decisions on bulletins",
        columns=(
            ("bulletin_id", ID),
            ("approver_id", ACCOUNT),
            ("approved", "1: đã duyệt; 0: trả lại. / 1: approved; 0: returned."),
            ("decided_at", AT),
            ("spoken_sha256", "Dấu của lời đã duyệt. / Hash of the words decided on."),
            ("audio_sha256", "Dấu của âm thanh đã duyệt. / Hash of the sound decided on."),
            ("comment", "Ý kiến; chỉ khi xin dữ liệu riêng tư. / With personal data only."),
        ),
        rows=_approvals,
    ),
    ExportTable(
        name="campaigns",
        of=("campaign",),
        title="Đợt tuyên truyền / Campaigns",
        columns=(
            ("id", ID),
            ("title", "Tên. / Title."),
            ("number", "Số, ký hiệu của kế hoạch. / The plan's number and symbol."),
            ("issued_on", "Ngày ban hành. / Its date."),
            ("first", "Ngày đầu. / First day."),
            ("last", "Ngày cuối. / Last day."),
            ("document", "Tên tệp của kế hoạch. / The file that it came as."),
            ("created_by", ACCOUNT),
            ("created_at", AT),
            ("changed_at", AT),
            ("retired_at", AT),
        ),
        rows=_campaigns,
    ),
    ExportTable(
        name="campaign-parts",
        of=("campaign_topic", "campaign_goal", "campaign_quota", "campaign_day", "campaign_unit"),
        title="Chủ đề, mục tiêu, chỉ tiêu, ngày, đơn vị của từng đợt / What each campaign asks for",
        columns=(
            ("campaign_id", ID),
            ("what", "topic, goal, quota, unit, leading_unit; ngày: theo loại. / A day: its kind."),
            ("name", "Tên, hoặc cách đo mục tiêu. / Its name, or how a goal is measured."),
            ("figure", "Phần trăm của mục tiêu, số tin mỗi tháng. / Per cent, or items a month."),
            ("village_id", "Thôn của mục tiêu; trống: cả đài. / A goal's village; none: all."),
            ("day", "Tháng-ngày. / Month and day."),
            ("year", "Năm; trống: mỗi năm. / The year; none: every year."),
            ("sentence", "Câu trong kế hoạch. / The plan's sentence."),
        ),
        rows=_campaign_parts,
    ),
    ExportTable(
        name="emergencies",
        of=("emergency", "emergency_part", "emergency_order"),
        title="Báo động khẩn cấp và diễn tập / Emergencies and drills",
        columns=(
            ("id", ID),
            ("hazard", "Mối nguy. / The hazard."),
            ("drill", "1: diễn tập. / 1: a drill."),
            ("cluster_ids", "Mã các cụm. / Clusters, by id."),
            ("words", "Lời đã phát. / What was said."),
            ("final_words", "Lời kết thúc. / The final notice."),
            ("cadence", "Nhịp nhắc lại. / How it was repeated."),
            ("given_by", ACCOUNT),
            ("raised_at", AT),
            ("repeats_until", AT),
            ("ending", "Kết thúc thế nào. / How it ended."),
            ("ended_by", ACCOUNT),
            ("ended_at", AT),
            ("review", "Kết luận của người xem lại. / What the review came to."),
            ("reviewed_by", ACCOUNT),
            ("reviewed_at", AT),
            ("review_note", "Ghi chú; chỉ khi xin dữ liệu riêng tư. / With personal data only."),
        ),
        rows=_emergencies,
    ),
    ExportTable(
        name="emergency-events",
        of=("emergency_event",),
        title="Nhật ký khẩn cấp / The emergency log",
        columns=(
            ("emergency_id", ID),
            ("at", AT),
            ("what", "Việc. / What happened."),
            ("account_id", ACCOUNT),
            ("detail", "Chi tiết; chỉ khi xin dữ liệu riêng tư. / With personal data only."),
        ),
        rows=_emergency_events,
    ),
    ExportTable(
        name="stored-warnings",
        of=("stored_warning",),
        title="Lời báo động để sẵn trong loa / Warnings that devices hold",
        columns=(
            ("id", ID),
            ("hazard", "Mối nguy. / The hazard."),
            ("words", "Lời. / The words."),
            ("written_by", ACCOUNT),
            ("written_at", AT),
            ("approved_by", ACCOUNT),
            ("approved_at", AT),
            ("retired_at", AT),
        ),
        rows=_stored_warnings,
    ),
    ExportTable(
        name="repairs",
        of=("device_succession", "alert"),
        title="Lắp, thay, tháo loa và những lần loa không trả lời / "
              "Devices put up, replaced, taken down, and alerts about them",
        columns=(
            ("device_id", ID),
            ("what", "enrolled, replaced, retired; hoặc mã của cảnh báo. / Or an alert's code."),
            ("at", AT),
            ("settled_at", AT),
            ("into_device_id", "Loa đã thay chỗ. / The device that took its place."),
            ("broadcast_id", "Buổi phát mà cảnh báo nói tới. / The broadcast of an alert."),
        ),
        rows=_repairs,
    ),
    ExportTable(
        name="hearings",
        of=("hearing", "hearing_note"),
        title="Trưởng thôn nói nghe rõ hay không / What village heads said of hearing",
        columns=(
            ("broadcast_id", ID),
            ("village_id", ID),
            ("account_id", ACCOUNT),
            ("said_at", AT),
            ("clear", "1: nghe rõ; 0: không nghe. / 1: heard; 0: not heard."),
            ("note", "Ghi chú; chỉ khi xin dữ liệu riêng tư. / With personal data only."),
        ),
        rows=_hearings,
    ),
    ExportTable(
        name="relay-sources",
        of=("relay_source",),
        title="Nguồn tiếp âm / Sources of relays",
        columns=(
            ("id", ID),
            ("name", "Tên. / Its name."),
            ("level", "national, province, district."),
            ("kind", "stream, hls."),
            ("url", "Địa chỉ. / Its address."),
            ("added_at", AT),
            ("retired_at", AT),
        ),
        rows=_relay_sources,
    ),
    ExportTable(
        name="readings",
        of=("lexicon_entry",),
        title="Cách đọc riêng của xã / The commune's own readings",
        columns=(
            ("written", "Chữ viết. / As it is written."),
            ("spoken", "Cách đọc. / As it is read."),
            ("note", "Ghi chú. / A note."),
            ("created_at", AT),
            ("retired_at", AT),
        ),
        rows=_lexicon,
    ),
)  # fmt: skip
