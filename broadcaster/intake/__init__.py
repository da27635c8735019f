"""A commune's lists come in from files, all of it goes out again, and a station is set up."""
