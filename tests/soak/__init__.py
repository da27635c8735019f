"""Long counts: bounded, seeded, resumable, each ending in a table under tests/results."""
