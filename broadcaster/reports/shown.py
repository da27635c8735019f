"""How the cells of a report's tables are written for people, in Vietnamese or in English."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from gettext import NullTranslations

from broadcaster.coverage.wording import words_of_fault, words_of_period
from broadcaster.reports.report import Report
from broadcaster.reports.scopes import ScopeKind
from broadcaster.reports.sheets import NUMBERS, Cell, Column, Kind
from broadcaster.web.formats import Language, number, share
from broadcaster.web.language import msgid, translations

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Writer:
    """One language and one zone; documents are Vietnamese whatever the page is."""

    zone: tzinfo
    language: Language = "vi"

    @property
    def words(self) -> NullTranslations:
        """The sentences of its language."""
        return translations(self.language)

    def say(self, text: str, **values: object) -> str:
        """A msgid in its language."""
        said = self.words.gettext(text)
        return said % values if values else said

    def cell(self, column: Column, cells: Mapping[str, Cell]) -> str:
        """One cell as text."""
        return self.teller(column)(cells.get(column.key))

    def teller(self, column: Column) -> Callable[[Cell], str]:
        """What writes the cells of a column: looked for once, where there are thousands of rows."""
        write = self._teller_of(column.kind)
        return lambda value: NOTHING if value is None or value == () else write(value)

    def _teller_of(self, kind: Kind) -> Callable[[Cell], str]:
        if kind in NUMBERS:
            return lambda value: self._number(kind, value)
        words = self.words
        tellers: Mapping[Kind, Callable[[Cell], str]] = {
            Kind.WORDS: lambda said: words.gettext(str(said)),
            Kind.TOPIC: lambda said: str(said) or words.gettext(msgid("Không ghi chủ đề")),
            Kind.INSTANT: self._instant,
            Kind.FAULTS: self._faults,
        }
        return tellers.get(kind, str)

    def period(self, report: Report) -> str:
        """What people call the period."""
        words = words_of_period(report.period)
        return self.say(words.text, **words.values)

    def scope(self, report: Report) -> str:
        """What people call the scope."""
        if report.scope.kind is ScopeKind.STATION:
            return report.place.station
        if report.scope.kind is ScopeKind.VILLAGE:
            return report.scope.name
        if report.scope.kind is ScopeKind.CAMPAIGN:
            return self.say(msgid("Đợt tuyên truyền “%(title)s”"), title=report.scope.name)
        return self.say(msgid("Tin, bài của %(unit)s"), unit=report.scope.name)

    def instant(self, at: datetime) -> str:
        """An instant with its full date, as documents have it: *17:05 ngày 22/11/2026*."""
        local = at.astimezone(self.zone)
        values = {"clock": f"{local:%H:%M}", "day": f"{local.day}/{local.month}/{local.year}"}
        return self.say(msgid("%(clock)s ngày %(day)s"), **values)

    def _number(self, kind: Kind, value: Cell) -> str:
        amount = float(value) if isinstance(value, int | float) else 0.0
        if kind is Kind.SHARE:
            return share(amount, language=self.language)
        decimals = 1 if kind is Kind.MINUTES else 0
        return number(amount, decimals=decimals, language=self.language)

    def _instant(self, value: Cell) -> str:
        return self.instant(value) if isinstance(value, datetime) else NOTHING

    def _faults(self, value: Cell) -> str:
        if not isinstance(value, tuple):
            return NOTHING
        return "; ".join(
            f"{self.say(words_of_fault(code)).replace('%%', '%')} ({times})"
            for code, times in value
        )
