"""The wire contract, version 1: what the station and its devices say to each other, and how signed.

The station imports this room and no other of `devices`.
"""
