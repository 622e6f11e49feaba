"""A program that is typed against Werkzeug's classes takes trieroute's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, assert_type

import werkzeug.routing
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request

import trieroute
import trieroute.flask


def described(url_map: werkzeug.routing.Map) -> list[str]:
    return [rule.rule for rule in url_map.iter_rules()]


def dispatched(adapter: werkzeug.routing.MapAdapter, path: str) -> object:
    try:
        endpoint, _values = adapter.match(path)
    except werkzeug.routing.RequestRedirect as redirect:
        return redirect.new_url
    except HTTPException as error:
        return error.code
    return endpoint


class ListConverter(werkzeug.routing.BaseConverter):
    """A converter that was written for Werkzeug."""

    def to_python(self, value: str) -> list[str]:
        return value.split("+")

    def to_url(self, value: Any) -> str:
        return "+".join(super(ListConverter, self).to_url(item) for item in value)


class Paged(werkzeug.routing.RuleFactory):
    """A factory that was written for Werkzeug."""

    def get_rules(self, map: werkzeug.routing.Map) -> Iterable[werkzeug.routing.Rule]:
        yield werkzeug.routing.Rule("/pages/<int:page>", endpoint="page")


rules: list[werkzeug.routing.RuleFactory] = [
    trieroute.Rule("/", endpoint="index"),
    trieroute.Submount("/a", [trieroute.Rule("/", endpoint="a")]),
    trieroute.Subdomain("api", [trieroute.Rule("/", endpoint="api")]),
    trieroute.EndpointPrefix("blog/", [trieroute.Rule("/blog", endpoint="index")]),
    Paged(),
]
url_map: werkzeug.routing.Map = trieroute.Map(rules, converters={"list": ListConverter})
rule: werkzeug.routing.Rule = trieroute.Rule("/<list:names>", endpoint="names")
url_map.add(rule)
adapter: werkzeug.routing.MapAdapter = url_map.bind("example.org")
submount: werkzeug.routing.Submount = trieroute.Submount("/b", [])
subdomain: werkzeug.routing.Subdomain = trieroute.Subdomain("b", [])
prefix: werkzeug.routing.EndpointPrefix = trieroute.EndpointPrefix("b", [])
template: werkzeug.routing.RuleTemplate = trieroute.RuleTemplate([])
converters: dict[str, type[werkzeug.routing.BaseConverter]] = {
    "base": trieroute.BaseConverter,
    "string": trieroute.UnicodeConverter,
    "any": trieroute.AnyConverter,
    "path": trieroute.PathConverter,
    "int": trieroute.IntegerConverter,
    "float": trieroute.FloatConverter,
    "uuid": trieroute.UUIDConverter,
}
integer: type[werkzeug.routing.IntegerConverter] = trieroute.IntegerConverter
in_order_of_werkzeug: werkzeug.routing.Map = trieroute.flask.Map()
assert_type(described(trieroute.Map()), list[str])
dispatched(trieroute.Map().bind("example.org"), "/")


def of_request(request: Request) -> werkzeug.routing.MapAdapter:
    return trieroute.Map().bind_to_environ(request)
