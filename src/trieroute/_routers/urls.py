"""URLs of a router: paths that can become full URLs, and those across mounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar
from urllib.parse import quote, urlsplit

from .._core.quoting import SAFE_IN_PATH, quote_anchor
from .._errors import BuildError
from .._map import Map
from .mounts import BELOW, MountRule

__all__ = ["URLPath", "URLs"]

Prefix = TypeVar("Prefix")

#: The server name of a URL whose server is not known yet; a full URL needs one.
_NOWHERE = "server.invalid"


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


def _below(prefix: URLPath, path: Any) -> URLPath:
    """Put the path of a URL of a mounted application below that of the mount.

    :param prefix: the path of the mount.
    :param path: what the application's ``url_path_for`` returns, one of ours or of Starlette's.
    """
    protocol: Any = getattr(path, "protocol", "") or "http"
    return URLPath(
        f"{prefix.rstrip('/')}{path}", protocol, getattr(path, "host", "") or prefix.host
    )


def _note(error: BuildError, text: str) -> None:
    """Add a note to an error, once: a mount has several rules."""
    if text not in getattr(error, "__notes__", ()):
        error.add_note(text)


class URLs:
    """The part of a router that builds URLs."""

    map: Map
    server_name: str | None
    #: The router's applications; those of mounts may build URLs of their own.
    _apps: Any

    def url_path_for(self, name: Any, /, **path_params: Any) -> URLPath:
        """Build the URL of an endpoint; whoever finds the router in a scope may call it.

        :param name: the endpoint. ``"mount:name"`` is the name of a mounted router, or of another
            application with such a method, at the endpoint of its mount.
        :param path_params: values by variable name; others become the query.
        :return: the path below the router's root, which knows how to become a full URL.
        :raise BuildError: no rule of the endpoint suits.
        """
        return self._path_for(name, path_params, None)

    def _path_for(self, name: Any, values: Mapping[str, Any], method: str | None) -> URLPath:
        """Build a URL as :meth:`url_path_for` does.

        :param method: the HTTP method that the rule has to take; ``None`` for any.
        """
        adapter = self.map.bind(self.server_name or _NOWHERE)
        try:
            url = adapter.build(name, values, method, force_external=True)
        except BuildError as error:

            def prefix_of(outer: str, given: Mapping[str, Any]) -> URLPath:
                return self._path_for(outer, given, method)

            found = self._across(name, values, method, error, prefix_of)
            if found is None:
                raise error
            return _below(*found)
        if url.startswith("/"):
            return URLPath(url)
        scheme, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        if not self.server_name:
            host = host.removesuffix(_NOWHERE)
        return URLPath(slash + path, "websocket" if scheme == "ws" else "http", host)

    def _across(
        self,
        name: Any,
        values: Mapping[str, Any],
        method: str | None,
        missed: BuildError,
        prefix_of: Callable[[str, Mapping[str, Any]], Prefix],
    ) -> tuple[Prefix, Any] | None:
        """Build the URL of a name in a mounted application; ``None`` if none knows it.

        :param method: the HTTP method that the rule has to take; ``None`` for any. Applications
            other than routers can't be told of it.
        :param missed: the error that is raised then; it is told why none does.
        :param prefix_of: builds the URL of a mount by its endpoint.
        :return: the URL of the mount, and what comes below it.
        """
        outer, colon, inner = name.partition(":") if isinstance(name, str) else ("", "", "")
        if not colon:
            return None
        for rule in self.map._rules_of(outer):
            if not isinstance(rule, MountRule):
                continue
            app = self._apps.handler_of(rule)
            if not hasattr(app, "url_path_for"):
                _note(missed, f"what is mounted as {outer!r}, {app!r}, has no url_path_for")
                continue
            own = {key: value for key, value in values.items() if key in rule.arguments - {BELOW}}
            others = {key: value for key, value in values.items() if key not in own}
            try:
                # A method of the program's own can't be told of it.
                own_way = getattr(type(app), "url_path_for", None) is not URLs.url_path_for
                if method is not None and not own_way:
                    path = app._path_for(inner, others, method)
                else:
                    path = app.url_path_for(inner, **others)
            except Exception as error:
                # The classes of these are those of any framework.
                if isinstance(error, (MemoryError, RecursionError)):
                    raise
                _note(missed, f"what is mounted as {outer!r}, {app!r}, says: {error}")
                continue
            try:
                return prefix_of(outer, {**own, BELOW: ""}), path
            except BuildError as error:
                _note(missed, f"of the mount {outer!r} itself there is no URL: {error}")
        return None

    def _url_across(self, error: BuildError, name: Any, values: dict[str, Any]) -> str | None:
        """Build a URL across mounts for ``url_for``, asked where the map has no rule for it."""
        adapter = error.adapter
        if adapter is None:
            return None
        method = values["_method"]

        def prefix_of(outer: str, given: Mapping[str, Any]) -> str:
            # The request may be on another host than the mount, which the adapter finds out.
            scheme = values["_scheme"]
            return adapter.build(outer, given, method, force_external=True, url_scheme=scheme)

        own = {
            key: value
            for key, value in values.items()
            if key not in ("_external", "_scheme", "_anchor", "_method") and value is not None
        }
        found = self._across(name, own, method, error, prefix_of)
        if found is None:
            return None
        prefix = urlsplit(found[0])
        path = _below(URLPath(prefix.path), found[1])
        host = path.host or prefix.netloc
        if host.endswith("."):
            host += prefix.netloc
        anchor = values["_anchor"]
        end = "" if anchor is None else f"#{quote_anchor(anchor)}"
        for_websockets = path.protocol == "websocket"
        if not (values["_external"] or for_websockets or host != adapter.get_host(None)):
            return f"{path}{end}"
        # It is that of the mount, unless a WebSocket needs another one.
        scheme = prefix.scheme
        if for_websockets:
            scheme = "wss" if scheme in ("https", "wss") else "ws"
        return f"{scheme and f'{scheme}:'}//{host}{path}{end}"
