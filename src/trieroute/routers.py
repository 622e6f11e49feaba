"""What the ASGI and the WSGI router share: their rules, their applications, and mounts.

This file knows neither protocol and no framework. A router matches a request with its map, and gets
an application, or an answer that is a response or an HTTP exception of Werkzeug's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from ._core.inspected import inspection
from ._core.map_adapter import MapAdapter
from .converters import PATH_SAFE, BaseConverter
from .errors import MethodNotAllowed, NotFound
from .map import Map
from .rules.rule import Rule
from .rules.settings import RuleFactory

__all__ = ["Mount", "MountRule", "Routes", "namespace_of"]

App = TypeVar("App", bound=Callable[..., Any])

#: The variable of a mount's rules that takes what the path has below the mount.
BELOW = "path"


class _Below(BaseConverter):
    """A converter that takes the end of a path from a slash on, or nothing."""

    regex = r"(?:/[\s\S]*)?"
    part_isolating = False
    #: Whatever else takes a path goes before a mount.
    weight = 1000

    def to_url(self, value: Any) -> str:
        path = quote(str(value), safe=PATH_SAFE).lstrip("/")
        return f"/{path}" if path else ""


class _Everything(_Below):
    """A converter that takes the end of a path."""

    regex = r"[\s\S]*"
    part_isolating = False

    def to_url(self, value: Any) -> str:
        return super().to_url(value)[1:]


_CONVERTERS = {"below": _Below, "everything": _Everything}


class MountRule(Rule):
    """One of the rules of a :class:`Mount`."""

    def get_converter(
        self,
        variable_name: str,
        converter_name: str,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Make the converter for a variable; no map lists those of mounts."""
        if variable_name == BELOW and converter_name in _CONVERTERS:
            return _CONVERTERS[converter_name](self.map)
        return super().get_converter(variable_name, converter_name, args, kwargs)


class Mount(RuleFactory):
    """Gives all requests at and below a path to one application, those for WebSockets as well.

    It is added to a map like a rule, alone or inside another factory. Rules for paths below the
    same prefix go before it, in every order but ``"registration"``.

    :param prefix: the path, in rule syntax; ``"/"`` for all paths. A slash at its end does not
        count. It must have no variable that is called ``path``.
    :param endpoint: the application, or its name among the router's handlers.
    :param options: further settings of :class:`trieroute.Rule`, such as ``methods``, ``subdomain``
        and ``host``.

    A URL is built with the value ``path``, what comes below the mount, or without one.
    """

    def __init__(self, prefix: str, *, endpoint: Any, **options: Any) -> None:
        if not isinstance(prefix, str):
            raise TypeError(f"the prefix of a mount must be a str, not {prefix!r}")
        if prefix and not prefix.startswith("/"):
            raise ValueError(f"the prefix {prefix!r} of a mount must start with a slash")
        self.prefix = prefix.rstrip("/")
        self.endpoint = endpoint
        self.options = options

    def get_rules(self, map: Map) -> Iterator[Rule]:  # type: ignore[override]
        """Give the mount's rules: for HTTP, for WebSockets, and for the URL of the mount itself."""
        settings: dict[str, Any] = {
            "merge_slashes": False,
            **self.options,
            "endpoint": self.endpoint,
        }
        self._check(Rule(self.prefix or "/", **settings), map)
        rule = f"{self.prefix}<below:{BELOW}>" if self.prefix else f"/<everything:{BELOW}>"
        for_websockets: dict[str, Any] = {**settings, "methods": None, "websocket": True}
        yield MountRule(rule, **settings)
        yield MountRule(rule, **for_websockets)
        # A mount of everything may get the empty path, which no other rule takes.
        yield MountRule(f"{self.prefix}/", **settings, build_only=bool(self.prefix))
        if not self.prefix:
            yield MountRule("/", **for_websockets)

    def _check(self, prefix: Rule, map: Map) -> None:
        """Find what is wrong with the prefix, so that no message shows the rules that it becomes.

        :param prefix: a rule of the prefix alone.
        :raise ValueError: it has a variable with the name of what comes below the mount, or as in
            :meth:`trieroute.Map.add`.
        :raise LookupError: as there.
        """
        prefix.bind(map)
        if BELOW in prefix.arguments:
            raise ValueError(
                f"mount {self.prefix!r}: {BELOW!r} is the name of what comes below the mount, give"
                " the variable another one"
            )


class Routes(Generic[App]):
    """A map and the applications that its endpoints stand for; the base of both routers."""

    def __init__(
        self,
        map: Map,
        handlers: Mapping[Any, App] | None = None,
        *,
        server_name: str | None = None,
        automatic_options: bool = True,
        on_error: Callable[[HTTPException, Any], App | None] | None = None,
        debug: bool = False,
    ) -> None:
        if not isinstance(map, Map):
            raise TypeError(f"map must be a trieroute.Map, not {type(map).__name__}")
        if not (handlers is None or isinstance(handlers, Mapping)):
            raise TypeError(f"handlers must be applications by endpoint, not {handlers!r}")
        self.map = map
        #: The applications by endpoint; an endpoint that is not in it must be one itself.
        self.handlers: dict[Any, App] = dict(handlers or ())
        self.server_name = server_name
        self.automatic_options = automatic_options
        self.on_error = on_error
        self.debug = debug

    def route(
        self,
        rule: str,
        *,
        methods: Iterable[str] | None = None,
        endpoint: str | None = None,
        **options: Any,
    ) -> Callable[[App], App]:
        """Add a rule for the application that is decorated.

        :param rule: the rule, such as ``"/users/<int:id>"``.
        :param methods: the HTTP methods that it takes, ``None`` for all.
        :param endpoint: the name for building URLs; ``None`` for the application's ``__name__``.
        :param options: further settings of :class:`trieroute.Rule`, such as ``websocket=True``.
        :return: a decorator that returns what it gets.
        :raise ValueError: the rule can't be parsed, or another application has the name.
        :raise TypeError: *rule* is no str; what is decorated can't be called; or *endpoint* is
            ``None``, and the application has no ``__name__``.
        """
        if not isinstance(rule, str):
            name = getattr(rule, "__name__", "")
            way_out = f": write @router.route('/{name}')" if name.isidentifier() else ""
            raise TypeError(f"route takes the rule, a str, not {rule!r}{way_out}")

        def add(app: App) -> App:
            if not callable(app):
                raise TypeError(f"rule {rule!r}: {app!r} is no application, it can't be called")
            name = getattr(app, "__name__", None) if endpoint is None else endpoint
            if name is None:
                raise TypeError(f"rule {rule!r}: {app!r} has no __name__, give endpoint=...")
            self._name(name, app, rule)
            self.map.add(Rule(rule, methods=methods, endpoint=name, **options))
            self.handlers[name] = app
            return app

        return add

    def mount(self, prefix: str, app: App, *, endpoint: str | None = None, **options: Any) -> Mount:
        """Give all requests at and below a path to an application; see :class:`Mount`.

        :param prefix: the path, in rule syntax; ``"/"`` for all paths.
        :param app: the application.
        :param endpoint: a name for building URLs; ``None`` for none.
        :param options: further settings of :class:`trieroute.Rule`.
        :return: the mount, which ``router.map.remove`` takes away again.
        :raise ValueError: the prefix can't be parsed, or another application has the name.
        :raise TypeError: *prefix* is no str, or *app* can't be called.
        """
        if not callable(app):
            raise TypeError(f"mount {prefix!r}: {app!r} is no application, it can't be called")
        if endpoint is not None:
            self._name(endpoint, app, prefix)
        mount = Mount(prefix, endpoint=app if endpoint is None else endpoint, **options)
        self.map.add(mount)
        if endpoint is not None:
            self.handlers[endpoint] = app
        return mount

    def _name(self, name: str, app: App, rule: str) -> None:
        """Check that a name is free for an application."""
        if self.handlers.get(name, app) is not app:
            raise ValueError(
                f"rule {rule!r}: the endpoint {name!r} has another handler already, give"
                " endpoint=..."
            )

    def _app(self, rule: Rule) -> App:
        """Return the application that a rule's endpoint stands for."""
        app: Any = self.handlers.get(rule.endpoint, rule.endpoint)
        if not callable(app):
            raise LookupError(
                f"rule {rule.rule!r}: the endpoint {rule.endpoint!r} has no handler, add one to the"
                " router's handlers"
            )
        return app  # type: ignore[no-any-return]

    def _match(
        self, adapter: MapAdapter, outer: Mapping[str, Any] | None
    ) -> tuple[Rule, App, Mapping[str, Any], tuple[str, str] | None]:
        """Match the request of an adapter.

        :param outer: values that routers further out have found.
        :return: the rule; the application; all values; and below a mount the path of the mount,
            without a slash at its end, and what is below it, empty or from a slash on.
        """
        rule, values = adapter.match(return_rule=True)
        cut = None
        if isinstance(rule, MountRule):
            path, rest = adapter.path_info, values.pop(BELOW, "")
            mount = path[: len(path) - len(rest)].rstrip("/")
            cut = mount, path[len(mount) :]
        return rule, self._app(rule), {**outer, **values} if outer else values, cut

    def _answer(
        self,
        error: HTTPException,
        method: str,
        request: Any,
        adapter: MapAdapter | None,
    ) -> HTTPException | Response | App:
        """Return what answers a request that no rule takes, automatic ``OPTIONS`` included.

        :param request: the scope or the environment, for ``on_error``.
        :param adapter: the map bound to the request; ``None`` if there is none, or if a rule has
            taken the request.
        """
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            allowed = {*error.valid_methods, *(("OPTIONS",) if self.automatic_options else ())}
            error.valid_methods = sorted(allowed)
            if self.automatic_options and method == "OPTIONS":
                return Response(headers=[("Allow", ", ".join(error.valid_methods))])
        app = None if self.on_error is None else self.on_error(error, request)
        if app is not None:
            return app
        if self.debug and adapter is not None and isinstance(error, (NotFound, MethodNotAllowed)):
            answer: Response = inspection().debug_answer(error, adapter, self._accepted(request))
            return answer
        return error

    def _accepted(self, request: Any) -> str:
        """Return the ``Accept`` header of a request, empty if it has none."""
        raise NotImplementedError


def namespace_of(endpoint: Any) -> str | None:
    """Return what stands before the last dot of an endpoint; ``None`` if it has no dot."""
    return endpoint.rpartition(".")[0] or None if isinstance(endpoint, str) else None
