"""Many controllers of the real code in one process: what they share, and one seat for each.

What each would do alone on its pole (verify, keep its journal, decide, tell time) each does alone
here. What is the same bytes for all is done once in the process: fetching and hashing a file,
decoding it.
"""
