"""The conformance suite: plays the station against any controller, and scores it point by point.

Each point names the section of CONTRACT.md that it checks. The suite knows of a controller only
what the contract shows: what it publishes, what it fetches, and when.
"""
