"""The trail of what people did, and of the facts that figures rest on: signed, chained, whole."""

from broadcaster.audit.acts import Act
from broadcaster.audit.keeping import begin_trail, keep_trail, keep_trail_on_disk, pen_on_disk
from broadcaster.audit.recording import COMMAND, record, record_facts

__all__ = [
    "COMMAND",
    "Act",
    "begin_trail",
    "keep_trail",
    "keep_trail_on_disk",
    "pen_on_disk",
    "record",
    "record_facts",
]
