"""The English catalogue: collects the station's Vietnamese sentences, names those without English.

`python -m broadcaster.web.catalogue update` merges new sentences into the catalogue, drops those no
longer used, and names what a person must translate. It never translates by itself.
"""

import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from broadcaster.web.language import ENGLISH_PO, read_catalogue

PACKAGE = Path(__file__).parent.parent
_METHODS = [("**.py", "python"), ("**/pages/**.html", "jinja2")]
_OPTIONS = {
    "**/pages/**.html": {
        "extensions": "jinja2.ext.i18n",
        "trimmed": "true",
        "silent": "false",
        "encoding": "utf-8",
    }
}
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "msgid": None,
    "translate": (2,),
}

_HEADER = """\
# What Loa's pages say, in English. The keys are the Vietnamese sentences of the sources.
msgid ""
msgstr ""
"Language: en\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def extract(package: Path = PACKAGE) -> Catalog:
    """Every sentence in the package's templates and Python files, with the files it stands in."""
    found = Catalog(locale="en", project="Loa", charset="utf-8", fuzzy=False)
    sentences = extract_from_dir(
        package, method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS
    )
    for file, _line, message, comments, context in sentences:
        found.add(message, locations=[(file, 0)], auto_comments=comments, context=context)
    return found


def missing(wanted: Catalog, english: Catalog) -> list[str]:
    """The sentences, by their Vietnamese, that have no complete English."""
    return [
        _first(message)
        for message in _sentences(wanted)
        if not _is_translated(english.get(message.id, message.context))
    ]


def unused(wanted: Catalog, english: Catalog) -> list[str]:
    """The sentences that have English but stand nowhere any more."""
    return [
        _first(message)
        for message in _sentences(english)
        if wanted.get(message.id, message.context) is None
    ]


def update(*, package: Path = PACKAGE, path: Path = ENGLISH_PO) -> list[str]:
    """Merge what the package says into the catalogue; give back what lacks English."""
    wanted = extract(package)
    english = read_catalogue(path) if path.exists() else Catalog(locale="en", fuzzy=False)
    english.update(wanted, no_fuzzy_matching=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written(english))
    return missing(wanted, english)


def written(english: Catalog) -> bytes:
    """The catalogue as a file: sorted and undated, so that only changed sentences differ."""
    text = BytesIO()
    write_po(
        text,
        english,
        width=100,
        omit_header=True,
        sort_output=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    return _HEADER.encode() + text.getvalue()


def _sentences(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _first(message: Message) -> str:
    return str(message.id if isinstance(message.id, str) else message.id[0])


def _is_translated(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return bool(forms) and all(forms)


def main(arguments: Sequence[str]) -> int:
    """Update the catalogue; 1 while a sentence lacks English."""
    if list(arguments) != ["update"]:
        sys.stderr.write("usage: python -m broadcaster.web.catalogue update\n")
        return 2
    lacking = update()
    for sentence in lacking:
        sys.stdout.write(f"no English yet: {sentence}\n")
    return 1 if lacking else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
