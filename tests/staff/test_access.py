"""Every route for every role: what the table says happens, and what it does not name is closed."""

from __future__ import annotations

import pytest
from staff_support import NAMES, Desk
from starlette.routing import Route

from staff.access import ACCESS, PUBLIC, Role, allowed
from staff.console import PAGES
from staff.headers import HEADERS
from staff.visit import guarded

ROLES = {role: username for username, (_, role) in NAMES.items()}


def test_every_route_is_in_the_table() -> None:
    assert {page.name for page in PAGES} == set(ACCESS) | PUBLIC


@pytest.mark.parametrize("role", list(Role))
def test_each_route_answers_a_role_as_the_table_says(desk: Desk, role: Role) -> None:
    browser = desk.browser(ROLES[role])
    wrong = []
    for page in PAGES:
        if page.name in PUBLIC | {"log_out", "events"}:
            continue
        path = page.path.replace("{id:int}", "999999").replace("{file}", "none")
        response = browser.get(path) if page.method == "GET" else browser.post(path)
        refused = response.status_code == 403
        if refused == allowed(page.name, role) or response.status_code >= 500:
            wrong.append((page.name, response.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", [role for role in Role if not allowed("events", role)])
def test_live_updates_are_refused_to_roles_without_the_queue(desk: Desk, role: Role) -> None:
    assert desk.browser(ROLES[role]).get("/events").status_code == 403


def test_without_log_in_every_page_leads_to_the_log_in(desk: Desk) -> None:
    browser = desk.anonymous()
    wrong = []
    for page in PAGES:
        if page.name in PUBLIC:
            continue
        path = page.path.replace("{id:int}", "1").replace("{file}", "1")
        response = browser.get(path) if page.method == "GET" else browser.post(path)
        if response.status_code != 303 or not response.headers["location"].startswith("/staff/login"):
            wrong.append((page.name, response.status_code))
    assert wrong == []


def test_a_route_that_the_table_does_not_name_is_closed_even_to_administrators(desk: Desk) -> None:
    console = desk.app.routes[0].app  # type: ignore[attr-defined]
    endpoint = guarded(console.state.console, "forgotten", PAGES[0].view, writes=False)
    console.router.routes.insert(0, Route("/forgotten", endpoint))

    assert desk.browser("quan").get("/forgotten").status_code == 403


def test_a_form_without_the_token_of_its_session_is_refused(desk: Desk) -> None:
    browser = desk.browser("quan")
    forms = [page for page in PAGES if page.method == "POST"]
    statuses = {
        page.name: browser.post(
            page.path.replace("{id:int}", "1").replace("{file}", "1"), {"csrf": "0" * 64}
        ).status_code
        for page in forms
    }
    assert set(statuses.values()) == {403}, statuses


def test_the_token_of_another_officer_is_refused(desk: Desk) -> None:
    case_id = desk.handed_over()
    stolen = desk.browser("an").token

    response = desk.browser("binh").post(f"/talks/{case_id}/take", {"csrf": stolen})

    assert response.status_code == 403
    assert desk.case(case_id).assigned_to is None


@pytest.mark.parametrize("path", ["/login", "/queue", "/talks/999", "/nowhere", "/static/console.css"])
def test_every_response_carries_the_security_headers(desk: Desk, path: str) -> None:
    headers = desk.browser("quan").get(path).headers
    assert {name: headers.get(name) for name in HEADERS} == HEADERS


def test_no_page_holds_inline_scripts_or_styles(desk: Desk) -> None:
    case_id, feedback_id = desk.handed_over(), desk.feedback()
    browser = desk.browser("quan")
    for path in (
        "/queue",
        f"/talks/{case_id}",
        f"/feedback/{feedback_id}",
        "/analytics",
        "/officers",
        "/audit",
    ):
        text = browser.get(path).text
        assert "<script>" not in text
        assert "style=" not in text
        assert " onclick=" not in text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [("/nowhere", 404, "Không tìm thấy trang"), ("/officers", 403, "không có quyền")],
)
def test_errors_are_told_in_vietnamese(desk: Desk, path: str, status: int, words: str) -> None:
    response = desk.browser("an").get(path)
    assert response.status_code == status
    assert words in response.text


def test_an_unexpected_failure_shows_a_page_with_headers(desk: Desk) -> None:
    console = desk.app.routes[0].app  # type: ignore[attr-defined]

    def broken() -> list[object]:
        raise RuntimeError("broken on purpose")

    console.state.console.announcements = broken
    browser = desk.anonymous(raise_server_exceptions=False)
    browser.log_in("quan")
    response = browser.get("/announcements")

    assert response.status_code == 500
    assert "Hệ thống gặp lỗi" in response.text
    assert response.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
    assert "broken on purpose" not in response.text
