"""Photos: pixels are kept and nothing else; what is no photo, or a bomb, is refused unread."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from broadcaster.hearing.errors import PhotoTooLarge, PhotoUnusable
from broadcaster.hearing.photos import LARGEST_PHOTO_BYTES, LONGEST_SIDE_PX, clean_photo
from tests.browser.village import photo_with_place


def made(kind: str, *, size: tuple[int, int] = (400, 300), mode: str = "RGB") -> bytes:
    """A picture in one of the ways in which phones write them."""
    file = BytesIO()
    Image.new(mode, size, 90 if mode == "L" else (90, 160, 30, 128)[: len(mode)]).save(file, kind)
    return file.getvalue()


def test_where_and_whose_is_gone() -> None:
    """A JPEG with GPS, the phone's name and a comment keeps none of them."""
    given = photo_with_place()
    before = Image.open(BytesIO(given))
    assert before.getexif().get_ifd(0x8825)

    kept = clean_photo(given).jpeg
    after = Image.open(BytesIO(kept))

    assert not after.getexif()
    assert set(after.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for secret in (b"secret words", b"Exif", "bà Tư".encode(), b"GPS"):
        assert secret not in kept


def test_a_photo_taken_sideways_stands_upright() -> None:
    """What the camera only noted is done to the pixels before the note is dropped."""
    image = Image.new("RGB", (400, 200), "white")
    ImageDraw.Draw(image).rectangle((0, 0, 40, 40), fill="black")
    exif = Image.Exif()
    exif[0x0112] = 6
    file = BytesIO()
    image.save(file, "JPEG", exif=exif)

    photo = clean_photo(file.getvalue())
    upright = Image.open(BytesIO(photo.jpeg)).convert("L")

    assert (photo.width_px, photo.height_px) == (200, 400)
    assert upright.getpixel((190, 10)) < 60  # type: ignore[operator]
    assert upright.getpixel((10, 10)) > 200  # type: ignore[operator]


@pytest.mark.parametrize("tag", [0x0100, 0x011A, 0x0154, 0x02BC])
def test_a_photo_whose_notes_are_nonsense_is_a_photo_all_the_same(tag: int) -> None:
    """A width, a resolution, a packet in words, where numbers belong: only pixels are kept."""
    exif = Image.Exif()
    exif[0x0112], exif[0x0110] = 6, "a model of a phone"
    file = BytesIO()
    Image.new("RGB", (400, 200), "white").save(file, "JPEG", exif=exif)
    said_in_words = struct.pack(">HH", 0x0110, 2)
    assert said_in_words in file.getvalue()

    given = file.getvalue().replace(said_in_words, struct.pack(">HH", tag, 2))

    assert clean_photo(given).jpeg.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA"])
def test_what_phones_write_becomes_a_small_jpeg(kind: str, mode: str) -> None:
    """Whatever it was, it is served as one kind, and no longer than it need be."""
    if kind == "JPEG" and mode == "RGBA":
        mode = "CMYK"
    photo = clean_photo(made(kind, size=(3_000, 1_500), mode=mode))

    assert photo.jpeg.startswith(b"\xff\xd8\xff")
    assert (photo.width_px, photo.height_px) == (LONGEST_SIDE_PX, LONGEST_SIDE_PX // 2)


def _bomb(width: int, height: int) -> bytes:
    """A PNG of some hundred bytes whose head promises a wall of pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(100_000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("width", "height"), [(10_000, 6_000), (30_000, 30_000), (2**31 - 1, 1)])
def test_a_bomb_is_refused_by_its_head(width: int, height: int) -> None:
    """60 megapixels, 900, and a line as long as the format allows."""
    with pytest.raises(PhotoUnusable):
        clean_photo(_bomb(width, height))


def test_more_bytes_than_a_photo_has_are_not_looked_at() -> None:
    """12 MB and one."""
    with pytest.raises(PhotoTooLarge):
        clean_photo(bytes(LARGEST_PHOTO_BYTES + 1))


@pytest.mark.parametrize(
    "given",
    [
        b"x",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7 %\xe2\xe3",
        made("GIF"),
        made("TIFF"),
        made("BMP"),
        made("JPEG")[:300],
        made("PNG")[:-40],
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        made("JPEG", size=(8, 8))[:20] + b"<?php evil();" * 9,
    ],
)
def test_what_is_no_photo_is_refused(given: bytes) -> None:
    """Other kinds of picture too: each more decoder would be one more to attack."""
    with pytest.raises(PhotoUnusable):
        clean_photo(given)


def test_what_hides_behind_a_picture_is_left_behind() -> None:
    """A file that is a picture to one program and a page to another is a picture afterwards."""
    kept = clean_photo(made("PNG") + b"<script>alert(1)</script>").jpeg

    assert b"script" not in kept
