"""The parts that pages are made of."""

import itertools
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.web.coverage_bar import ALWAYS_APART, ORDER, coverage_parts
from broadcaster.web.play_marks import PLAY_MARKS
from broadcaster.web.static_files import STATIC, manifest
from tests.broadcaster.web.troubled_app import FIVE_PM

Shown = Callable[..., str]

SYMBOLS = {
    "planned": "○", "cached": "◔", "playing": "◉", "confirmed": "●", "relayed": "⊙",
    "partial": "◐", "cut": "✂", "failed": "✕", "not_confirmed": "◍", "unverifiable": "▢",
    "simulated": "◇",
}  # fmt: skip


def test_there_are_eleven_states_each_with_its_own_mark_and_word() -> None:
    """No two states can be taken for each other, by sign or by word."""
    assert {state: mark.symbol for state, mark in PLAY_MARKS.items()} == SYMBOLS
    assert len({mark.word for mark in PLAY_MARKS.values()}) == 11


def test_each_mark_has_a_drawing_of_its_own() -> None:
    """Shapes differ even without colour: no two drawings are the same."""
    sprite = (STATIC / manifest()["sprite.svg"]).read_text(encoding="utf-8")

    drawn = dict(re.findall(r'<symbol id="play-(\w+)"[^>]*>(.*?)</symbol>', sprite))
    assert set(drawn) == set(SYMBOLS)
    assert len(set(drawn.values())) == 11


def test_green_is_for_confirmed_alone() -> None:
    """Only a signed confirmation is ever shown in green."""
    assert [m.state for m in PLAY_MARKS.values() if m.tone == "leaf"] == ["confirmed"]


@pytest.mark.parametrize("state", SYMBOLS)
def test_a_state_is_shown_by_mark_and_word_and_time(shown: Shown, state: str) -> None:
    """The drawing is decoration for a screen reader; the word carries the meaning."""
    html = shown("{{ ui.play_mark(state, at=at) }}", state=state, at=FIVE_PM)

    assert f'#play-{state}"' in html
    assert PLAY_MARKS[state].word in html
    assert 'aria-hidden="true"' in html
    assert f'<time datetime="{FIVE_PM.isoformat()}">17:00 hôm nay</time>' in html


def test_a_state_speaks_english_too(shown: Shown) -> None:
    """The word and the time are both in the reader's language."""
    html = shown('{{ ui.play_mark("not_confirmed", at=at) }}', language="en", at=FIVE_PM)

    assert "not confirmed" in html
    assert "17:00 today" in html


def test_an_unknown_state_is_never_drawn_as_something_else(shown: Shown) -> None:
    """A state without a mark is a fault, not a blank."""
    with pytest.raises(Exception, match="gone"):
        shown('{{ ui.play_mark("gone") }}')


def test_the_bar_keeps_what_is_not_known_apart_with_its_number(shown: Shown) -> None:
    """Five kinds always stand by themselves, a zero among them too."""
    counts = {"confirmed": 6210, "not_confirmed": 1180, "unverifiable": 610}
    html = shown('{{ ui.coverage_bar(counts, "người") }}', counts=counts)

    key = re.findall(r'#play-(\w+)".*?class="figure">([\d.]+)', html, flags=re.DOTALL)
    assert key == [
        ("confirmed", "6.210"), ("partial", "0"), ("failed", "0"), ("not_confirmed", "1.180"),
        ("unverifiable", "610"),
    ]  # fmt: skip
    assert 'fill="url(#hatch-not_confirmed)"' in html
    assert "8.000 người" in html
    assert "style=" not in html


def test_a_bar_of_nothing_is_empty(shown: Shown) -> None:
    """Nobody asked is not everybody missed: no share is invented."""
    html = shown('{{ ui.coverage_bar({}, "người") }}')

    assert "<rect" not in html
    assert "%" not in html


@given(st.dictionaries(st.sampled_from(ORDER), st.integers(0, 10**6)))
def test_the_parts_fill_the_bar_exactly(counts: dict[str, float]) -> None:
    """For any counts the parts touch, do not overlap, and add up to all."""
    parts = coverage_parts(counts)

    assert {part.mark.state for part in parts} >= set(ALWAYS_APART)
    assert sum(part.count for part in parts) == sum(counts.values())
    for before, after in itertools.pairwise(parts):
        assert after.start == pytest.approx(before.start + before.share)
    assert parts[-1].start + parts[-1].share == pytest.approx(1 if any(counts.values()) else 0)


@pytest.mark.parametrize("counts", [{"simulated": 1}, {"confirmed": -1}])
def test_what_cannot_be_coverage_is_refused(counts: dict[str, float]) -> None:
    """Simulated plays never enter coverage, and a negative count is a fault."""
    with pytest.raises(ValueError, match="coverage bar"):
        coverage_parts(counts)


def test_a_wrong_field_says_what_to_do_and_keeps_what_was_typed(shown: Shown) -> None:
    """Message and hint are tied to the field; the value stands, as text."""
    html = shown(
        '{{ ui.field("title", "Tên", value="<i>&", hint="Ngắn", error="Quá dài.", required=true) }}'
    )

    assert 'aria-describedby="title-hint title-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="title-error"' in html
    assert 'value="&lt;i&gt;&amp;"' in html
    assert "không bắt buộc" not in html


def test_a_right_field_carries_no_error(shown: Shown) -> None:
    """What may be left out says so; nothing is marked wrong."""
    html = shown('{{ ui.text_area("script", "Nội dung", value="a\nb") }}')

    assert "không bắt buộc" in html
    assert "aria-invalid" not in html
    assert "aria-describedby" not in html
    assert ">\na\nb</textarea>" in html


def test_choices_are_one_group_with_one_error(shown: Shown) -> None:
    """The group is described; what was ticked stays ticked; the summary's link finds the first."""
    html = shown(
        '{{ ui.choices("cluster", "Ở đâu", [("a", "Cụm A", "3 thôn"), ("b", "Cụm B", none)],'
        ' chosen=("b",), error="Hãy chọn.") }}'
    )

    assert '<fieldset class="field choices wrong" aria-describedby="cluster-error">' in html
    assert re.findall(r'value="(\w)"([^>]*)>', html) == [("a", ' id="cluster"'), ("b", " checked")]


def test_a_choice_of_one_keeps_its_value(shown: Shown) -> None:
    """The option that was sent is the one selected."""
    html = shown('{{ ui.select("topic", "Chủ đề", [("1", "Y tế"), ("2", "Mùa vụ")], value="2") }}')

    assert re.findall(r'value="(\d)" selected', html) == ["2"]


def test_the_summary_leads_to_each_wrong_field(shown: Shown) -> None:
    """Every message is a link to its field, counted in words."""
    errors = {"title": "Hãy đặt tên.", "cluster": "Hãy chọn cụm."}
    html = shown("{{ ui.error_summary(errors) }}", errors=errors)

    assert re.findall(r'href="#(\w+)">([^<]+)', html) == list(errors.items())
    assert "Có 2 chỗ cần sửa" in html
    assert shown("{{ ui.error_summary({}) }}").strip() == ""


def test_a_form_carries_the_sessions_token_if_there_is_one(shown: Shown) -> None:
    """Without a session there is no empty token to send."""
    assert 'value="abc"' in shown("{{ ui.csrf_field() }}", csrf_token="abc")
    assert "<input" not in shown("{{ ui.csrf_field() }}")


def test_buttons_say_in_words_what_they_do_and_are_doing(shown: Shown) -> None:
    """A button's icon is decoration; while it is sent it says so."""
    html = shown('{{ ui.button("Gửi duyệt", busy="Đang gửi…", icon_name="approve") }}')
    link = shown('{{ ui.link_button("Sửa", "/edit") }}')

    assert html.startswith('<button class="primary" type="submit" data-busy="Đang gửi…">')
    assert '<span class="word">Gửi duyệt</span>' in html
    assert 'href="/edit"' in link


def test_a_list_names_each_value_for_the_phone(shown: Shown) -> None:
    """When rows become cards, each value still has its heading."""
    html = shown(
        '{% call ui.listing("Thiết bị", ["Loa", "Thôn"]) %}<tr role="row">'
        '{% call ui.cell("Loa") %}L1{% endcall %}{% call ui.cell("Thôn") %}T1{% endcall %}'
        "</tr>{% endcall %}"
    )

    assert re.findall(r'data-label="([^"]+)">([^<]+)', html) == [("Loa", "L1"), ("Thôn", "T1")]
    assert "<caption>Thiết bị</caption>" in html
    assert html.count('role="columnheader"') == 2


def test_nothing_yet_says_how_something_gets_there(shown: Shown) -> None:
    """An empty place has a sentence, and an action only if it was given one."""
    bare = shown('{{ ui.empty("Chưa có gì.") }}')
    acting = shown('{% call ui.empty("Chưa có gì.") %}<a href="/new">Soạn</a>{% endcall %}')

    assert "Chưa có gì." in bare
    assert "actions" not in bare
    assert '<div class="actions"><a href="/new">' in acting


def test_a_flash_stays_and_a_missing_one_leaves_nothing(shown: Shown) -> None:
    """What was done is a status for screen readers; without a message there is no box."""
    assert 'role="status"' in shown('{{ ui.flash("Đã lưu.") }}')
    assert shown("{{ ui.flash(none) }}").strip() == ""


def test_a_field_of_date_and_time_is_said_in_words_beside_it(shown: Shown) -> None:
    """Where it stands without a script too, told to screen readers with the field."""
    html = shown(
        '{{ ui.field("at", "Ngày và giờ", value="2026-11-30T17:05", type="datetime-local") }}'
    )

    assert 'aria-describedby="at-moment"' in html
    assert re.search(
        r'<output[^>]* id="at-moment" for="at"[^>]*>thứ Hai, 30/11/2026 lúc 17:05</output>', html
    )
    assert "<output" not in shown('{{ ui.field("name", "Tên") }}')


def test_a_number_of_days_is_said_as_the_day_it_comes_to(shown: Shown) -> None:
    """A permit's end, before it is given."""
    html = shown(
        '{{ ui.field("days", "Mấy ngày", value=30, type="number", begins="2026-11-30T14:20") }}'
    )

    assert ">đến thứ Tư, 30/12/2026 lúc 14:20</output>" in html
