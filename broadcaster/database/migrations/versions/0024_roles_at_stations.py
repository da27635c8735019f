"""A role is held at a station, and a session looks at one of several."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None

# Until now there was one station; a village head's is the station of the village all the same.
_OF_THE_VILLAGE = """
    UPDATE role_grant SET station_id = coalesce(
        (SELECT cluster.station_id FROM village JOIN cluster ON cluster.id = village.cluster_id
          WHERE village.id = role_grant.village_id),
        (SELECT min(station.id) FROM station))
"""


def upgrade() -> None:
    with op.batch_alter_table("role_grant") as table:
        table.add_column(sa.Column("station_id", sa.String(), nullable=True))
    op.execute(_OF_THE_VILLAGE)
    with op.batch_alter_table("role_grant") as table:
        table.alter_column("station_id", existing_type=sa.String(), nullable=False)
        table.create_foreign_key("fk_role_grant_station", "station", ["station_id"], ["id"])
        table.create_index("ix_role_grant_station_id", ["station_id"])
    with op.batch_alter_table("sign_in_session") as table:
        table.add_column(sa.Column("station_id", sa.String(), nullable=True))
        table.create_foreign_key("fk_session_station", "station", ["station_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("sign_in_session") as table:
        table.drop_constraint("fk_session_station", type_="foreignkey")
        table.drop_column("station_id")
    with op.batch_alter_table("role_grant") as table:
        table.drop_index("ix_role_grant_station_id")
        table.drop_constraint("fk_role_grant_station", type_="foreignkey")
        table.drop_column("station_id")
