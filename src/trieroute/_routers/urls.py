"""URLs of a router: paths that can become full URLs, and those across mounts."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import quote, urlsplit

from .._core.quoting import SAFE_IN_PATH
from .._errors import BuildError

__all__ = ["URLPath", "below", "note"]


class URLPath(str):
    """The path of a URL, which can become a full URL.

    :param path: the path, and the query.
    :param protocol: ``"http"`` or ``"websocket"``.
    :param host: the host, empty for that of the base URL; with a dot at its end, a subdomain of
        the base URL's.
    """

    protocol: Literal["http", "websocket"]
    host: str

    def __new__(
        cls, path: str, protocol: Literal["http", "websocket"] = "http", host: str = ""
    ) -> URLPath:
        """Make a text that has protocol and host as attributes."""
        self = super().__new__(cls, path)
        self.protocol = protocol
        self.host = host
        return self

    def make_absolute_url(self, base_url: Any) -> Any:
        """Put scheme, host and root path of a base URL in front.

        :param base_url: the URL of the router's root: a str, or an object of a class that turns
            a str into such an object, and that ``str`` turns into the URL.
        :return: the full URL, of the type of the base URL.
        """
        base = urlsplit(str(base_url))
        scheme = "ws" if self.protocol == "websocket" else "http"
        if base.scheme in ("https", "wss"):
            scheme += "s"
        host = self.host or base.netloc
        if host.endswith("."):
            host += base.netloc
        root = quote(base.path.rstrip("/"), safe=f"{SAFE_IN_PATH}%")
        url = f"{scheme}://{host}{root}{self}"
        return url if isinstance(base_url, str) else type(base_url)(url)


def below(prefix: URLPath, path: Any) -> URLPath:
    """Put the path of a URL of a mounted application below that of the mount.

    :param prefix: the path of the mount.
    :param path: what the application's ``url_path_for`` returns, one of ours or of Starlette's.
    """
    protocol: Any = getattr(path, "protocol", "") or "http"
    return URLPath(
        f"{prefix.rstrip('/')}{path}", protocol, getattr(path, "host", "") or prefix.host
    )


def note(error: BuildError, text: str) -> None:
    """Add a note to an error, once: a mount has several rules."""
    if text not in getattr(error, "__notes__", ()):
        error.add_note(text)
