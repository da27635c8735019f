"""Enrolment: how a new device and its station come to trust each other, and a person agrees."""
