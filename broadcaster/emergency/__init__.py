"""Emergencies: who may order one, what goes out at once, and who looks at it afterwards."""
