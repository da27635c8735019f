"""Wounds: what a sender who means harm, or a bad line, makes of something sound. Seeded."""

import re
from collections.abc import Callable, Sequence
from random import Random

_WORDS = (
    b"", b"\0", b"\xff", b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\x80", b"-1", b"0", b"1e999", b"NaN",
    b"9" * 40, b"-9223372036854775809", b"18446744073709551616", b"null", b"true", b"[]", b"{}",
    b'"', b"\\u0000", b"\\ud800", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"<![CDATA[", b"-->",
    b"../../../etc/passwd", b"http://127.0.0.1/", b"=1+1", b"\r\n\r\n", b"9999-99-99T99:99:99Z",
    b"0001-01-01T00:00:00+23:59", b"2026-02-30", "ỡ".encode(), b"\xe2\x80\xae", b"%s%n",
)  # fmt: skip
"""What parsers have stumbled over elsewhere."""

_NUMBER = re.compile(rb"\d+")
LARGEST_OCTETS = 300_000


def wounded(octets: bytes, others: Sequence[bytes], rng: Random) -> bytes:
    """One to six wounds, one after the other."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        octets = rng.choice(_WOUNDS)(octets, others, rng)[:LARGEST_OCTETS]
    return octets


def _place(octets: bytes, rng: Random) -> tuple[int, int]:
    """Somewhere, and a little further on."""
    begin = rng.randrange(len(octets) + 1)
    return begin, min(len(octets), begin + rng.choice((0, 1, 1, 2, 4, 16, 64, 400)))


def _flipped(octets: bytes, _others: Sequence[bytes], rng: Random) -> bytes:
    if not octets:
        return octets
    at = rng.randrange(len(octets))
    return octets[:at] + bytes([octets[at] ^ 1 << rng.randrange(8)]) + octets[at + 1 :]


def _replaced(octets: bytes, _others: Sequence[bytes], rng: Random) -> bytes:
    begin, end = _place(octets, rng)
    return octets[:begin] + rng.choice(_WORDS) + octets[end:]


def _cut_out(octets: bytes, _others: Sequence[bytes], rng: Random) -> bytes:
    begin, end = _place(octets, rng)
    return octets[:begin] + octets[end:]


def _cut_short(octets: bytes, _others: Sequence[bytes], rng: Random) -> bytes:
    return octets[: rng.randrange(len(octets) + 1)]


def _repeated(octets: bytes, _others: Sequence[bytes], rng: Random) -> bytes:
    begin, end = _place(octets, rng)
    return octets[:begin] + octets[begin:end] * rng.choice((2, 3, 50, 3_000)) + octets[end:]


def _nested(octets: bytes, _others: Sequence[bytes], rng: Random) -> bytes:
    begin, _ = _place(octets, rng)
    opening = rng.choice((b"[", b'{"a":', b"<a>", b"(", b'"'))
    return octets[:begin] + opening * rng.choice((3, 200, 20_000)) + octets[begin:]


def _spliced(octets: bytes, others: Sequence[bytes], rng: Random) -> bytes:
    other = rng.choice(others)
    return octets[: _place(octets, rng)[0]] + other[_place(other, rng)[0] :]


def _noise(octets: bytes, _others: Sequence[bytes], rng: Random) -> bytes:
    begin, end = _place(octets, rng)
    return octets[:begin] + rng.randbytes(rng.choice((1, 4, 40))) + octets[end:]


def _other_number(octets: bytes, _others: Sequence[bytes], rng: Random) -> bytes:
    """A number, or what stands for a length, is another one."""
    found = list(_NUMBER.finditer(octets))
    if not found:
        return _flipped(octets, _others, rng)
    chosen = rng.choice(found)
    number = rng.choice((b"0", b"-1", b"1", b"65536", b"4294967296", b"9" * 25, b"1.5", b"1e30"))
    return octets[: chosen.start()] + number + octets[chosen.end() :]


_WOUNDS: Sequence[Callable[[bytes, Sequence[bytes], Random], bytes]] = (
    _flipped, _replaced, _cut_out, _cut_short, _repeated, _nested, _spliced, _noise, _other_number,
)  # fmt: skip
