"""A house with a single voice and nobody to fall back on: for rehearsals and tests."""

from collections.abc import Callable

from playlists.speech.engine import Engine
from playlists.speech.engines import ALWAYS_THERE, Result, Spoke, VoicePolicy


class OneVoice:
    """Speaks with the engine that it was given, whatever the policy prefers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def speak(
        self,
        act: Callable[[Engine], Result],
        *,
        policy: VoicePolicy,  # noqa: ARG002 - there is nothing to choose from
    ) -> Spoke[Result]:
        """Does `act` with the one voice; what it raises is raised."""
        return Spoke(result=act(self._engine), by=ALWAYS_THERE, reason=None)
