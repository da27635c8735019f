"""Public programmes that the station may relay: which they are, and whether they can be had."""
