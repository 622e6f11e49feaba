"""Every suite's function runs once for each of its rows and contestants."""

from __future__ import annotations

import pytest

#: Larger tables take minutes to build, which is worth it in ``python -m benchmarks`` alone.
LARGEST = 10_000


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "row" in metafunc.fixturenames:
        pairs = [
            pytest.param(row, contestant, id=f"{row.name}-{contestant}")
            for row in metafunc.module.ROWS
            if row.size <= LARGEST
            for contestant in row.contestants
        ]
        metafunc.parametrize(("row", "contestant"), pairs)
