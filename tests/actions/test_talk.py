"""Whole talks: what is remembered of them, and what a citizen comes back to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions import answering, memory
from actions.answering import Reply
from actions.events import told_event
from actions.turn import Services, Turn
from nlu.gazetteer import Gazetteer
from nlu.patterns import find_patterns
from nlu.text import read
from tests.bundled import TODAY, asked

MakeTurn = Callable[..., Turn]


class Talk:
    """A talk whose slots are kept; fields by their cues alone, as when Rasa is down."""

    def __init__(self, services: Services, turn: MakeTurn) -> None:
        self._services = services
        self._turn = turn
        self._places = Gazetteer({"place": services.places.names()})
        self.slots: dict[str, Any] = {}

    def say(self, text: str, **rest: Any) -> Reply:
        people = [
            {"entity": entity, "value": value, "start": start, "end": end}
            for entity, value, start, end in find_patterns(text, TODAY)
        ]
        places = [
            {"entity": one.entity, "value": one.value, "start": one.start, "end": one.end}
            for one in self._places.find(read(text))
        ]
        entities = [*asked(text), *people, *places]
        reply = answering.answer(
            self._turn(text, entities=entities, slots=self.slots, **rest), self._services
        )
        self.slots |= reply.slots
        return reply

    def about(self, text: str) -> list[tuple[str, str]]:
        """Procedure and field of each message that answers."""
        metas = [message.meta for message in self.say(text).messages]
        return [(meta.procedures[0], str(meta.field)) for meta in metas if meta and meta.procedures]


@pytest.fixture
def talk(bundled: Services, turn: MakeTurn) -> Talk:
    return Talk(bundled, turn)


BIRTH, DEATH, CARD, MARRIAGE = "1.001193", "1.000656", "1.014064", "1.000894"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("quay lai cai hoi nay", (BIRTH, "dossier")),
        ("cái trước nộp ở đâu", (BIRTH, "where")),
        ("còn vụ khai sinh hồi nãy thì sao", (BIRTH, "fee")),
        ("thủ tục đầu tiên mất mấy ngày", (BIRTH, "time_limit")),
        ("cái đó mất bao lâu", (CARD, "time_limit")),
        ("mat may ngay", (CARD, "time_limit")),
        ("đem lên đâu nộp", (CARD, "where")),
    ],
)
def test_a_matter_of_the_talk_is_found_again(talk: Talk, said: str, meant: tuple[str, str]) -> None:
    talk.say("làm giấy khai sinh cho con cần giấy tờ gì")
    talk.say("làm lại căn cước bị mất lệ phí bao nhiêu")

    assert talk.about(said) == [meant]


def test_the_matter_that_was_left_is_then_the_earlier_one(talk: Talk) -> None:
    talk.say("làm giấy khai sinh cho con cần giấy tờ gì")
    talk.say("làm lại căn cước bị mất lệ phí bao nhiêu")
    talk.say("quay lại cái hồi nãy")

    assert talk.about("quay lại cái trước") == [(CARD, "fee")]


def test_a_reference_to_what_was_not_spoken_of_is_a_question_of_its_own(talk: Talk) -> None:
    talk.say("làm giấy khai sinh cho con cần giấy tờ gì")

    assert talk.about("vụ kết hôn hồi nãy cần giấy gì") == [(MARRIAGE, "dossier")]


def test_a_matter_named_alone_is_told_whole_and_one_that_is_compared_keeps_the_field(talk: Talk) -> None:
    talk.say("lệ phí làm lại căn cước bị mất bao nhiêu")

    assert talk.about("đăng ký khai tử") == [(DEATH, "general")]
    talk.say("lệ phí làm lại căn cước bị mất bao nhiêu")
    assert talk.about("còn khai tử thì sao") == [(DEATH, "fee")]


def test_a_talk_remembers_its_last_matters_only(bundled: Services) -> None:
    slots: dict[str, Any] = {}
    for number in range(20):
        slots |= memory.remembering(slots, memory.Matter(f"1.{number:06}", "fee"))

    assert len(slots["matters"]) == memory.KEPT
    assert slots["procedure_code"] == "1.000019"


def test_another_person_keeps_the_matter_and_the_field(talk: Talk) -> None:
    talk.say("đăng ký khai tử lệ phí bao nhiêu")

    assert talk.about("không phải, tôi hỏi cho ba tôi") == [(DEATH, "fee")]


@pytest.mark.parametrize(
    ("said", "code"), [("thường trú", "1.004222"), ("xoa dang ky thuong tru", "1.003197")]
)
def test_a_removal_waits_to_be_named(talk: Talk, said: str, code: str) -> None:
    assert talk.about(said) == [(code, "general")]


def test_what_fitted_too_is_kept_for_a_citizen_who_says_no(talk: Talk) -> None:
    talk.say("làm khai sinh cần giấy tờ gì")

    assert len(talk.slots["others"]) == answering.OTHERS
    assert BIRTH not in talk.slots["others"]


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ("dang ky ket hon can giay gi? bao nhieu tien? may ngay? lam o dau?", 4),
        ("đăng ký kết hôn cần giấy tờ gì, phí bao nhiêu, mấy ngày xong", 3),
        ("cho hỏi lệ phí, thời gian và nơi nộp khi đăng ký kết hôn", 3),
    ],
)
def test_every_field_of_a_long_question_is_answered(talk: Talk, said: str, fields: int) -> None:
    (message,) = talk.say(said).messages

    headings = ("Giấy tờ cần nộp:", "Lệ phí:", "Thời hạn:", "Nơi nộp:")
    assert sum(heading in message.text for heading in headings) == fields


@pytest.mark.parametrize(
    ("said", "answers"),
    [
        ("khai sinh với kết hôn cần giấy tờ gì", [(BIRTH, "dossier"), (MARRIAGE, "dossier")]),
        (
            "đăng ký kết hôn cần giấy tờ gì, còn khai tử mất mấy ngày",
            [(MARRIAGE, "dossier"), (DEATH, "time_limit")],
        ),
        ("khai sinh với nhập khẩu cho bé thì cần giấy tờ gì", [("2.000986", "dossier")]),
        ("tôi với vợ muốn làm khai sinh cho con", [(BIRTH, "general")]),
    ],
)
def test_two_matters_are_answered_in_order_and_one_is_not_cut(
    talk: Talk, said: str, answers: list[tuple[str, str]]
) -> None:
    assert talk.about(said) == answers


def test_after_two_matters_a_field_is_asked_of_the_last(talk: Talk) -> None:
    talk.say("khai sinh với kết hôn cần giấy tờ gì")

    assert talk.about("còn lệ phí?") == [(MARRIAGE, "fee")]
    assert talk.about("cái trước thì sao") == [(BIRTH, "fee")]


def test_the_office_of_the_place_is_named_and_remembered(talk: Talk) -> None:
    (here,) = talk.say("o Phu Quoc lam so do o dau").messages
    (later,) = talk.say("đăng ký kết hôn nộp ở đâu").messages

    assert "Trung tâm Phục vụ hành chính công Đặc khu Phú Quốc" in here.text
    assert "Đặc khu Phú Quốc" in later.text


def test_a_former_commune_leads_to_the_one_of_today(talk: Talk) -> None:
    (reply,) = talk.say("nhà em ở xã Đông Yên cũ, làm khai sinh nộp ở đâu").messages

    assert "Xã An Biên" in reply.text


@pytest.mark.parametrize("said", ["mo quan ca phe can von bao nhieu", "khai sinh trễ bị phạt bao nhiêu"])
def test_a_figure_that_the_record_lacks_is_not_guessed(talk: Talk, said: str) -> None:
    (reply,) = talk.say(said).messages

    assert "không ghi" in reply.text
    assert "Lệ phí" not in reply.text


def test_a_figure_that_the_record_holds_is_quoted(talk: Talk) -> None:
    (reply,) = talk.say("bao nhieu tuoi duoc lam can cuoc").messages

    assert "14 tuổi" in reply.text


def test_one_case_of_a_long_dossier_is_told_and_the_others_are_offered(talk: Talk) -> None:
    (reply,) = talk.say("đăng ký thường trú cần giấy tờ gì").messages

    offered = [choice for choice in reply.choices if "dossier_case" in choice.payload]
    assert len(offered) == 5
    assert len(reply.text) < 1_000


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ("mấy ngày xong", "time_limit"),
        ("lệ phí bao nhiêu một bản", "fee"),
        ("may ngay co z ad", "time_limit"),
    ],
)
def test_a_question_with_one_more_word_stays_with_the_matter(talk: Talk, said: str, field: str) -> None:
    talk.say("đăng ký khai tử cho ba tôi")

    assert talk.about(said) == [(DEATH, field)]


@pytest.mark.parametrize("said", ["so do", "con so do thi s", "so do thi sao"])
def test_a_red_book_without_diacritics_is_a_matter_in_the_midst_of_a_talk_too(talk: Talk, said: str) -> None:
    talk.say("đăng ký khai tử cho ba tôi")

    (message,) = talk.say(said).messages

    assert message.meta
    assert {"1.013978", "1.013831"} & set(message.meta.procedures)


def test_a_fine_asked_in_a_talk_is_that_of_its_matter(talk: Talk) -> None:
    talk.say("khách nước ngoài ở khách sạn thì khai báo tạm trú sao")
    (reply,) = talk.say("không khai bị phạt bao nhiêu").messages

    assert "mức phạt" in reply.text
    assert reply.meta
    assert reply.meta.procedures == ("1.000253",)


def test_somebody_who_says_where_they_live_reads_the_office_of_their_matter(talk: Talk) -> None:
    talk.say("làm giấy khai sinh cho con cần giấy tờ gì")
    (reply,) = talk.say("tôi ở xã Vĩnh Thuận").messages

    assert "Trung tâm Phục vụ hành chính công Xã Vĩnh Thuận" in reply.text
    assert "Giấy tờ cần nộp" not in reply.text


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("không có giấy chứng sinh thì sao", "người làm chứng"),
        ("có cần giấy chứng sinh không", "Có trong danh sách"),
    ],
)
def test_one_paper_of_the_dossier_is_told_when_it_alone_is_asked(talk: Talk, said: str, told: str) -> None:
    talk.say("làm giấy khai sinh cho con")
    (reply,) = talk.say(said).messages

    assert told in reply.text
    assert "Các bước" not in reply.text
    assert len(reply.text) < 500


def test_what_a_message_takes_back_is_not_asked(talk: Talk) -> None:
    talk.say("làm giấy khai sinh cho con")

    assert talk.about("mấy ngày, à lộn, lệ phí bao nhiêu") == [(BIRTH, "fee")]
    assert talk.about("không phải khai sinh, khai tử cần giấy gì") == [(DEATH, "dossier")]


def test_a_foreign_husband_leads_to_the_marriage_with_a_foreigner(talk: Talk) -> None:
    assert talk.about("chồng người Đài Loan, muốn đăng ký kết hôn") == [("2.000806", "general")]


def test_a_code_that_nothing_has_is_named_as_such(talk: Talk) -> None:
    (reply,) = talk.say("1.999999").messages

    assert "1.999999" in reply.text


def test_who_may_do_it_instead_is_told_from_the_record(talk: Talk) -> None:
    talk.say("làm giấy khai sinh cho con")
    (reply,) = talk.say("bà ngoại làm thay được không").messages

    assert "làm thay" in reply.text
    assert "Các bước" not in reply.text


def test_a_question_before_the_choice_is_put_to_what_was_offered(talk: Talk) -> None:
    talk.say("đăng ký khai tử cho ba tôi")
    talk.say("so do")
    (reply,) = talk.say("mấy ngày có").messages

    assert all('"time_limit"' in choice.payload for choice in reply.choices[:-1])
    assert any("1.013978" in choice.payload for choice in reply.choices)


def test_few_words_that_name_nothing_do_not_change_the_matter(talk: Talk) -> None:
    talk.say("chuyển trường cho con cần giấy gì")

    assert talk.about("ai ký giấy chuyển, nộp ở đâu")[0][0] == "X.000212"


def test_at_once_is_no_matter_of_its_own(talk: Talk) -> None:
    said = "làm khai sinh cho con, nhập khẩu, với bhyt luôn 1 lần được không, cần gì, bao lâu, tốn tiền không"

    assert {code for code, _ in talk.about(said)} == {"2.000986"}


def test_one_word_that_asks_stays_with_the_matter(talk: Talk) -> None:
    talk.say("đăng ký khai tử cho ba tôi")

    assert talk.about("phải báo ai")[0][0] == DEATH


def test_the_time_of_the_result_is_that_of_the_matter(talk: Talk) -> None:
    talk.say("đăng ký khai tử cho ba tôi")

    assert talk.about("bao lâu có kết quả") == [(DEATH, "time_limit")]


def test_the_same_again_is_the_last_answer(talk: Talk) -> None:
    first = talk.say("làm giấy khai sinh cho con lệ phí bao nhiêu").messages[0].text

    assert talk.say("nói lại lần nữa", intent="guide_repeat").messages[0].text == first


def test_a_figure_is_looked_up_in_its_procedure_even_if_a_decree_is_asked(talk: Talk) -> None:
    said = "mức phạt chậm khai sinh theo nghị định nào"
    (reply,) = talk.say(said, intent="ask_regulation").messages

    assert "không ghi mức phạt" in reply.text


def test_a_regulation_that_we_do_not_hold_is_not_answered_with_another(talk: Talk) -> None:
    said = "nghị định 126/2014 còn hiệu lực không"
    (reply,) = talk.say(said, intent="ask_regulation").messages

    assert "Tôi không có văn bản số 126/2014" in reply.text


@pytest.mark.parametrize(
    ("said", "event"),
    [
        ("má tôi mới mất sáng nay ở nhà", "death"),
        ("ba em qua doi roi", "death"),
        ("vợ tôi mới sinh em bé", "birth"),
        ("con tôi mất thẻ căn cước", None),
        ("mat bao lau", None),
    ],
)
def test_what_happened_in_a_family_is_understood(said: str, event: str | None) -> None:
    assert told_event(said) == event


def test_where_somebody_lives_does_not_blur_what_they_want(talk: Talk) -> None:
    assert talk.about("tôi ở xã Vĩnh Thuận muốn làm khai sinh") == [(BIRTH, "general")]
