"""Write the software bill of materials of a release: CycloneDX 1.6, in JSON.

`python deploy/sbom.py LOCK [LOCK …] --name loa --version 0.1.0 [--out FILE]`

Read from the lock files, which name every version and every file's hash: no clock and no network
comes into it, so the same release gives the same bill. Licences are what installed packages say of
themselves; of one that is not installed here none is claimed. Source: CycloneDX 1.6 (ECMA-424).
"""

# ruff: noqa: INP001 - run by its path, never imported

import argparse
import json
import re
import sys
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

_PINNED = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<where>[^\\]+))?"
)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_OURS = uuid.UUID("2d5e1c1e-6d0f-5c1b-9f0e-6f9a5a1c7a10")
"""The name space of our bills' serial numbers (RFC 9562, version 5)."""


@dataclass
class Pinned:
    """One package of a lock: in which version, on which systems, as which files."""

    name: str
    version: str
    where: str = ""
    sha256: list[str] = field(default_factory=list)

    @property
    def purl(self) -> str:
        """Its package URL, by which scanners know it."""
        return f"pkg:pypi/{re.sub(r'[-_.]+', '-', self.name).lower()}@{self.version}"


def read_lock(text: str) -> Iterator[Pinned]:
    """The packages of a lock file, in its order; raise ValueError for one without a hash."""
    current: Pinned | None = None
    for line in text.splitlines():
        found = _PINNED.match(line)
        if found:
            if current is not None:
                yield _whole(current)
            where = (found["where"] or "").strip()
            current = Pinned(found["name"], found["version"], where)
        if current is not None:
            current.sha256 += _HASH.findall(line)
    if current is not None:
        yield _whole(current)


def _whole(pinned: Pinned) -> Pinned:
    if not pinned.sha256:
        message = f"{pinned.name} has no hash"
        raise ValueError(message)
    return pinned


def licence_of(name: str) -> str:
    """What an installed package says that its licence is; empty where none can be told."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return ""
    expression = said.get("License-Expression")
    if expression:
        return expression
    named = [
        each.rsplit("::", 1)[1].strip()
        for each in said.get_all("Classifier") or []
        if each.startswith("License ::") and not each.endswith("OSI Approved")
    ]
    return " / ".join(named)


def bill_of(packages: Sequence[Pinned], *, name: str, version: str, licence: str) -> dict[str, Any]:
    """The bill: what it is of, each package once, and that the one stands on the others."""
    components = [_component(each) for each in sorted(packages, key=lambda each: each.purl)]
    root = f"pkg:pypi/{name}@{version}"
    bill: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": name,
                "version": version,
                "purl": root,
                "licenses": [{"license": {"id": licence}}],
            }
        },
        "components": components,
        "dependencies": [{"ref": root, "dependsOn": [each["bom-ref"] for each in components]}],
    }
    content = json.dumps(bill, sort_keys=True)
    return {**bill, "serialNumber": f"urn:uuid:{uuid.uuid5(_OURS, content)}"}


def _component(pinned: Pinned) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": pinned.purl,
        "name": pinned.name,
        "version": pinned.version,
        "purl": pinned.purl,
        # A hash of each file in which it is published: whoever installs has one of them.
        "properties": [
            *({"name": "loa:file:sha256", "value": each} for each in sorted(pinned.sha256)),
            *([{"name": "loa:where", "value": pinned.where}] if pinned.where else []),
        ],
    }
    licence = licence_of(pinned.name)
    if licence:
        component["licenses"] = [{"license": {"name": licence}}]
    return component


def packages_of(locks: Sequence[Path]) -> list[Pinned]:
    """All of several locks, each package in a version once."""
    found = {each.purl: each for lock in locks for each in read_lock(lock.read_text())}
    return list(found.values())


def main() -> int:
    """Write it to a file, or to stdout."""
    parser = argparse.ArgumentParser(description="Write a CycloneDX bill of materials.")
    parser.add_argument("locks", nargs="+", type=Path, metavar="LOCK")
    parser.add_argument("--name", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--licence", default="Apache-2.0")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    bill = bill_of(
        packages_of(given.locks), name=given.name, version=given.version, licence=given.licence
    )
    text = json.dumps(bill, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    if given.out is None:
        sys.stdout.write(text)
    else:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
