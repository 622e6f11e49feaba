"""Short ways to say what a request came to."""

from __future__ import annotations

from typing import Any

import pytest

from trieroute import Map, MethodNotAllowed, NotFound, RequestRedirect, Rule


def matched(rule: str, path: str, **converters: Any) -> dict[str, Any] | None:
    """The values of a map's only rule, or `None` where it does not match."""
    adapter = Map([Rule(rule, endpoint="e")], converters=converters).bind("example.com")
    try:
        return adapter.match(path)[1]
    except NotFound:
        return None


def redirect_of(adapter: Any, *args: Any, **kwargs: Any) -> str:
    """The URL that `adapter.match(...)` redirects to."""
    with pytest.raises(RequestRedirect) as caught:
        adapter.match(*args, **kwargs)
    return caught.value.new_url


def valid_methods_of(adapter: Any, *args: Any, **kwargs: Any) -> list[str]:
    """The methods that the 405 of `adapter.match(...)` names, sorted."""
    with pytest.raises(MethodNotAllowed) as caught:
        adapter.match(*args, **kwargs)
    return sorted(caught.value.valid_methods or ())
