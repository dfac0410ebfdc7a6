"""What editors put into use, brought to the assistant: files beside the bundled ones, documents, index.

The database is the truth. `sync` writes its versions and sayings into folders of DATA_DIR that the
library and the index read after the bundled ones; searching switches over once the new index is built.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import structlog
import yaml

from actions import compose
from actions.listed import listed_message
from actions.procedure_answer import procedure_message
from actions.turn import GENERAL, Services
from bot.evaluation import Case
from bot.indexing import document_dirs, index_dir, lay_dirs, overlay_dir
from bot.settings import DEV_QUESTIONS, Settings
from conversations import editorial
from conversations.bus import Notifier
from conversations.database import Database
from conversations.editorial import DocumentVersion, State
from knowledge_base import index
from knowledge_base.documents import load_documents
from knowledge_base.schema import Announcement, AnyDocument, ListedProcedure, Procedure, Regulation
from knowledge_base.search import Searcher
from nlu.embedding.encoder import load_encoder
from staff.knowledge import Found, KnowledgeDesk, Measured, Preview, Trial

LOOK_EVERY = 5.0
"""Seconds between looks at the database; a wake-up comes sooner."""
_RESULTS = 3

_log = structlog.get_logger()


@dataclass
class Knowledge:
    """Keeps library and searcher of this process in step with what editors put into use."""

    settings: Settings
    services: Services

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._in_use: str | None = None
        self._encoder = load_encoder(self.settings.embedding_model)

    async def watch(self, notifier: Notifier) -> None:
        """Follow changes for as long as the app runs."""
        with notifier.subscribe(editorial.TOPIC) as changes:
            while True:
                try:
                    await asyncio.to_thread(self.sync)
                except Exception as error:
                    _log.error("knowledge_not_in_use", error=repr(error))
                await changes.wait(LOOK_EVERY)

    def sync(self) -> bool:
        """Bring what is in use to library and index; returns whether anything was new.

        Raises:
            IndexUnavailable: the index cannot be built; the present one goes on serving.
        """
        with self._lock:
            wanted = overlay_of(self.services.db)
            state = repr(sorted(wanted.items()))
            if state == self._in_use:
                return self.services.searcher.reload_if_changed()
            write_overlay(wanted, overlay_dir(self.settings))
            self.services.library.replace(load_documents(document_dirs(self.settings))[0])
            index.ensure_index(
                document_dirs(self.settings),
                index_dir(self.settings),
                self.settings.embedding_model,
                encoder=self._encoder,
                lay=lay_dirs(self.settings),
            )
            self._in_use = state
            return self.services.searcher.reload_if_changed()

    def desk(self) -> KnowledgeDesk:
        """What the console may ask."""
        return KnowledgeDesk(
            documents=self.documents,
            preview=self.preview,
            search=self.search,
            try_sayings=self.try_sayings,
            encode=self._encoder.encode,
        )

    def documents(self) -> list[AnyDocument]:
        """Those that editors keep; procedures that are only listed come from the national import."""
        return [one for one in self.services.library if not isinstance(one, ListedProcedure)]

    def preview(self, document: AnyDocument) -> list[Preview]:
        """What citizens will read, by the field that they ask for (empty: there is only one answer)."""
        today = self.services.today()
        if isinstance(document, Procedure):
            answers = [
                (name, procedure_message(document, [name], today, 1.0, (document.code,)))
                for name in compose.FIELDS
            ]
            return [Preview(name, message.text) for name, message in answers]
        if isinstance(document, Regulation):
            text = compose.regulation(document, None, today, None)
        elif isinstance(document, Announcement):
            text = compose.announcement(document)
        else:
            text = listed_message(document, GENERAL, 1.0).text
        parts = (text, compose.caution(document))
        return [Preview("", "\n\n".join(part for part in parts if part))]

    def search(self, text: str) -> list[Found]:
        """What the assistant finds for a question now."""
        return self._found(self.services.searcher, text)

    def try_sayings(self, sayings: Sequence[tuple[str, str]], questions: Sequence[str]) -> Trial:
        """What would be found for questions, before and after sayings (document, words) are in use.

        Builds an index aside, which takes some seconds and touches nothing that is in use. The questions
        of `bench/data` are only counted: how many are found right before and after.
        """
        with tempfile.TemporaryDirectory() as folder:
            lay, built = Path(folder) / "lay", Path(folder) / "index"
            _write(lay / "trial.yaml", _as_yaml(_by_document(sayings)))
            index.build(
                document_dirs(self.settings),
                built,
                self._encoder,
                model=self.settings.embedding_model,
                lay=[*lay_dirs(self.settings), lay],
            )
            trial = Searcher.open(built, self._encoder)
        results = [(self.search(text), self._found(trial, text)) for text in questions]
        return Trial(results, self._measured(trial))

    def _measured(self, trial: Searcher) -> Measured | None:
        """How search alone does on the questions with known answers, now and in the trial."""
        cases = [case for case in _known_questions() if case.codes and not case.follow_up]
        if not cases:
            return None
        before, after = (
            sum(self._is_right(searcher, case) for case in cases)
            for searcher in (self.services.searcher, trial)
        )
        return Measured(len(cases), before, after)

    def _is_right(self, searcher: Searcher, case: Case) -> bool:
        hits = searcher.search(case.question, as_of=self.services.today(), limit=1)
        return bool(hits) and hits[0].id in case.codes

    def _found(self, searcher: Searcher, text: str) -> list[Found]:
        hits = searcher.search(text, as_of=self.services.today(), limit=_RESULTS)
        return [Found(hit.id, hit.title, hit.score) for hit in hits]


@cache
def _known_questions() -> list[Case]:
    return Case.read(DEV_QUESTIONS) if DEV_QUESTIONS.exists() else []


def overlay_of(db: Database) -> dict[str, str]:
    """The files, by path, that hold what editors put into use."""
    with db.session(read_only=True) as session:
        files = {f"documents/{_file_name(v)}": _as_yaml(v.content) for v in editorial.live_versions(session)}
        said = [(item.document_id, item.text) for item in editorial.sayings(session, State.LIVE)]
    if said:
        files["lay/sayings.yaml"] = _as_yaml(_by_document(said))
    return files


def bring_over(db: Database, settings: Settings) -> None:
    """Write what editors put into use beside the bundled files, for a process that starts."""
    write_overlay(overlay_of(db), overlay_dir(settings))


def write_overlay(files: Mapping[str, str], folder: Path) -> None:
    """Make a folder hold exactly these files; each changes in one step."""
    for name in ("documents", "lay"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for path in (folder / name).iterdir():
            if f"{name}/{path.name}" not in files:
                path.unlink()
    for name, text in files.items():
        _write(folder / name, text)


def _file_name(version: DocumentVersion) -> str:
    return hashlib.sha256(version.document_id.encode()).hexdigest()[:20] + ".yaml"


def _by_document(sayings: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for document_id, text in sayings:
        grouped.setdefault(document_id, []).append(text)
    return grouped


def _as_yaml(content: Any) -> str:
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def _write(path: Path, text: str) -> None:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".new")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)
