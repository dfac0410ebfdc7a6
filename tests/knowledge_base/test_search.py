"""Search finds documents as people ask, on the day that is asked for."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.ranking import official_words, query_tokens
from knowledge_base.search import MAX_LIMIT, MAX_QUERY, Searcher

TODAY = date(2026, 11, 24)


def first(searcher: Searcher, query: str, **options: object) -> str:
    hits = searcher.search(query, as_of=TODAY, **options)  # type: ignore[arg-type]
    return hits[0].id if hits else ""


@pytest.mark.parametrize(
    ("query", "id"),
    [
        ("Đăng ký khai sinh", "1.000001"),
        ("dang ky khai sinh", "1.000001"),
        ("lm giay khai sanh cho be", "1.000001"),
        ("làm hôn thú ở đâu", "1.000002"),
        ("muon di danh ca ra khoi xin giay gi", "1.000003"),
        ("luật đất đai 2024", "31/2024/QH15"),
    ],
)
def test_found_as_people_type_it(searcher: Searcher, query: str, id: str) -> None:
    assert first(searcher, query) == id


def test_an_expired_document_is_not_given(searcher: Searcher) -> None:
    def ids(day: date) -> set[str]:
        return {hit.id for hit in searcher.search("khai thác thủy sản, nghỉ lễ", as_of=day, limit=MAX_LIMIT)}

    assert "1.000003" in ids(date(2026, 12, 31))
    assert "1.000003" not in ids(date(2027, 1, 1))
    assert "nghi-le" in ids(date(2026, 5, 1))
    assert "nghi-le" not in ids(date(2026, 4, 19)) | ids(date(2026, 5, 3))


def test_kinds_and_levels_filter(searcher: Searcher) -> None:
    def found(**options: object) -> set[str]:
        return {hit.id for hit in searcher.search("đăng ký đất", as_of=TODAY, limit=MAX_LIMIT, **options)}  # type: ignore[arg-type]

    assert found(kinds={"regulation"}) == {"31/2024/QH15"}
    assert not found(levels={"commune"}) & {"1.000003"}
    assert "31/2024/QH15" in found(levels={"commune"})


def test_a_hit_shows_the_passage_that_fits(searcher: Searcher) -> None:
    hit = searcher.search("khai sinh cần giấy chứng sinh, tờ khai", as_of=TODAY, limit=1)[0]
    assert (hit.chunk, hit.text, hit.kind) == ("dossier", "Giấy chứng sinh\nTờ khai", "procedure")


@pytest.mark.parametrize("query", ["", "   ", "?!…", "😀😀", "\x00\x01"])
def test_a_query_without_words_finds_nothing(searcher: Searcher, query: str) -> None:
    assert searcher.search(query) == []


def test_only_the_beginning_of_a_long_query_is_read(searcher: Searcher) -> None:
    assert searcher.search("x " * MAX_QUERY + "khai sinh") == searcher.search(("x " * MAX_QUERY)[:MAX_QUERY])


@pytest.mark.parametrize("limit", [0, MAX_LIMIT + 1])
def test_limit_out_of_range(searcher: Searcher, limit: int) -> None:
    with pytest.raises(ValueError, match="limit"):
        searcher.search("khai sinh", limit=limit)


def test_a_clear_question_scores_higher_than_a_strange_one(searcher: Searcher) -> None:
    clear = searcher.search("đăng ký khai sinh", as_of=TODAY)[0].score
    strange = [hit.score for hit in searcher.search("đội bóng nào vô địch năm 1998", as_of=TODAY)]
    assert clear > 0.5 > max(strange, default=0.0)


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["khai", "sinh", "đất", "sổ", "đỏ", "ghe", "cá", "mất", "làm"])).map(" ".join)
)
def test_any_query_gives_ordered_hits(searcher: Searcher, query: str) -> None:
    hits = searcher.search(query, limit=3)
    assert len(hits) <= 3
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert len({hit.id for hit in hits}) == len(hits)


def test_sayings_bring_official_words() -> None:
    assert official_words("lam so do") == official_words("làm sổ đỏ")
    assert query_tokens("bằng lái")["giay phep"] < query_tokens("bằng lái")["bang lai"]


def test_fillers_count_little() -> None:
    weights = query_tokens("em muốn kết hôn ạ")
    assert weights["em"] < weights["ket"] == weights["ket hon"]
