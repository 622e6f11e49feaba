"""Running an application under a real server, in a process of its own, and talking HTTP to it."""

from __future__ import annotations

import http.client
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

SITES = Path(__file__).parent / "sites"

#: Seconds until a server must have started, answered, or ended.
PATIENCE = 60


class Response(NamedTuple):
    """What a server answers; of two servers it is equal, for Date is left out."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Site(NamedTuple):
    """A site that is being served.

    :param port: its port on 127.0.0.1.
    :param router: the package whose map the application has.
    """

    port: int
    router: str

    def request(
        self,
        target: str,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: str | None = None,
    ) -> Response:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            given = {"Host": "site.example", **(headers or {})}
            connection.request(method, target, body=body, headers=given)
            response = connection.getresponse()
            headers_given = sorted(
                # The methods of Allow are a set.
                (name, ", ".join(sorted(value.split(", "))) if name.lower() == "allow" else value)
                for name, value in response.getheaders()
                if name.lower() != "date"
            )
            return Response(response.status, headers_given, response.read())
        finally:
            connection.close()


def raw_request(port: int, target: str, method: str = "GET", host: str = "site.example") -> bytes:
    """Send a request whose target is not touched, and give all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(
            f"{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode(
                "latin-1"
            )
        )
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
        return b"".join(parts)


@contextmanager
def served(*arguments: str) -> Iterator[Site]:
    """Run ``python *arguments``, which prints its router and its port, while the block lasts."""
    with subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        lines: queue.Queue[str] = queue.Queue()
        reader = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
        reader.start()
        try:
            router = lines.get(timeout=PATIENCE)
            port = lines.get(timeout=PATIENCE)
            assert port.isdecimal(), "\n".join([router, port, *_rest(lines)])
            yield Site(int(port), router)
        finally:
            process.terminate()
            try:
                process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
            reader.join(timeout=PATIENCE)


def _read(stream: Iterator[str], lines: queue.Queue[str]) -> None:
    """Read all that a process writes, so that it never waits for a reader."""
    for line in stream:
        lines.put(line.strip())
    lines.put("the process has ended")


def _rest(lines: queue.Queue[str]) -> Iterator[str]:
    with suppress(queue.Empty):
        while True:
            yield lines.get(timeout=2)
