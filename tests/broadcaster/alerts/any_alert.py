"""Any alert that the standard allows, as Hypothesis makes them."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from broadcaster.alerts.message import (
    Alert,
    Area,
    Category,
    Certainty,
    Circle,
    Info,
    MsgType,
    Named,
    Reference,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)

# What XML cannot hold, and what a reader trims or makes a space of, is no part of the words.
_letters = st.characters(codec="utf-8", categories=("L", "N", "P", "S"))
words = st.text(_letters, min_size=1, max_size=12)
maybe_words = st.one_of(st.just(""), words)
names = st.text(
    st.characters(codec="ascii", categories=("L", "N"), include_characters="._-@:"),
    min_size=1,
    max_size=12,
)
instants = st.builds(
    lambda s, zone_min: (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s)).astimezone(
        timezone(timedelta(minutes=zone_min))
    ),
    st.integers(0, 10**8),
    st.integers(-720, 840),
)
degrees = st.integers(-89_000_000, 89_000_000).map(lambda micro: micro / 1_000_000)
points = st.tuples(degrees, degrees)
polygons = st.lists(points, min_size=3, max_size=6).map(lambda each: (*each, each[0]))
named = st.builds(Named, words, words)
areas = st.builds(
    Area,
    description=words,
    polygons=st.lists(polygons, max_size=2).map(tuple),
    circles=st.lists(
        st.builds(Circle, points, st.integers(0, 10**9).map(lambda each: each / 1000)), max_size=2
    ).map(tuple),
    geocodes=st.lists(named, max_size=2).map(tuple),
    altitude_ft=st.one_of(st.none(), st.integers(0, 30_000).map(float)),
    ceiling_ft=st.one_of(st.none(), st.integers(0, 30_000).map(float)),
)
resources = st.builds(
    Resource,
    description=words,
    mime_type=st.just("image/png"),
    size_bytes=st.one_of(st.none(), st.integers(0, 10**6)),
    uri=maybe_words,
    deref_uri=maybe_words,
    digest=maybe_words,
)


def _some(words_of: type, least: int = 0) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(st.sampled_from(list(words_of)), min_size=least, max_size=3).map(tuple)  # type: ignore[call-overload]


infos = st.builds(
    Info,
    categories=_some(Category, 1),
    event=words,
    urgency=st.sampled_from(Urgency),
    severity=st.sampled_from(Severity),
    certainty=st.sampled_from(Certainty),
    language=st.sampled_from(["", "vi-VN", "vi", "en-US", "en"]),
    responses=_some(ResponseType),
    audience=maybe_words,
    event_codes=st.lists(named, max_size=2).map(tuple),
    effective=st.one_of(st.none(), instants),
    onset=st.one_of(st.none(), instants),
    expires=st.one_of(st.none(), instants),
    sender_name=maybe_words,
    headline=maybe_words,
    description=maybe_words,
    instruction=maybe_words,
    web=maybe_words,
    contact=maybe_words,
    parameters=st.lists(named, max_size=2).map(tuple),
    resources=st.lists(resources, max_size=1).map(tuple),
    areas=st.lists(areas, max_size=2).map(tuple),
)
alerts = st.builds(
    Alert,
    identifier=names,
    sender=names,
    sent=instants,
    status=st.sampled_from(Status),
    msg_type=st.sampled_from(MsgType),
    scope=st.sampled_from(Scope),
    source=maybe_words,
    restriction=maybe_words,
    addresses=maybe_words,
    codes=st.lists(words, max_size=2).map(tuple),
    note=maybe_words,
    references=st.lists(st.builds(Reference, names, names, instants), max_size=2).map(tuple),
    incidents=maybe_words,
    infos=st.lists(infos, max_size=2).map(tuple),
)
