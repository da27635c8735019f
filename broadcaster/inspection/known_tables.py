"""Every table that is inspected, known to whoever opens an export and nothing else.

They are reached by name. Not in the package's face: what one core checks needs none of them.
"""

import broadcaster.accounts.tables
import broadcaster.areas.tables
import broadcaster.audit.tables
import broadcaster.bulletins.tables
import broadcaster.emergency.tables
import broadcaster.fleet.tables
import broadcaster.hearing.tables
import broadcaster.ledger.tables
import broadcaster.live.tables  # noqa: F401
