"""A map and its applications: the base of both routers.

A router matches a request with its map, and gets an application, or an answer that is a response or
an HTTP exception of Werkzeug's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from copy import copy
from threading import RLock
from typing import Any, Generic, TypeVar

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from .._core.inspected import inspection
from .._core.locks import locked
from .._core.map_adapter import MapAdapter
from .._errors import BadHost, MethodNotAllowed, NotFound, RequestRedirect
from .._map import Map
from .._rules.rule import Rule
from .._rules.settings import RuleFactory
from .._url_for import ask_as_well
from .answers import STANDARD_METHODS, make_relative, options_answer
from .given import check_map, returned_app, text_of
from .mounts import Bare, Mount, MountRule, listed_filters
from .served import HANDLER, WRAP, Applications, Served, identity_of
from .server_names import checked_server_name
from .urls import URLs

__all__ = ["Routes"]

App = TypeVar("App", bound=Callable[..., Any])
Handler = TypeVar("Handler", bound=Callable[..., Any])
Filter = TypeVar("Filter", bound=Callable[..., Any])


class Routes(URLs, Generic[App]):
    """A map and the applications that its endpoints stand for; the base of both routers."""

    def __init__(
        self,
        map: Map,
        handlers: Mapping[Any, Any] | None = None,
        *,
        server_name: str | None = None,
        automatic_options: bool = True,
        on_error: Callable[[HTTPException, Any], App | None] | None = None,
        on_exception: Callable[[Exception, Any], App | None] | None = None,
        adapt: Callable[[Any], App] | None = None,
        adapt_websocket: Callable[[Any], App] | None = None,
        relative_redirects: bool = False,
        debug: bool = False,
    ) -> None:
        check_map(map)
        server_name = checked_server_name(server_name)
        if not (handlers is None or isinstance(handlers, Mapping)):
            raise TypeError(f"handlers must be applications by endpoint, not {handlers!r}")
        for name, function in {
            "on_error": on_error,
            "on_exception": on_exception,
            "adapt": adapt,
            "adapt_websocket": adapt_websocket,
        }.items():
            if function is not None and not callable(function):
                raise TypeError(f"{name} must be a function, not {function!r}")
        self.map = map
        #: The handlers by endpoint; an endpoint that is not in it must be one itself.
        self.handlers: dict[Any, Any] = dict(handlers or ())
        self.server_name = server_name
        self.automatic_options = automatic_options
        self.on_error = on_error
        self.on_exception = on_exception
        self.relative_redirects = relative_redirects
        self.debug = debug
        self._apps: Applications[App] = Applications(map, self.handlers, (adapt, adapt_websocket))
        #: The names that this router has given handlers, and not the program.
        self._named: set[Any] = set()
        self._lock = RLock()
        ask_as_well(self)

    # Rules

    def route(
        self,
        rule: str,
        *,
        methods: Iterable[str] | None = None,
        endpoint: str | None = None,
        wrap: Any = (),
        **options: Any,
    ) -> Callable[[Handler], Handler]:
        """Add a rule for the handler that is decorated.

        :param rule: the rule, such as ``"/users/<int:id>"``.
        :param methods: the HTTP methods that it takes, ``None`` for all.
        :param endpoint: the name for building URLs; ``None`` for the handler's ``__name__``. A
            second handler may have it if their rules differ in the methods alone.
        :param wrap: a filter, or a list of them; see :meth:`wrap`. Of a list, the first one sees a
            request first, after those for all applications.
        :param options: further settings of :class:`trieroute.Rule`, such as ``websocket=True``.
        :return: a decorator that returns what it gets.
        :raise ValueError: the rule can't be parsed, another handler has the name, or the map does
            not look at the host or the subdomain that is given.
        :raise TypeError: *rule* is no str; *wrap* is no function; what is decorated can't be
            called; or *endpoint* is ``None``, and the handler has no ``__name__``.
        """
        rule = text_of(rule, "route")
        filters = listed_filters(f"rule {rule!r}", wrap)

        def add(handler: Handler) -> Handler:
            if not callable(handler):
                raise TypeError(f"rule {rule!r}: {handler!r} is no application, it can't be called")
            name = getattr(handler, "__name__", None) if endpoint is None else endpoint
            if name is None:
                raise TypeError(f"rule {rule!r}: {handler!r} has no __name__, give endpoint=...")
            added = Rule(rule, methods=methods, endpoint=name, **options)
            if filters:
                setattr(added, WRAP, filters)
            locked(self._lock, self._add, name, handler, added)
            return handler

        return add

    def get(self, rule: str, **options: Any) -> Callable[[Handler], Handler]:
        """Add a rule for ``GET`` and ``HEAD``; see :meth:`route`."""
        return self._route_of("get", rule, options, methods=["GET"])

    def post(self, rule: str, **options: Any) -> Callable[[Handler], Handler]:
        """Add a rule for ``POST``; see :meth:`route`."""
        return self._route_of("post", rule, options, methods=["POST"])

    def put(self, rule: str, **options: Any) -> Callable[[Handler], Handler]:
        """Add a rule for ``PUT``; see :meth:`route`."""
        return self._route_of("put", rule, options, methods=["PUT"])

    def patch(self, rule: str, **options: Any) -> Callable[[Handler], Handler]:
        """Add a rule for ``PATCH``; see :meth:`route`."""
        return self._route_of("patch", rule, options, methods=["PATCH"])

    def delete(self, rule: str, **options: Any) -> Callable[[Handler], Handler]:
        """Add a rule for ``DELETE``; see :meth:`route`."""
        return self._route_of("delete", rule, options, methods=["DELETE"])

    def websocket(self, rule: str, **options: Any) -> Callable[[Handler], Handler]:
        """Add a rule for WebSockets; see :meth:`route`."""
        return self._route_of("websocket", rule, options, websocket=True)

    def _route_of(
        self, name: str, rule: Any, options: dict[str, Any], **said: Any
    ) -> Callable[[Handler], Handler]:
        """Add a rule by a method whose name says a setting.

        :param said: what it says.
        :raise TypeError: *options* say it again.
        """
        text = text_of(rule, name)
        for setting in said.keys() & options.keys():
            raise TypeError(
                f"rule {text!r}: @router.{name} says {setting} by itself: leave it out, or write"
                f" @router.route({text!r}, {setting}={options[setting]!r})"
            )
        return self.route(text, **said, **options)

    def mount(
        self,
        prefix: str,
        app: App,
        *,
        endpoint: str | None = None,
        bare: Bare = "pass",
        wrap: Any = (),
        **options: Any,
    ) -> Mount:
        """Give all requests at and below a path to an application; see :class:`Mount`.

        :param prefix: the path, in rule syntax; ``"/"`` for all paths.
        :param app: the application.
        :param endpoint: a name for building URLs; ``None`` for none.
        :param bare: what becomes of a request for the prefix alone: ``"pass"``, ``"redirect"`` or
            ``"refuse"``.
        :param wrap: a filter, or a list of them, as in :meth:`route`.
        :param options: further settings of :class:`trieroute.Rule`.
        :return: the mount, which :meth:`remove` takes away again.
        :raise ValueError: the prefix can't be parsed, another application is mounted there or has
            the name, *bare* is something else, or as in :meth:`route`.
        :raise TypeError: *prefix* or *wrap* is of another type, or *app* can't be called.
        """
        if not callable(app):
            raise TypeError(f"mount {prefix!r}: {app!r} is no application, it can't be called")
        named = app if endpoint is None else endpoint
        mount = Mount(prefix, endpoint=named, bare=bare, wrap=wrap, **options)
        locked(self._lock, self._add, endpoint, app, mount)
        return mount

    def wrap(self, filter: Filter) -> Filter:
        """Put a filter before all applications of rules and mounts, also those added later.

        :param filter: a function that makes an application of an application. It is called once for
            each, when that is made. A request goes through the filters in the order in which they
            were given, and then through those of its rule or mount.
        :return: the filter, so that this may be a decorator.
        :raise TypeError: it can't be called.
        """
        for each in listed_filters("the router", filter):
            self._apps.wrap(each)
        return filter

    def remove(self, route: Any) -> None:
        """Take rules away; the next request does not find them any more.

        :param route: a handler or a mounted application, an endpoint, the text of a rule or the
            prefix of a mount, for all rules that have it; or a rule, a :class:`Mount`, or another
            factory that was added to the map.
        :raise ValueError: the router has no such rule.
        """
        locked(self._lock, self._remove, route)

    def _remove(self, route: Any) -> None:
        url_map = self.map
        is_factory = isinstance(route, RuleFactory) and not isinstance(route, (Rule, Mount))
        if is_factory:
            rules = url_map._to_remove([route])
        elif isinstance(route, Rule):
            rules = [route]
        else:
            rules = [rule for rule in url_map._rules if self._is_meant(rule, route)]
        if not rules:
            raise ValueError(f"the router has no route {route!r}")
        handlers = {rule.endpoint: self._apps.handler_of(rule) for rule in rules if _named(rule)}
        url_map.remove(route if is_factory else rules)
        for name, handler in handlers.items():
            if name in self._named and not any(map(_named, url_map._rules_of(name))):
                self._apps.forget(name, handler)
                self._named.discard(name)

    def _is_meant(self, rule: Rule, route: Any) -> bool:
        """Tell whether a rule has this handler, endpoint, text or prefix, or is of this mount."""
        if isinstance(route, Mount):
            # The mount may be inside of a factory, which the map knows in its place.
            return isinstance(rule, MountRule) and rule.mount is route
        if isinstance(route, str) and route.startswith("/"):
            if isinstance(rule, MountRule):
                return rule.prefix == route.rstrip("/")
            return rule.rule == route
        handler = self._apps.handler_of(rule)
        return identity_of(handler) == identity_of(route) or bool(rule.endpoint == route)

    def _add(self, name: Any, handler: Any, added: Rule | Mount) -> None:
        """Add a rule or a mount, and the handler under its name if that is not ``None``."""
        place = f"rule {added.rule!r}" if isinstance(added, Rule) else added._place
        settings = vars(added) if isinstance(added, Rule) else added.options
        hosts = self.map.host_matching
        ignored, used = ("subdomain", "host") if hosts else ("host", "subdomain")
        if settings.get(ignored):
            raise ValueError(
                f"{place}: its {ignored} would be ignored, since the router has a map with"
                f" host_matching={hosts}: give it another map, or {used}=..."
            )
        if name is not None and not self._is_free(name, handler):
            if isinstance(added, Mount) or not self._shares(name, added):
                raise ValueError(
                    f"{place}: the endpoint {name!r} has another handler already, give endpoint=..."
                )
            setattr(added, HANDLER, handler)
        new = name is not None and HANDLER not in vars(added)
        had = self.handlers.get(name)
        if new:
            # The handler comes first: a request may find the rule at once.
            self.handlers[name] = handler
        try:
            self.map.add(added)
        except BaseException:
            if new and had is None:
                self.handlers.pop(name, None)
            elif new:
                self.handlers[name] = had
            raise
        if new and had is None:
            self._named.add(name)

    def _is_free(self, name: str, handler: Any) -> bool:
        """Tell whether a name is free for a handler, or has it already."""
        rules = self.map._rules_of(name)
        if name not in self.handlers:
            # Rules that share the name may be left of those that it had.
            others = [vars(rule)[HANDLER] for rule in rules if HANDLER in vars(rule)]
        elif name in self._named and not rules:
            # The rules may have been removed from the map itself.
            return True
        else:
            others = [self.handlers[name]]
        return all(identity_of(other) == identity_of(handler) for other in others)

    def _shares(self, name: str, added: Rule) -> bool:
        """Tell whether a new rule differs from all rules of a name in the methods alone."""
        rules = self.map._rules_of(name)
        # A name without a rule is one that the program has given a handler.
        return bool(rules) and all(
            (rule.rule, rule.subdomain, rule.host, rule.websocket, rule.defaults)
            == (
                added.rule,
                self.map.default_subdomain if added.subdomain is None else added.subdomain,
                added.host,
                added.websocket,
                added.defaults,
            )
            and (methods := rule.methods) is not None
            and (others := added.methods) is not None
            and not (methods & others)
            for rule in rules
        )

    # Requests

    def _answer(
        self,
        error: HTTPException,
        method: str,
        request: Any,
        adapter: MapAdapter | None,
        rule: Rule | None = None,
    ) -> HTTPException | Response | App:
        """Return what answers a request that no rule takes, automatic ``OPTIONS`` included.

        :param request: the scope or the environment, for ``on_error``.
        :param adapter: the map bound to the request; ``None`` if it can't be bound.
        :param rule: the rule whose application has raised the exception; ``None`` if none matches.
        """
        if isinstance(error, MethodNotAllowed):
            error = self._with_methods(error, method, rule)
            if rule is None and method == "OPTIONS" and self.automatic_options:
                return options_answer(error.valid_methods or ())
        elif rule is None and adapter is not None:
            if method == "OPTIONS" and type(error) is NotFound:
                error = self._redirect_of_others(adapter) or error
            # Where an application redirects to is its own business.
            if self.relative_redirects and isinstance(error, RequestRedirect):
                make_relative(error, adapter)
        if self.on_error is not None:
            app = returned_app("on_error", self.on_error, error, request)
            if app is not None:
                return app  # type: ignore[no-any-return]
        explains = self.debug and isinstance(error, (NotFound, MethodNotAllowed))
        if explains and rule is None and adapter is not None:
            answer: Response = inspection().debug_answer(error, adapter, self._accepted(request))
            return answer
        return error

    def _with_methods(
        self, error: MethodNotAllowed, method: str, rule: Rule | None
    ) -> MethodNotAllowed:
        """Complete the methods of a 405: HTTP wants all told, and an application may tell none."""
        allowed = set(error.valid_methods or ())
        if rule is not None:
            # The application may raise the same exception again.
            error = copy(error)
            methods = rule.methods
            takes = STANDARD_METHODS if methods is None else methods
            allowed = allowed or {*takes} - {method}
        # A mounted application gets these requests itself.
        if self.automatic_options and not isinstance(rule, MountRule):
            allowed.add("OPTIONS")
        error.valid_methods = sorted(allowed)
        return error

    def _answers_options(self, served: Served[App]) -> bool:
        """Tell whether the router answers ``OPTIONS`` for a rule that takes all methods."""
        return self.automatic_options and not served.is_mount and served.rule.methods is None

    def _redirect_of_others(self, adapter: MapAdapter) -> RequestRedirect | None:
        """Return where a request is redirected if it has another method than ``OPTIONS``."""
        if not self.automatic_options:
            return None
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            try:
                adapter.match(method=method)
            except RequestRedirect as redirect:
                return redirect
            except HTTPException:
                pass
        return None

    def _adapter_for(
        self, error: HTTPException, adapter: MapAdapter | None, request: Any
    ) -> MapAdapter | None:
        """Return the adapter that is the current one while an error is answered.

        :param adapter: the map bound to the request; ``None`` if it can't be bound. Clients can
            send a host that is none, and what answers that needs URLs as well.
        """
        if adapter is None and isinstance(error, BadHost):
            # A map of the program's own class may refuse that host as well.
            with suppress(HTTPException):
                return self._bound_at(self.server_name or "localhost", request)
        return adapter

    def _bound_at(self, host: str, request: Any) -> MapAdapter:
        """Bind the map to a request as if that had another host."""
        raise NotImplementedError

    def _accepted(self, request: Any) -> str:
        """Return the ``Accept`` header of a request, empty if it has none."""
        raise NotImplementedError


def _named(rule: Rule) -> bool:
    return isinstance(rule.endpoint, str) and HANDLER not in vars(rule)
