"""The station's voices: which one reads, how it sounds, and how a better one gets here."""
