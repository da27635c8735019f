"""The controller that runs at a pole: it plays the signed plan by its own clock and says so.

Pure cores (admission, due, sending, chain) decide; thin asyncio code around them touches the disk,
the broker, the station's audio and the sound card, each behind a port.
"""
