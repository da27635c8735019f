"""Sổ độ phủ: a week of days, each broadcast once with its coverage."""

import pytest

from tests.broadcaster.pages.conftest import Browse


@pytest.mark.usefixtures("afternoon")
def test_each_broadcast_stands_once_with_all_its_clusters(browse: Browse) -> None:
    """Three clusters of one broadcast are one line; what is still to come is not in the ledger."""
    page = browse("operator").get("/ledger").text

    assert page.count('href="/broadcasts/bc-morning"') == 1
    assert "Cụm Đông, Cụm Trung Tâm, Cụm Tây Sơn" in page
    assert "bc-evening" not in page


@pytest.mark.usefixtures("afternoon")
def test_a_week_without_broadcasts_says_so(browse: Browse) -> None:
    """Going back leads to an empty week, and from there forward again."""
    page = browse("operator").get("/ledger?until=2026-11-01").text

    assert "Trong những ngày này chưa có lần phát nào." in page
    assert 'href="/ledger?until=2026-11-08"' in page


@pytest.mark.usefixtures("commune")
def test_a_day_that_is_none_is_refused(browse: Browse) -> None:
    """Neither a word nor the year one is a day of the ledger."""
    client = browse("operator")

    assert client.get("/ledger?until=heute").status_code == 422
    assert client.get("/ledger?until=0001-01-01").status_code == 422


@pytest.mark.usefixtures("afternoon")
def test_a_village_head_s_ledger_counts_their_residents_only(browse: Browse) -> None:
    """At noon nothing was confirmed in their village, although elsewhere it was."""
    page = browse("village_head").get("/ledger").text

    noon = page[page.index("bc-noon") :]
    assert '<span class="ledger-share figure">0%</span>' in noon
    assert "Cụm Trung Tâm" not in page
