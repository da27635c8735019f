"""The published contract: generated from the code, checked in, and written for other languages.

`python -m devices.protocol.contract` writes `asyncapi.json`, `schemas/` and `vectors.json` anew.
"""
