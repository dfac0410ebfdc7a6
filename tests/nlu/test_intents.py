"""Which intent a text has, and whether it is in scope."""

from pathlib import Path

import pytest

from nlu.features import IntentFeatures, Vectoriser
from nlu.gazetteer import Gazetteer
from nlu.intents import OUT_OF_SCOPE, IntentModel
from nlu.linear import stack

_EXAMPLES = {
    "greet": ["xin chào", "chào bạn", "chào cán bộ", "chào buổi sáng", "dạ chào", "chào anh", "chào chị"],
    "ask": ["làm khai sinh", "khai sinh cho con", "đăng ký khai sinh", "giấy khai sinh", "khai sinh trễ"],
    OUT_OF_SCOPE: [
        "trời mưa không",
        "mai trời nắng",
        "giá vàng",
        "vàng hôm nay",
        "bóng đá",
        "đá bóng tối nay",
    ],
}
_FEATURES = IntentFeatures(Gazetteer({}))


@pytest.fixture(scope="module")
def trained() -> tuple[Vectoriser, IntentModel]:
    texts = [(text, intent) for intent, lines in _EXAMPLES.items() for text in lines]
    features = [_FEATURES.of(text) for text, _ in texts]
    vectoriser = Vectoriser.learn(features, rarest=1)
    topics = [text.split()[-1] if intent == OUT_OF_SCOPE else "" for text, intent in texts]
    rows = stack([vectoriser.row(row) for row in features])
    return vectoriser, IntentModel.learn(rows, [intent for _, intent in texts], topics, strength=1.0)


def test_ranking_is_ordered_and_in_scope(trained: tuple[Vectoriser, IntentModel]) -> None:
    vectoriser, model = trained
    ranking = model.judge(vectoriser.row(_FEATURES.of("lam giay khai sinh"))).ranking
    assert [name for name, _ in ranking] == ["ask", "greet"]
    assert ranking[0][1] >= ranking[1][1]
    assert sum(chance for _, chance in ranking) == pytest.approx(1.0)


def test_what_was_never_seen_is_less_in_scope(trained: tuple[Vectoriser, IntentModel]) -> None:
    vectoriser, model = trained
    known = model.judge(vectoriser.row(_FEATURES.of("đăng ký khai sinh"))).in_scope
    unknown = model.judge(vectoriser.row(_FEATURES.of("mai mưa giông"))).in_scope
    assert unknown < known


def test_a_row_is_as_long_as_what_is_known(trained: tuple[Vectoriser, IntentModel]) -> None:
    vectoriser, _ = trained
    known, half, none = (vectoriser.row(_FEATURES.of(text)) for text in ("xin chào", "xin qwxz", "qwxz"))
    assert known.multiply(known).sum() == pytest.approx(1.0)
    assert none.multiply(none).sum() < half.multiply(half).sum() < 1.0


def test_a_saved_model_judges_the_same(trained: tuple[Vectoriser, IntentModel], tmp_path: Path) -> None:
    vectoriser, model = trained
    model.save(tmp_path)
    row = vectoriser.row(_FEATURES.of("chào chị, giấy khai sinh"))
    again, before = IntentModel.load(tmp_path).judge(row), model.judge(row)
    assert [name for name, _ in again.ranking] == [name for name, _ in before.ranking]
    assert again.in_scope == pytest.approx(before.in_scope, abs=1e-5)


def test_matters_widen_what_is_in_scope() -> None:
    texts = [(text, intent) for intent, lines in _EXAMPLES.items() for text in lines]
    matters = [
        "xin phép cất nhà",
        "cất nhà trên đất vườn",
        "muốn cất nhà",
        "cất nhà ba tầng",
        "xin cất nhà",
    ]
    features = [_FEATURES.of(text) for text in [*(text for text, _ in texts), *matters]]
    vectoriser = Vectoriser.learn(features, rarest=1)
    rows = [vectoriser.row(row) for row in features]
    known, more = stack(rows[: len(texts)]), stack(rows[len(texts) :])
    labels, topics = [intent for _, intent in texts], [text.split()[-1] for text, _ in texts]
    without = IntentModel.learn(known, labels, topics, strength=1.0)
    told = IntentModel.learn(known, labels, topics, strength=1.0, matters=more)
    row = vectoriser.row(_FEATURES.of("xin cất nhà trên đất"))
    assert told.judge(row).in_scope > without.judge(row).in_scope
