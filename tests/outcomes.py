"""Short ways to say what a request came to, where it is an exception."""

from __future__ import annotations

from typing import Any

import pytest

from trieroute import MethodNotAllowed, RequestRedirect


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
