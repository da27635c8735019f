"""What is approved of a relay: the same facts as sentences for people and as data for the order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from broadcaster.bulletins.delivery import AS_WRITTEN, Delivery
from broadcaster.bulletins.tables import Bulletin, Rendition
from broadcaster.bulletins.texts import sha256_of
from broadcaster.sources.holding import facts_of
from broadcaster.sources.tables import RelaySource
from broadcaster.sources.wording import LEVELS
from broadcaster.web.formats import duration


@dataclass(frozen=True, slots=True)
class Fallback:
    """An approved bulletin whose sound fills in when nothing comes."""

    bulletin: Bulletin
    rendition: Rendition

    def as_kept(self) -> dict[str, Any]:
        """What is approved of it, and what the order says."""
        return {
            "bulletin_id": self.bulletin.id,
            "rendition_id": self.rendition.id,
            "title": self.bulletin.title,
            "audio_sha256": self.rendition.audio_sha256,
            "audio_size_bytes": self.rendition.audio_size_bytes,
            "duration_ms": self.rendition.duration_ms,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayContent:
    """A relay as it stands now: its source, its greatest length, and what fills in."""

    source: RelaySource
    duration_ms: int
    stall_timeout_ms: int
    fallback: Fallback | None

    @property
    def script(self) -> str:
        """What will come out of the loudspeakers, as far as anybody can know beforehand."""
        stall = duration(self.stall_timeout_ms, language="vi")
        instead = (
            f"phát bản tin “{self.fallback.bulletin.title}” cho đến khi có sóng trở lại"
            if self.fallback
            else "loa im lặng cho đến khi có sóng trở lại"
        )
        return "\n".join(
            (
                f"Tiếp sóng {self.source.name}, {LEVELS[self.source.level]}.",
                f"Địa chỉ: {self.source.url}",
                f"Dài nhất {duration(self.duration_ms, language='vi')}.",
                f"Mất sóng quá {stall} thì {instead}.",
            )
        )

    @property
    def script_sha256(self) -> str:
        """The script that this is the content of."""
        return sha256_of(self.script)

    @property
    def delivery(self) -> Delivery:
        """Nothing is spoken, so there is nothing to wish for."""
        return AS_WRITTEN

    @property
    def recordings(self) -> list[dict[str, Any]]:
        """A relay has no words of its own that anybody could say in another language."""
        return []

    def is_that_of(self, rendition: Rendition) -> bool:
        """Whether a rendition says exactly this."""
        return (rendition.script_sha256, rendition.duration_ms, rendition.relay) == (
            self.script_sha256, self.duration_ms, self._relay(),
        )  # fmt: skip

    def as_rendition(self, *, id_: str, bulletin_id: str, now: datetime) -> Rendition:
        """The row that keeps it for good; its sound is what fills in."""
        filling_in: Mapping[str, Any] = self.fallback.as_kept() if self.fallback else {}
        return Rendition(
            id=id_,
            bulletin_id=bulletin_id,
            script_sha256=self.script_sha256,
            spoken=self.script,
            reading=[],
            warnings=[],
            audio_sha256=filling_in.get("audio_sha256", ""),
            audio_size_bytes=filling_in.get("audio_size_bytes", 0),
            duration_ms=self.duration_ms,
            loudness_lufs=self.fallback.rendition.loudness_lufs if self.fallback else 0.0,
            engine="",
            relay=self._relay(),
            rendered_at=now,
        )

    def _relay(self) -> dict[str, Any]:
        return {
            **facts_of(self.source),
            "stall_timeout_ms": self.stall_timeout_ms,
            "fallback": self.fallback.as_kept() if self.fallback else None,
        }
