"""Watching: what is wrong at the station is noticed once, told once by e-mail, and so its end."""
