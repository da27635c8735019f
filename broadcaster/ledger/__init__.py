"""The coverage ledger: what devices signed that they did, and whom that reached."""
