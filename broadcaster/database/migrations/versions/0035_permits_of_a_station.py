"""A permit holds at one station; a name that was copied out stands beside its owner's id."""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

# Where a leader let a person speak: that leader's station, where there are several.
_OF_THE_LEADER = """
    UPDATE live_permit SET station_id = coalesce(
        (SELECT min(role_grant.station_id) FROM role_grant
          WHERE role_grant.account_id = live_permit.granted_by AND role_grant.role = 'leader'),
        (SELECT min(station.id) FROM station))
"""
# The leader whom the schedule names, else who approved the bulletin after leave was asked for.
_OF_A_BROADCAST = """
    UPDATE broadcast SET override_by = coalesce(
        (SELECT schedule.override_by FROM schedule WHERE schedule.id = broadcast.schedule_id),
        (SELECT approval.approver_id FROM approval
           JOIN schedule ON schedule.id = broadcast.schedule_id
          WHERE approval.bulletin_id = broadcast.bulletin_id AND approval.approved
            AND approval.decided_at >= coalesce(schedule.override_asked_at, schedule.created_at)
            AND approval.decided_at <= broadcast.planned_at
          ORDER BY approval.decided_at DESC LIMIT 1))
     WHERE override_person IS NOT NULL
"""
# A leader who speaks allows it to himself with a reason of his own; else it is the permit's.
_OF_A_TALK = """
    UPDATE live_talk SET override_by = (
        SELECT CASE WHEN live_permit.quiet_reason = live_talk.override_reason
                    THEN live_permit.granted_by ELSE live_talk.speaker_id END
          FROM live_permit WHERE live_permit.id = live_talk.permit_id)
     WHERE override_person IS NOT NULL
"""


# Other tables point at these, so SQLite may not make them anew: their rows would point nowhere. It
# adds a column that refers to another table only in one statement, and only where it may be null.
_ADDED = (
    ("live_permit", "station_id", "station", _OF_THE_LEADER),
    ("broadcast", "override_by", "account", _OF_A_BROADCAST),
    ("live_talk", "override_by", "account", _OF_A_TALK),
)


def upgrade() -> None:
    for table, column, of, theirs in _ADDED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR REFERENCES {of} (id)")
        op.execute(theirs)
    op.create_index("ix_live_permit_station_id", "live_permit", ["station_id"])


def downgrade() -> None:
    op.drop_index("ix_live_permit_station_id", table_name="live_permit")
    for table, column, _, _ in reversed(_ADDED):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
