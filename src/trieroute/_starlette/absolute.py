"""Absolute URLs, of which requests make one for each ``url_for``.

Starlette puts such a URL together, takes it apart and puts it together again. That takes several
times as long as to find the path by the name of its route. Where taking apart changes nothing, for
scheme, host and path are plain texts, it is left out. The method that makes absolute URLs is
replaced for that when this file is imported.
"""

from __future__ import annotations

from functools import wraps

from starlette.datastructures import URL, URLPath

from .loops import has_its_own
from .named import plain_url

_make = URLPath.make_absolute_url


@wraps(_make)
def _make_plainly(self: URLPath, base_url: str | URL) -> URL:
    if type(base_url) is URL:
        url = plain_url(str(self), self.protocol, self.host, base_url.components)
        if url is not None:
            return URL(url)
    return _make(self, base_url)


#: Paths, protocols, hosts and base URLs, which are tried out.
_EXAMPLES = [
    ("/a/1", "http", "", "http://example.org:80/"),
    ("/a/1", "websocket", "", "https://example.org/base/"),
    ("", "", "a.example.org", "https://example.org/base"),
]


def _is_as_known() -> bool:
    """Tell whether plain URLs are what Starlette makes of their parts."""
    for path, protocol, host, base in _EXAMPLES:
        made = URLPath(path, protocol, host), URL(base)  # type: ignore[arg-type]
        if vars(_make(*made)) != vars(_make_plainly(*made)):
            return False
    return has_its_own(URLPath, "make_absolute_url")


if _is_as_known():
    URLPath.make_absolute_url = _make_plainly  # type: ignore[method-assign]
