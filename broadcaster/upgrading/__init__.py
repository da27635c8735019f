"""Bringing a station to this version: backed up, tried on a copy, verified, then put in place."""
