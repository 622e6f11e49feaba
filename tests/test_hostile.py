"""What a client may send comes to what the documentation says, and never to another host."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BuildError, RequestRedirect

import trieroute
from hostile import TABLE, Case, page

PAGE = Path(__file__).parent.parent / "docs" / "hostile.md"
CASES = [(heading, case) for heading, cases in TABLE.items() for case in cases]


def test_page_has_the_outcomes() -> None:
    assert page().splitlines() == PAGE.read_text(encoding="utf-8").splitlines()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("heading", "case"), CASES, ids=[f"{heading}: {case.shown[:60]}" for heading, case in CASES]
)
def test_no_case_leads_elsewhere(heading: str, case: Case) -> None:
    try:
        result = case.attempt(trieroute)
    except RequestRedirect as redirect:
        url = redirect.new_url
    except (HTTPException, BuildError, ValueError):
        return
    else:
        url = result if isinstance(result, str) else ""
    assert url.isprintable()
    if heading == "Values of built URLs" or (heading == "Roots" and not url.startswith("http")):
        assert url.startswith("/") and not url.startswith(("//", "/\\"))
    elif url and heading not in ("Hosts", "Schemes"):
        host = urlsplit(url).hostname or ""
        assert host in ("example.org", "localhost") or host.endswith(".example.org")
