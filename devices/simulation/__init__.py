"""The simulated fleet: controllers of the real code, a process each, with faults put around them.

A fault is a port wrapped from outside. The controller knows nothing of being simulated but its
sink, which marks what it says.
"""
