"""How many hostile messages a test has sent, by kind: told to `make soak`, which asks by a path."""

import json
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

ASKED_BY = "LOA_ATTACKS_TOLD"


def tell(sent: Mapping[str, int]) -> None:
    """Add the counts where they are asked for; nowhere if nobody does."""
    if asked := os.environ.get(ASKED_BY):
        path = Path(asked)
        before = json.loads(path.read_text("utf-8")) if path.exists() else {}
        together = Counter(before) + Counter(sent)
        path.write_text(json.dumps(together), encoding="utf-8")
