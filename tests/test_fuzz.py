"""The targets of the fuzzers hold for the corpus, and would fail where trieroute is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fuzz import targets
from fuzz.targets import TARGETS, run

import trieroute

CORPUS = Path(targets.__file__).parent / "corpus"


def test_each_target_has_a_corpus() -> None:
    assert {folder.name for folder in CORPUS.iterdir()} == {*TARGETS}


@pytest.mark.parametrize(
    ("name", "file"),
    [(name, file) for name in TARGETS for file in sorted((CORPUS / name).iterdir())],
)
def test_target_holds(name: str, file: Path) -> None:
    run(name, file.read_bytes())


def test_target_finds_another_host(monkeypatch: pytest.MonkeyPatch) -> None:
    class Open(trieroute.Map):
        def bind(self, *args: Any, **kwargs: Any) -> Any:
            return super().bind("evil.example")

    monkeypatch.setattr(targets, "Map", Open)
    targets.adapters.cache_clear()
    try:
        with pytest.raises(AssertionError, match="evil"):
            run("match", b"/a/7\xff")
    finally:
        targets.adapters.cache_clear()
