"""Voices: spoken words become sound, each engine in a process of its own."""
