"""The outcome of a request or of a build in one map, to be compared with the one in another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException

from ..errors import BuildError, MethodNotAllowed, NotFound, RequestRedirect, WebsocketMismatch
from .examples import Build, Request

__all__ = ["SERVER_NAME", "Bindings", "Outcome", "same"]

#: The server name to which a map with subdomains is bound.
SERVER_NAME = "example.org"
#: The environment to which a map is bound, and the headers that a WebSocket request adds to it.
_ENVIRON = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/",
    "QUERY_STRING": "",
    "SERVER_NAME": SERVER_NAME,
    "SERVER_PORT": "80",
    "HTTP_HOST": SERVER_NAME,
    "wsgi.url_scheme": "http",
}
_UPGRADE = {"HTTP_CONNECTION": "upgrade", "HTTP_UPGRADE": "websocket"}


@dataclass(frozen=True)
class Outcome:
    """The outcome of a request or of a build.

    :param kind: ``"match"``, ``"redirect"``, ``"405"``, ``"404"``, ``"websocket mismatch"``,
        ``"url"``, ``"no url"``, or ``"exception"``.
    :param rule: the rule that matches.
    :param endpoint: its endpoint.
    :param values: its values.
    :param detail: the redirect's target, the allowed methods, the URL, or the exception's type.
    :param error: the exception, if there is one.
    """

    kind: str
    rule: Any = None
    endpoint: Any = None
    values: Mapping[str, Any] | None = None
    detail: str = ""
    error: BaseException | None = None

    def __str__(self) -> str:
        if self.kind == "match":
            values = ", ".join(f"{name}={value!r}" for name, value in (self.values or {}).items())
            return f"{self.endpoint!r}, {values}" if values else f"{self.endpoint!r}"
        if self.kind == "exception":
            return f"{self.detail}: {self.error}"
        if self.kind == "405":
            return f"405, allowed: {self.detail}"
        if self.kind == "redirect":
            return f"redirect to {self.detail}"
        return self.detail or self.kind


def same(one: Outcome, other: Outcome) -> bool:
    """Tell whether two outcomes are the same to an application, whichever rules they come from."""
    if one.kind != other.kind:
        return False
    if one.kind == "redirect":
        return _lower_host(one.detail) == _lower_host(other.detail)
    if one.kind != "match":
        return one.detail == other.detail
    ours, theirs = one.values or {}, other.values or {}
    return bool(
        one.endpoint == other.endpoint
        and ours.keys() == theirs.keys()
        and all(_same_value(value, theirs[name]) for name, value in ours.items())
    )


def _same_value(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    kind: Any = type(one)
    if kind.__eq__ is object.__eq__:
        # Each match makes a new object, and objects of such a class equal only themselves.
        return getattr(one, "__dict__", None) == getattr(other, "__dict__", None)
    return bool(one == other)


def _lower_host(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.lower()).geturl()


class Bindings:
    """One map, with an adapter for each domain that a request asks for."""

    def __init__(self, url_map: Any) -> None:
        self.map = url_map
        self._adapters: dict[tuple[str, bool], Any] = {}

    def adapter(self, domain: str, websocket: bool) -> Any:
        """Return the adapter for a domain.

        :param domain: the subdomain, or the host if the map matches hosts.
        :param websocket: whether the adapter is for WebSocket requests.
        :raise BadHost: *domain* can't be part of a host name.
        """
        key = domain, websocket
        found = self._adapters.get(key)
        if found is None:
            environ = _ENVIRON | _UPGRADE if websocket else dict(_ENVIRON)
            # Frameworks bind a map by this method, which a program's own map may override.
            if self.map.host_matching:
                found = self.map.bind_to_environ(environ, domain)
            else:
                found = self.map.bind_to_environ(environ, SERVER_NAME, domain)
            self._adapters[key] = found
        return found

    def match(self, request: Request) -> Outcome:
        """Match a request, and turn what it raises into an outcome."""
        try:
            adapter = self.adapter(request.domain, request.websocket)
            rule, values = adapter.match(request.path, request.method, return_rule=True)
        except RequestRedirect as error:
            return Outcome("redirect", detail=error.new_url, error=error)
        except MethodNotAllowed as error:
            return Outcome("405", detail=", ".join(sorted(error.valid_methods or ())), error=error)
        except WebsocketMismatch as error:
            return Outcome("websocket mismatch", error=error)
        except NotFound as error:
            return Outcome("404", error=error)
        except Exception as error:
            return _raised(error)
        return Outcome("match", rule, rule.endpoint, values)

    def build(self, build: Build) -> Outcome:
        """Build a URL, and turn what that raises into an outcome."""
        try:
            adapter = self.adapter(build.domain, False)
            url = adapter.build(
                build.endpoint, build.values, build.method, force_external=build.external
            )
        except BuildError as error:
            return Outcome("no url", detail="BuildError", error=error)
        except Exception as error:
            return _raised(error)
        return Outcome("url", detail=url)


def _raised(error: Exception) -> Outcome:
    # From Python 3.13 on, the class is called PatternError.
    name = "re.error" if isinstance(error, re.error) else type(error).__name__
    if isinstance(error, HTTPException):
        name = f"{error.code} {name}"
    return Outcome("exception", detail=name, error=error)
