"""Photos as they are kept: pixels, decoded and encoded by ourselves, and nothing else of a file.

What a phone writes beside the picture (where, when, whose, a smaller picture) is gone, and so is
whatever a file may hide. A picture that is a bomb is refused by what its head says, undecoded.
"""

import struct
import threading
import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from broadcaster.hearing.errors import PhotosBusy, PhotoTooLarge, PhotoUnusable

LARGEST_PHOTO_BYTES = 12_000_000
LARGEST_PHOTO_PIXELS = 50_000_000
LONGEST_SIDE_PX = 1_280
_READ = ("JPEG", "PNG", "WEBP")
_QUALITY = 78
# One photo of 50 megapixels takes 150 MB for a second.
_AT_ONCE = threading.BoundedSemaphore(2)
_PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Photo:
    """A JPEG that we made."""

    jpeg: bytes
    width_px: int
    height_px: int


def clean_photo(given: bytes) -> Photo:
    """The picture in a file, upright and at most 1,280 pixels long.

    Raises PhotoUnusable, PhotoTooLarge, PhotosBusy.
    """
    if len(given) > LARGEST_PHOTO_BYTES:
        raise PhotoTooLarge(field="photo")
    if not _AT_ONCE.acquire(timeout=_PATIENCE_S):
        raise PhotosBusy
    try:
        return _encoded(_pixels(given))
    finally:
        _AT_ONCE.release()


def _pixels(given: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            # What Pillow only warns of is refused below, or by the line after next.
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(given), formats=_READ) as image:
                if image.width * image.height > LARGEST_PHOTO_PIXELS:
                    raise PhotoTooLarge(field="photo")
                # A JPEG is decoded at half, a quarter or an eighth where that is enough.
                image.draft("RGB", (LONGEST_SIDE_PX, LONGEST_SIDE_PX))
                upright = _upright(image).convert("RGB")
    except Image.DecompressionBombError as bomb:
        raise PhotoTooLarge(field="photo") from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as broken:
        raise PhotoUnusable(field="photo") from broken
    upright.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
    # Pasted onto a new one: nothing that was read beside the pixels is carried along.
    fresh = Image.new("RGB", upright.size)
    fresh.paste(upright)
    return fresh


def _upright(image: Image.Image) -> Image.Image:
    """As its notes say that it was taken; as it lies where they are nonsense."""
    try:
        return ImageOps.exif_transpose(image)
    except (struct.error, TypeError, KeyError, IndexError, OverflowError):
        # Pillow writes the other notes anew, which stumbles over words where numbers belong.
        return image


def _encoded(image: Image.Image) -> Photo:
    made = BytesIO()
    image.save(made, "JPEG", quality=_QUALITY, optimize=True)
    return Photo(jpeg=made.getvalue(), width_px=image.width, height_px=image.height)
