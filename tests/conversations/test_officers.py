from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from conversations import officers
from conversations.database import Database
from conversations.models import AuditEntry, Officer, now
from conversations.officers import MAX_FAILURES, AccountLocked, LoginFailed, UsernameTaken, WeakPassword

PASSWORD = "nước mắm Phú Quốc"


@pytest.fixture
def lan(db: Database) -> Officer:
    with db.session() as session:
        return officers.create(session, " Lan ", "Trần Thị Lan", PASSWORD, role="supervisor")


def fail(db: Database, times: int) -> None:
    for _ in range(times):
        with pytest.raises(LoginFailed):
            officers.authenticate(db, "lan", "sai mật khẩu")


def test_the_right_password_logs_in(db: Database, lan: Officer) -> None:
    found = officers.authenticate(db, "LAN", PASSWORD)
    assert (found.id, found.username, found.role) == (lan.id, "lan", "supervisor")
    assert PASSWORD not in found.password_hash


def test_a_hash_of_an_earlier_lower_cost_is_renewed(
    db: Database, lan: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(officers, "hasher", PasswordHasher())
    renewed = officers.authenticate(db, "lan", PASSWORD).password_hash
    assert renewed != lan.password_hash
    assert not PasswordHasher().check_needs_rehash(renewed)


@pytest.mark.parametrize(
    ("username", "password"), [("lan", "sai"), ("ai đó", PASSWORD), ("lan", "x" * 100_000), ("", "")]
)
def test_anything_else_does_not(db: Database, lan: Officer, username: str, password: str) -> None:
    with pytest.raises(LoginFailed):
        officers.authenticate(db, username, password)


def test_an_account_switched_off_cannot_log_in(db: Database, lan: Officer) -> None:
    with db.session() as session:
        session.get_one(Officer, lan.id).active = False
    with pytest.raises(LoginFailed):
        officers.authenticate(db, "lan", PASSWORD)


def test_repeated_failures_lock_the_account_for_a_while(db: Database, lan: Officer) -> None:
    fail(db, MAX_FAILURES)
    with pytest.raises(AccountLocked):
        officers.authenticate(db, "lan", PASSWORD)
    with db.session() as session:
        session.get_one(Officer, lan.id).locked_until = now()
    assert officers.authenticate(db, "lan", PASSWORD).failed_logins == 0


def test_success_in_between_sets_the_count_back(db: Database, lan: Officer) -> None:
    for _ in range(2):
        fail(db, MAX_FAILURES - 1)
        officers.authenticate(db, "lan", PASSWORD)


def test_guesses_at_the_same_time_cannot_pass_the_limit(db: Database, lan: Officer) -> None:
    def guess(_: int) -> type[Exception]:
        try:
            officers.authenticate(db, "lan", "sai")
        except LoginFailed as error:
            return type(error)
        raise AssertionError

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(guess, range(12)))
    assert outcomes.count(LoginFailed) == MAX_FAILURES
    assert outcomes.count(AccountLocked) == 12 - MAX_FAILURES


def test_a_new_password_replaces_the_old_and_lifts_a_lock(db: Database, lan: Officer) -> None:
    fail(db, MAX_FAILURES)
    with db.session() as session:
        officers.set_password(session, lan.id, "một mật khẩu khác", actor="admin")
    officers.authenticate(db, "lan", "một mật khẩu khác")
    with pytest.raises(LoginFailed):
        officers.authenticate(db, "lan", PASSWORD)


def test_bad_accounts_are_refused(db: Database, lan: Officer) -> None:
    with db.session() as session:
        with pytest.raises(UsernameTaken):
            officers.create(session, "lan", "Lan khác", PASSWORD)
        with pytest.raises(WeakPassword):
            officers.create(session, "minh", "Minh", "ngắn")
        with pytest.raises(ValueError, match="role"):
            officers.create(session, "minh", "Minh", PASSWORD, role="king")
        with pytest.raises(LookupError):
            officers.set_password(session, 999, PASSWORD, actor="admin")


def test_log_ins_and_locks_are_audited(db: Database, lan: Officer) -> None:
    officers.authenticate(db, "lan", PASSWORD)
    fail(db, MAX_FAILURES)
    with db.session(read_only=True) as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["officer.create", "officer.login", "officer.lock"]
