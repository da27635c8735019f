"""Words as a search compares them: without diacritics, in small letters, đ as d.

Source: Unicode Standard Annex 15 (NFD); đ has no decomposition and is folded by itself.
"""

import unicodedata

_LETTERS = str.maketrans({"đ": "d", "Đ": "d"})


def folded(text: str) -> str:
    """Letters and digits of a text with one space between words."""
    parts = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    bare = "".join(sign for sign in parts if not unicodedata.combining(sign)).casefold()
    return " ".join("".join(sign if sign.isalnum() else " " for sign in bare).split())


def terms_of(query: str) -> tuple[str, ...]:
    """The different words that a search asks for, all of them; at most ten."""
    return tuple(dict.fromkeys(folded(query).split()))[:10]
