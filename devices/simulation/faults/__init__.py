"""Faults: what goes wrong around a controller that knows nothing of it, a wrapped port each."""
