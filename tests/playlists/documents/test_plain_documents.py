"""Plain text in every encoding that Vietnamese was kept in; in doubt it is refused."""

import codecs
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.documents import (
    DocumentEmpty,
    DocumentKindUnknown,
    DocumentRefused,
    EncodingUnknown,
    read_document,
)

TONES = "\u0300\u0301\u0303\u0309\u0323"
TEXT = "Ủy ban nhân dân xã kính mời bà con đến họp\nlúc 7 giờ 30, ngày mười hai tháng này."


def windows_1258(text: str) -> bytes:
    """As Windows wrote it: base letter, then the tone as a sign of its own."""
    signs = []
    for sign in text:
        parts = unicodedata.normalize("NFD", sign)
        base = "".join(part for part in parts if part not in TONES)
        tone = "".join(part for part in parts if part in TONES)
        signs.append(unicodedata.normalize("NFC", base) + tone)
    return "".join(signs).encode("cp1258")


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        windows_1258(TEXT),
        TEXT.replace("\n", "\r\n").encode(),
    ],
    ids=["utf-8", "utf-8 mark", "utf-16 le", "utf-16 be", "utf-32", "le", "be", "1258", "crlf"],
)
def test_the_encoding_is_found(data: bytes) -> None:
    """By its mark, by being valid, or by what Vietnamese looks like."""
    assert read_document(data, name="a.txt") == TEXT


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Th«ng b¸o häp toµn thÓ nh©n d©n".encode("latin-1"), "Thông báo họp toàn thể nhân dân"),
        (
            "Thoâng baùo hoïp toaøn theå nhaân daân".encode("latin-1"),
            "Thông báo họp toàn thể nhân dân",
        ),
    ],
    ids=["TCVN3", "VNI"],
)
def test_encodings_from_before_windows_are_converted(data: bytes, text: str) -> None:
    """Files of the nineties still lie in offices."""
    assert read_document(data, name="cu.txt") == text


def test_what_no_encoding_explains_is_refused_and_not_guessed() -> None:
    """A wrong guess would be read aloud."""
    with pytest.raises(EncodingUnknown) as refused:
        read_document(b"\xe9\xff\xfe l\xe9\xe9g\xff xx\xfe", name="a.txt")

    assert "UTF-8" in refused.value.message_vi


def test_a_utf_8_file_that_is_cut_inside_a_letter_is_refused() -> None:
    """Its rest would be garbage under any other encoding."""
    with pytest.raises(EncodingUnknown):
        read_document("Kính mời bà con đến họp ở nhà văn hóa thôn Bến Đồ".encode()[:-1])


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x89PNG\r\n", "a.txt"),
        (b"\0\x01\x02\xff" * 9, "a"),
        (b"{\\rtf1 a}", "a.txt"),
        (b"<p>a</p>", "a.html"),
    ],
    ids=["picture", "binary", "rich text", "web page"],
)
def test_what_is_no_script_is_refused_whatever_its_name(data: bytes, name: str) -> None:
    """The content says what a file is."""
    with pytest.raises(DocumentKindUnknown):
        read_document(data, name=name)


def test_lines_are_kept_as_they_are(tmp_path: Path) -> None:
    """Empty lines and markdown belong to the text; the reading layer knows both."""
    file = tmp_path / "a.md"
    file.write_text("# Họp thôn\n\n\n* một\n", encoding="utf-8")

    assert read_document(file) == "# Họp thôn\n\n\n* một\n"


@pytest.mark.parametrize("data", [b"", b" \n", b"---\n***", codecs.BOM_UTF16_LE])
def test_a_file_without_words_is_empty(data: bytes) -> None:
    """There is nothing to read."""
    with pytest.raises(DocumentEmpty):
        read_document(data)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_text_or_a_refusal(data: bytes) -> None:
    """Never another error, and never a text without words."""
    try:
        text = read_document(data.replace(b"%PDF-", b""), name="a.txt")
    except DocumentRefused:
        return
    assert any(map(str.isalnum, text))


@given(st.text(st.characters(exclude_characters="\0"), max_size=200))
def test_utf_8_comes_back_as_it_was(text: str) -> None:
    """Except for line ends and a mark at the beginning; zero bytes are another encoding's."""
    try:
        read = read_document(text.encode("utf-8", "replace"), name="a.txt")
    except DocumentRefused:
        return
    expected = text.encode("utf-8", "replace").decode().removeprefix("\ufeff")
    assert read == expected.replace("\r\n", "\n").replace("\r", "\n")
