"""Endpoints as people write them: handlers that are adapted, decorators, filters, and removal."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from inspect import getcoroutinestate
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import request_response, websocket_session
from starlette.websockets import WebSocket
from werkzeug.test import Client
from werkzeug.wrappers import Request as WerkzeugRequest
from werkzeug.wrappers import Response

import trieroute.asgi
import trieroute.wsgi
from asgi_client import call, http_scope, respond, websocket_scope
from trieroute import Map, Rule, Submount, url_for
from trieroute._core.werkzeug_version import DUPLICATE_RULE_ERROR

# Adapting


def plain(handler: Callable[..., Any]) -> Any:
    """Adapt a function of the values that returns what becomes JSON."""

    def application(environ: Any, start_response: Any) -> Any:
        _, values = environ["wsgiorg.routing_args"]
        response = Response(json.dumps(handler(**values)), mimetype="application/json")
        return response(environ, start_response)

    return application


def test_handlers_of_starlette() -> None:
    router = trieroute.asgi.Router(Map(), adapt=request_response, adapt_websocket=websocket_session)

    @router.get("/users/<int:id>")
    async def user(request: Request) -> JSONResponse:
        return JSONResponse({"id": request.path_params["id"], "url": url_for("user", id=8)})

    @router.post("/users/")
    async def add(request: Request) -> JSONResponse:
        return JSONResponse(await request.json(), 201)

    @router.get("/sync")
    def sync(request: Request) -> PlainTextResponse:
        # It runs in a thread.
        return PlainTextResponse(url_for("sync"))

    @router.websocket("/live")
    async def live(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.close(4000)

    assert call(router, http_scope("/users/7")).text == '{"id":7,"url":"/users/8"}'
    body = {"type": "http.request", "body": b'{"name": "Ann"}'}
    answer = call(router, http_scope("/users/", "POST"), body)
    assert (answer.status, answer.text) == (201, '{"name":"Ann"}')
    assert call(router, http_scope("/sync")).text == "/sync"
    answer = call(router, websocket_scope("/live"), {"type": "websocket.connect"})
    assert answer.messages[1]["code"] == 4000


def test_handlers_of_werkzeug() -> None:
    router = trieroute.wsgi.Router(Map(), adapt=WerkzeugRequest.application)

    @router.put("/users/<int:id>")
    def user(request: WerkzeugRequest) -> Response:
        _, values = request.environ["wsgiorg.routing_args"]
        return Response(f"{values['id']} {request.json} {url_for('user', id=8)}")

    assert Client(router).put("/users/7", json=[1]).text == "7 [1] /users/8"


def test_handlers_that_are_plain_functions() -> None:
    router = trieroute.wsgi.Router(
        Map([Rule("/direct/<int:n>", endpoint=abs_of), Rule("/named/<int:n>", endpoint="abs")]),
        {"abs": abs_of},
        adapt=plain,
    )
    assert Client(router).get("/direct/7").json == {"n": 7}
    assert Client(router).get("/named/8").json == {"n": 8}


def abs_of(n: int) -> dict[str, int]:
    return {"n": n}


def test_each_handler_is_adapted_once() -> None:
    adapted = []

    def adapt(handler: Any) -> Any:
        adapted.append(handler.__name__)
        return handler

    router = trieroute.wsgi.Router(Map(), adapt=adapt)

    @router.get("/a")
    @router.get("/b")
    def one(environ: Any, start_response: Any) -> Any:
        return Response("one")(environ, start_response)

    @router.get("/c")
    def two(environ: Any, start_response: Any) -> Any:
        return Response("two")(environ, start_response)

    assert [Client(router).get(path).text for path in ("/a", "/b", "/a", "/c")] == [
        "one",
        "one",
        "one",
        "two",
    ]
    assert adapted == ["one", "two"]


def test_each_handler_is_adapted_once_by_many_threads() -> None:
    adapted = []
    started = threading.Barrier(8)

    def adapt(handler: Any) -> Any:
        adapted.append(handler)
        return handler

    router = trieroute.wsgi.Router(Map([Rule("/", endpoint=text_of("x"))]), adapt=adapt)
    texts = []

    def ask() -> None:
        started.wait(timeout=30)
        texts.append(Client(router).get("/").text)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert (texts, len(adapted)) == (["x"] * 8, 1)


def text_of(text: str) -> Any:
    def application(environ: Any, start_response: Any) -> Any:
        return Response(text)(environ, start_response)

    return application


def test_endpoints_that_only_the_adapter_knows() -> None:
    router = trieroute.wsgi.Router(Map([Rule("/", endpoint="a text")]), adapt=text_of)
    assert Client(router).get("/").text == "a text"


def test_adapter_that_knows_no_endpoint() -> None:
    def adapt(handler: Any) -> Any:
        return handler.view

    router = trieroute.wsgi.Router(Map([Rule("/", endpoint="missing")]), adapt=adapt)
    with pytest.raises(LookupError, match="rule '/': the endpoint 'missing' has no handler"):
        Client(router).get("/")


def test_adapter_that_gives_no_application() -> None:
    router = trieroute.wsgi.Router(
        Map([Rule("/", endpoint=abs_of)]),
        adapt=lambda handler: None,  # type: ignore[arg-type, return-value]
    )
    with pytest.raises(TypeError, match=r"rule '/': adapt for <function abs_of.*> gave None"):
        Client(router).get("/")


def test_adapter_and_filter_that_are_async() -> None:
    async def give(app: Any) -> Any:
        return app

    made: list[Any] = []

    def make(app: Any) -> Any:
        made.append(give(app))
        return made[-1]

    adapting = trieroute.wsgi.Router(Map([Rule("/", endpoint=abs_of)]), adapt=make)
    filtering = trieroute.wsgi.Router(Map([Rule("/", endpoint=abs_of)]))
    filtering.wrap(make)
    for router in (adapting, filtering):
        with pytest.raises(TypeError, match="which is no application: it must not be async, but"):
            Client(router).get("/")
    # They are never awaited, which is no second complaint.
    assert [getcoroutinestate(each) for each in made] == ["CORO_CLOSED", "CORO_CLOSED"]


def test_adapter_must_be_a_function() -> None:
    with pytest.raises(TypeError, match="adapt must be a function, not 'json'"):
        trieroute.wsgi.Router(Map(), adapt="json")  # type: ignore[arg-type]


def test_handler_that_is_replaced_is_adapted_anew() -> None:
    router = trieroute.wsgi.Router(Map([Rule("/", endpoint="e")]), {"e": "one"}, adapt=text_of)
    assert Client(router).get("/").text == "one"
    router.handlers["e"] = "two"
    assert Client(router).get("/").text == "two"


# Decorators


def test_decorators_of_methods() -> None:
    router = trieroute.wsgi.Router(Map())
    for method in ("get", "post", "put", "patch", "delete"):
        decorate = getattr(router, method)("/x", endpoint=method)
        application = text_of(method)
        assert decorate(application) is application
    client = Client(router)
    for method in ("get", "post", "put", "patch", "delete"):
        assert client.open("/x", method=method.upper()).text == method
    assert client.head("/x").status_code == 200
    allowed = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
    assert client.open("/x", method="TRACE").headers["Allow"] == allowed


def test_decorator_of_websockets() -> None:
    router = trieroute.asgi.Router(Map())

    @router.websocket("/live")
    async def live(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})

    assert call(router, websocket_scope("/live")).status == 101
    assert call(router, http_scope("/live")).status == 400


def test_second_method_on_the_same_path_needs_no_endpoint() -> None:
    router = trieroute.wsgi.Router(Map(), adapt=plain)

    @router.get("/users/<int:id>")
    def user(id: int) -> str:
        return f"get {id} {url_for('user', id=9)}"

    first = user

    @router.delete("/users/<int:id>")
    def user(id: int) -> str:  # type: ignore[no-redef]
        return f"delete {id} {url_for('user', id=9)}"

    assert Client(router).get("/users/7").json == "get 7 /users/9"
    assert Client(router).delete("/users/7").json == "delete 7 /users/9"
    assert router.handlers == {"user": first}


@pytest.mark.parametrize(
    ("rule", "methods"),
    [("/users/<id>", ["DELETE"]), ("/users/<int:id>", ["POST", "GET"]), ("/users/<int:id>", None)],
)
def test_name_that_another_path_or_method_has(rule: str, methods: list[str] | None) -> None:
    router = trieroute.wsgi.Router(Map())
    router.get("/users/<int:id>", endpoint="user")(text_of("one"))
    with pytest.raises(ValueError, match="the endpoint 'user' has another handler already"):
        router.route(rule, methods=methods, endpoint="user")(text_of("two"))
    assert Client(router).get("/users/7").text == "one"


def test_second_rule_for_the_same_path_and_methods_is_kept_unless_werkzeug_refuses_it() -> None:
    router = trieroute.wsgi.Router(Map())
    router.get("/d", endpoint="first")(text_of("first"))
    findings = []
    if DUPLICATE_RULE_ERROR is None:
        router.get("/d", endpoint="second")(text_of("second"))
        findings = ["duplicate"]
    else:
        with pytest.raises(DUPLICATE_RULE_ERROR):
            router.get("/d", endpoint="second")(text_of("second"))
    assert Client(router).get("/d").text == "first"
    assert [finding.kind.value for finding in router.map.check()] == findings


def test_decorator_of_methods_takes_no_methods() -> None:
    with pytest.raises(TypeError, match="methods"):
        trieroute.wsgi.Router(Map()).get("/x", methods=["PUT"])


# Filters


def tag(name: str) -> Any:
    """Make a filter that writes its name into the environment."""

    def filter(app: Any) -> Any:
        def filtered(environ: Any, start_response: Any) -> Any:
            environ["tags"] = [*environ.get("tags", ()), name]
            return app(environ, start_response)

        return filtered

    return filter


def tags(environ: Any, start_response: Any) -> Any:
    return Response(" ".join(environ.get("tags", ())))(environ, start_response)


def test_order_of_filters() -> None:
    router = trieroute.wsgi.Router(Map([Rule("/plain", endpoint=tags)]))
    router.wrap(tag("one"))
    router.get("/rule", endpoint="rule", wrap=[tag("three"), tag("four")])(tags)
    router.mount("/mount", tags, wrap=tag("three"))
    router.wrap(tag("two"))
    assert Client(router).get("/plain").text == "one two"
    assert Client(router).get("/rule").text == "one two three four"
    assert Client(router).get("/mount/x").text == "one two three"


def test_filter_is_applied_once_to_each_application() -> None:
    made = []
    router = trieroute.wsgi.Router(Map([Rule("/a", endpoint=tags), Rule("/b", endpoint=tags)]))

    @router.wrap
    def counting(app: Any) -> Any:
        made.append(app)
        return app

    for path in ("/a", "/b", "/a", "/b"):
        assert Client(router).get(path).status_code == 200
    assert made == [tags]


def test_filter_is_called_once_for_the_rules_of_a_mount_and_those_of_a_handler() -> None:
    async def answering(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        else:
            await respond(send, "")

    made: list[Any] = []

    class Counting:
        def __init__(self, app: Any) -> None:
            self.app, self.calls = app, 0
            made.append(self)

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            self.calls += 1
            await self.app(scope, receive, send)

    router = trieroute.asgi.Router(Map())
    router.mount("/m", answering, bare="redirect", wrap=Counting)
    for path in ("/m/", "/m/x"):
        assert call(router, http_scope(path)).status == 200
    call(router, websocket_scope("/m/x"))
    assert [each.calls for each in made] == [3]
    made.clear()
    router = trieroute.asgi.Router(Map())
    router.wrap(Counting)
    router.get("/a", endpoint="a")(answering)
    router.post("/a", endpoint="a")(answering)
    router.get("/b", endpoint="b", wrap=Counting)(answering)
    for method, path in (("GET", "/a"), ("POST", "/a"), ("GET", "/b")):
        assert call(router, http_scope(path, method)).status == 200
    # The rule with a filter of its own has an application of its own.
    assert sorted(each.calls for each in made) == [1, 1, 2]


def test_filter_is_called_once_for_a_method_that_several_rules_lead_to() -> None:
    class Items:
        async def show(self, scope: Any, receive: Any, send: Any) -> None:
            await respond(send, "")

    made: list[Any] = []

    def counted(app: Any) -> Any:
        made.append(app)
        return app

    items = Items()
    router = trieroute.asgi.Router(Map())
    router.wrap(counted)
    router.get("/x")(items.show)
    assert call(router, http_scope("/x")).status == 200
    router.get("/y")(items.show)
    assert call(router, http_scope("/y")).status == 200
    assert len(made) == 1


def test_handlers_are_adapted_once_also_when_filters_change() -> None:
    adapted: list[Any] = []

    def adapt(handler: Any) -> Any:
        adapted.append(handler)
        return plain(handler)

    router = trieroute.wsgi.Router(Map(), adapt=adapt)
    handlers = [lambda number=number: number for number in range(200)]
    for number, handler in enumerate(handlers):
        router.get(f"/{number}", endpoint=f"{number}")(handler)
    client = Client(router)
    for _ in range(3):
        assert [client.get(f"/{number}").json for number in range(200)] == list(range(200))
        router.wrap(lambda app: app)
    assert len(adapted) == 200


def test_name_keeps_its_handler_when_a_rule_cannot_be_added() -> None:
    router = trieroute.wsgi.Router(Map(), adapt=plain)
    router.get("/a", endpoint="a")(first := lambda: 1)
    for rule in list(router.map.iter_rules("a")):
        router.map.remove(rule)
    with pytest.raises(LookupError, match="nope"):
        router.get("/<nope:x>", endpoint="a")(lambda: 2)
    assert router.handlers == {"a": first}


def test_filtered_applications_of_removed_rules_are_freed() -> None:
    router = trieroute.wsgi.Router(Map())
    router.wrap(tag("one"))
    for number in range(1000):
        handler = text_of(f"{number}")
        router.get("/x", endpoint="x")(handler)
        assert Client(router).get("/x").text == f"{number}"
        router.remove(handler)
    assert len(router._apps._filtered) <= 128
    router.map.add(Rule("/y", endpoint="y"))
    for number in range(1000):
        router.handlers["y"] = text_of(f"{number}")
        assert Client(router).get("/y").text == f"{number}"
    assert len(router._apps._filtered) <= 128


def test_filter_that_is_added_while_serving() -> None:
    router = trieroute.wsgi.Router(Map([Rule("/", endpoint=tags)]))
    assert Client(router).get("/").text == ""
    router.wrap(tag("late"))
    assert Client(router).get("/").text == "late"


def test_filters_see_what_was_matched_and_not_what_was_refused() -> None:
    seen = []

    def watch(app: Any) -> Any:
        def watching(environ: Any, start_response: Any) -> Any:
            seen.append(environ["wsgiorg.routing_args"][1])
            return app(environ, start_response)

        return watching

    router = trieroute.wsgi.Router(Map([Rule("/<int:n>", endpoint=tags)]))
    router.wrap(watch)
    assert Client(router).get("/7").status_code == 200
    assert Client(router).get("/x").status_code == 404
    assert seen == [{"n": 7}]


def test_filter_of_a_mount_inside_a_factory() -> None:
    mount = trieroute.wsgi.Mount("/files", endpoint=tags, wrap=tag("own"))
    router = trieroute.wsgi.Router(Map([Submount("/v2", [mount])]))
    assert Client(router).get("/v2/files/x").text == "own"


@pytest.mark.parametrize("wrap", ["gzip", 7, [None]])
def test_filter_that_is_no_function(wrap: Any) -> None:
    router = trieroute.wsgi.Router(Map())
    for add in (
        lambda: router.wrap(wrap),
        lambda: router.get("/", wrap=wrap),
        lambda: router.mount("/x", tags, wrap=wrap),
    ):
        with pytest.raises(TypeError, match="wrap takes functions that make an application"):
            add()
    assert list(router.map.iter_rules()) == []


def test_filter_that_gives_no_application() -> None:
    router = trieroute.wsgi.Router(Map([Rule("/", endpoint=tags)]))
    router.wrap(lambda app: None)
    with pytest.raises(TypeError, match=r"rule '/': the filter .* gave None, which is no app"):
        Client(router).get("/")


# Removal


def router_to_change() -> trieroute.wsgi.Router:
    router = trieroute.wsgi.Router(Map([Rule("/kept", endpoint="kept")]), {"kept": tags})
    router.get("/a", endpoint="a")(tags)
    router.post("/a", endpoint="a")(text_of("post"))
    router.get("/b/<int:id>", endpoint="b")(text_of("b"))
    router.mount("/m", text_of("m"), endpoint="m")
    return router


def statuses(router: Any) -> dict[str, int]:
    asked = [("GET", "/a"), ("POST", "/a"), ("GET", "/b/1"), ("GET", "/m/x"), ("GET", "/kept")]
    return {
        f"{method} {path}": Client(router).open(path, method=method).status_code
        for method, path in asked
    }


@pytest.mark.parametrize(
    ("route", "status", "gone"),
    [
        ("a", 404, ["GET /a", "POST /a"]),
        ("/a", 404, ["GET /a", "POST /a"]),
        ("b", 404, ["GET /b/1"]),
        ("/b/<int:id>", 404, ["GET /b/1"]),
        ("m", 404, ["GET /m/x"]),
        ("/m/", 404, ["GET /m/x"]),
        ("/kept", 404, ["GET /kept"]),
    ],
)
def test_removal(route: str, status: int, gone: list[str]) -> None:
    router = router_to_change()
    assert set(statuses(router).values()) == {200}
    router.remove(route)
    assert statuses(router) == {
        name: status if name in gone else 200 for name in statuses(router_to_change())
    }


def test_removal_of_a_handler() -> None:
    router = router_to_change()
    handler = router.handlers["b"]
    router.remove(handler)
    assert Client(router).get("/b/1").status_code == 404
    assert "b" not in router.handlers
    # The name is free.
    router.get("/b", endpoint="b")(text_of("new"))
    assert Client(router).get("/b").text == "new"


def test_methods_are_handlers() -> None:
    class Items:
        def show(self, environ: Any, start_response: Any) -> Any:
            return Response("shown")(environ, start_response)

    items, others, adapted = Items(), Items(), []

    def adapt(handler: Any) -> Any:
        adapted.append(handler)
        return handler

    router = trieroute.wsgi.Router(Map(), adapt=adapt)
    router.get("/x")(items.show)
    router.get("/y")(items.show)
    router.map.add(Rule("/z", endpoint=items.show))
    for path in ("/x", "/y", "/z"):
        assert Client(router).get(path).text == "shown"
    assert adapted == [items.show]
    # The same method of another object is another handler.
    with pytest.raises(ValueError, match="has another handler already"):
        router.get("/other")(others.show)
    with pytest.raises(ValueError, match="the router has no route"):
        router.remove(others.show)
    router.remove(items.show)
    assert list(router.map.iter_rules()) == []


def test_name_that_the_program_has_given_a_handler_gets_no_second_one() -> None:
    router = trieroute.wsgi.Router(Map(), {"show": tags})
    with pytest.raises(ValueError, match="'show' has another handler already"):
        router.get("/other", endpoint="show")(text_of("other"))
    assert list(router.map.iter_rules()) == []


def test_two_threads_give_one_name_to_one_handler_alone() -> None:
    router = trieroute.wsgi.Router(Map())
    refused: list[str] = []

    def add(path: str) -> None:
        try:
            router.get(path, endpoint="same")(text_of(path))
        except ValueError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=add, args=(path,)) for path in ("/1", "/2")]
    # Both have come as far as they can before one of them may change anything.
    with router._lock:
        for thread in threads:
            thread.start()
        threads[0].join(0.2)
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    (rule,) = router.map.iter_rules()
    assert Client(router).get(rule.rule).text == rule.rule


def test_removed_handler_leaves_the_handlers_where_others_share_its_name() -> None:
    router = router_to_change()
    router.remove(tags)
    assert "a" not in router.handlers
    assert Client(router).post("/a").text == "post"
    with pytest.raises(ValueError, match="'a' has another handler already"):
        router.get("/elsewhere", endpoint="a")(tags)
    router.get("/a", endpoint="a")(text_of("new"))
    assert Client(router).get("/a").text == "new"
    assert Client(router).post("/a").text == "post"


def test_removal_of_one_method() -> None:
    router = router_to_change()
    (rule,) = (rule for rule in router.map.iter_rules("a") if "POST" in (rule.methods or ()))
    router.remove(rule)
    assert Client(router).post("/a").headers["Allow"] == "GET, HEAD, OPTIONS"
    assert Client(router).get("/a").status_code == 200


def test_removal_of_a_mount() -> None:
    router = router_to_change()
    mount = router.mount("/other", tags)
    router.remove(mount)
    assert Client(router).get("/other/x").status_code == 404
    with pytest.raises(ValueError, match=r"the router has no route Mount\('/other', endpoint="):
        router.remove(mount)
    router.mount("/other", tags)
    router.remove(tags)
    assert Client(router).get("/other/x").status_code == 404
    assert Client(router).get("/a").status_code == 405


def test_removal_keeps_handlers_of_the_program() -> None:
    router = router_to_change()
    router.remove("kept")
    assert router.handlers["kept"] is tags


@pytest.mark.parametrize("route", ["nothing", "/nothing", tag, Rule("/kept")])
def test_removal_of_what_is_not_there(route: Any) -> None:
    router = router_to_change()
    with pytest.raises(ValueError, match=r"(the router has no route|the map does not have)"):
        router.remove(route)
    assert set(statuses(router).values()) == {200}


def test_name_is_free_when_its_rules_were_removed_from_the_map() -> None:
    router = router_to_change()
    router.map.remove(list(router.map.iter_rules("b")))
    router.get("/b", endpoint="b")(text_of("new"))
    assert Client(router).get("/b").text == "new"


def test_request_that_has_matched_goes_on_while_its_rule_is_removed() -> None:
    router = trieroute.wsgi.Router(Map())

    class Leaving(Map):
        def bind_to_environ(self, *given: Any, **more: Any) -> Any:
            adapter = super().bind_to_environ(*given, **more)
            match = adapter.match

            def match_and_remove(**asked: Any) -> Any:
                found = match(**asked)
                router.remove("a")
                return found

            adapter.match = match_and_remove
            return adapter

    router = trieroute.wsgi.Router(Leaving())
    router.get("/a", endpoint="a")(text_of("served"))
    assert Client(router).get("/a").text == "served"
    assert router.handlers == {}


def test_routes_that_come_and_go_leave_nothing() -> None:
    router = trieroute.wsgi.Router(Map(), adapt=text_of)
    for number in range(1000):
        router.handlers["x"] = f"{number}"
        rule = Rule(f"/{number}", endpoint="x")
        router.map.add(rule)
        assert Client(router).get(f"/{number}").text == f"{number}"
        router.remove(rule)
    assert len(router._apps._served) <= 128
    assert len(router._apps._adapted) <= 128


def test_routes_change_while_threads_ask() -> None:
    router = trieroute.wsgi.Router(Map([Rule("/kept", endpoint=tags)]))
    done = threading.Event()
    seen: set[int] = set()
    failures: list[BaseException] = []

    def ask() -> None:
        client = Client(router)
        try:
            while not done.is_set():
                seen.add(client.get("/x").status_code)
                assert client.get("/kept").status_code == 200
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for number in range(300):
            router.get("/x", endpoint="x")(text_of(f"{number}"))
            assert Client(router).get("/x").text == f"{number}"
            router.remove("x")
            assert Client(router).get("/x").status_code == 404
    finally:
        done.set()
        for thread in threads:
            thread.join(timeout=60)
    assert failures == []
    assert seen <= {200, 404}


async def handler_of_types(scope: Any, receive: Any, send: Any) -> None:
    await respond(send, "typed")


def test_decorator_returns_the_handler_itself() -> None:
    router = trieroute.asgi.Router(Map())
    assert router.get("/a")(handler_of_types) is handler_of_types
    assert call(router, http_scope("/a")).text == "typed"
