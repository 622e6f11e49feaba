"""The applications of a router: what is called for a rule, made once."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from types import MethodType
from typing import Any, Generic, TypeVar, cast

from .._core.locks import locked
from .._map import Map
from .._rules.checks import as_written
from .._rules.rule import Rule
from .given import no_application
from .matched import Route, Told
from .mounts import MountRule

__all__ = ["HANDLER", "WRAP", "Applications", "Served", "identity_of", "namespace_of"]

App = TypeVar("App", bound=Callable[..., Any])

#: Attributes of a rule: a handler that its endpoint does not name, and filters of its own.
HANDLER, WRAP = "_handler", "_wrap"

_NONE: Any = object()

#: So many names that were removed are remembered.
_MOST_FORMER = 256


class Served(Generic[App]):
    """What a router knows of a rule that it serves."""

    __slots__ = ("app", "handler", "is_mount", "namespace", "route", "rule", "told")

    def __init__(self, rule: Rule, handler: Any, app: App) -> None:
        self.rule = rule
        #: What the endpoint stands for, as the program has written it.
        self.handler = handler
        #: The application that is made of it.
        self.app = app
        self.is_mount = isinstance(rule, MountRule)
        self.namespace = namespace_of(rule.endpoint)
        self.told = Told(rule)
        #: What a request is told to have matched. At a mount, each request gets one of its own.
        self.route = Route([self.told])

    def __repr__(self) -> str:
        return f"{_place(self.rule)}: {self.handler!r}"

    def explain(self, error: TypeError, kind: str, for_rules: str, for_mounts: str) -> None:
        """Note at an error which handler it is about, if the call of the handler is what failed.

        :param error: what the caller of this has caught.
        :param kind: the kind of application that the handler has to be.
        :param for_rules: what a rule can do about a handler of another kind.
        :param for_mounts: what a mount can do about an application of another kind.
        """
        trace = error.__traceback__
        # An exception from within the handler has come through frames of the handler's.
        if trace is not None and trace.tb_next is None:
            error.add_note(f"{self!r} must be {kind}: {for_mounts if self.is_mount else for_rules}")


class Applications(Generic[App]):
    """The applications of the rules of a map.

    Each is made at the first request of its rule: of the handler by the function that adapts it,
    once for each handler, and of that by the filters, once for all rules that have the same ones.
    It is made anew when the handler changes.

    :param handlers: handlers by endpoint, which a program may change.
    :param adapters: functions that make an application of a handler, for HTTP and for WebSocket
        rules; ``None`` if the handler is one.
    """

    def __init__(
        self,
        map: Map,
        handlers: dict[Any, Any],
        adapters: tuple[Callable[[Any], App] | None, Callable[[Any], App] | None],
    ) -> None:
        self.map = map
        self.handlers = handlers
        self.adapters = adapters
        self.filters: tuple[Callable[[App], App], ...] = ()
        #: What is served, by the identity of a rule, which is kept, so that no other rule gets it.
        self._served: dict[int, Served[App]] = {}
        # What has these identities is kept beside the application, so that nothing else gets them.
        self._adapted: dict[tuple[Any, bool], tuple[Any, App]] = {}
        self._filtered: dict[tuple[Any, ...], tuple[Any, App]] = {}
        self._former: dict[str, Any] = {}
        self._most = 64
        # What makes an application may itself ask for another one.
        self._lock = RLock()

    def wrap(self, filter: Callable[[App], App]) -> None:
        """Put a filter before all applications, behind those that are there."""
        self.filters += (filter,)
        # The filters are set first: whoever makes an application for the new table sees them.
        self._served = {}

    def of(self, rule: Rule) -> Served[App]:
        """Return what is served for a rule.

        :raise LookupError: its endpoint stands for no application.
        """
        table = self._served
        served = table.get(id(rule))
        if served is not None and served.handler is self.handler_of(rule):
            return served
        made: Served[App] = locked(self._lock, self._make, table, rule)
        return made

    def handler_of(self, rule: Rule) -> Any:
        """Return what the endpoint of a rule stands for, which may be itself."""
        own = rule.__dict__.get(HANDLER, _NONE)
        if own is not _NONE:
            return own
        endpoint = rule.endpoint
        handler = self.handlers.get(endpoint, endpoint)
        if handler is endpoint and isinstance(endpoint, str):
            return self._former.get(endpoint, endpoint)
        return handler

    def forget(self, name: str, handler: Any) -> None:
        """Free the name of a handler whose rules were removed.

        A request may have matched one of them, and ask only now; so the last ones are kept apart.
        """
        self._former.pop(name, None)
        self._former[name] = handler
        if len(self._former) > _MOST_FORMER:
            del self._former[next(iter(self._former))]
        self.handlers.pop(name, None)

    def _make(self, table: dict[int, Served[App]], rule: Rule) -> Served[App]:
        handler = self.handler_of(rule)
        served = table.get(id(rule))
        if served is not None and served.handler is handler:
            return served
        # Handlers of a rule may change, so that there can be more of them than rules.
        if max(len(table), len(self._adapted), len(self._filtered)) >= self._most:
            self._leave_out_removed(table)
        app = self._filter(rule, self._adapt(rule, handler))
        served = table[id(rule)] = Served(rule, handler, app)
        return served

    def _filter(self, rule: Rule, app: App) -> App:
        """Return an application behind the filters of the router and of a rule or its mount."""
        mount = rule.mount if isinstance(rule, MountRule) else None
        own = rule.__dict__.get(WRAP, ()) if mount is None else mount.wrap
        filters = (*self.filters, *own)
        key = identity_of(app), *map(identity_of, filters)
        if key in self._filtered:
            return self._filtered[key][1]
        made = app
        for filter in reversed(filters):
            made = filter(made)
            if not callable(cast("object", made)):
                maker = f"{_place(rule)}: the filter {filter!r}"
                raise no_application(maker, made, "let it return one")
        self._filtered[key] = (app, filters), made
        return made

    def _adapt(self, rule: Rule, handler: Any) -> App:
        """Return the application of a handler, without filters."""
        adapt = None if isinstance(rule, MountRule) else self.adapters[bool(rule.websocket)]
        failure = None
        app = handler
        key = identity_of(handler), bool(rule.websocket)
        if adapt is not None:
            if key in self._adapted:
                return self._adapted[key][1]
            try:
                app = adapt(handler)
            except Exception as error:
                if callable(handler):
                    raise
                failure = error
            if callable(handler) and not callable(app):
                maker = f"rule {rule.rule!r}: adapt for {handler!r}"
                raise no_application(maker, app, "let it return one")
        if failure is not None or not callable(app):
            raise LookupError(
                f"{_place(rule)}: the endpoint {rule.endpoint!r} has no handler, add one to the"
                " router's handlers"
            ) from failure
        if adapt is not None:
            self._adapted[key] = handler, cast("App", app)
        return cast("App", app)

    def _leave_out_removed(self, table: dict[int, Served[App]]) -> None:
        """Forget rules that the map has no more, and what was made of their handlers."""
        for key, served in list(table.items()):
            if served.rule.map is not self.map:
                del table[key]
        # Some of the map's rules may not have been asked for since the filters changed.
        handlers = {identity_of(self.handler_of(rule)) for rule in self.map._rules}
        self._adapted = {
            key: adapted for key, adapted in self._adapted.items() if key[0] in handlers
        }
        apps = {id(served.app) for served in table.values()}
        self._filtered = {
            key: filtered for key, filtered in self._filtered.items() if id(filtered[1]) in apps
        }
        self._most = 2 * max(len(table), len(self._adapted), len(self._filtered)) + 64


def identity_of(handler: Any) -> Any:
    """Return what tells a handler from others while it exists.

    A method is another object each time that it is asked for, so it is told by its own two parts.
    """
    if isinstance(handler, MethodType):
        return id(handler.__self__), id(handler.__func__)
    return id(handler)


def _place(rule: Rule) -> str:
    """Name a rule or a mount, for messages."""
    return f"{'mount' if isinstance(rule, MountRule) else 'rule'} {as_written(rule)!r}"


def namespace_of(endpoint: Any) -> str | None:
    """Return what stands before the last dot of an endpoint; ``None`` if it has no dot."""
    return endpoint.rpartition(".")[0] or None if isinstance(endpoint, str) else None
