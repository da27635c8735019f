"""What stands above the table: how it was made, and what its figures can and cannot say."""

import hashlib
from collections.abc import Sequence

from tests.intelligibility.settings import TAKES_LATER_MS

_HEAD = """\
# How well our speech is understood

Made by `python -m tests.intelligibility`; `python -m tests.intelligibility check` compares with it.
{count} sentences, {takes} takes of each chosen way and one of every other.

{identity}

**What the figures can say.** Whether one way of speaking is heard better or worse than another by
the same listener on the same words. *WER* and *char error rate* mark what the listener wrote; a
wrong tone is one wrong letter. *Surprise* is finer: how many bits each word really said was from
what the listener expected of the sound. It changes smoothly where a wrong word more or less is
chance, so settings were chosen by it. For scale, from eight sentences: another sentence's words
surprise by 16.0 bits, the right words in a silence by 16.9. *9 of 10 draws*: where WER would fall
for nine of ten other choices of sentences as varied as these.

**What they cannot say.** How many words a person understands. Whisper's base model is weak in
Vietnamese and was made for people's voices, not for machines'. Whether a southern or central voice
is worse, or only less known to it, it cannot tell: compare an accent with itself. No wind, no echo,
no second loudspeaker is in the sound. An English voice cannot be measured with Vietnamese words.

*engine version* ends with eSpeak NG's manner: words a minute / pitch range / word gap in 10 ms.
"""


def head(listener: str, *, said: Sequence[str]) -> str:
    """The document's head."""
    return _HEAD.format(
        count=len(said), takes=len(TAKES_LATER_MS), identity=identity(listener, said=said)
    )


def identity(listener: str, *, said: Sequence[str]) -> str:
    """A line that is another for another listener or other sentences: their figures never mix."""
    digest = hashlib.sha256("\n".join(said).encode()).hexdigest()[:12]
    return f"Sentences: sha256 {digest}. Listener: {listener}."
