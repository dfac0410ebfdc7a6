"""Emergency notice, channels, and the audit log as auditors see it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from staff_support import Desk

from conversations import audit, controls
from conversations.messages import Channel
from conversations.models import now


def notice(desk: Desk) -> str | None:
    with desk.db.session(read_only=True) as session:
        found = controls.emergency_notice(session)
        return found.text if found else None


def test_an_administrator_shows_and_removes_a_notice(desk: Desk) -> None:
    browser = desk.browser("quan")
    browser.post("/controls/notice", {"text": "Bão số 9", "until": "2099-01-01T08:00"})
    assert notice(desk) == "Bão số 9"
    assert "đến 08:00 01/01/2099" in browser.get("/controls").text

    browser.post("/controls/notice/remove")
    assert notice(desk) is None


@pytest.mark.parametrize("data", [{"text": ""}, {"text": "a" * 401}, {"text": "Bão", "until": "mai"}])
def test_a_bad_notice_is_refused(desk: Desk, data: dict[str, str]) -> None:
    assert desk.browser("quan").post("/controls/notice", data).status_code == 422
    assert notice(desk) is None


def test_a_channel_is_switched_off_and_on(desk: Desk) -> None:
    browser = desk.browser("quan")
    browser.post("/controls/channel", {"channel": "zalo", "text": "Nghỉ bảo trì"})
    with desk.db.session(read_only=True) as session:
        off = controls.switched_off(session, Channel.ZALO)
        assert off is not None
        assert off.text == "Nghỉ bảo trì"
    assert "Nghỉ bảo trì" in browser.get("/controls").text

    browser.post("/controls/channel", {"channel": "zalo", "on": "1"})
    with desk.db.session(read_only=True) as session:
        assert controls.switched_off(session, Channel.ZALO) is None


def test_an_unknown_channel_is_not_switched(desk: Desk) -> None:
    assert desk.browser("quan").post("/controls/channel", {"channel": "fax"}).status_code == 404


def test_the_audit_log_is_narrowed_by_day(desk: Desk) -> None:
    desk.browser("quan").post("/controls/channel", {"channel": "zalo"})
    browser, today = desk.browser("kiem"), now()
    tomorrow, yesterday = today + timedelta(days=2), today - timedelta(days=2)
    assert "Tắt kênh</td>" in browser.get(f"/audit?from={yesterday:%Y-%m-%d}&to={tomorrow:%Y-%m-%d}").text
    assert "Tắt kênh</td>" not in browser.get(f"/audit?from={tomorrow:%Y-%m-%d}").text
    assert "Tắt kênh</td>" not in browser.get(f"/audit?to={yesterday:%Y-%m-%d}").text
    assert browser.get("/audit?from=hôm+qua").status_code == 200


def test_the_head_of_the_audit_log_is_taken_away(desk: Desk) -> None:
    desk.browser("quan").post("/controls/channel", {"channel": "zalo"})
    with desk.db.session(read_only=True) as session:
        head = audit.head(session)
    response = desk.browser("kiem").get("/audit/head")

    assert response.headers["content-disposition"].startswith("attachment")
    assert response.text.split()[2] == head


def test_the_keys_are_explained_beside_the_conversation(desk: Desk) -> None:
    assert 'id="keys"' in desk.browser("an").get(f"/talks/{desk.handed_over()}").text


def test_ready_made_replies_name_the_unit(desk: Desk) -> None:
    text = desk.browser("an").get(f"/talks/{desk.handed_over()}").text
    assert "tôi là Nguyễn Thị An, Trung tâm Phục vụ hành chính công." in text
    assert "{don_vi}" not in text
