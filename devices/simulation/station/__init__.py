"""The station of a rehearsal that has no other: it plays the station's part of the contract.

Keys of its own, a ledger in memory, silence for sound. It is thrown away afterwards; a rehearsal
with a real station's rooms, people and pages joins one that was founded as a rehearsal instead.
"""
