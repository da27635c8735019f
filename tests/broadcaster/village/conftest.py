"""Fixtures: the commune of the pages, as its village heads see it."""

from tests.broadcaster.pages.conftest import afternoon, commune, people

__all__ = ["afternoon", "commune", "people"]
