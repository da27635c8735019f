"""The shape of an error under /api, as the OpenAPI document states it."""

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field


class FieldProblem(BaseModel):
    """One field that cannot be used, and why."""

    field: str
    message: str
    message_en: str


class Problem(BaseModel):
    """What every refused request is answered with."""

    code: str = Field(description="Stable; for programs.", examples=["not_found"])
    message: str = Field(description="For people, in Vietnamese.")
    message_en: str = Field(description="The same in English.")
    field: str | None = Field(default=None, description="The field that it concerns, if one.")
    detail: str | list[FieldProblem] | None = None


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route declares as `responses`: these statuses, all answered with a Problem."""
    return {
        status: {"model": Problem, "description": HTTPStatus(status).phrase} for status in statuses
    }
