"""Storms: many requests at once, some of whose clients go before they have their answer."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import httpx
import pytest

from serving import PATIENCE, SITES, Site, served

SITE = str(SITES / "routers_site.py")
SERVERS = ["h11", "httptools", "hypercorn", "waitress", "gunicorn"]
# It has no wheel for each CPython, so that the extra `dev` brings it, and not `test`.
if find_spec("granian") is not None:
    SERVERS += ["granian", "granian-wsgi"]


@pytest.fixture(params=SERVERS)
def site(request: Any) -> Iterator[Site]:
    with served(SITE, request.param) as site:
        end = time.monotonic() + PATIENCE
        while True:
            # Granian's workers listen when they have started, and the socket before is closed.
            try:
                assert site.request("/").status == 200
                break
            except httpx.TransportError:
                assert time.monotonic() < end
                time.sleep(0.05)
        yield site


def begin(site: Site, target: str) -> socket.socket:
    """Send a request, and read nothing."""
    connection = socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE)
    connection.sendall(f"GET {target} HTTP/1.1\r\nHost: site.example\r\n\r\n".encode())
    return connection


def cancel_many(site: Site) -> None:
    """Send requests whose client goes: at once, or after the first bytes of the answer."""
    for n in range(60):
        connection = begin(site, f"/slow/{n}")
        if n % 3 == 0:
            connection.recv(1)
        if n % 2:
            # The server learns of it by an error when it writes.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        connection.close()


def test_requests_beside_cancelled_ones(site: Site) -> None:
    cancelling = threading.Thread(target=cancel_many, args=[site])
    cancelling.start()
    try:
        for _ in range(3):
            answers = site.at_once(
                (f"/items/{n}" if n % 2 else f"/slow/{n}", f"h{n}.example") for n in range(60)
            )
            assert {answer.status for answer in answers} == {200}
            for n, answer in enumerate(answers):
                if n % 2:
                    told = json.loads(answer.body)
                    assert told[3::2] == [{"id": n}, f"http://h{n}.example/items/7"]
                else:
                    assert answer.body.decode() == f"/slow/{n} " * 3
    finally:
        cancelling.join(timeout=PATIENCE)
    # Nothing of those that were cancelled is left.
    assert site.request("/slow/7").body == b"/slow/7 /slow/7 /slow/7 "
    assert site.request("/nope").status == 404
    assert site.request("/shops/a/7").status == 200
