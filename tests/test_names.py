"""The names and signatures that a program written for `werkzeug.routing` relies on."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import werkzeug.routing

import trieroute as tr

NAMES = [
    "Map",
    "Rule",
    "RuleFactory",
    "Submount",
    "Subdomain",
    "EndpointPrefix",
    "RuleTemplate",
    "RuleTemplateFactory",
    "MapAdapter",
    "BaseConverter",
    "UnicodeConverter",
    "AnyConverter",
    "PathConverter",
    "NumberConverter",
    "IntegerConverter",
    "FloatConverter",
    "UUIDConverter",
    "DEFAULT_CONVERTERS",
    "ValidationError",
    "RoutingException",
    "RequestRedirect",
    "RequestPath",
    "RequestAliasRedirect",
    "NoMatch",
    "WebsocketMismatch",
    "BuildError",
    "NotFound",
    "MethodNotAllowed",
    "parse_converter_args",
    "url_for",
]

MEMBERS = {
    "Map": """__init__ is_endpoint_expecting iter_rules add bind bind_to_environ update""",
    "MapAdapter": """dispatch match test allowed_methods get_host get_default_redirect
        encode_query_args make_redirect_url make_alias_redirect_url build""",
    "Rule": """__init__ empty get_empty_kwargs get_rules refresh bind get_converter compile build
        provides_defaults_for suitable_for build_compare_key""",
    "RuleFactory": "get_rules",
    "Submount": "__init__ get_rules",
    "Subdomain": "__init__ get_rules",
    "EndpointPrefix": "__init__ get_rules",
    "RuleTemplate": "__init__ __call__",
    "RuleTemplateFactory": "__init__ get_rules",
    "BaseConverter": "__init__ to_python to_url",
    "UnicodeConverter": "__init__",
    "AnyConverter": "__init__ to_url",
    "IntegerConverter": "__init__ to_python to_url",
    "FloatConverter": "__init__",
    "UUIDConverter": "__init__ to_python to_url",
}


@pytest.mark.parametrize("name", NAMES)
def test_name(name: str) -> None:
    assert name in tr.__all__
    assert hasattr(tr, name)


def test_every_public_name_exists() -> None:
    assert [name for name in tr.__all__ if not hasattr(tr, name)] == []


def parameters(function: Any) -> list[tuple[str, Any, Any]]:
    signature = inspect.signature(function)
    return [
        # Whether `self` may be given by name is not looked at: methods are called on objects.
        (p.name, p.name == "self" or p.kind, p.default)
        for p in signature.parameters.values()
    ]


@pytest.mark.parametrize(
    ("name", "member"),
    [(name, member) for name, members in MEMBERS.items() for member in members.split()],
)
def test_signature_is_werkzeugs(name: str, member: str) -> None:
    ours = parameters(getattr(getattr(tr, name), member))
    theirs = parameters(getattr(getattr(werkzeug.routing, name), member))
    # What a newer Werkzeug takes is refused with an older one, as it is there.
    more = {"match_order", "subdomain_matching"} - {p[0] for p in theirs}
    assert [p for p in ours if p[0] not in more] == theirs


def test_adapter_takes_werkzeugs_arguments_by_name() -> None:
    adapter = tr.MapAdapter(
        map=tr.Map(),
        server_name="example.com",
        script_name="/app/",
        subdomain="www",
        url_scheme="https",
        path_info="/a",
        default_method="PUT",
        query_args="q=1",
    )
    assert adapter.make_redirect_url("b") == "https://www.example.com/app/b?q=1"
