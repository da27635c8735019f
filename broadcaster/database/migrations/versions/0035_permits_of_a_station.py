"""A permit holds at one station; a name that was copied out stands beside its owner's id."""

import sqlalchemy as sa
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


def upgrade() -> None:
    with op.batch_alter_table("live_permit") as table:
        table.add_column(sa.Column("station_id", sa.String(), nullable=True))
    op.execute(_OF_THE_LEADER)
    with op.batch_alter_table("live_permit") as table:
        table.alter_column("station_id", existing_type=sa.String(), nullable=False)
        table.create_foreign_key("fk_live_permit_station", "station", ["station_id"], ["id"])
        table.create_index("ix_live_permit_station_id", ["station_id"])
    for name, theirs in (("broadcast", _OF_A_BROADCAST), ("live_talk", _OF_A_TALK)):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("override_by", sa.String(), nullable=True))
            table.create_foreign_key(f"fk_{name}_override_by", "account", ["override_by"], ["id"])
        op.execute(theirs)


def downgrade() -> None:
    for name in ("live_talk", "broadcast"):
        with op.batch_alter_table(name) as table:
            table.drop_constraint(f"fk_{name}_override_by", type_="foreignkey")
            table.drop_column("override_by")
    with op.batch_alter_table("live_permit") as table:
        table.drop_index("ix_live_permit_station_id")
        table.drop_constraint("fk_live_permit_station", type_="foreignkey")
        table.drop_column("station_id")
