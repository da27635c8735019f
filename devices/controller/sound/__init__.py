"""Sound out of a card and into a microphone: how loud, at which frame, and whether it was heard.

`CardSink` is the sink of a box with an amplifier; `sinks.py` beside this folder has the port.
"""
