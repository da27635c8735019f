"""Write the reference of commands and routes out of the code: `python deploy/reference/write.py`.

`tests/deploy/test_documentation.py` fails where a file is not what this writes.
"""

# ruff: noqa: INP001 - run by its path, and imported by its test

import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import typer.main
from fastapi.routing import iter_route_contexts

from broadcaster.app import create_app
from broadcaster.commands import app as loa
from broadcaster.settings import Settings

FOLDER = Path(__file__).parent
_OF_THE_DOCUMENT = "What the API takes and answers, as OpenAPI"
_WRITTEN = "Written by `python deploy/reference/write.py`; change the code, not this page."


def commands() -> str:
    """Every command with what it takes, in the order in which `loa --help` names them."""
    lines = ["# Commands", "", _WRITTEN, ""]
    for path, command in _commands(typer.main.get_command(loa), "loa"):
        taken = [each for each in map(_parameter, command.params) if each]
        lines += [f"## `{path}`", "", _line(command.help or command.callback.__doc__ or ""), ""]
        lines += [*taken, ""] if taken else []
    return "\n".join(lines).rstrip() + "\n"


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - of click
    inner: Mapping[str, Any] = getattr(command, "commands", {})
    if not inner:
        yield path, command
    for name, each in inner.items():
        yield from _commands(each, f"{path} {name}")


def _parameter(parameter: Any) -> str:  # noqa: ANN401 - of click
    if parameter.name == "help":
        return ""
    is_option = parameter.param_type_name == "option"
    name = ", ".join(parameter.opts) if is_option else parameter.name.upper()
    needed = ", needed" if is_option and parameter.required else ""
    return f"- `{name}`{needed}: {_line(getattr(parameter, 'help', '') or '')}".removesuffix(": ")


def routes() -> str:
    """Every page and every route of the API, with the first sentence of what it is for."""
    nowhere: Any = SimpleNamespace(settings=Settings(state_dir=Path("var")))
    site = create_app(nowhere, studio=nowhere)
    told = sorted(
        (
            path,
            method,
            _line(inspect.getdoc(endpoint) or _OF_THE_DOCUMENT).split(". ")[0].rstrip("."),
        )
        for path, method, endpoint in _routes(site.routes)
    )
    lines = ["# Pages and routes", "", _WRITTEN]
    lines += [
        "Who may use which: `tests/security/test_one_table_of_routes.py`. What a route of the"
    ]
    lines += ["the API takes and answers: `/api/openapi.json` of a running station.", ""]
    for title, is_api in (("The API", True), ("Pages, files and doors", False)):
        lines += [f"## {title}", "", "| route | what for |", "|---|---|"]
        lines += [
            f"| `{method} {path}` | {words} |"
            for path, method, words in told
            if path.startswith("/api/") == is_api
        ]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _routes(found: Any) -> Iterator[tuple[str, str, Any]]:  # noqa: ANN401 - of Starlette
    for route in iter_route_contexts(found):
        if route.endpoint is not None:
            for method in sorted((route.methods or {"SOCKET"}) - {"HEAD", "OPTIONS"}):
                yield route.path, method, route.endpoint


def _line(words: str) -> str:
    return " ".join(words.replace("|", "/").split())


PAGES = {"commands.md": commands, "routes.md": routes}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")
