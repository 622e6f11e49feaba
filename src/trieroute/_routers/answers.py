"""Exceptions that are answers: Werkzeug's, and those of others that have the same fields."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException, default_exceptions
from werkzeug.wrappers import Response

from .._core.map_adapter import MapAdapter
from .._errors import MethodNotAllowed, RequestRedirect

__all__ = ["STANDARD_METHODS", "as_answer", "make_relative", "options_answer"]

#: What a rule without methods is said to take.
STANDARD_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


def as_answer(error: Exception) -> HTTPException | None:
    """Return an exception as one of Werkzeug's, or ``None`` if it is no answer to a request.

    One that has ``status_code``, ``detail`` and ``headers``, as Starlette's and FastAPI's, becomes
    the exception that Werkzeug has for the status. It keeps these three attributes, its response
    has the headers, and ``__cause__`` is the other exception.
    """
    if isinstance(error, HTTPException):
        return error
    status = getattr(error, "status_code", None)
    if not (
        isinstance(status, int)
        and 100 <= status <= 999
        and hasattr(error, "detail")
        and hasattr(error, "headers")
    ):
        return None
    fields = cast("Any", error)
    detail = fields.detail
    text = detail if isinstance(detail, str) or detail is None else json.dumps(detail, default=str)
    answer: Any = _answer_class(status)(description=text or None)
    answer.status_code = answer.code = status
    answer.detail = detail
    answer.headers = fields.headers
    answer.__cause__ = error
    if isinstance(answer, MethodNotAllowed):
        for name, value in _pairs(fields.headers):
            if name.lower() == "allow":
                answer.valid_methods = [method.strip() for method in value.split(",")]
    return answer  # type: ignore[no-any-return]


class _Foreign(HTTPException):
    """Part of an exception of Werkzeug's that was made of another one."""

    headers: Any = None

    def get_headers(self, environ: Any = None, scope: Any = None) -> list[tuple[str, str]]:
        """Return the headers of the page, with those of the other exception in their place."""
        added = _pairs(self.headers)
        names = {name.lower() for name, _ in added}
        if isinstance(self, MethodNotAllowed) and self.valid_methods:
            # `Allow` is made of the methods, which may have become more.
            added = [pair for pair in added if pair[0].lower() != "allow"]
            names.discard("allow")
        page = [] if self._has_no_body else super().get_headers(environ, scope)
        return [pair for pair in page if pair[0].lower() not in names] + added

    def get_body(self, environ: Any = None, scope: Any = None) -> str:
        """Return the page, or nothing where the status allows no body."""
        return "" if self._has_no_body else super().get_body(environ, scope)

    def get_response(self, environ: Any = None, scope: Any = None) -> Any:
        """Return the response; one without a body tells no type of it."""
        response = super().get_response(environ, scope)
        if self._has_no_body:
            del response.headers["Content-Type"]
        return response

    @property
    def _has_no_body(self) -> bool:
        return self.code is not None and (self.code < 200 or self.code in (204, 304))


@cache
def _answer_class(status: int) -> type[HTTPException]:
    known = default_exceptions.get(status, HTTPException)
    return type(known.__name__, (_Foreign, known), {"__module__": known.__module__})


def _pairs(headers: Any) -> list[tuple[str, str]]:
    items: Iterable[tuple[Any, Any]] = getattr(headers, "items", lambda: headers or ())()
    return [(str(name), str(value)) for name, value in items]


def options_answer(methods: Iterable[str]) -> Response:
    """Return the answer to ``OPTIONS`` that lists these methods."""
    return Response(headers=[("Allow", ", ".join(methods))])


def make_relative(redirect: RequestRedirect, adapter: MapAdapter) -> None:
    """Leave scheme and host out of where a redirect leads, if they are those of the request."""
    url = urlsplit(redirect.new_url)
    here = (adapter.url_scheme or "http", adapter.get_host(None))
    if (url.scheme, url.netloc) == here:
        # It has one slash in front, for with two a host would follow.
        path = f"/{url.path.lstrip('/')}"
        redirect.new_url = url._replace(scheme="", netloc="", path=path).geturl()
