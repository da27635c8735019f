"""What eSpeak NG is given to say: words and plain punctuation, nothing that makes it fall over.

eSpeak NG 1.52 ends with SIGSEGV on texts such as a symbol, a hyphen and a letter in a row. Symbols
that mean something were made words by the reading layer, or its author was warned of them.
"""

import re
import unicodedata

_PAUSES = str.maketrans({"…": ".", "–": ",", "—": ",", "’": "'"})
# Words that newsreaders write whole and say in syllables; eSpeak NG would say them in English.
_LOANS = {"vitamin": "vi ta min"}
_LOAN = re.compile(rf"\b(?:{'|'.join(_LOANS)})\b", re.IGNORECASE)
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_LOOSE_HYPHEN = re.compile(r"(?<![^\W_])[-']|[-'](?![^\W_])")
_UNSAYABLE = re.compile(r"[^\w.,;:!?'%-]|_")
_HEAPED = re.compile(r"([.,;:!?])[.,;:!?\s]+")


def sayable(sentence: str) -> str:
    """The sentence in letters, digits and single marks; what a listener would hear stays."""
    text = unicodedata.normalize("NFC", sentence).translate(_PAUSES)
    text = _UNSAYABLE.sub(" ", _UNSEEN.sub("", text))
    text = _LOOSE_HYPHEN.sub(" ", text)
    text = _LOAN.sub(lambda loan: _LOANS[loan[0].lower()], text)
    return " ".join(_HEAPED.sub(r"\1 ", text).split())
