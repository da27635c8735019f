"""Every sentence that the station says has its English."""

from pathlib import Path

from babel.messages.catalog import Catalog

from broadcaster.web.catalogue import extract, missing, unused, update
from broadcaster.web.language import ENGLISH_PO, read_catalogue


def test_every_sentence_has_english() -> None:
    """The station's templates and code say nothing that the English catalogue lacks."""
    lacking = missing(extract(), read_catalogue(ENGLISH_PO))

    assert lacking == [], "translate these in the catalogue (see broadcaster/web/catalogue.py)"


def test_the_catalogue_holds_nothing_that_nobody_says() -> None:
    """What is no longer said leaves the catalogue with its last use."""
    assert unused(extract(), read_catalogue(ENGLISH_PO)) == []


def test_english_fills_the_same_places() -> None:
    """A translation that loses or invents a %(name)s would break the page it stands on."""
    english = read_catalogue(ENGLISH_PO)

    assert [(m.id, e) for m in english for e in m.check(english)] == []


def _package(folder: Path) -> Path:
    (folder / "room" / "pages").mkdir(parents=True)
    (folder / "room" / "pages" / "a.html").write_text(
        '{{ _("Chào") }} {{ ngettext("%(num)s loa", "%(num)s loa", n) }}'
        "{% trans %}Bà con{% endtrans %}",
        encoding="utf-8",
    )
    (folder / "room" / "words.py").write_text(
        'A = msgid("Xong")\ntranslate(request, "Hỏng")\n', encoding="utf-8"
    )
    return folder


def test_sentences_are_found_in_templates_and_in_code(tmp_path: Path) -> None:
    """A capability's own templates and its marked sentences are both collected."""
    found = {m.id if isinstance(m.id, str) else m.id[0] for m in extract(_package(tmp_path))}

    assert found == {"", "Chào", "%(num)s loa", "Bà con", "Xong", "Hỏng"}


def test_a_half_translated_plural_is_missing() -> None:
    """One form of two is not a translation, and a fuzzy guess is none either."""
    wanted, english = Catalog(locale="en"), Catalog(locale="en")
    wanted.add(("một", "nhiều"))
    english.add(("một", "nhiều"), ("one", ""))
    wanted.add("đoán")
    english.add("đoán", "guess", flags=["fuzzy"])

    assert missing(wanted, english) == ["một", "đoán"]


def test_an_update_keeps_what_is_translated_and_names_the_rest(tmp_path: Path) -> None:
    """Merging adds what is new, drops what is gone, invents nothing, and repeats itself exactly."""
    package, path = _package(tmp_path / "package"), tmp_path / "loa.po"
    old = 'msgid "Chào"\nmsgstr "Hello"\n\nmsgid "Cũ"\nmsgstr "Old"\n'
    path.write_text(old, encoding="utf-8")

    lacking = update(package=package, path=path)
    first = path.read_bytes()
    update(package=package, path=path)

    merged = read_catalogue(path)
    greeting = merged.get("Chào")
    assert sorted(lacking) == ["%(num)s loa", "Bà con", "Hỏng", "Xong"]
    assert greeting is not None
    assert greeting.string == "Hello"
    assert merged.get("Cũ") is None
    assert path.read_bytes() == first
