"""A form that could not be kept for the moment, ready to be sent again from the page that says so.

Only what is text, not too much, from a page of this site, and no secret: a page is no place for it.
"""

from dataclasses import dataclass

from fastapi import Request

LARGEST_CHARACTERS = 300_000
"""Ten times the longest script."""

LARGEST_FIELDS = 1_000
CSRF_FIELD = "csrf_token"
_SECRETS = frozenset({"password", "old", "new", "code"})


@dataclass(frozen=True, slots=True)
class SameForm:
    """Where it goes, and what was filled in; the token is put in afresh."""

    action: str
    fields: tuple[tuple[str, str], ...]


async def same_form(request: Request) -> SameForm | None:
    """What was sent, or None where it cannot be offered again."""
    # Set by the guard: a form of a foreign page must not become one of ours.
    if request.method != "POST" or not getattr(request.state, "form_is_own", False):
        return None
    fields = []
    for name, value in (await request.form()).multi_items():
        if not isinstance(value, str) or name in _SECRETS:
            return None
        if name != CSRF_FIELD:
            fields.append((name, value))
    size = sum(len(name) + len(value) for name, value in fields)
    if size > LARGEST_CHARACTERS or len(fields) > LARGEST_FIELDS:
        return None
    query = f"?{request.url.query}" if request.url.query else ""
    return SameForm(action=request.url.path + query, fields=tuple(fields))
