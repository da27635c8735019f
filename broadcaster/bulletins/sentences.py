"""The sentences of a sound, each with where it is heard, so that one can be heard by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from playlists.reading.sentences import Gaps, split_sentences


@dataclass(frozen=True, slots=True)
class HeardSentence:
    """One sentence, and where it begins and ends in the sound, in milliseconds."""

    text: str
    start_ms: int
    end_ms: int

    @property
    def fragment(self) -> str:
        """The same as a media fragment (W3C Media Fragments 1.0), for a player without script."""
        return f"#t={self.start_ms / 1000:.2f},{self.end_ms / 1000:.2f}"


def heard_sentences(spoken: str, cue_points: Sequence[Sequence[int]]) -> tuple[HeardSentence, ...]:
    """The sentences of a sound; none where nobody knows where they are, as in a recording."""
    for gaps in Gaps:  # which of them the station had then is told by how many there are
        sentences = split_sentences(spoken, gaps=gaps)
        if len(sentences) == len(cue_points):
            return tuple(
                HeardSentence(sentence.text, start_ms, end_ms)
                for sentence, (start_ms, end_ms) in zip(sentences, cue_points, strict=True)
            )
    return ()
