"""Relays of public programmes: what, from where, how long, and what fills in when nothing comes."""
