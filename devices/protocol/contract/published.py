"""The files of the published contract: what is in each, and whether the checked-in ones are so."""

import json
from collections.abc import Mapping
from pathlib import Path

from devices.protocol.contract.asyncapi import asyncapi
from devices.protocol.contract.schemas import published_schemas
from devices.protocol.contract.vectors import vectors

FOLDER = Path(__file__).parent


def published_files() -> dict[str, str]:
    """Each generated file's text by its path in the folder; the same every time."""
    documents: dict[str, object] = {"asyncapi.json": asyncapi(), "vectors.json": vectors()}
    documents |= {f"schemas/{name}.json": it for name, it in published_schemas().items()}
    return {path: _text(document) for path, document in documents.items()}


def write_files(files: Mapping[str, str], folder: Path = FOLDER) -> None:
    """Write them, and take away schemas of messages that there are no more."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    for schema in (folder / "schemas").glob("*.json"):
        if f"schemas/{schema.name}" not in files:
            schema.unlink()


def outdated_files(files: Mapping[str, str], folder: Path = FOLDER) -> list[str]:
    """The paths whose checked-in text is another, is missing, or should not be there."""
    present = {f"schemas/{path.name}" for path in (folder / "schemas").glob("*.json")}
    wrong = {path for path, text in files.items() if _read(folder / path) != text}
    return sorted(wrong | (present - files.keys()))


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _text(document: object) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
