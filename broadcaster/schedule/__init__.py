"""When and where a bulletin plays: schedules, and the broadcasts they come to."""
