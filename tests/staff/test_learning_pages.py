"""Unmet questions: gathered and grouped, mapped by one person, accepted by another, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import select
from staff_support import Desk
from test_knowledge_pages import PROCEDURE, document

from conversations import editorial, tally
from conversations.editorial import Saying, State
from conversations.messages import Sender
from conversations.models import Message, Vote, now
from nlu.embedding import encoder as encoder_module
from nlu.embedding.encoder import load_encoder
from nlu.text import fold
from staff.knowledge import Found, Measured, Trial, no_knowledge
from staff.learning import Question, grouped, unmet

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def by_first_word(texts: Sequence[str]) -> NDArray[np.float32]:
    """Vectors that are equal where the first word is."""
    words = sorted({fold(text).split()[0] for text in texts})
    return np.eye(len(words), dtype=np.float32)[[words.index(fold(text).split()[0]) for text in texts]]


@pytest.fixture
def learner(desk: Desk) -> Desk:
    console = desk.app.routes[0].app.state.console  # type: ignore[attr-defined]
    console.knowledge = replace(
        no_knowledge(),
        documents=lambda: [document(PROCEDURE)],
        search=lambda text: [Found("1.001193", "Thủ tục đăng ký khai sinh", 0.31)],
        try_sayings=lambda sayings, questions: Trial(
            [([], [Found(sayings[0][0], "Thủ tục đăng ký khai sinh", 0.9)]) for _ in questions],
            Measured(questions=300, before=270, after=272),
        ),
        encode=by_first_word,
    )
    return desk


def left(
    desk: Desk, text: str, status: str = "unanswerable", person: str = "citizen", **meta: object
) -> None:
    desk.bot_says(desk.citizen_says(text, person), "Tôi chưa rõ.", status=status, **meta)


def found(desk: Desk) -> dict[str, tuple[int, str]]:
    tally.refresh(desk.db, ZONE, timedelta(0))
    with desk.db.session(read_only=True) as session:
        return {question.text: (question.count, question.why) for question in unmet(session)}


def proposed(desk: Desk, by: str = "bien") -> str:
    """Two questions said to mean a procedure; returns their numbers for a form."""
    left(desk, "giấy cho em bé mới đẻ")
    left(desk, "giấy tờ bé sơ sinh")
    form = {"key": "giay cho em be moi de", "document": "1.001193"}
    form |= {"question.1": "giay cho em be moi de", "question.2": "giay to be so sinh"}
    desk.browser(by).get("/knowledge/learning")
    assert desk.browser(by).post("/knowledge/learning/propose", form).status_code == 303
    with desk.db.session(read_only=True) as session:
        return ",".join(str(saying.id) for saying in editorial.sayings(session, State.REVIEW))


def live(desk: Desk) -> list[tuple[str, str]]:
    with desk.db.session(read_only=True) as session:
        return [(one.document_id, one.text) for one in editorial.sayings(session, State.LIVE)]


def test_questions_refused_asked_back_and_voted_down_are_gathered_and_answered_ones_not(desk: Desk) -> None:
    left(desk, "xin tiền nuôi cha già")
    left(desk, "XIN TIEN nuoi cha gia!", person="other")
    left(desk, "tách khẩu", "clarification", procedures=("1.004222",))
    left(desk, "làm khai sinh", "answered")
    left(desk, "phí khai sinh", "answered")
    with desk.db.session() as session:
        newest = session.scalars(
            select(Message).where(Message.sender == Sender.BOT).order_by(-Message.id)
        ).first()
        assert newest is not None
        session.add(Vote(message_id=newest.id, helpful=False))
    assert found(desk) == {
        "XIN TIEN nuoi cha gia!": (2, "unanswerable"),
        "tách khẩu": (1, "clarification"),
        "phí khai sinh": (1, "voted_down"),
    }


def test_personal_data_is_hidden(desk: Desk) -> None:
    left(desk, "tra giúp căn cước 091234567890 của tôi")
    [text] = found(desk)
    assert "091234567890" not in text
    assert "[CCCD]" in text


def test_buttons_are_no_questions(desk: Desk) -> None:
    left(desk, '/ask_procedure{"procedure_code": "1.001193"}')
    assert found(desk) == {}


def test_questions_that_ask_for_the_same_stand_together(desk: Desk) -> None:
    for person, text in enumerate(("giấy bé", "giấy em bé", "tàu cá", "giấy bé")):
        left(desk, text, person=str(person))
    tally.refresh(desk.db, ZONE)
    with desk.db.session(read_only=True) as session:
        groups = grouped(unmet(session), by_first_word)
    assert [[question.text for question in group.questions] for group in groups] == [
        ["giấy bé", "giấy em bé"],
        ["tàu cá"],
    ]
    assert groups[0].count == 3


def test_the_real_model_puts_rewordings_together() -> None:
    encoder = load_encoder(Path(encoder_module.__file__).parent / "model")
    texts = [
        "làm lại căn cước bị mất",
        "mất căn cước làm lại ở đâu",
        "mat can cuoc lam lai dau",
        "đăng ký tàu cá 15 mét",
        "đăng ký xe máy",
    ]
    groups = grouped(
        [Question(text, fold(text), "unanswerable", None, now()) for text in texts], encoder.encode
    )
    assert [len(group.questions) for group in groups] == [3, 1, 1]


def test_a_proposal_leaves_the_list_and_is_accepted_by_a_second_person(learner: Desk) -> None:
    numbers = proposed(learner)
    assert found(learner) == {}
    assert live(learner) == []
    own = learner.browser("bien").post(
        "/knowledge/learning/decide", {"sayings": numbers, "decision": "accept"}
    )
    assert "own_work" in own.headers["location"]
    assert live(learner) == []

    learner.browser("sau").post("/knowledge/learning/decide", {"sayings": numbers, "decision": "accept"})
    assert live(learner) == [("1.001193", "giấy cho em bé mới đẻ"), ("1.001193", "giấy tờ bé sơ sinh")]


def test_one_click_takes_back_what_was_learnt(learner: Desk) -> None:
    numbers = proposed(learner)
    learner.browser("sau").post("/knowledge/learning/decide", {"sayings": numbers, "decision": "accept"})
    learner.browser("bien").post("/knowledge/learning/take-back", {"sayings": numbers})
    assert live(learner) == []
    with learner.db.session(read_only=True) as session:
        assert set(session.scalars(select(Saying.state))) == {"withdrawn"}


def test_a_dropped_proposal_brings_the_questions_back(learner: Desk) -> None:
    numbers = proposed(learner)
    learner.browser("sau").post("/knowledge/learning/decide", {"sayings": numbers, "decision": "drop"})
    assert len(found(learner)) == 2


def test_what_would_change_is_shown_before_it_does(learner: Desk) -> None:
    left(learner, "phí khai sinh 0912345678", "answered", "other", procedures=("1.001193",))
    numbers = proposed(learner)
    text = (
        learner.browser("sau").post("/knowledge/learning/try", {"sayings": numbers}, hx_request="true").text
    )
    assert "Không thấy" in text
    assert "90%" in text
    assert "1 câu đổi kết quả" in text
    assert "0912345678" not in text
    assert "tốt hơn 2 câu" in text
    assert live(learner) == []


@pytest.mark.parametrize(("reader", "offered"), [("bien", False), ("sau", True)])
def test_it_is_put_into_use_from_what_would_change_and_by_a_second_person(
    learner: Desk, reader: str, offered: bool
) -> None:
    numbers = proposed(learner, by="bien")
    learner.browser(reader).get("/knowledge/learning")
    text = (
        learner.browser(reader).post("/knowledge/learning/try", {"sayings": numbers}, hx_request="true").text
    )
    assert ("đưa vào dùng ngay" in text) == offered


def test_a_group_shows_what_search_finds_now(learner: Desk) -> None:
    left(learner, "giấy cho em bé mới đẻ")
    assert len(found(learner)) == 1
    text = learner.browser("kiem").get("/knowledge/learning/group?key=giay+cho+em+be+moi+de").text
    assert "Độ chắc 31%" in text
    assert learner.browser("kiem").get("/knowledge/learning/group?key=khong+co").status_code == 404


def test_a_document_that_does_not_exist_is_refused(learner: Desk) -> None:
    left(learner, "giấy cho em bé mới đẻ")
    form = {"key": "giay cho em be moi de", "document": "9.999999", "question.1": "giay cho em be moi de"}
    learner.browser("bien").get("/knowledge/learning")
    response = learner.browser("bien").post("/knowledge/learning/propose", form)
    assert response.status_code == 422
    assert "Chọn một văn bản có trong danh sách" in response.text


def test_a_group_that_needs_nothing_is_not_listed_again(learner: Desk) -> None:
    left(learner, "giá vàng hôm nay", "out_of_scope")
    assert len(found(learner)) == 1
    learner.browser("bien").post("/knowledge/learning/settle", {"key": "gia vang hom nay"})
    left(learner, "gia vang hom nay", "out_of_scope")
    assert found(learner) == {}
