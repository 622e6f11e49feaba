"""Subclasses of `Map`, `Rule` and `MapAdapter`."""

from __future__ import annotations

from typing import Any

import trieroute as tr
from outcomes import redirect_of
from trieroute import Map, MapAdapter, Rule


def test_subclass_of_map_may_take_more_arguments() -> None:
    class OwnMap(Map):
        def __init__(self, *args: Any, note: str, **kwargs: Any) -> None:
            self.note = note
            super().__init__(*args, **kwargs)

    url_map = OwnMap([Rule("/", endpoint="e")], note="own", strict_slashes=False)
    assert url_map.note == "own"
    assert url_map.bind("example.com").match("/") == ("e", {})


def test_subclass_of_map_may_override_bind() -> None:
    class OwnMap(Map):
        def bind(self, server_name: str, *args: Any, **kwargs: Any) -> MapAdapter:
            adapter = super().bind("other.example", *args, **kwargs)
            adapter.given = server_name
            return adapter

    adapter = OwnMap().bind("example.com")
    assert (adapter.server_name, adapter.given) == ("other.example", "example.com")


def test_subclass_of_map_may_override_add() -> None:
    class OwnMap(Map):
        def add(self, rulefactory: Any) -> None:
            for rule in rulefactory.get_rules(self):
                rule.rule = "/own" + rule.rule
                super().add(rule)

    adapter = OwnMap([Rule("/a", endpoint="e")]).bind("example.com")
    assert adapter.match("/own/a") == ("e", {})


def test_subclass_of_rule_may_take_more_arguments() -> None:
    class OwnRule(Rule):
        def __init__(self, string: str, note: str = "", **kwargs: Any) -> None:
            self.note = note
            super().__init__(string, **kwargs)

        def get_empty_kwargs(self) -> dict[str, Any]:
            return {**super().get_empty_kwargs(), "note": self.note}

    url_map = Map([tr.Submount("/a", [OwnRule("/b", note="own", endpoint="e")])])
    rule, _ = url_map.bind("example.com").match("/a/b", return_rule=True)
    assert type(rule) is OwnRule
    assert rule.note == "own"


def test_subclass_of_rule_may_override_bind() -> None:
    class OwnRule(Rule):
        def bind(self, map: Map, rebind: bool = False) -> None:
            self.subdomain = self.subdomain or "www"
            super().bind(map, rebind)

    url_map = Map([OwnRule("/", endpoint="e")])
    assert url_map.bind("example.com", subdomain="www").match("/") == ("e", {})


def test_subclass_of_adapter() -> None:
    class OwnAdapter(MapAdapter):
        def match(self, *args: Any, **kwargs: Any) -> Any:
            endpoint, values = super().match(*args, **kwargs)
            return endpoint.upper(), values

    url_map = Map([Rule("/<x>", endpoint="e")])
    adapter = OwnAdapter(url_map, "example.com", "/", "", "http", "/", "GET")
    assert adapter.match("/a") == ("E", {"x": "a"})
    assert adapter.test("/a")
    assert adapter.dispatch(lambda endpoint, values: endpoint, "/a") == "E"


def test_subclass_of_adapter_may_override_redirect_urls() -> None:
    class OwnAdapter(MapAdapter):
        def make_redirect_url(self, *args: Any, **kwargs: Any) -> str:
            return super().make_redirect_url(*args, **kwargs) + "#own"

    adapter = OwnAdapter(Map([Rule("/a/")]), "example.com", "/", "", "http", "/", "GET")
    assert redirect_of(adapter, "/a") == "http://example.com/a/#own"


def test_adapter_takes_the_positions_that_they_have_in_werkzeug() -> None:
    url_map = Map()
    adapter = MapAdapter(url_map, "example.com", "/app", "www", "https", "/a", "PUT", "q=1")
    assert adapter.map is url_map
    assert adapter.server_name == "example.com"
    assert adapter.script_name == "/app/"
    assert adapter.subdomain == "www"
    assert adapter.url_scheme == "https"
    assert adapter.path_info == "/a"
    assert adapter.default_method == "PUT"
    assert adapter.query_args == "q=1"
    assert adapter.websocket is False


def test_lock_class_is_used() -> None:
    entered = []

    class CountingLock:
        def __enter__(self) -> None:
            entered.append(1)

        def __exit__(self, *args: object) -> None:
            entered.append(-1)

    class OwnMap(Map):
        lock_class = CountingLock  # type: ignore[assignment]

    adapter = OwnMap([Rule("/", endpoint="e")]).bind("example.com")
    assert adapter.match("/") == ("e", {})
    assert entered == [1, -1]
    adapter.match("/")
    assert entered == [1, -1]


def test_update_may_be_called_at_any_time() -> None:
    url_map = Map([Rule("/", endpoint="e")])
    url_map.update()
    url_map.update()
    assert url_map.bind("example.com").match("/") == ("e", {})
