"""The built assets: found by their plain names, served under names that follow their content."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from broadcaster.errors import LoaError

STATIC = Path(__file__).parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"


class AssetsMissing(LoaError):
    """The pages' style and script were not built with this installation."""

    code = "assets_missing"
    status = 503
    message_vi = "Giao diện chưa được dựng. Dữ liệu vẫn an toàn. Hãy chạy lại lệnh: make install"
    message_en = "The page assets are not built. Data is safe. Run again: make install"


class ImmutableFiles(StaticFiles):
    """Static files that a browser may keep for ever, since other content has another name."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve one file; only what was found may be kept."""
        response = await super().get_response(path, scope)
        if response.status_code in (200, 206, 304):
            response.headers["Cache-Control"] = FOR_EVER
        return response


def static_url(name: str) -> str:
    """The address of a built asset by its plain name, such as `loa.css`.

    Raises AssetsMissing when nothing was built, KeyError for a name that no build makes.
    """
    return f"/static/{manifest()[name]}"


@cache
def manifest(static: Path = STATIC) -> Mapping[str, str]:
    """Plain name to content-hashed name, as the build wrote it."""
    try:
        names: dict[str, str] = json.loads((static / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise AssetsMissing from None
    return names
