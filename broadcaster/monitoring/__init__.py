"""Whether the station runs well, for those who watch many: health checks and metrics."""
