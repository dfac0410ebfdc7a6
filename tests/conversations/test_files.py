from __future__ import annotations

from conversation_support import conversation_of, officer, say

from conversations import cases, files, handoffs, privacy
from conversations.database import Database
from conversations.messages import Attachment

PHOTO = Attachment(kind="image", remote_id="a" * 64 + ".jpg")
FORM = Attachment(kind="file", remote_id="b" * 64 + ".pdf")
KEPT = Attachment(kind="image", remote_id="c" * 64 + ".jpg")


def test_files_are_in_use_until_all_that_mention_them_are_erased(db: Database) -> None:
    conversation_id = say(db, attachments=(PHOTO,))
    say(db, user="other", attachments=(KEPT,))
    lan = officer(db)
    with db.session() as session:
        cases.open_feedback(session, conversation_id, content="rác", attachments=[PHOTO])
        handoff = handoffs.request(session, conversation_id, "requested")
        cases.answer(session, handoff.id, lan, "", [FORM])
    with db.session(read_only=True) as session:
        assert files.in_use(session) == {PHOTO.remote_id, FORM.remote_id, KEPT.remote_id}
    with db.session() as session:
        privacy.erase_person(session, conversation_of(session).person_id)
    with db.session(read_only=True) as session:
        assert files.in_use(session) == {KEPT.remote_id}
