"""Ids as they may stand in an address: anything else is refused before a query sees it."""

from typing import Annotated

from fastapi import Path

ID_PATTERN = r"^[a-z0-9-]{1,64}$"

Id = Annotated[str, Path(pattern=ID_PATTERN)]
