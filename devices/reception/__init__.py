"""How a public programme is taken from its broadcaster: where from, in which form, byte by byte.

The pole receives with it, and the station tries a source out with it before it orders anything.
"""
