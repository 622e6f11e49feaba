"""Routes with attributes that change, raise or are not there: others are answered all the same."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.convertors import PathConvertor
from starlette.routing import BaseRoute, Match, Mount, NoMatchFound, Route, compile_path

from asgi_client import Endpoint, request
from trieroute.starlette import speedup


def called(app: Any, path: str) -> str | None:
    """Return the endpoint that was called, ``None`` if there was none."""
    calls = request(app, path).calls
    return calls[0]["name"] if calls else None


class Bare(Route):
    """A route that has no path, and takes every request."""

    def __init__(self) -> None:
        self.endpoint = self.app = Endpoint("bare")
        self.methods = None  # type: ignore[assignment]

    def matches(self, scope: Any) -> Any:
        return Match.FULL, {"endpoint": self.endpoint, "path_params": {}}


def test_repr_that_raises_is_not_shown() -> None:
    app = Starlette(routes=[Route("/a", Endpoint("a")), Bare()])
    with pytest.raises(AttributeError):
        repr(app.routes[1])
    assert speedup(app).notes == (f"{object.__repr__(app.routes[1])}: its `matches` is its own",)
    assert [called(app, path) for path in ("/a", "/b")] == ["a", "bare"]


# Attributes that change


class Moving(Route):
    """A route whose path begins with what its class says."""

    prefix = "/v1"

    def compiled(self) -> Any:
        return compile_path(self.prefix + self.path)

    path_regex = property(  # type: ignore[assignment]
        lambda self: self.compiled()[0], lambda self, value: None
    )
    path_format = property(  # type: ignore[assignment]
        lambda self: self.compiled()[1], lambda self, value: None
    )
    param_convertors = property(  # type: ignore[assignment]
        lambda self: self.compiled()[2], lambda self, value: None
    )


class OfClass(BaseRoute):
    """A route that has its path from its class."""

    path_regex, path_format, param_convertors = compile_path("/v1/{x}")
    matches, handle, url_path_for = Route.matches, Route.handle, Route.url_path_for  # type: ignore[assignment]

    def __init__(self) -> None:
        self.endpoint = self.app = Endpoint("moving")
        self.methods: set[str] = set()
        self.name = "moving"


class Given(Route):
    """A route that gives its path as that of another one."""

    prefix = "/v1"

    def __getattribute__(self, name: str) -> Any:
        if name in ("path_regex", "path_format", "param_convertors"):
            places = ["path_regex", "path_format", "param_convertors"]
            return compile_path(self.prefix + self.path)[places.index(name)]
        return super().__getattribute__(name)


class Matching(Route):
    """A route that gives a ``matches`` which is not its own."""

    prefix = "/v1"

    def __getattribute__(self, name: str) -> Any:
        if name == "matches":
            return Route(self.prefix + self.path, self.endpoint).matches
        return super().__getattribute__(name)


def moved(kind: Any) -> None:
    """Give the routes of a class another path."""
    kind.prefix = "/v2"
    if kind is OfClass:
        kind.path_regex, kind.path_format, kind.param_convertors = compile_path("/v2/{x}")


@pytest.mark.parametrize("kind", [Moving, OfClass, Given, Matching])
def test_path_that_the_class_gives_is_read_for_each_request(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("prefix", "path_regex", "path_format", "param_convertors"):
        if name in vars(kind):
            monkeypatch.setattr(kind, name, vars(kind)[name])
    route = kind() if kind is OfClass else kind("/{x}", Endpoint("moving"))
    app = Starlette(routes=[route, Route("/v2/{y}", Endpoint("other"))])
    speedup(app)
    assert [called(app, path) for path in ("/v1/a", "/v2/a")] == ["moving", "other"]
    moved(kind)
    assert [called(app, path) for path in ("/v1/a", "/v2/a")] == [None, "moving"]


def test_reason_of_a_route_whose_class_gives_its_path() -> None:
    app = Starlette(routes=[Moving("/{x}", Endpoint("a")), OfClass()])
    assert speedup(app).notes == (
        f"{app.routes[0]!r}: its class gives attributes in its own way",
        f"{app.routes[1]!r}: it has no path regex",
    )


def test_convertors_in_a_dict_of_another_class() -> None:
    class Convertors(dict[str, Any]):
        pass

    class Own(Route):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.param_convertors = Convertors(self.param_convertors)

    app = Starlette(routes=[Own("/{n:int}", Endpoint("own"))])
    speedup(app)
    assert request(app, "/7").calls[0]["path_params"] == {"n": 7}


def test_convertors_of_a_mount_that_its_class_gives() -> None:
    class Closed(PathConvertor):
        def to_string(self, value: str) -> str:
            raise ValueError("closed")

    class Given(Mount):
        path_convertor = PathConvertor()

        @property
        def param_convertors(self) -> Any:
            return {"path": self.path_convertor}

        @param_convertors.setter
        def param_convertors(self, value: Any) -> None: ...

    app = Starlette(routes=[Given("/m", routes=[Route("/a", Endpoint("a"), name="a")])])
    speedup(app)
    assert app.url_path_for("a") == "/m/a"
    with pytest.raises(NoMatchFound):
        app.url_path_for("b")
    Given.path_convertor = Closed()
    with pytest.raises(ValueError, match="closed"):
        app.url_path_for("b")


# Attributes that raise


class Broken(Route):
    """A route that can't be read any more once something is broken."""

    broken = False

    def __getattribute__(self, name: str) -> Any:
        if name in ("__dict__", "path_regex", "name") and type(self).broken:
            raise RuntimeError("broken")
        return super().__getattribute__(name)


class Unreadable(dict[str, Any]):
    """Convertors that can't be read."""

    def get(self, key: str, default: Any = None) -> Any:
        raise RuntimeError("unreadable")


def test_route_that_can_not_be_read_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Starlette(
        routes=[
            Route("/a", Endpoint("a"), name="a"),
            Broken("/b", Endpoint("b"), name="b"),
            Route("/c", Endpoint("c"), name="c"),
        ]
    )
    monkeypatch.setattr(Broken, "broken", True)
    speedup(app)
    assert called(app, "/a") == "a"
    assert app.url_path_for("a") == "/a"
    for path in ("/b", "/c"):
        with pytest.raises(RuntimeError, match="broken"):
            request(app, path)
    with pytest.raises(RuntimeError, match="broken"):
        app.url_path_for("c")
    monkeypatch.setattr(Broken, "broken", False)
    assert [called(app, path) for path in ("/a", "/b", "/c")] == ["a", "b", "c"]
    assert app.url_path_for("b") == "/b"
    assert app.url_path_for("c") == "/c"


def test_reason_of_a_route_that_can_not_be_read() -> None:
    app = Starlette(routes=[Route("/{x}", Endpoint("a")), Route("/b", Endpoint("b"))])
    route: Any = app.routes[0]
    route.param_convertors = Unreadable(route.param_convertors)
    assert speedup(app).notes == (f"{route!r}: reading its path raises RuntimeError",)
    assert [called(app, path) for path in ("/a", "/b")] == ["a", "a"]


def test_mount_without_any_attributes_of_its_class() -> None:
    class Gate(Mount):
        def __init__(self) -> None:
            self.app, self.name, self.path = Endpoint("gate"), None, ""  # type: ignore[assignment]

        def matches(self, scope: Any) -> Any:
            return Match.FULL, {"endpoint": self.app}

    app = Starlette(routes=[Route("/a", Endpoint("a"), name="a"), Gate()])
    speedup(app)
    assert app.url_path_for("a") == "/a"
    assert called(app, "/b") == "gate"
    with pytest.raises(AttributeError):
        app.url_path_for("b")
