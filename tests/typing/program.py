"""What the types of the public names say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, assert_type

import trieroute
from trieroute import (
    BaseConverter,
    Map,
    MapAdapter,
    MatchOrder,
    MethodNotAllowed,
    RequestRedirect,
    Rule,
    RuleFactory,
    Submount,
    url_for,
)
from trieroute.tables import github_rest_api


class Colour(BaseConverter):
    """A converter of a program's own."""

    regex = "[0-9a-f]{6}"

    def to_python(self, value: str) -> int:
        return int(value, 16)

    def to_url(self, value: int) -> str:
        return f"{value:06x}"


class Resource(RuleFactory):
    """A factory of a program's own."""

    def __init__(self, name: str) -> None:
        self.name = name

    def get_rules(self, map: Any) -> Iterable[Rule]:
        yield Rule(f"/{self.name}/", endpoint=self.name, methods={"GET"})


class TaggedRule(Rule):
    """A rule with one more setting."""

    def __init__(self, string: str, *, tag: str = "", endpoint: Any = None) -> None:
        super().__init__(string, endpoint=endpoint)
        self.tag = tag


order: MatchOrder = "segments"
url_map = Map(
    [
        Rule("/", endpoint="index"),
        Submount("/users", [Rule("/<int:id>", endpoint="user", methods=["GET"])]),
        Resource("posts"),
        TaggedRule("/<colour:c>", endpoint="colour", tag="x"),
    ],
    converters={"colour": Colour},
    match_order=order,
)
assert_type(url_map, Map)
assert_type(url_map.match_order, MatchOrder)
assert_type(url_map.iter_rules(), Iterator[Rule])
assert_type(url_map.is_endpoint_expecting("user", "id"), bool)
Map(match_order="weight")  # type: ignore[arg-type]
Map([], "", True, True, True, None, False, None, False, "weights")  # type: ignore[call-arg]

urls = url_map.bind("example.org", url_scheme="https")
assert_type(urls, MapAdapter)
assert_type(urls.match("/users/7"), tuple[Any, dict[str, Any]])
assert_type(urls.match("/users/7", return_rule=True), tuple[Any, dict[str, Any]])
assert_type(urls.build("user", {"id": 7}), str)
assert_type(urls.test("/"), bool)
assert_type(url_for("user", id=7, _external=True), str)
urls.match(7)  # type: ignore[arg-type]
with urls.current(namespace="admin") as current:
    assert_type(current, MapAdapter)
try:
    urls.match("/")
except RequestRedirect as redirect:
    assert_type(redirect.new_url, str)
except MethodNotAllowed as error:
    assert_type(error.valid_methods, Iterable[str] | None)

rule = Rule("/a", endpoint="a")
assert_type(rule.rule, str)
assert_type(rule.methods, set[str] | None)
assert_type(rule.empty(), Rule)
assert_type(TaggedRule("/").empty(), TaggedRule)
assert_type(trieroute.__version__, str)
assert_type(github_rest_api(), list[Rule])
