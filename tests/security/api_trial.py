"""Has Schemathesis ask the API what its OpenAPI document says can be asked, and what it cannot.

Each operation is asked by somebody who may in three ways: with what fits the document about things
that are there, with what fits it about anything, and with what does not fit it. Somebody who may
not asks once.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import CheckContext, not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlmodel import SQLModel, select

from broadcaster.accounts.tables import Account, RoleGrant, SignInSession
from tests.security.conftest import ROLES, Site
from tests.security.day_at_the_station import Day
from tests.security.whole_station import filling_of, parameters_of


def nonsense_is_refused(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """As Schemathesis asks it, of what was really sent.

    Who asks is said in a header that is put there whatever the case says of it: one that left it
    out was not sent so, and unknown names in a query, which harm nobody, are all that is left.
    """
    mutations = getattr(case.meta.phase.data, "mutations", ()) if case.meta else ()
    if any(each.parameter_location is ParameterLocation.HEADER for each in mutations):
        return None
    return negative_data_rejection(ctx, response, case)


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    nonsense_is_refused,
    allow_header_conformance,
    ignored_auth,
]
"""All but those that need what is not so here: that whatever fits the document is accepted (an id
may be of nothing, a bulletin may be too long to be read), and that a deleted thing is gone."""

PATIENCE_S = 60
"""An answer may wait for a machine that has other things to do."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask: who asks, what is sent, and which parameters of the path are fixed."""

    name: str
    mode: GenerationMode
    role: str | None
    about: Mapping[str, str]


def answers_that_break_the_document(
    day: Day,
    allowed: Mapping[str, Collection[str]],
    *,
    examples: int,
    number: int,
    part: tuple[int, int] = (0, 1),
) -> dict[str, str]:
    """Ask each operation of the station's API so many times in each way; what was wrong, by where.

    `allowed` says who may call what, by `METHOD path`; `number` seeds what is asked; `part` is
    which of how many equal parts of the operations is asked.
    """
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", day.site.app)
    people = people_of_the_station(day.site)
    wrong = {}
    which, parts = part
    for result in islice(schema.get_all_operations(), which, None, parts):
        operation = result.ok()
        name = f"{operation.method.upper()} {operation.path}"
        for way in _ways(operation, day, allowed[name]):
            bring_back(day.site, people)
            many = examples if way.role in allowed[name] else 1
            if said := _asked(operation, way, examples=many, number=number):
                wrong[f"{name}, {way.name}"] = said
    return wrong


def people_of_the_station(site: Site) -> list[SQLModel]:
    """The accounts, what they may do, and who is signed in."""
    with site.station.database.reading() as session:
        return [
            row.model_copy()
            for table in (Account, RoleGrant, SignInSession)
            for row in session.exec(select(table))
        ]


def bring_back(site: Site, people: list[SQLModel]) -> None:
    """Undo what was asked of people before: who is signed out is told nothing but that."""
    with site.station.database.writing() as session:
        for row in people:
            session.merge(type(row)(**row.model_dump()))


def _ways(operation: APIOperation, day: Day, allowed: Collection[str]) -> list[Way]:
    things = {each[1:-1]: filling_of(each, day) for each in parameters_of(operation.path)}
    may = next((each for each in ROLES if each in allowed), None)
    may_not = next((each for each in ROLES if each not in allowed), None)
    ways = [
        Way("about what is there", GenerationMode.POSITIVE, may, things),
        Way("about anything", GenerationMode.POSITIVE, may, {}),
        Way("with nonsense", GenerationMode.NEGATIVE, may, things),
    ]
    return ways + ([Way("unasked", GenerationMode.POSITIVE, may_not, things)] if may_not else [])


def _asked(operation: APIOperation, way: Way, *, examples: int, number: int) -> str | None:
    """Ask so many times; what the answers break, or None."""
    headers = {"Authorization": f"Bearer {way.role}"} if way.role else {}

    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(
            generation_mode=way.mode, path_parameters=dict(way.about) or None
        )
    )
    def ask(case: Case) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS, timeout=PATIENCE_S)

    try:
        ask()
    except Unsatisfiable:
        return None  # what takes nothing cannot be asked with nonsense
    except FailureGroup as group:
        return "\n".join(str(each) for each in group.exceptions)
    except Exception as raised:  # noqa: BLE001 - the application let it through: a 500 to a program
        return f"{type(raised).__name__}: {raised}"
    return None
