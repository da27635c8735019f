"""Ask for known holes of every locked version: `python deploy/audit.py LOCK … [--database DIR]`.

pip-audit asks, and this says what it answered: which versions have a known hole (1), which could
not be asked about (2, since "nothing known" would then say nothing), or that all were asked and
nothing is known (0). Versions that only another interpreter or system installs are among them.
Without `--database` it asks the package index; with it, a copy of github.com/pypa/advisory-database
that lies in DIR, without a network. The copy answers on loopback in the words of OSV's API
(`POST /v1/query`).
"""

# ruff: noqa: INP001 - run by its path, never imported

import argparse
import json
import re
import subprocess
import sys
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml
from packaging.version import InvalidVersion, Version

NOTHING_KNOWN, HOLES, NOT_ASKED = 0, 1, 2
ECOSYSTEM = "PyPI"

Record = Mapping[str, Any]
"""One advisory, as OSV's schema has it."""

Pin = tuple[str, str]
"""A package's name in its one spelling, and the version that a lock names."""

_PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^\s;\\]+)")


@dataclass(frozen=True, slots=True)
class Advisories:
    """The advisories of a copy, by the package that they name, and the day of the newest."""

    by_package: Mapping[str, Sequence[Record]]
    newest: date | None

    def about(self, name: str, version: str) -> list[Record]:
        """Those that name this version and were not withdrawn."""
        return [
            record
            for record in self.by_package.get(normal(name), ())
            if "withdrawn" not in record
            and any(_names(each, normal(name), version) for each in record.get("affected", ()))
        ]


def normal(name: str) -> str:
    """A package's name in its one spelling (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_advisories(folder: Path) -> Advisories:
    """Read a copy of the database; raise ValueError where there is none."""
    found: dict[str, list[Record]] = defaultdict(list)
    newest: date | None = None
    for file in sorted(folder.rglob("*.yaml")):
        record = yaml.safe_load(file.read_bytes())
        if not isinstance(record, dict) or "affected" not in record:
            continue
        for name in {normal(each["package"]["name"]) for each in record["affected"]}:
            found[name].append(record)
        said = date.fromisoformat(str(record.get("modified", "0001-01-01"))[:10])
        newest = max(newest or said, said)
    if not found:
        raise ValueError(f"{folder}: no advisories; it is to be a copy of pypa/advisory-database")
    return Advisories(found, newest)


def _names(affected: Record, name: str, version: str) -> bool:
    package = affected["package"]
    if (normal(package["name"]), package["ecosystem"]) != (name, ECOSYSTEM):
        return False
    if version in map(str, affected.get("versions", ())):
        return True
    try:
        ours = Version(version)
        return any(
            _lies_within(ours, each["events"])
            for each in affected.get("ranges", ())
            if each["type"] == "ECOSYSTEM"
        )
    except InvalidVersion:
        # What nobody can compare is told: a person can.
        return True


def _lies_within(version: Version, events: Sequence[Mapping[str, str]]) -> bool:
    """Whether a version lies in a range; its events in the order of their versions."""
    within = False
    for event in sorted(events, key=lambda each: Version(str(next(iter(each.values()))))):
        ((kind, at),) = event.items()
        reached = version > Version(str(at)) or (
            kind != "last_affected" and version == Version(str(at))
        )
        if reached:
            within = kind == "introduced"
    return within


def _instant(value: datetime) -> str:
    """As OSV's schema writes it (RFC 3339); YAML reads what is not quoted as an instant."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def answering(advisories: Advisories) -> Iterator[str]:
    """Answer OSV's question for them on loopback, until left; the address to ask at."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            vulns = advisories.about(asked["package"]["name"], asked["version"])
            body = json.dumps({"vulns": vulns} if vulns else {}, default=_instant).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Say nothing: what was asked stands in the verdict."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def pins_in(lock: Path) -> set[Pin]:
    """Every version that a lock names, those for other interpreters and systems among them.

    Raise ValueError where a line names something that is no pinned version.
    """
    pins: set[Pin] = set()
    for line in lock.read_text().splitlines():
        if not line or line[0].isspace() or line.startswith("#"):
            continue
        pin = _PIN.match(line)
        if pin is None:
            raise ValueError(f"{lock}: not a pinned version: {line}")
        pins.add((normal(pin["name"]), pin["version"]))
    return pins


def in_turns(pins: Iterable[Pin]) -> list[list[Pin]]:
    """The same pins, no package twice in a turn: pip-audit takes one version of each at a time."""
    turns: list[list[Pin]] = []
    by_name: Counter[str] = Counter()
    for pin in sorted(pins):
        turn = by_name[pin[0]]
        by_name[pin[0]] += 1
        if turn == len(turns):
            turns.append([])
        turns[turn].append(pin)
    return turns


def asked_of(pins: Iterable[Pin], *, osv_url: str | None) -> list[Record]:
    """What pip-audit says of each version; raise RuntimeError where it says nothing."""
    service = ["-s", "osv", "--osv-url", osv_url] if osv_url else []
    told: list[Record] = []
    for turn in in_turns(pins):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as asked:
            # Without the locks' markers: what another interpreter installs is asked about too.
            asked.write("".join(f"{name}=={version}\n" for name, version in turn))
            asked.flush()
            command = [
                *(sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps"),
                *("--progress-spinner", "off", "-f", "json", "-r", asked.name, *service),
            ]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        try:
            told += json.loads(done.stdout)["dependencies"]
        except ValueError as error:
            raise RuntimeError(done.stderr.strip()) from error
    return told


def verdict(pins: Collection[Pin], told: Sequence[Record]) -> tuple[int, list[str]]:
    """The exit code, and a line for each hole and each version that could not be asked about."""
    asked = {(normal(each["name"]), each["version"]): each for each in told if "version" in each}
    reasons = {normal(each["name"]): each["skip_reason"] for each in told if "skip_reason" in each}
    holes = [
        f"{name} {version}: {hole['id']}, mended in {' or '.join(hole['fix_versions']) or 'none'}"
        for (name, version), each in sorted(asked.items())
        for hole in each.get("vulns", ())
    ]
    not_asked = [
        f"{name} {version}: not asked about ({reasons.get(name, 'pip-audit does not name it')})"
        for name, version in sorted(set(pins) - set(asked))
    ]
    code = HOLES if holes else NOT_ASKED if not_asked or not pins else NOTHING_KNOWN
    summary = (
        f"{len(pins)} locked versions, {len(pins) - len(not_asked)} asked about, "
        f"{len(holes)} known holes"
    )
    return code, [*holes, *not_asked, summary]


def main() -> int:
    """Ask, and say what was answered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("locks", nargs="+", type=Path, metavar="LOCK")
    parser.add_argument("--database", type=Path, metavar="DIR")
    asked = parser.parse_args()
    try:
        pins = set[Pin]().union(*map(pins_in, asked.locks))
        told = _told(pins, asked.database)
    except (OSError, ValueError, RuntimeError, yaml.YAMLError) as error:
        # Not as a hole: an uncaught error would end with 1 too.
        sys.stderr.write(f"{error}\n")
        return NOT_ASKED
    code, lines = verdict(pins, told)
    sys.stdout.write("\n".join(lines) + "\n")
    return code


def _told(pins: Iterable[Pin], database: Path | None) -> list[Record]:
    if database is None:
        return asked_of(pins, osv_url=None)
    advisories = read_advisories(database)
    sys.stdout.write(f"asked of a copy whose newest advisory is of {advisories.newest}\n")
    with answering(advisories) as url:
        return asked_of(pins, osv_url=url)


if __name__ == "__main__":
    raise SystemExit(main())
