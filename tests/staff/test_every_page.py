"""Every page of a console in use, at the widths of a desk and of phones: it fits and has no barrier (axe)."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe import axe_source
from browsing import NARROW, TINY, WIDE, Open, address, fits, officer_page, shots
from living_console import fill, fill_knowledge
from playwright.sync_api import Browser
from staff_support import Desk

from staff.console import PAGES

__all__ = ["address", "officer_page", "shots"]

NO_PAGES = {
    "home", "sign_on", "sign_on_back", "zalo_leave", "zalo_back",  # lead elsewhere
    "events", "waiting", "queue_rows", "talk_messages", "talk_suggestions",  # parts of pages
    "file", "feedback_export", "analytics_table", "analytics_report", "audit_head",  # files
}  # fmt: skip


def pages(desk: Desk) -> dict[str, list[str]]:
    """Where each page of the console is, by its route, in a console that is filled for it."""
    taken, feedback = fill(desk)
    version, group = fill_knowledge(desk)
    waiting = desk.handed_over(
        "Cho tôi gặp cán bộ hộ tịch, tôi hỏi về khai sinh cho con sinh ở Campuchia", "moi"
    )
    return {
        "login": ["/login"],
        "queue": ["/queue", "/queue?view=all", "/queue?view=closed"],
        "talk": [f"/talks/{waiting}", f"/talks/{taken}"],
        "feedback": ["/feedback?status=all"],
        "feedback_case": [f"/feedback/{feedback}"],
        "feedback_talk": [f"/feedback/{feedback}/talk"],
        "undelivered": ["/undelivered"],
        "announcements": ["/announcements"],
        "knowledge": ["/knowledge"],
        "knowledge_document": ["/knowledge/document?document=1.001193"],
        "knowledge_edit": [
            "/knowledge/edit?document=1.001193",
            "/knowledge/edit?document=1.001193&mode=yaml",
            "/knowledge/edit?kind=announcement",
            "/knowledge/edit?kind=regulation",
        ],
        "knowledge_expiring": ["/knowledge/expiring"],
        "import_form": ["/knowledge/import"],
        "web_links": ["/knowledge/links"],
        "learning": ["/knowledge/learning"],
        "learning_group": [f"/knowledge/learning/group?key={group}"],
        "version": [f"/knowledge/versions/{version}"],
        "analytics": ["/analytics?days=30"],
        "analytics_topics": ["/analytics/topics"],
        "analytics_service": ["/analytics/service"],
        "audit": ["/audit"],
        "officers": ["/officers"],
        "units": ["/units"],
        "controls": ["/controls"],
        "zalo": ["/controls/zalo"],
        "account": ["/account"],
        "totp": ["/account/second-factor"],
        "missing": ["/nowhere"],
    }


def test_every_page_is_looked_at_and_answers(desk: Desk) -> None:
    found = pages(desk)
    assert set(found) - {"missing"} == {page.name for page in PAGES if page.method == "GET"} - NO_PAGES
    browser = desk.browser("quan")
    statuses = {path: browser.get(path).status_code for paths in found.values() for path in paths}
    expected = dict.fromkeys(statuses, 200) | {"/login": 303, "/nowhere": 404}
    assert statuses == expected


@pytest.mark.slow
@pytest.mark.parametrize("viewport", [WIDE, NARROW, TINY], ids=["1280", "390", "320"])
def test_every_page_fits_and_has_no_barrier(
    desk: Desk,
    address: str,
    browser: Browser,
    officer_page: Open,
    shots: Path,
    viewport: dict[str, int],
) -> None:
    axe, width = axe_source(), viewport["width"]
    page = officer_page("quan", viewport)
    visitor = browser.new_page(viewport=viewport, locale="vi-VN")  # type: ignore[arg-type]
    barriers, too_wide = [], []
    for name, paths in pages(desk).items():
        tab = visitor if name == "login" else page
        for number, path in enumerate(paths):
            tab.goto(f"{address}{path}")
            if name == "talk":
                tab.locator("[data-suggestion]").first.wait_for()
            tab.screenshot(path=shots / f"{name}-{number}-{width}.png", full_page=name != "talk")
            too_wide += [path] if not fits(tab) else []
            tab.evaluate(axe)
            found = tab.evaluate("axe.run().then(result => result.violations)")
            barriers += [(path, one["id"], node["target"]) for one in found for node in one["nodes"][:2]]
    visitor.close()
    assert (too_wide, barriers) == ([], [])
