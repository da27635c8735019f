"""Coverage as people look at it: goals, villages' days, timelines, devices, alerts."""
