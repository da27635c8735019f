"""`loa doctor`: whether a station would do its work tonight, and what to do where it would not."""
