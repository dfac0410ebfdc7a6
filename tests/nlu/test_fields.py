"""Which field of a procedure is asked."""

import pytest

from nlu.cues import FieldCues
from nlu.fields import FieldModel
from nlu.text import read


@pytest.fixture(scope="module")
def model() -> FieldModel:
    return FieldModel()


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("làm giấy khai sinh mất bao lâu", ["time_limit"]),
        ("lam can cuoc may ngay co", ["time_limit"]),
        ("tốn nhiêu", ["fee"]),
        ("het bao nhieu tien", ["fee"]),
        ("còn lệ phí?", ["fee"]),
        ("nộp ở đâu", ["where"]),
        ("làm hộ chiếu ra đâu", ["where"]),
        ("lam tren mang dc ko", ["how_online"]),
        ("cần giấy tờ gì", ["dossier"]),
        ("giay to chi", ["dossier"]),
        ("điều kiện tách thửa", ["conditions"]),
        ("ai được hưởng trợ cấp", ["conditions"]),
        ("làm xong nhận được gì", ["result"]),
        ("theo luật nào", ["legal_basis"]),
        ("trình tự đăng ký kết hôn", ["steps"]),
        ("khai sinh", ["general"]),
        ("cần giấy tờ gì, phí bao nhiêu", ["dossier", "fee"]),
        ("phí bao nhiêu, nộp ở đâu", ["fee", "where"]),
        ("cần giấy tờ gì, phí bao nhiêu, mấy ngày xong", ["dossier", "fee", "time_limit"]),
        ("nộp online có được giảm lệ phí không", ["fee"]),
        ("giấy xác nhận có giá trị mấy tháng", ["result"]),
        ("trợ cấp mai táng phí", ["general"]),
        ("", ["general"]),
    ],
)
def test_asked_by_cues_alone(model: FieldModel, text: str, fields: list[str]) -> None:
    assert [asked.field for asked in model.asked(text)] == fields


def test_a_field_has_its_place_in_the_text_as_typed(model: FieldModel) -> None:
    text = "Sang tên SĐ  hết bn tiền?"
    (asked,) = model.asked(text)
    assert text[asked.start : asked.end] == "bn tiền"


def test_the_name_of_a_procedure_shows_no_field() -> None:
    text = "đăng ký thay đổi địa chỉ nộp hồ sơ"
    cues = FieldCues()
    assert [cue.field for cue in cues.find(read(text)) if cue.strong] == ["where"]
    assert cues.find(read(text), [(0, len(text))]) == []


def test_learned_fields_decide_where_cues_are_silent() -> None:
    texts = [
        "bảng giá dịch vụ",
        "bảng giá làm",
        "xem bảng giá",
        "bản đồ tới trụ sở",
        "chỉ đường tới",
        "bản đồ",
    ]
    learned = FieldModel.learn(texts, ["fee"] * 3 + ["where"] * 3, strength=1.0)
    assert [asked.field for asked in learned.asked("cho xem bang gia")] == ["fee"]


_NAMES = ["lệ phí trước bạ xe", "bảo hiểm xã hội một lần", "giấy phép xây dựng", "khai sinh", "luật sư"]
_NAMES += [
    "đổi người đại diện theo pháp luật",
    "trợ cấp mai táng",
    "tạm trú",
    "sang tên sổ đỏ",
    "nộp đơn ở đâu",
]


@pytest.fixture(scope="module")
def trained() -> FieldModel:
    return FieldModel.learn([], [], names=_NAMES, each=3)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("đóng lệ phí trước bạ xe thì ra đâu", ["where"]),
        ("lệ phí trước bạ xe bao nhiêu", ["fee"]),
        ("rút bảo hiểm xã hội một lần cần giấy gì", ["dossier"]),
        ("Tôi không có tiền. Giờ muốn xin giấy phép xây dựng thì làm sao đây", ["steps"]),
        ("tạm trú có phải đóng phí không", ["fee"]),
        ("tôi ở trọ có phải đăng ký tạm trú không", ["conditions"]),
        ("sang tên sổ đỏ theo thôg tư nào", ["legal_basis"]),
        ("tạm trú có giá trị mấy năm", ["result"]),
        ("muốn sang tên sổ đỏ", ["general"]),
        ("sang tên sổ đỏ cần giấy tờ gì, tốn bao nhiêu tiền", ["dossier", "fee"]),
    ],
)
def test_what_asks_outweighs_the_words_of_the_matter(
    trained: FieldModel, text: str, fields: list[str]
) -> None:
    assert [asked.field for asked in trained.asked(text)] == fields


def test_a_name_that_asks_is_not_hidden(trained: FieldModel) -> None:
    text = "Tố cáo cán bộ thì nộp đơn ở đâu"
    start = text.index("nộp")
    assert [asked.field for asked in trained.asked(text, [(start, len(text))])] == ["where"]


def test_a_field_without_a_cue_takes_no_words_from_the_matter(trained: FieldModel) -> None:
    text = "bị mất sổ đỏ giờ tính sao"
    (asked,) = trained.asked(text)
    assert asked.field == "steps"
    assert text[: asked.start].startswith("bị mất sổ đỏ")
