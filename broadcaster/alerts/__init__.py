"""Alerts of others in CAP 1.2: brought in, proposed to a person, and our own handed out."""
