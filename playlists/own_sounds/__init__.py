"""The station's own sounds, made here and owned by nobody: chime, tune, music."""
