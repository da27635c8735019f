"""Finds the forms of a page and fills them in, as a browser would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

TYPED = {"text", "search", "url", "tel", "email", "password", "textarea"}
"""Kinds of field into which somebody types words."""


@dataclass
class FieldOfForm:
    """One field as the page shows it."""

    name: str
    kind: str
    value: str = ""
    chosen: bool = True


@dataclass
class FormOfPage:
    """One form: where it goes, and its fields in order."""

    method: str
    target: str
    fields: list[FieldOfForm] = field(default_factory=list)

    @property
    def typed(self) -> list[str]:
        """The fields that take words."""
        return [each.name for each in self.fields if each.kind in TYPED]

    def filled(self, words: dict[str, str]) -> dict[str, list[str]]:
        """What a browser would send with these words typed in; one of each choice is chosen."""
        sent: dict[str, list[str]] = {}
        for each in self.fields:
            if each.kind in {"file", "submit"}:
                continue
            if each.kind == "radio":
                if each.name not in sent or each.chosen:
                    sent[each.name] = [each.value]
            elif each.kind in TYPED:
                sent.setdefault(each.name, []).append(words.get(each.name, each.value))
            elif each.chosen or (each.kind == "checkbox" and each.name not in sent):
                sent.setdefault(each.name, []).append(each.value)
        return sent


def forms_of(page: str, *, at: str) -> list[FormOfPage]:
    """Every form of a page that was opened at this address."""
    reader = _Forms(at)
    reader.feed(page)
    return reader.forms


class _Forms(HTMLParser):
    def __init__(self, at: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[FormOfPage] = []
        self._at = at
        self._open: FormOfPage | None = None
        self._select: str | None = None
        self._area: FieldOfForm | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            target = urljoin(self._at, given.get("action") or self._at)
            self._open = FormOfPage(given.get("method", "get").lower(), target)
            self.forms.append(self._open)
        if self._open is None:
            return
        if tag == "input" and given.get("name"):
            kind = given.get("type", "text")
            chosen = "checked" in given if kind in {"radio", "checkbox"} else True
            value = given.get("value", "on" if kind == "checkbox" else "")
            self._open.fields.append(FieldOfForm(given["name"], kind, value, chosen))
        elif tag == "textarea":
            self._area = FieldOfForm(given["name"], "textarea")
            self._open.fields.append(self._area)
        elif tag == "select":
            self._select = given.get("name")
        elif tag == "option" and self._select and given.get("value"):
            named = [each for each in self._open.fields if each.name == self._select]
            if not named or "selected" in given:
                for each in named:
                    self._open.fields.remove(each)
                self._open.fields.append(FieldOfForm(self._select, "select", given["value"]))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None
