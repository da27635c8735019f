"""Playlists: a session's parts in order, made into one sound, approved and scheduled as one."""
