"""Each network that a station can post to, and what is true of it."""

from collections.abc import Mapping
from types import MappingProxyType

from broadcaster.publishing.outlets import facebook, zalo
from broadcaster.publishing.outlets.port import Facts, Outlet

KNOWN: Mapping[Outlet, Facts] = MappingProxyType(
    {Outlet.FACEBOOK: facebook.FACTS, Outlet.ZALO: zalo.FACTS}
)
