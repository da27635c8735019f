"""What eSpeak NG is given to say: words and plain punctuation, nothing that makes it fall over.

eSpeak NG 1.52 ends with SIGSEGV on texts such as a symbol, a hyphen and a letter in a row. Symbols
that mean something were made words by the reading layer, or its author was warned of them.
"""

import re
import unicodedata

from playlists.speech.loans import with_syllables

_PAUSES = str.maketrans({"…": ".", "–": ",", "—": ",", "’": "'"})
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_LOOSE_HYPHEN = re.compile(r"(?<![^\W_])[-']|[-'](?![^\W_])")
_UNSAYABLE = re.compile(r"[^\w.,;:!?'%-]|_")
_HEAPED = re.compile(r"([.,;:!?])[.,;:!?\s]+")


def sayable(sentence: str) -> str:
    """The sentence in letters, digits and single marks; what a listener would hear stays."""
    text = unicodedata.normalize("NFC", sentence).translate(_PAUSES)
    text = _UNSAYABLE.sub(" ", _UNSEEN.sub("", text))
    text = _LOOSE_HYPHEN.sub(" ", text)
    return " ".join(_HEAPED.sub(r"\1 ", with_syllables(text)).split())
