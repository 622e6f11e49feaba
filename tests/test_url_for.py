"""`url_for`, the current adapter, and the handlers of build errors."""

from __future__ import annotations

import asyncio
import inspect
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextvars import copy_context
from typing import Any

import pytest

from trieroute import BaseConverter, BuildError, Map, MapAdapter, Rule, url_for


def make_map(**settings: Any) -> Map:
    return Map(
        [
            Rule("/", endpoint="index"),
            Rule("/user/<name>", endpoint="user"),
            Rule("/read", endpoint="doc", methods=["GET"]),
            Rule("/write", endpoint="doc", methods=["POST"]),
            Rule("/blog/", endpoint="blog.index"),
            Rule("/blog/<int:id>", endpoint="blog.show"),
            Rule("/blog/admin/", endpoint="blog.admin.index"),
            Rule("/api", endpoint="api", subdomain="api"),
            Rule("/live", endpoint="live", websocket=True),
        ],
        **settings,
    )


@pytest.fixture
def url_map() -> Map:
    return make_map()


@pytest.fixture
def adapter(url_map: Map) -> Iterator[MapAdapter]:
    """The current adapter, without a namespace."""
    with url_map.bind("example.com", url_scheme="https").current() as adapter:
        yield adapter


# Values


@pytest.mark.parametrize(
    ("endpoint", "values", "url"),
    [
        ("index", {}, "/"),
        ("user", {"name": "ann"}, "/user/ann"),
        ("user", {"name": "a b/\xe9"}, "/user/a%20b/%C3%A9"),
        ("blog.show", {"id": 3}, "/blog/3"),
        ("index", {"q": "a b&c"}, "/?q=a+b%26c"),
        ("user", {"name": "ann", "tab": "posts", "page": 2}, "/user/ann?tab=posts&page=2"),
        ("index", {"q": None}, "/"),
        ("index", {"q": None, "r": 1}, "/?r=1"),
        ("index", {"q": ["a", "b"]}, "/?q=a&q=b"),
        ("index", {"q": ["a", None]}, "/?q=a"),
        ("index", {"q": []}, "/"),
        ("index", {"self": 1, "values": 2, "method": 3}, "/?self=1&values=2&method=3"),
        ("api", {}, "https://api.example.com/api"),
        ("live", {}, "wss://example.com/live"),
    ],
)
@pytest.mark.usefixtures("adapter")
def test_url(endpoint: str, values: dict[str, Any], url: str) -> None:
    assert url_for(endpoint, **values) == url


@pytest.mark.usefixtures("adapter")
def test_none_for_a_variable_counts_as_missing() -> None:
    with pytest.raises(BuildError):
        url_for("user", name=None)


def test_url_has_the_script_name_of_the_adapter(url_map: Map) -> None:
    with url_map.bind("example.com", "/app").current():
        assert url_for("index") == "/app/"


def test_endpoint_may_be_any_object() -> None:
    endpoint = object()
    with Map([Rule("/a", endpoint=endpoint)]).bind("example.com").current():
        assert url_for(endpoint) == "/a"


def test_endpoint_may_be_given_by_name(adapter: MapAdapter) -> None:
    assert url_for(endpoint="index") == "/"


# Namespaces


@pytest.mark.parametrize(
    ("namespace", "endpoint", "url"),
    [
        ("blog", ".index", "/blog/"),
        ("blog", ".admin.index", "/blog/admin/"),
        ("blog.admin", ".index", "/blog/admin/"),
        ("blog", "index", "/"),
        ("blog", "blog.index", "/blog/"),
        (None, ".index", "/"),
        (None, ".blog.index", "/blog/"),
    ],
)
def test_namespace(url_map: Map, namespace: str | None, endpoint: str, url: str) -> None:
    with url_map.bind("example.com").current(namespace=namespace):
        assert url_for(endpoint) == url


def test_relative_endpoint_that_the_namespace_does_not_have(url_map: Map) -> None:
    with (
        url_map.bind("example.com").current(namespace="blog"),
        pytest.raises(BuildError) as caught,
    ):
        url_for(".nope")
    assert caught.value.endpoint == "blog.nope"


# Full URLs


@pytest.mark.usefixtures("adapter")
def test_external() -> None:
    assert url_for("user", name="ann", _external=True) == "https://example.com/user/ann"


@pytest.mark.parametrize(
    ("scheme", "url"),
    [
        ("http", "http://example.com/"),
        ("https", "https://example.com/"),
        ("", "//example.com/"),
        (None, "https://example.com/"),
    ],
)
@pytest.mark.usefixtures("adapter")
def test_scheme(scheme: str | None, url: str) -> None:
    assert url_for("index", _external=True, _scheme=scheme) == url


@pytest.mark.parametrize("scheme", ["http", "https", ""])
@pytest.mark.usefixtures("adapter")
def test_scheme_needs_external(scheme: str) -> None:
    with pytest.raises(ValueError, match="_external"):
        url_for("index", _scheme=scheme)


@pytest.mark.usefixtures("adapter")
def test_scheme_without_external_is_an_error_for_an_unknown_endpoint_too() -> None:
    with pytest.raises(ValueError, match="_external") as caught:
        url_for("nope", _scheme="https")
    assert not isinstance(caught.value, BuildError)


@pytest.mark.usefixtures("adapter")
def test_websocket_rule_has_its_scheme() -> None:
    assert url_for("live", _external=True, _scheme="http") == "ws://example.com/live"


# Anchors and methods


@pytest.mark.parametrize(
    ("anchor", "url"),
    [
        ("top", "/#top"),
        ("a b", "/#a%20b"),
        ("\xe9", "/#%C3%A9"),
        ("100%", "/#100%"),
        ("x/y?z#w", "/#x/y?z#w"),
        ('"<>', "/#%22%3C%3E"),
        ("", "/#"),
        (None, "/"),
    ],
)
@pytest.mark.usefixtures("adapter")
def test_anchor(anchor: str | None, url: str) -> None:
    assert url_for("index", _anchor=anchor) == url


@pytest.mark.usefixtures("adapter")
def test_anchor_follows_the_query() -> None:
    url = url_for("index", q="a", _anchor="top", _external=True)
    assert url == "https://example.com/?q=a#top"


@pytest.mark.parametrize(
    ("method", "url"), [(None, "/read"), ("GET", "/read"), ("HEAD", "/read"), ("POST", "/write")]
)
@pytest.mark.usefixtures("adapter")
def test_method(method: str | None, url: str) -> None:
    assert url_for("doc", _method=method) == url


@pytest.mark.usefixtures("adapter")
def test_method_that_no_rule_has() -> None:
    with pytest.raises(BuildError) as caught:
        url_for("doc", _method="PUT")
    assert caught.value.method == "PUT"


def test_without_a_method_that_of_the_request_goes_first(url_map: Map) -> None:
    with url_map.bind("example.com", default_method="POST").current():
        assert url_for("doc") == "/write"


# The signature


def test_signature() -> None:
    assert [
        (parameter.name, parameter.kind.name, parameter.default)
        for parameter in inspect.signature(url_for).parameters.values()
    ] == [
        ("endpoint", "POSITIONAL_OR_KEYWORD", inspect.Parameter.empty),
        ("_external", "KEYWORD_ONLY", False),
        ("_scheme", "KEYWORD_ONLY", None),
        ("_anchor", "KEYWORD_ONLY", None),
        ("_method", "KEYWORD_ONLY", None),
        ("values", "VAR_KEYWORD", inspect.Parameter.empty),
    ]


@pytest.mark.usefixtures("adapter")
def test_only_the_endpoint_is_positional() -> None:
    with pytest.raises(TypeError):
        url_for("index", True)  # type: ignore[misc]


# The current adapter


def test_without_a_current_adapter() -> None:
    with pytest.raises(RuntimeError, match=r"adapter\.current\(\)"):
        url_for("index")


def test_block_gives_the_adapter(url_map: Map) -> None:
    adapter = url_map.bind("example.com")
    with adapter.current() as given:
        assert given is adapter


def test_adapter_is_current_inside_the_block_alone(url_map: Map) -> None:
    with url_map.bind("example.com").current():
        url_for("index")
    with pytest.raises(RuntimeError):
        url_for("index")


def test_blocks_may_be_nested(url_map: Map) -> None:
    with url_map.bind("example.com", "/outer").current(namespace="blog"):
        with url_map.bind("example.com", "/inner").current():
            assert url_for(".index") == "/inner/"
        assert url_for(".index") == "/outer/blog/"


def test_same_adapter_may_be_current_in_nested_blocks(url_map: Map) -> None:
    adapter = url_map.bind("example.com")
    with adapter.current():
        with adapter.current(namespace="blog"):
            assert url_for(".index") == "/blog/"
        assert url_for(".index") == "/"


def test_block_that_an_exception_leaves(url_map: Map) -> None:
    with url_map.bind("example.com", "/outer").current():
        with pytest.raises(ZeroDivisionError), url_map.bind("h", "/inner").current():
            raise ZeroDivisionError
        assert url_for("index") == "/outer/"


def test_one_block_cannot_be_entered_twice(url_map: Map) -> None:
    block = url_map.bind("example.com").current()
    with block, pytest.raises(RuntimeError, match="current"):
        block.__enter__()
    with pytest.raises(RuntimeError, match="needs a current adapter"):
        url_for("index")


def test_thread_has_no_adapter_of_another(adapter: MapAdapter) -> None:
    outcomes: list[Any] = []

    def ask() -> None:
        try:
            outcomes.append(url_for("index"))
        except RuntimeError as error:
            outcomes.append(type(error))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert outcomes == [RuntimeError]


def test_threads_have_adapters_of_their_own(url_map: Map) -> None:
    barrier = threading.Barrier(2)
    urls: dict[str, str] = {}

    def ask(name: str) -> None:
        with url_map.bind("example.com", name).current():
            barrier.wait(timeout=10)
            urls[name] = url_for("index")
            barrier.wait(timeout=10)

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("/a", "/b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert urls == {"/a": "/a/", "/b": "/b/"}


def test_tasks_have_adapters_of_their_own(url_map: Map) -> None:
    async def ask(name: str) -> list[str]:
        urls = []
        with url_map.bind("example.com", name).current():
            for _ in range(3):
                await asyncio.sleep(0)
                urls.append(url_for("index"))
        return urls

    async def ask_all() -> list[list[str]]:
        return await asyncio.gather(ask("/a"), ask("/b"), ask("/c"))

    assert asyncio.run(ask_all()) == [["/a/"] * 3, ["/b/"] * 3, ["/c/"] * 3]


def test_task_starts_with_the_adapter_of_the_one_that_makes_it(url_map: Map) -> None:
    async def ask() -> str:
        return url_for("index")

    async def make() -> str:
        with url_map.bind("example.com", "/a").current():
            task = asyncio.create_task(ask())
        with pytest.raises(RuntimeError):
            url_for("index")
        return await task

    assert asyncio.run(make()) == "/a/"


def test_copied_context_keeps_the_adapter(url_map: Map) -> None:
    with url_map.bind("example.com", "/a").current():
        context = copy_context()
    assert context.run(url_for, "index") == "/a/"


# Handlers of build errors


def test_new_map_has_no_handlers() -> None:
    assert Map().url_build_error_handlers == []


def test_handlers_belong_to_one_map() -> None:
    first, second = Map(), Map()
    first.url_build_error_handlers.append(lambda error, endpoint, values: "/")
    assert second.url_build_error_handlers == []


def test_handler_gets_error_endpoint_and_values(adapter: MapAdapter) -> None:
    calls = []

    def handler(error: BuildError, endpoint: Any, values: dict[str, Any]) -> str:
        calls.append((error, endpoint, dict(values)))
        return "/elsewhere"

    adapter.map.url_build_error_handlers.append(handler)
    assert url_for("nope", x=1, y=None) == "/elsewhere"
    [(error, endpoint, values)] = calls
    assert type(error) is BuildError
    assert (error.endpoint, error.adapter) == ("nope", adapter)
    assert endpoint == "nope"
    assert values == {
        "x": 1,
        "y": None,
        "_anchor": None,
        "_external": False,
        "_method": None,
        "_scheme": None,
    }


def test_handler_gets_the_arguments_with_an_underscore(adapter: MapAdapter) -> None:
    calls = []

    def handler(error: BuildError, endpoint: Any, values: dict[str, Any]) -> str:
        calls.append(dict(values))
        return "/elsewhere"

    adapter.map.url_build_error_handlers.append(handler)
    url_for("nope", _anchor="a", _external=True, _method="PUT", _scheme="http")
    assert calls == [{"_anchor": "a", "_external": True, "_method": "PUT", "_scheme": "http"}]


def test_handler_gets_the_endpoint_with_its_namespace(url_map: Map) -> None:
    endpoints = []

    def handler(error: BuildError, endpoint: Any, values: dict[str, Any]) -> str:
        endpoints.append(endpoint)
        return "/elsewhere"

    url_map.url_build_error_handlers.append(handler)
    with url_map.bind("example.com").current(namespace="blog"):
        url_for(".nope")
    assert endpoints == ["blog.nope"]


def test_url_of_a_handler_is_taken_as_it_stands(adapter: MapAdapter) -> None:
    adapter.map.url_build_error_handlers.append(lambda error, endpoint, values: "other:thing")
    assert url_for("nope", _anchor="a", _external=True) == "other:thing"


def test_empty_text_of_a_handler_is_a_url(adapter: MapAdapter) -> None:
    adapter.map.url_build_error_handlers += [
        lambda error, endpoint, values: "",
        lambda error, endpoint, values: "/second",
    ]
    assert url_for("nope") == ""


def test_handlers_are_not_asked_when_a_url_can_be_built(adapter: MapAdapter) -> None:
    adapter.map.url_build_error_handlers.append(lambda error, endpoint, values: "/elsewhere")
    assert url_for("index") == "/"


def test_handlers_are_asked_in_order_until_one_has_a_url(adapter: MapAdapter) -> None:
    asked = []

    def answering(name: str, url: str | None) -> Callable[..., str | None]:
        def handler(error: BuildError, endpoint: Any, values: dict[str, Any]) -> str | None:
            asked.append(name)
            return url

        return handler

    adapter.map.url_build_error_handlers += [
        answering("first", None),
        answering("second", "/second"),
        answering("third", "/third"),
    ]
    assert url_for("nope") == "/second"
    assert asked == ["first", "second"]


def test_error_is_raised_when_no_handler_has_a_url(adapter: MapAdapter) -> None:
    seen = []

    def handler(error: BuildError, endpoint: Any, values: dict[str, Any]) -> None:
        seen.append(error)

    adapter.map.url_build_error_handlers += [handler, handler]
    with pytest.raises(BuildError) as caught:
        url_for("nope")
    assert seen == [caught.value, caught.value]


def test_any_other_error_of_build_is_no_affair_of_handlers() -> None:
    url_map = Map([Rule("/<int:n>", endpoint="e")])
    url_map.url_build_error_handlers.append(lambda error, endpoint, values: "/elsewhere")
    with url_map.bind("example.com").current(), pytest.raises(ValueError, match="invalid literal"):
        url_for("e", n="a")


def test_exception_of_a_handler_passes_through(adapter: MapAdapter) -> None:
    def handler(error: BuildError, endpoint: Any, values: dict[str, Any]) -> str:
        raise ZeroDivisionError

    adapter.map.url_build_error_handlers += [handler, lambda error, endpoint, values: "/second"]
    with pytest.raises(ZeroDivisionError) as caught:
        url_for("nope")
    assert isinstance(caught.value.__context__, BuildError)


def test_error_that_a_handler_raises_anew_goes_to_the_next_one(adapter: MapAdapter) -> None:
    def reraising(error: BuildError, endpoint: Any, values: dict[str, Any]) -> str:
        raise error

    adapter.map.url_build_error_handlers += [reraising, lambda error, endpoint, values: "/second"]
    assert url_for("nope") == "/second"


def test_error_that_a_handler_puts_in_place_goes_to_the_next_one(adapter: MapAdapter) -> None:
    replacement = BuildError("other", {}, None)
    seen = []

    def replacing(error: BuildError, endpoint: Any, values: dict[str, Any]) -> str:
        raise replacement

    def handler(error: BuildError, endpoint: Any, values: dict[str, Any]) -> None:
        seen.append((error, endpoint))

    adapter.map.url_build_error_handlers += [replacing, handler]
    with pytest.raises(BuildError) as caught:
        url_for("nope")
    assert caught.value is replacement
    assert seen == [(replacement, "nope")]


def test_handler_is_called_while_the_error_is_handled(adapter: MapAdapter) -> None:
    handled = []

    def handler(error: BuildError, endpoint: Any, values: dict[str, Any]) -> str:
        handled.append(sys.exc_info()[1] is error)
        return "/elsewhere"

    adapter.map.url_build_error_handlers.append(handler)
    url_for("nope")
    assert handled == [True]


def test_handler_may_build_with_the_current_adapter(adapter: MapAdapter) -> None:
    def handler(error: BuildError, endpoint: Any, values: dict[str, Any]) -> str:
        return url_for("user", name=endpoint)

    adapter.map.url_build_error_handlers.append(handler)
    assert url_for("nope") == "/user/nope"


# Tracebacks


class Deep(BaseConverter):
    """A converter in which the error begins."""

    def to_url(self, value: Any) -> str:
        return self.deeper(value)

    def deeper(self, value: Any) -> str:
        raise BuildError("deep", {}, None)


Frames = list[tuple[str, int | None]]


def frames_of(error: BaseException) -> Frames:
    return [(frame.name, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]


@pytest.fixture
def deep() -> Iterator[MapAdapter]:
    """The current adapter of a map whose rule ends in `Deep`."""
    url_map = Map([Rule("/<deep:x>", endpoint="deep")], converters={"deep": Deep})
    with url_map.bind("example.com").current() as adapter:
        yield adapter


def reraised(error: BuildError, endpoint: Any, values: dict[str, Any]) -> str:
    raise error


def raised_bare(error: BuildError, endpoint: Any, values: dict[str, Any]) -> str:
    # As the example in the reference of `flask.url_for` has it.
    if sys.exc_info()[1] is error:
        raise
    raise error


def declined(error: BuildError, endpoint: Any, values: dict[str, Any]) -> None:
    return None


@pytest.mark.parametrize(
    "handlers",
    [[], [declined], [reraised], [raised_bare], [reraised, raised_bare, declined]],
    ids=["none", "declined", "reraised", "bare", "several"],
)
def test_error_keeps_the_traceback_of_where_it_began(
    deep: MapAdapter, handlers: list[Callable[..., Any]]
) -> None:
    first: list[Frames] = []

    def remembering(error: BuildError, endpoint: Any, values: dict[str, Any]) -> None:
        first.append(frames_of(error))

    deep.map.url_build_error_handlers += [remembering, *handlers]
    with pytest.raises(BuildError) as caught:
        url_for("deep", x=1)
    [original] = first
    assert [name for name, _ in original][-2:] == ["to_url", "deeper"]
    assert frames_of(caught.value)[-len(original) :] == original


def test_traceback_shows_the_call_of_url_for(adapter: MapAdapter) -> None:
    with pytest.raises(BuildError) as caught:
        url_for("nope")
    names = [name for name, _ in frames_of(caught.value)]
    assert names[0] == "test_traceback_shows_the_call_of_url_for"
    assert "url_for" in names
    assert "build" in names[-1]


def test_traceback_shows_the_handler_that_raised(adapter: MapAdapter) -> None:
    adapter.map.url_build_error_handlers.append(reraised)
    with pytest.raises(BuildError) as caught:
        url_for("nope")
    assert "reraised" in [name for name, _ in frames_of(caught.value)]


def test_error_that_nobody_replaced_has_no_context(adapter: MapAdapter) -> None:
    adapter.map.url_build_error_handlers += [declined, reraised]
    with pytest.raises(BuildError) as caught:
        url_for("nope")
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


def test_replaced_error_is_the_context_of_the_one_in_its_place(adapter: MapAdapter) -> None:
    def replacing(error: BuildError, endpoint: Any, values: dict[str, Any]) -> str:
        raise BuildError("other", {}, None)

    adapter.map.url_build_error_handlers.append(replacing)
    with pytest.raises(BuildError) as caught:
        url_for("nope")
    assert caught.value.endpoint == "other"
    assert isinstance(caught.value.__context__, BuildError)
    assert caught.value.__context__.endpoint == "nope"
