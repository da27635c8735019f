"""Speed as ratios against a baseline of the same run, on the same machine, of the same work."""
