"""The file that proves the domain to Zalo."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from connectors.zalo_verifier import verifier_route


def test_the_file_is_served_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "zalo_verifierH8-s_2.html"
    file.write_text("<html>✓</html>", encoding="utf-8")
    answer = TestClient(Starlette(routes=[verifier_route(file)])).get("/zalo_verifierH8-s_2.html")
    assert (answer.text, answer.headers["content-type"]) == ("<html>✓</html>", "text/html; charset=utf-8")


@pytest.mark.parametrize("name", ["index.html", "zalo_verifier.html", "zalo_verifierX.html"])
def test_another_or_missing_file_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "index.html").touch()
    with pytest.raises(ValueError, match="ZALO_VERIFIER_FILE"):
        verifier_route(tmp_path / name)
