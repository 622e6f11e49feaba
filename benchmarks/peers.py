"""The routers that are compared, each on its own API.

A router is made in two steps: its constructor translates a workload's rules into what the peer
takes, and :meth:`Router.build` hands them over. The second step is what the suite ``compile``
times. What is timed of a match is :attr:`Router.match`, a callable of the peer itself wherever its
API has one. :meth:`Router.answer` turns the peer's result into an :class:`Answer`, which is not
timed, so that a peer that leaves a step to its caller has it for nothing.

The packages are imported when a router is made: this file needs none but trieroute and Werkzeug.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from importlib import metadata
from typing import Any, ClassVar, NamedTuple
from urllib.parse import quote

import werkzeug.exceptions
import werkzeug.routing

import trieroute

from .compiled import floor
from .workloads import HOST, Case, Spec, Variable, Workload, pieces

__all__ = ["PEERS", "Answer", "Refusal", "Router", "router_class"]


class Answer(NamedTuple):
    """What a router says to a request.

    :param status: 200, 404 or 405.
    :param endpoint: the endpoint; ``None`` unless the status is 200.
    :param values: the values by name; ``None`` from a router that gives none.
    """

    status: int
    endpoint: Any = None
    values: Mapping[str, Any] | None = None


NOT_FOUND = Answer(404)
NOT_ALLOWED = Answer(405)


class Refusal(Exception):
    """A router can't take part in a row; the message says why."""


class Router(ABC):
    """One router with the rules of one workload.

    :param workload: the workload.
    :raise Refusal: the peer has no way to express one of the rules.
    """

    #: The name in commands and results.
    name: ClassVar[str]
    #: The distribution that ``pip`` installs, ``None`` if none is needed.
    package: ClassVar[str | None]
    #: What its API leaves out, and what helps it; shown in the results.
    remark: ClassVar[str] = ""
    #: Whether :attr:`match` takes the method behind the path.
    takes_method: ClassVar[bool] = True
    #: Whether it answers paths that no rule takes; otherwise it is not asked for any.
    survives_misses: ClassVar[bool] = True
    #: Whether it takes the method before the path.
    method_first: ClassVar[bool] = False
    #: How variables are written, by their kind, with fields ``name`` and ``pattern``.
    syntax: ClassVar[Mapping[str, str]] = {}

    #: The callable that is timed.
    match: Callable[..., Any]

    def __init__(self, workload: Workload) -> None:
        if workload.host_matching:
            raise Refusal("has no host rules with variables")
        if not self.survives_misses and any(case.status != 200 for case in workload.cases):
            raise Refusal("some paths that no rule takes bring the process down")
        self.workload = workload
        #: Endpoints by translated rule and method, the rules in order.
        self.endpoints: dict[str, dict[str, str]] = {}
        for spec in workload.specs:
            by_method = self.endpoints.setdefault(self.translated(spec), {})
            for method in spec.methods:
                by_method.setdefault(method, spec.endpoint)

    def translated(self, spec: Spec) -> str:
        """Return a rule in the peer's syntax."""
        return "".join(
            piece if isinstance(piece, str) else self.variable(piece) for piece in pieces(spec.rule)
        )

    def variable(self, variable: Variable) -> str:
        """Return a variable in the peer's syntax.

        :raise Refusal: the peer has no such variables.
        """
        if variable.kind not in self.syntax:
            raise Refusal(f"has no converter {variable.kind!r}")
        return self.syntax[variable.kind].format(name=variable.name, pattern=variable.pattern)

    @abstractmethod
    def build(self) -> None:
        """Make the peer's own router of the translated rules, ready to match."""

    def bound(self, case: Case) -> Callable[..., Any]:
        """Return what matches requests to the host of *case*."""
        return self.match

    def path(self, case: Case) -> str:
        """Return the path of a request as the peer takes it."""
        return case.path

    def arguments(self, case: Case) -> tuple[str, ...]:
        """Return what :attr:`match` is called with; the path is a new string.

        A string that was used before has its hash cached, which a request's never has.
        """
        path = self.path(case)
        path = path[:1] + path[1:]
        if not self.takes_method:
            return (path,)
        return (case.method, path) if self.method_first else (path, case.method)

    def answer(self, case: Case) -> Answer:
        """Send one request and read the answer.

        :raise Exception: whatever else the peer raises.
        """
        return self.read(self.bound(case)(*self.arguments(case)), case)

    @abstractmethod
    def read(self, result: Any, case: Case) -> Answer:
        """Turn what :attr:`match` returns into an answer."""

    def of_method(
        self, by_method: Mapping[str, str], values: Mapping[str, Any] | None, case: Case
    ) -> Answer:
        """Return the answer when the endpoints of a path are known."""
        endpoint = by_method.get(case.method)
        return NOT_ALLOWED if endpoint is None else Answer(200, endpoint, values)


def check(router: Router, case: Case) -> bool:
    """Tell whether a router's answer to a request is right; values that it never gives are."""
    try:
        found = router.answer(case)
    except Exception:
        return False
    if case.status != 200:
        return found.status == case.status
    return found.endpoint == case.endpoint and (found.values is None or found.values == case.values)


# With the API of werkzeug.routing


class _WithAdapters(Router):
    """A router with the API of ``werkzeug.routing``."""

    map_class: ClassVar[Callable[..., Any]]
    rule_class: ClassVar[Callable[..., Any]]
    converter_class: ClassVar[type]

    def __init__(self, workload: Workload) -> None:
        self.workload = workload
        self.converters = {
            "regex": self._regex_converter(part_isolating=True),
            "greedy": self._regex_converter(part_isolating=False),
        }

    def _regex_converter(self, part_isolating: bool) -> type:
        class RegexConverter(self.converter_class):  # type: ignore[misc, name-defined]
            # More specific than a string, as every value here is a string's value as well.
            weight = 60

            def __init__(self, url_map: Any, regex: str) -> None:
                super().__init__(url_map)
                self.regex = regex

        RegexConverter.part_isolating = part_isolating
        return RegexConverter

    def build(self) -> None:
        rule_class = self.rule_class
        self.map = self.map_class(
            [
                rule_class(rule, endpoint=endpoint, methods=methods, host=host)
                for rule, endpoint, methods, host in self.workload.specs
            ],
            host_matching=self.workload.host_matching,
            converters=self.converters,
        )
        self.adapters = {HOST: self.map.bind(HOST)}
        self.match = self.adapters[HOST].match

    def bound(self, case: Case) -> Callable[..., Any]:
        if case.host not in self.adapters:
            self.adapters[case.host] = self.map.bind(case.host)
        match: Callable[..., Any] = self.adapters[case.host].match
        return match

    def answer(self, case: Case) -> Answer:
        try:
            return super().answer(case)
        except werkzeug.exceptions.NotFound:
            return NOT_FOUND
        except werkzeug.exceptions.MethodNotAllowed:
            return NOT_ALLOWED

    def read(self, result: Any, case: Case) -> Answer:
        return Answer(200, *result)


class Trieroute(_WithAdapters):
    """trieroute's ``MapAdapter.match``."""

    name = "trieroute"
    package = "trieroute"
    map_class = trieroute.Map
    rule_class = trieroute.Rule
    converter_class = trieroute.BaseConverter


class Werkzeug(_WithAdapters):
    """Werkzeug's ``MapAdapter.match``."""

    name = "werkzeug"
    package = "Werkzeug"
    map_class = werkzeug.routing.Map
    rule_class = werkzeug.routing.Rule
    converter_class = werkzeug.routing.BaseConverter


class Floor(Router):
    """No router: the answers are known beforehand."""

    name = "floor"
    package = None
    remark = "knows the answers"

    def __init__(self, workload: Workload) -> None:
        self.workload = workload

    def build(self) -> None:
        by_host: dict[str, list[Case]] = {}
        for case in self.workload.cases:
            if case.status == 200:
                by_host.setdefault(case.host, []).append(case)
        module = floor()
        self.hosts = {
            host: module.Floor(cases, werkzeug.exceptions.NotFound)
            for host, cases in by_host.items()
        }
        nothing = module.Floor([], werkzeug.exceptions.NotFound)
        self.nothing = nothing.match
        self.match = self.hosts.get(HOST, nothing).match

    def bound(self, case: Case) -> Callable[..., Any]:
        match: Callable[..., Any] = (
            self.hosts[case.host].match if case.host in self.hosts else self.nothing
        )
        return match

    def answer(self, case: Case) -> Answer:
        try:
            return super().answer(case)
        except werkzeug.exceptions.NotFound:
            return Answer(case.status)

    def read(self, result: Any, case: Case) -> Answer:
        return Answer(200, *result)


# With an API of their own


class Starlette(Router):
    """Starlette's routes, asked in turn, as its router does for each request."""

    name = "starlette"
    package = "starlette"
    syntax: ClassVar[Mapping[str, str]] = {
        "string": "{{{name}}}",
        **{kind: f"{{{{{{name}}:{kind}}}}}" for kind in ("int", "float", "uuid", "path")},
    }

    def variable(self, variable: Variable) -> str:
        if variable.kind not in ("any", "regex"):
            return super().variable(variable)
        from starlette.convertors import CONVERTOR_TYPES, StringConvertor, register_url_convertor

        key = "benchmark_" + "".join(f"{ord(letter):x}" for letter in variable.pattern)
        if key not in CONVERTOR_TYPES:
            convertor = type("RegexConvertor", (StringConvertor,), {"regex": variable.pattern})
            register_url_convertor(key, convertor())
        return f"{{{variable.name}:{key}}}"

    def build(self) -> None:
        from starlette.routing import Match, Route

        routes = [
            Route(path, _Endpoint(endpoint), methods=[method])
            for path, by_method in self.endpoints.items()
            for method, endpoint in by_method.items()
        ]
        full = Match.FULL

        def match(path: str, method: str) -> Any:
            scope = {"type": "http", "path": path, "root_path": "", "method": method}
            partial = None
            for route in routes:
                found, child = route.matches(scope)
                if found is full:
                    return child
                if found is not Match.NONE and partial is None:
                    partial = route
            return partial

        self.match = match

    def read(self, result: Any, case: Case) -> Answer:
        if result is None:
            return NOT_FOUND
        if not isinstance(result, dict):
            return NOT_ALLOWED
        return Answer(200, result["endpoint"].name, result["path_params"])


class _Endpoint:
    """An ASGI application that stands for an endpoint."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError(f"endpoint {self.name!r} was called")


class Ffroute(Router):
    """ffroute's trie, which tells the number of the first rule whose path fits."""

    name = "ffroute"
    package = "ffroute"
    remark = "number of the rule only: no values, no method"
    takes_method = False
    syntax = Starlette.syntax

    def build(self) -> None:
        import ffroute

        self.by_number = list(self.endpoints.values())
        self.match = ffroute.Router(list(self.endpoints)).match

    def read(self, result: Any, case: Case) -> Answer:
        return NOT_FOUND if result is None else self.of_method(self.by_number[result], None, case)


class Falcon(Router):
    """falcon's ``CompiledRouter``; its variables must have one name at one place."""

    name = "falcon"
    package = "falcon"
    remark = "no method; variables named by their place"
    takes_method = False
    syntax: ClassVar[Mapping[str, str]] = {
        "string": "{{{name}}}",
        "regex": "{{{name}:re(r'{pattern}')}}",
        "any": "{{{name}:re(r'{pattern}')}}",
        **{kind: f"{{{{{{name}}:{kind}}}}}" for kind in ("int", "float", "uuid", "path")},
    }

    def __init__(self, workload: Workload) -> None:
        self.names: dict[str, dict[str, str]] = {}
        super().__init__(workload)

    def translated(self, spec: Spec) -> str:
        names: dict[str, str] = {}
        text = ""
        for piece in pieces(spec.rule):
            if isinstance(piece, str):
                text += piece
            else:
                name = f"v{text.count('/')}_{len(names)}"
                names[name] = piece.name
                text += self.variable(piece._replace(name=name))
        # Rules that differ by the names of their variables alone have a route in common.
        for method in spec.methods:
            self.names[f"{method} {text}"] = names
        return text

    def build(self) -> None:
        from falcon.routing import CompiledRouter

        router = CompiledRouter()
        try:
            for path, by_method in self.endpoints.items():
                router.add_route(path, _Resource(by_method))
            router.find("/")
        except ValueError as error:
            raise Refusal(f"refuses the rules: {error}") from error
        self.match = router.find

    def read(self, result: Any, case: Case) -> Answer:
        if result is None:
            return NOT_FOUND
        resource, _, params, template = result
        if case.method not in resource.by_method:
            return NOT_ALLOWED
        names = self.names[f"{case.method} {template}"]
        values = {names[name]: value for name, value in params.items()}
        return Answer(200, resource.by_method[case.method], values)


class _Resource:
    """A resource as falcon wants it: a responder for each method."""

    def __init__(self, by_method: Mapping[str, str]) -> None:
        self.by_method = by_method
        for method in by_method:
            setattr(self, f"on_{method.lower()}", self.respond)

    def respond(self, request: Any, response: Any) -> None:
        """Do nothing."""


class SanicRouting(Router):
    """sanic-routing's ``resolve``, called as its documentation shows."""

    name = "sanic-routing"
    package = "sanic-routing"
    syntax: ClassVar[Mapping[str, str]] = {
        "string": "<{name}>",
        "regex": "<{name}:{pattern}>",
        "any": "<{name}:{pattern}>",
        **{kind: f"<{{name}}:{kind}>" for kind in ("int", "float", "uuid", "path")},
    }

    def build(self) -> None:
        from sanic_routing import BaseRouter
        from sanic_routing.exceptions import NoMethod, NotFound

        class SanicRouter(BaseRouter):
            def get(self, path: str, method: str) -> Any:  # type: ignore[override]
                return self.resolve(path, method=method)

        router = SanicRouter()
        try:
            for path, by_method in self.endpoints.items():
                for method, endpoint in by_method.items():
                    router.add(
                        path,
                        endpoint,  # type: ignore[arg-type]
                        methods=[method],
                        strict=True,
                        unquote=not self.workload.plain,
                    )
            router.finalize()
        except Exception as error:
            raise Refusal(f"refuses the rules: {type(error).__name__}: {error}") from error
        self.misses = (NotFound, NoMethod)
        self.not_found = NotFound
        self.match = router.get

    def path(self, case: Case) -> str:
        # It takes paths as they come over the wire, and decodes values.
        return case.path if self.workload.plain else quote(case.path)

    def answer(self, case: Case) -> Answer:
        try:
            return super().answer(case)
        except self.misses as error:
            return NOT_FOUND if isinstance(error, self.not_found) else NOT_ALLOWED

    def read(self, result: Any, case: Case) -> Answer:
        _, endpoint, values = result
        return Answer(200, endpoint, values)


class Autoroutes(Router):
    """autoroutes."""

    name = "autoroutes"
    package = "autoroutes"
    remark = "no method"
    takes_method = False
    syntax: ClassVar[Mapping[str, str]] = {
        "string": "{{{name}}}",
        "path": "{{{name}:path}}",
        "regex": "{{{name}:{pattern}}}",
        "any": "{{{name}:{pattern}}}",
    }

    def build(self) -> None:
        from autoroutes import Routes

        routes = Routes()
        for path, by_method in self.endpoints.items():
            routes.add(path, **by_method)
        self.match = routes.match

    def read(self, result: Any, case: Case) -> Answer:
        by_method, values = result
        return NOT_FOUND if by_method is None else self.of_method(by_method, values, case)


class HttpRouter(Router):
    """http-router."""

    name = "http-router"
    package = "http-router"
    remark = "remembers its last 1,024 answers"
    syntax: ClassVar[Mapping[str, str]] = {
        "string": "{{{name}}}",
        "regex": "{{{name}:{pattern}}}",
        "any": "{{{name}:{pattern}}}",
        **{kind: f"{{{{{{name}}:{kind}}}}}" for kind in ("int", "float", "uuid", "path")},
    }

    def build(self) -> None:
        from http_router import Router as Routes
        from http_router.exceptions import InvalidMethodError, NotFoundError

        router = Routes(unquote_params=False)
        for path, by_method in self.endpoints.items():
            for method, endpoint in by_method.items():
                router.bind(endpoint, path, methods=[method])
        self.not_found, self.not_allowed = NotFoundError, InvalidMethodError
        self.match = router

    def answer(self, case: Case) -> Answer:
        try:
            return super().answer(case)
        except self.not_found:
            return NOT_FOUND
        except self.not_allowed:
            return NOT_ALLOWED

    def read(self, result: Any, case: Case) -> Answer:
        return Answer(200, result.target, result.params or {})


class Routrie(Router):
    """routrie."""

    name = "routrie"
    package = "routrie"
    remark = "no method"
    takes_method = False
    syntax: ClassVar[Mapping[str, str]] = {"string": ":{name}", "path": ":{name}+"}

    def build(self) -> None:
        import routrie

        self.match = routrie.Router(self.endpoints).find

    def read(self, result: Any, case: Case) -> Answer:
        if result is None:
            return NOT_FOUND
        by_method, values = result
        return self.of_method(by_method, dict(values), case)


class Matchit(Router):
    """python-matchit: bindings of Rust's matchit."""

    name = "matchit"
    package = "python-matchit"
    remark = "no method; makes the values when it is asked for them, which is not timed"
    takes_method = False
    syntax: ClassVar[Mapping[str, str]] = {"string": "{{{name}}}", "path": "{{*{name}}}"}

    def build(self) -> None:
        import matchit

        router: Any = matchit.Router()
        for path, by_method in self.endpoints.items():
            try:
                router.insert(path, by_method)
            except BaseException as error:
                # A panic of Rust is no ``Exception``.
                if type(error).__name__ != "PanicException":
                    raise
                raise Refusal(f"refuses the rules: {path}: {error}") from error
        self.match = router.at

    def answer(self, case: Case) -> Answer:
        try:
            return super().answer(case)
        except LookupError:
            return NOT_FOUND

    def read(self, result: Any, case: Case) -> Answer:
        return self.of_method(result.value, result.params, case)


class Nanoroute(Router):
    """nanoroute, in C++."""

    name = "nanoroute"
    package = "nanoroute"
    remark = "not asked for paths that no rule takes: some of them bring the process down"
    survives_misses = False
    method_first = True
    syntax: ClassVar[Mapping[str, str]] = {"string": ":{name}", "path": "*{name}"}

    def build(self) -> None:
        import nanoroute

        router = nanoroute.router()
        for path, by_method in self.endpoints.items():
            for method, endpoint in by_method.items():
                try:
                    router.route(method, path)(endpoint)
                except Exception as error:
                    raise Refusal(f"refuses the rules: {path}: {error}") from error
        self.match = router.lookup

    def read(self, result: Any, case: Case) -> Answer:
        return Answer(200, *result)


class WheezyRouting(Router):
    """wheezy.routing: a regex for each rule, tried in turn."""

    name = "wheezy.routing"
    package = "wheezy.routing"
    remark = "no method"
    takes_method = False
    syntax: ClassVar[Mapping[str, str]] = {
        "string": "{{{name}}}",
        "path": "{{{name}:rest}}",
        "regex": "{{{name}:{pattern}}}",
        "any": "{{{name}:{pattern}}}",
    }

    def build(self) -> None:
        from wheezy.routing import PathRouter

        router = PathRouter()
        for number, (path, by_method) in enumerate(self.endpoints.items()):
            router.add_route(path, by_method, name=str(number))
        self.match = router.match

    def read(self, result: Any, case: Case) -> Answer:
        by_method, values = result
        if by_method is None:
            return NOT_FOUND
        # The name of the rule is among the values.
        values = {name: value for name, value in values.items() if name != "route_name"}
        return self.of_method(by_method, values, case)


class Django(Router):
    """Django's resolver of the paths of a URLconf, all of them in one list."""

    name = "django"
    package = "Django"
    remark = "no method"
    takes_method = False

    def variable(self, variable: Variable) -> str:
        if variable.kind not in ("any", "regex", "float"):
            return str(variable)
        from django.urls import register_converter
        from django.urls.converters import StringConverter, get_converters

        regex = r"\d+\.\d+" if variable.kind == "float" else variable.pattern
        name = "benchmark_" + "".join(f"{ord(letter):x}" for letter in regex)
        if name not in get_converters():
            settings = {"regex": regex}
            if variable.kind == "float":
                settings |= {"to_python": lambda self, text: float(text)}
            register_converter(type("Converter", (StringConverter,), settings), name)
        return f"<{name}:{variable.name}>"

    def build(self) -> None:
        from django.urls import URLResolver, path
        from django.urls.resolvers import RegexPattern

        views = [path(rule[1:], _Views(views)) for rule, views in self.endpoints.items()]
        self.match = URLResolver(RegexPattern(r"^/"), views).resolve

    def answer(self, case: Case) -> Answer:
        from django.urls import Resolver404

        try:
            return super().answer(case)
        except Resolver404:
            return NOT_FOUND

    def read(self, result: Any, case: Case) -> Answer:
        return self.of_method(result.func.by_method, result.kwargs, case)


class _Views:
    """A view as Django wants it: something that is called."""

    def __init__(self, by_method: Mapping[str, str]) -> None:
        self.by_method = by_method

    def __call__(self, request: Any, **values: Any) -> None:
        raise AssertionError("the view was called")


#: All of them, in the order of the results.
PEERS: Mapping[str, type[Router]] = {
    router.name: router
    for router in (
        Floor,
        Trieroute,
        Werkzeug,
        Starlette,
        Ffroute,
        Falcon,
        SanicRouting,
        Autoroutes,
        HttpRouter,
        Routrie,
        Matchit,
        Nanoroute,
        WheezyRouting,
        Django,
    )
}


def router_class(name: str) -> type[Router]:
    """Return the class of a router.

    :raise Refusal: its package is not installed.
    """
    router = PEERS[name]
    if version(router.package) is None and router.package is not None:
        raise Refusal("not installed")
    return router


def version(package: str | None) -> str | None:
    """Return the installed version of a distribution, ``None`` if there is none."""
    try:
        return None if package is None else metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def versions(packages: Iterable[str]) -> dict[str, str | None]:
    """Return the installed versions of distributions."""
    return {package: version(package) for package in packages}


def template(spec: Spec) -> tuple[list[str], list[str]]:
    """Return a rule's texts around its variables, one more than names, and the names."""
    texts, names = [""], []
    for piece in pieces(spec.rule):
        if isinstance(piece, str):
            texts[-1] += piece
        else:
            names.append(piece.name)
            texts.append("")
    return texts, names
