"""Versions and sayings: two pairs of eyes, one version in use, on both databases."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from conversations import audit, editorial, officers, tally
from conversations.database import Database
from conversations.editorial import OwnWork, State, WrongState
from conversations.models import Officer


@pytest.fixture
def staffed(db: Database) -> Database:
    with db.session() as session:
        for name in ("viet", "duyet"):
            officers.create(session, name, name, "con đò nhỏ qua sông", role="editor")
    return db


def person(db: Database, username: str) -> Officer:
    with db.session(read_only=True) as session:
        return session.scalars(select(Officer).where(Officer.username == username)).one()


def draft(db: Database, body: str = "Cúp điện") -> int:
    with db.session() as session:
        made = editorial.save(
            session,
            person(db, "viet"),
            document_id="cup-dien",
            kind="announcement",
            title="Cúp điện",
            content={"body": body},
        )
        editorial.submit(session, made.id, person(db, "viet"))
        return made.id


def publish(db: Database, version: int, username: str = "duyet") -> None:
    with db.session() as session:
        editorial.publish(session, version, person(db, username))


def in_use(db: Database) -> list[object]:
    with db.session(read_only=True) as session:
        return [version.content["body"] for version in editorial.live_versions(session)]


def test_the_author_cannot_publish_and_a_colleague_can(staffed: Database) -> None:
    version = draft(staffed)
    with pytest.raises(OwnWork):
        publish(staffed, version, "viet")
    assert in_use(staffed) == []
    publish(staffed, version)
    assert in_use(staffed) == ["Cúp điện"]


def test_one_version_is_in_use_and_the_one_before_comes_back(staffed: Database) -> None:
    first, second = draft(staffed), draft(staffed, "Cúp điện đến 11 giờ")
    publish(staffed, first)
    publish(staffed, second)
    assert in_use(staffed) == ["Cúp điện đến 11 giờ"]
    with staffed.session() as session:
        back = editorial.withdraw(session, second, person(staffed, "viet"))
        assert back is not None
        assert back.id == first
    assert in_use(staffed) == ["Cúp điện"]


def test_a_step_out_of_order_is_refused(staffed: Database) -> None:
    version = draft(staffed)
    publish(staffed, version)
    with pytest.raises(WrongState):
        publish(staffed, version)
    with pytest.raises(LookupError), staffed.session() as session:
        editorial.submit(session, 999, person(staffed, "viet"))


def test_sayings_are_accepted_once_by_a_colleague(staffed: Database) -> None:
    with staffed.session() as session:
        made = editorial.propose(session, person(staffed, "viet"), "1.001193", ["giấy cho bé"])
        ids = [saying.id for saying in made]
    with pytest.raises(OwnWork), staffed.session() as session:
        editorial.decide(session, person(staffed, "viet"), ids, accept=True)
    with staffed.session() as session:
        assert editorial.decide(session, person(staffed, "duyet"), ids, accept=True) == 1
        assert editorial.decide(session, person(staffed, "duyet"), ids, accept=True) == 0
        assert [one.text for one in editorial.sayings(session, State.LIVE)] == ["giấy cho bé"]


def test_every_step_is_in_the_audit_log(staffed: Database) -> None:
    publish(staffed, draft(staffed))
    with staffed.session(read_only=True) as session:
        actions = list(session.scalars(select(audit.AuditEntry.action).order_by(audit.AuditEntry.id)))
        assert actions[-3:] == ["document.save", "document.submit", "document.publish"]
        assert audit.verify(session) == []


def test_an_empty_database_can_be_counted(staffed: Database) -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    assert len(tally.refresh(staffed, zone)) == 1
    assert tally.refresh(staffed, zone) == []
