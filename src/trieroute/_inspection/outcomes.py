"""The outcome of a request or of a build in one map, to be compared with the one in another."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.test import create_environ

from .._errors import MethodNotAllowed, NotFound, RequestRedirect, WebsocketMismatch
from .examples import Build, Request
from .value_text import value_text

__all__ = [
    "SERVER_NAME",
    "BoundMap",
    "Outcome",
    "error_outcome",
    "match_outcome",
    "outcome_of",
    "same",
]

#: The server name to which a map with subdomains is bound.
SERVER_NAME = "example.org"
#: The headers of a WebSocket request.
_UPGRADE = {"Connection": "upgrade", "Upgrade": "websocket"}


@dataclass(frozen=True)
class Outcome:
    """The outcome of a request or of a build.

    :param kind: ``"match"``, ``"redirect"``, ``"405"``, ``"404"``, ``"websocket mismatch"``,
        ``"url"``, ``"taken"`` for a rule that a map takes, or ``"exception"``.
    :param rule: the rule that matches.
    :param values: its values.
    :param detail: the redirect's target, the allowed methods, the URL, or the exception's type.
    :param error: the exception, if *kind* says that it is one.
    :param status: the status of a redirect.
    """

    kind: str
    rule: Any = None
    values: Mapping[str, Any] = field(default_factory=dict)
    detail: str = ""
    error: Exception | None = None
    status: int = 308

    @property
    def values_text(self) -> str:
        """The values as they are written in a call."""
        return ", ".join(f"{name}={value_text(value)}" for name, value in self.values.items())

    def __str__(self) -> str:
        if self.kind == "match":
            endpoint = repr(self.rule.endpoint)
            return f"{endpoint} with {self.values_text}" if self.values else endpoint
        if self.kind == "exception":
            if isinstance(self.error, HTTPException):
                return f"{self.error.code} {self.error.name}"
            return f"{self.detail}: {self.error}".removesuffix(": ")
        text = {
            "404": "404 Not Found",
            "405": f"405 Method Not Allowed (allowed: {self.detail})",
            "redirect": f"{self.status} redirect to {self.detail}",
            "websocket mismatch": "400 WebSocket mismatch",
        }
        return text.get(self.kind, self.detail or self.kind)


def outcome_of(call: Callable[[], Outcome]) -> Outcome:
    """Return the outcome of a call, or the one that its exception stands for."""
    try:
        return call()
    except Exception as error:
        return error_outcome(error)


def error_outcome(error: Exception) -> Outcome:
    """Return the outcome that an exception stands for."""
    if isinstance(error, RequestRedirect):
        return Outcome("redirect", detail=error.new_url, status=error.code or 0)
    if isinstance(error, MethodNotAllowed):
        return Outcome("405", detail=", ".join(sorted(error.valid_methods or ())))
    if isinstance(error, WebsocketMismatch):
        return Outcome("websocket mismatch")
    if isinstance(error, NotFound):
        return Outcome("404")
    # From Python 3.13 on, the class is called PatternError.
    name = "re.error" if isinstance(error, re.error) else type(error).__name__
    if isinstance(error, HTTPException):
        name = f"{error.code} {name}"
    return Outcome("exception", detail=name, error=error)


def match_outcome(adapter: Any, path: str, method: str) -> Outcome:
    """Return the outcome of ``adapter.match(path, method)``."""
    return outcome_of(lambda: Outcome("match", *adapter.match(path, method, return_rule=True)))


def same(one: Outcome, other: Outcome) -> bool:
    """Tell whether two outcomes are the same to an application, whichever rules they come from."""
    if one.kind != other.kind:
        return False
    if one.kind == "redirect":
        return _lower_host(one.detail) == _lower_host(other.detail)
    if one.kind != "match":
        return one.detail == other.detail
    return bool(
        one.rule.endpoint == other.rule.endpoint
        and one.values.keys() == other.values.keys()
        and all(_same_value(value, other.values[name]) for name, value in one.values.items())
    )


def _same_value(one: Any, other: Any, depth: int = 5) -> bool:
    """Tell whether two values are the same to an application.

    :param depth: how far down it is looked into values that hold others; one may hold itself.
    """
    if type(one) is not type(other):
        return False
    kind: Any = type(one)
    if kind.__eq__ is object.__eq__:
        # Each match makes a new object, and objects of such a class equal only themselves.
        one, other = (getattr(value, "__dict__", None) for value in (one, other))
    # What is no number, NaN, does not equal itself.
    if one == other or (one != one and other != other):
        return True
    if not depth:
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            _same_value(value, other[name], depth - 1) for name, value in one.items()
        )
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(
            _same_value(*pair, depth - 1) for pair in zip(one, other, strict=True)
        )
    return False


def _lower_host(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.lower()).geturl()


class BoundMap:
    """One map, with an adapter for each domain that a request asks for."""

    def __init__(self, url_map: Any) -> None:
        self.map = url_map
        self._adapters: dict[tuple[str, bool], Any] = {}

    def adapter(self, domain: str, websocket: bool = False) -> Any:
        """Return the adapter for a domain.

        :param domain: the subdomain, or the host if the map matches hosts.
        :param websocket: whether the adapter is for WebSocket requests.
        :raise BadHost: *domain* can't be part of a host name.
        """
        key = domain, websocket
        if key not in self._adapters:
            headers = _UPGRADE if websocket else None
            environ = create_environ(base_url=f"http://{SERVER_NAME}", headers=headers)
            names = [SERVER_NAME, domain]
            if self.map.host_matching:
                # Since Werkzeug 3.2, the name of the server does not count there.
                names, environ["HTTP_HOST"] = [domain], domain
            # Frameworks bind a map by this method, which a program's own map may override.
            self._adapters[key] = self.map.bind_to_environ(environ, *names)
        return self._adapters[key]

    def match(self, request: Request) -> Outcome:
        """Return the outcome of a request."""
        _, domain, path, method, websocket = request
        return outcome_of(lambda: match_outcome(self.adapter(domain, websocket), path, method))

    def build(self, build: Build) -> Outcome:
        """Return the outcome of a call of ``build``."""
        rule, domain, values, method, external = build
        return outcome_of(
            lambda: Outcome(
                "url",
                detail=self.adapter(domain).build(
                    rule.endpoint, values, method, force_external=external
                ),
            )
        )
