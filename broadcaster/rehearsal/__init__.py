"""The admin's rehearsal: simulated devices started, watched, troubled and ended from a page."""
