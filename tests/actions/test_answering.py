"""What a citizen is told: facts as of a day, questions back, refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from actions import answering
from actions.turn import Services, Turn
from conversations.messages import AnswerStatus
from tests.bundled import asked, field

MakeTurn = Callable[..., Turn]


def test_a_field_of_a_procedure_is_answered_with_its_source(bundled: Services, turn: MakeTurn) -> None:
    text = "làm giấy khai sinh cho con cần giấy tờ gì"
    reply = answering.answer(turn(text, entities=[field("dossier", text, "cần giấy tờ gì")]), bundled)

    meta = reply.messages[0].meta
    assert reply.status is AnswerStatus.ANSWERED
    assert meta is not None
    assert meta.procedures[0] == "1.001193"
    assert meta.sources[0].id == "1.001193"
    assert meta.sources[0].checked is not None
    assert "chứng sinh" in reply.messages[0].text.lower()


def test_a_follow_up_without_a_matter_keeps_the_procedure(bundled: Services, turn: MakeTurn) -> None:
    text = "còn lệ phí thì sao?"
    slots = {"procedure_code": "1.001193", "field": "dossier"}
    reply = answering.answer(turn(text, entities=[field("fee", text, "lệ phí")], slots=slots), bundled)

    meta = reply.messages[0].meta
    assert meta is not None
    assert (meta.procedures[0], meta.field) == ("1.001193", "fee")


def test_a_field_asked_in_words_that_fit_nothing_else_keeps_the_procedure(
    bundled: Services, turn: MakeTurn
) -> None:
    text = "rồi mang giấy đi đâu đóng dấu vậy"
    slots = {"procedure_code": "1.001193", "field": "dossier"}
    reply = answering.answer(turn(text, entities=[field("where", text, "đi đâu")], slots=slots), bundled)

    meta = reply.messages[0].meta
    assert meta is not None
    assert (meta.procedures[0], meta.field) == ("1.001193", "where")


@pytest.mark.parametrize("text", ["cấp sổ đỏ mất bao lâu", "cap so do mat may ngay"])
def test_what_a_matter_takes_is_not_taken_for_a_loss(bundled: Services, turn: MakeTurn, text: str) -> None:
    reply = answering.answer(turn(text, entities=[{"entity": "field", "value": "time_limit"}]), bundled)

    assert reply.messages[0].meta is not None
    assert reply.messages[0].meta.procedures[0] != "1.012786"


def test_a_variant_for_foreigners_waits_to_be_named(bundled: Services, turn: MakeTurn) -> None:
    ordinary = answering.answer(turn("lấy vợ thì làm giấy gì"), bundled)
    foreign = answering.answer(turn("lấy vợ đài loan thì làm giấy gì"), bundled)
    text = "kết hôn với người Đài Loan"
    spouse = {"entity": "person", "value": "foreigner", "start": text.index("người"), "end": len(text)}
    spoken_of = answering.answer(turn(text, entities=[spouse]), bundled)

    assert ordinary.messages[0].meta is not None
    assert spoken_of.messages[0].meta is not None
    assert spoken_of.messages[0].meta.procedures[0] == "2.000806"
    assert foreign.messages[0].meta is not None
    assert ordinary.messages[0].meta.procedures[0] == "1.000894"
    assert foreign.messages[0].meta.procedures[0] == "2.000806"


def test_a_change_of_procedure_keeps_the_field_asked_before(bundled: Services, turn: MakeTurn) -> None:
    slots = {"procedure_code": "1.001193", "field": "dossier"}
    reply = answering.answer(turn("còn khai tử thì sao", slots=slots), bundled)

    meta = reply.messages[0].meta
    assert meta is not None
    assert (meta.procedures[0], meta.field) == ("1.000656", "dossier")


@pytest.mark.parametrize(
    ("day", "present", "absent"),
    [
        (date(2026, 11, 24), "35.000 đồng", ""),
        (date(2026, 12, 31), "35.000 đồng", ""),
        (date(2027, 1, 2), "70.000 đồng", "35.000"),
    ],
)
def test_the_reissue_of_an_identity_card_costs_half_until_the_end_of_2026(
    bundled: Services, turn: MakeTurn, day: date, present: str, absent: str
) -> None:
    text = "làm lại căn cước bị mất lệ phí bao nhiêu"
    reply = answering.answer(
        turn(text, as_of=day, entities=[field("fee", text, "lệ phí bao nhiêu")]), bundled
    )

    answer = reply.messages[0].text
    assert present in answer
    assert not absent or absent not in answer


def test_the_coming_fee_is_told_beside_the_present_one(bundled: Services, turn: MakeTurn) -> None:
    text = "làm lại căn cước bị mất lệ phí bao nhiêu"
    reply = answering.answer(turn(text, entities=[field("fee", text, "lệ phí bao nhiêu")]), bundled)

    assert "Từ ngày 01/01/2027" in reply.messages[0].text
    assert "70.000 đồng" in reply.messages[0].text


def test_a_passport_costs_200_000_whatever_the_portal_says(bundled: Services, turn: MakeTurn) -> None:
    text = "lệ phí hộ chiếu"
    reply = answering.answer(turn(text, entities=[field("fee", text, "lệ phí")]), bundled)

    assert "200.000 đồng" in reply.messages[0].text
    assert "160.000" not in reply.messages[0].text


def test_an_unconfirmed_record_carries_a_caution(bundled: Services, turn: MakeTurn) -> None:
    unconfirmed = next(d for d in bundled.library if d.review and d.kind == "procedure")
    asked = turn("x", entities=[{"entity": "procedure_code", "value": unconfirmed.id}])

    assert "⚠" in answering.answer(asked, bundled).messages[0].text


def test_a_regulation_that_has_ended_is_told_with_what_replaced_it(bundled: Services, turn: MakeTurn) -> None:
    reply = answering.answer(turn("luật đất đai 2013 còn hiệu lực không", intent="ask_regulation"), bundled)

    assert "45/2013/QH13" in reply.messages[0].text
    assert "đã hết hiệu lực" in reply.messages[0].text
    assert "31/2024/QH15" in reply.messages[0].text


def test_a_number_without_its_ending_finds_its_regulation(bundled: Services, turn: MakeTurn) -> None:
    asked = turn(
        "nghị định 01/2021 còn dùng không",
        intent="ask_regulation",
        entities=[{"entity": "regulation_number", "value": "01/2021"}],
    )

    assert "01/2021/NĐ-CP" in answering.answer(asked, bundled).messages[0].text


def test_what_is_none_of_ours_is_refused(bundled: Services, turn: MakeTurn) -> None:
    reply = answering.answer(turn("đội nào vô địch ngoại hạng anh", intent="out_of_scope"), bundled)

    assert reply.status is AnswerStatus.OUT_OF_SCOPE


def test_the_third_question_in_a_row_that_fails_brings_an_officer(bundled: Services, turn: MakeTurn) -> None:
    reply = answering.answer(turn("ờ", failures=2), bundled)

    assert reply.hand_over
    assert reply.status is AnswerStatus.HANDOFF


def test_a_button_names_its_procedure_outright(bundled: Services, turn: MakeTurn) -> None:
    entities = [
        {"entity": "procedure_code", "value": "1.000656"},
        {"entity": "field", "value": "time_limit"},
    ]
    reply = answering.answer(turn("/ask_procedure", entities=entities), bundled)

    meta = reply.messages[0].meta
    assert meta is not None
    assert (meta.procedures, meta.field) == (("1.000656",), "time_limit")


def test_every_bundled_procedure_can_say_every_field(bundled: Services) -> None:
    from actions import compose
    from knowledge_base.schema import Procedure

    for procedure in bundled.library.of(Procedure):
        for name in compose.FIELDS:
            assert compose.procedure_field(procedure, name, date(2026, 11, 24)).strip(), (
                procedure.code,
                name,
            )


@pytest.mark.parametrize("words", ["cái đó", "duoc khong", "lam sao", "le phi bao nhieu", "giay to gi"])
def test_words_that_name_nothing_are_not_searched_for(bundled: Services, turn: MakeTurn, words: str) -> None:
    assert answering.answer(turn(words, entities=asked(words)), bundled).status is AnswerStatus.UNANSWERABLE


@pytest.mark.parametrize("words", ["so do", "căn cước"])
def test_a_bare_thing_is_asked_about(bundled: Services, turn: MakeTurn, words: str) -> None:
    assert answering.answer(turn(words), bundled).status is AnswerStatus.CLARIFICATION


def test_a_bare_name_of_one_matter_is_answered(bundled: Services, turn: MakeTurn) -> None:
    reply = answering.answer(turn("khai sinh"), bundled)
    assert reply.slots["procedure_code"] == "1.001193"


@pytest.mark.parametrize(
    "words", ["lam can cuoc bi mat het nhieu tien", "làm căn cước bị mất hết bao nhiêu tiền"]
)
def test_what_was_lost_stays_in_the_matter(bundled: Services, turn: MakeTurn, words: str) -> None:
    assert answering.answer(turn(words, entities=asked(words)), bundled).slots["procedure_code"] == "1.014064"
