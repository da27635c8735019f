"""A province's view over the stations that one person inspects."""
