"""Telling other systems what happened here: signed, retried, at least once."""
