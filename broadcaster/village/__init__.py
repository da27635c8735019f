"""A village's own pages, for its head on a phone: the week, one broadcast, the month's sheet."""
