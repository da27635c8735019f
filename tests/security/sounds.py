"""A file with sound in it, as somebody at a station would upload it."""

import io
import math
import struct
import wave


def spoken() -> dict[str, tuple[str, bytes]]:
    """A form's file with two seconds of something that could be a voice."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24_000)
        samples = (int(9_000 * math.sin(each / 20)) for each in range(48_000))
        file.writeframes(b"".join(struct.pack("<h", each) for each in samples))
    return {"recording": ("a.wav", made.getvalue())}
