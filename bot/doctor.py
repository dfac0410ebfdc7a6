"""Says what is wrong and what to do about it."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from bot import training
from bot.attachments import open_store
from bot.indexing import document_dirs, is_current
from bot.settings import Settings
from bot.texts import say
from conversations import audit
from conversations.database import Database
from conversations.models import JournalEntry, Officer
from knowledge_base.documents import Library, load_documents
from knowledge_base.places import Places

_GIGABYTE = 1_000_000_000


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `advice` is empty when it is well."""

    what: str
    advice: str = ""

    def __str__(self) -> str:
        if self.advice:
            return say("doctor_bad", what=self.what, advice=self.advice)
        return say("doctor_ok", what=self.what)


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything that the assistant needs, the foundations first."""
    ready = settings.rasa_python.exists()
    yield Finding(say("check_rasa_environment"), "" if ready else say("advice_setup"))
    free = shutil.disk_usage(settings.data_dir if settings.data_dir.exists() else "/").free / _GIGABYTE
    yield Finding(say("check_disk", free=f"{free:.0f}"), "" if free > 1 else say("advice_disk"))
    yield from _knowledge(settings)
    yield from _database(settings)
    yield _attachments(settings)
    for port, name in ((settings.port, "PORT"), (settings.rasa_port, "RASA_PORT")):
        advice = "" if _free(port) else say("advice_port", name=name)
        yield Finding(say("check_ports", port=port), advice)


def _knowledge(settings: Settings) -> Iterator[Finding]:
    documents, problems = load_documents(document_dirs(settings))
    bad = bool(problems) or not documents
    yield Finding(say("check_documents", count=len(documents)), say("advice_documents") if bad else "")
    current = is_current(settings)
    yield Finding(say("check_index"), "" if current else say("advice_index"))
    trained = training.is_current(settings, Library(documents), Places())
    yield Finding(say("check_model"), "" if trained else say("advice_model"))


def _database(settings: Settings) -> Iterator[Finding]:
    db = Database(settings.database)
    try:
        db.migrate()
        with db.session() as session:
            broken = audit.verify(session)
            staff = session.scalar(select(func.count()).select_from(Officer)) or 0
            aside = session.scalar(select(func.count(JournalEntry.error))) or 0
    except (SQLAlchemyError, OSError) as error:
        advice = say("advice_database", path=settings.data_dir, error=str(error).splitlines()[0])
        yield Finding(say("check_database"), advice)
        return
    finally:
        db.close()
    yield Finding(say("check_database"))
    yield Finding(say("check_audit"), say("advice_audit", problems="; ".join(broken[:3])) if broken else "")
    yield Finding(say("check_journal"), say("advice_journal", count=aside) if aside else "")
    yield Finding(say("check_officers"), "" if staff else say("advice_officers"))


def _attachments(settings: Settings) -> Finding:
    try:
        open_store(settings).check()
    except (OSError, ValueError) as error:
        return Finding(say("check_attachments"), say("advice_attachments", error=error))
    return Finding(say("check_attachments"))


def _free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
