"""The shape of an error under /api, as the OpenAPI document states it.

A route declares what it refuses itself; what is refused before any route is reached (a body that
cannot be read, one that is too large, one of the wrong shape) is stated here, once for all.
"""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, Field

_OF_EVERY_BODY = (400, 413, 422)
_OF_THE_FRAMEWORK = "#/components/schemas/HTTPValidationError"


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


class DocumentedApp(FastAPI):
    """An application whose OpenAPI document states every refusal as a Problem."""

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            for operations in document["paths"].values():
                for operation in operations.values():
                    _state_refusals(operation)
            for framework in ("HTTPValidationError", "ValidationError"):
                document["components"]["schemas"].pop(framework, None)
        return self.openapi_schema or {}


def _state_refusals(operation: dict[str, Any]) -> None:
    """Add what is answered to any body, and put our shape where FastAPI assumes its own."""
    answers = operation["responses"]
    if "requestBody" in operation:
        for status in _OF_EVERY_BODY:
            answers.setdefault(str(status), _answer(status))
    for status, stated in answers.items():
        schema = stated.get("content", {}).get("application/json", {}).get("schema", {})
        if schema.get("$ref") == _OF_THE_FRAMEWORK:
            answers[status] = _answer(int(status))


def _answer(status: int) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    return {
        "description": HTTPStatus(status).phrase,
        "content": {"application/json": {"schema": schema}},
    }
