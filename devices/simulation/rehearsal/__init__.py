"""A rehearsal as a whole: its processes, broker and station, what is seen of it, and its port."""
