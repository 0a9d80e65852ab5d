"""The list of batches comes in pages: Dash draws a long one so slowly that a clerk gives up."""

from __future__ import annotations

import re

import pytest

from dashboards.staff.pages import batches
from dashboards.staff.queries import deliveries
from tests.dashboards.staff.conftest import Site


def shown(site: Site, address: str) -> list[str]:
    """Return the delivery ids a page lists."""
    return re.findall(r"/batch\?id=(\w+)", site.page("auditor", address))


def test_every_batch_is_on_one_page(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = shown(site, "/batches")
    assert len(everything) > 2
    monkeypatch.setattr(batches, "PAGE_SIZE", 2)
    pages = -(-len(everything) // 2)
    found = [shown(site, f"/batches?page={number}") for number in range(1, pages + 1)]
    assert [row for page in found for row in page] == everything
    assert max(map(len, found)) == 2


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "²"])
def test_a_page_that_is_not_there_shows_one_that_is(site: Site, page: str) -> None:
    assert shown(site, f"/batches?page={page}")


def test_a_page_is_short_enough_to_draw() -> None:
    assert deliveries.PAGE_SIZE <= 50


def test_the_next_page_keeps_the_filters(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "PAGE_SIZE", 1)
    assert "/batches?month=2026-10&page=2" in site.page("auditor", "/batches?month=2026-10")
