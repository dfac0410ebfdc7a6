"""Whole conversations over the widget's protocol, through the real servers."""

from __future__ import annotations

import re

import pytest

from tests.journeys.conftest import Assistant, Citizen

pytestmark = pytest.mark.slow


def test_a_question_without_diacritics_and_its_follow_up(citizen: Citizen) -> None:
    (papers,) = citizen.say("lam giay khai sinh cho con can giay to gi")
    (fee,) = citizen.say("còn lệ phí?")

    assert "chứng sinh" in papers["text"].lower()
    assert papers["sources"][0]["id"] == "1.001193"
    assert "miễn phí" in fee["text"]
    assert fee["sources"][0]["id"] == "1.001193"


def test_the_fee_of_a_lost_identity_card(citizen: Citizen) -> None:
    (answer,) = citizen.say("phí làm lại căn cước bị mất")

    assert "35.000 đồng" in answer["text"]
    assert "31/12/2026" in answer["text"]


def test_how_long_a_transfer_of_land_takes(citizen: Citizen) -> None:
    (answer,) = citizen.say("sang tên sổ đỏ mất bao lâu")

    assert answer["sources"][0]["id"] == "1.013831"
    assert "ngày" in answer["text"]


def test_a_district_that_is_no_more(citizen: Citizen) -> None:
    (answer,) = citizen.say("huyện An Minh bỏ rồi thì giờ làm giấy tờ ở đâu")

    assert "Xã An Minh" in answer["text"]
    assert "không còn là một cấp hành chính" in answer["text"]


def test_a_complaint_is_filed_and_found_again_by_its_code(citizen: Citizen) -> None:
    citizen.say("tôi muốn phản ánh rác thải ở chợ Rạch Giá")
    citizen.say("cả tuần nay")
    citizen.press("Không đồng ý")
    (done,) = citizen.press("Đúng, gửi đi")
    code = re.search(r"PA-\w{4}-\w{4}", done["text"])
    assert code is not None

    (found,) = citizen.say(f"xem giup toi {code[0].lower()}")

    assert "đã tiếp nhận" in found["text"]


def test_a_question_in_the_midst_of_a_complaint_is_answered_and_the_complaint_goes_on(
    citizen: Citizen,
) -> None:
    citizen.say("tôi muốn gửi phản ánh")
    answer, back = citizen.say("à cho hỏi lệ phí làm lại căn cước bao nhiêu?")

    assert "35.000 đồng" in answer["text"]
    assert "phản ánh" in back["text"]


def test_a_complaint_that_is_stopped_leaves_nothing(citizen: Citizen) -> None:
    citizen.say("tôi muốn phản ánh đường hư ở ấp Hòa Bình")
    (stopped,) = citizen.say("thôi không gửi nữa")

    assert "hủy" in stopped["text"]


def test_the_guide_goes_step_by_step_to_a_checklist(citizen: Citizen) -> None:
    (first,) = citizen.say("hướng dẫn từng bước đăng ký kết hôn")
    assert "Bước 1/" in first["text"]

    last = first
    for _ in range(10):
        if "checklist" in last:
            break
        (last,) = citizen.press("Tiếp theo")

    assert any("Tờ khai" in line for line in last["checklist"])


def test_the_guide_goes_back_stops_and_resumes(citizen: Citizen) -> None:
    citizen.say("hướng dẫn từng bước đăng ký kết hôn")
    citizen.say("tiếp")
    (back,) = citizen.say("quay lại")
    (stopped,) = citizen.press("Dừng")
    (resumed,) = citizen.press("Tiếp tục hướng dẫn")

    assert "Bước 1/" in back["text"]
    assert "tạm dừng" in stopped["text"]
    assert "Bước 1/" in resumed["text"]


def test_a_number_chooses_what_was_offered(citizen: Citizen) -> None:
    (greeting,) = citizen.say("xin chào")
    number = [choice["title"] for choice in greeting["choices"]].index("Tra cứu mã phản ánh") + 1
    (asked,) = citizen.say(str(number))

    assert "mã" in asked["text"]


@pytest.mark.parametrize("text", ["🙂🙂", "<script>alert(1)</script>", "/restart", "....", "a" * 3900])
def test_odd_input_gets_an_answer(citizen: Citizen, text: str) -> None:
    assert citizen.say(text)[0]["text"]


def test_scripts_and_evaluators_get_one_json_object_a_line(assistant: Assistant) -> None:
    import json

    done = assistant.command("ask", "--json", "--as-of", "2027-01-02", text="phí làm lại căn cước bị mất\n")

    (line,) = done.stdout.splitlines()
    answered = json.loads(line)
    assert {
        "question",
        "status",
        "answer",
        "procedures",
        "field",
        "sources",
        "score",
        "ms",
    } <= answered.keys()
    assert answered["status"] == "answered"
    assert "70.000 đồng" in answered["answer"]
    assert "35.000" not in answered["answer"]
