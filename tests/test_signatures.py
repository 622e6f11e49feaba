"""What `help` and editors show of the arguments of compiled methods."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from werkzeug.routing import MapAdapter as WerkzeugMapAdapter

import trieroute
from trieroute import Map, MapAdapter, Rule

CORE = Path(trieroute.__file__).parent / "_core"


def shown(signature: inspect.Signature) -> list[tuple[str, Any, Any]]:
    return [(each.name, each.default, each.kind) for each in signature.parameters.values()]


def stubbed(module: str, name: str) -> dict[str, str]:
    """Return the types of the arguments and the result of a method, by the stub of its module."""
    tree = ast.parse((CORE / f"{module}.pyi").read_text())
    (method,) = (
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name
    )
    types = {each.arg: each.annotation for each in method.args.args} | {"return": method.returns}
    return {name: ast.unparse(each) for name, each in types.items() if each is not None}


def test_a_compiled_method_shows_its_arguments_and_their_types() -> None:
    assert str(inspect.signature(Map.bind_to_scope)) == (
        "(self, scope: 'Mapping[str, Any]', server_name: 'str | None' = None,"
        " subdomain: 'str | None' = None) -> 'MapAdapter'"
    )


@pytest.mark.parametrize(
    ("module", "cls", "name"),
    [
        ("binding", Map, "bind"),
        ("binding", Map, "bind_to_environ"),
        ("binding", Map, "bind_to_scope"),
        ("binding", Map, "prepare"),
        ("address", MapAdapter, "get_host"),
        ("address", MapAdapter, "encode_query_args"),
        ("address", MapAdapter, "make_redirect_url"),
        ("adapter", MapAdapter, "dispatch"),
        ("adapter", MapAdapter, "test"),
        ("adapter", MapAdapter, "allowed_methods"),
        ("adapter", MapAdapter, "explain"),
        ("adapter", MapAdapter, "get_default_redirect"),
        ("adapter", MapAdapter, "make_alias_redirect_url"),
        ("adapter", MapAdapter, "current"),
    ],
)
def test_the_types_of_a_compiled_method_are_those_of_its_stub(
    module: str, cls: type, name: str
) -> None:
    assert getattr(cls, name).__annotations__ == stubbed(module, name)


@pytest.mark.parametrize("name", ["match", "build"])
def test_the_fastest_methods_show_the_arguments_of_werkzeug(name: str) -> None:
    ours = inspect.signature(getattr(MapAdapter(None, "a", "/", "", "http", "/", "GET"), name))
    theirs = inspect.signature(
        getattr(WerkzeugMapAdapter(None, "a", "/", "", "http", "/", "GET"), name)
    )

    assert shown(ours) == shown(theirs)


def test_the_class_of_adapters_shows_the_arguments_of_werkzeug() -> None:
    assert shown(inspect.signature(MapAdapter)) == shown(inspect.signature(WerkzeugMapAdapter))


def test_the_types_of_public_methods_are_found_by_typing() -> None:
    names = [(cls, name) for cls in (Map, MapAdapter, Rule) for name in dir(cls) if name[0] != "_"]
    failed = []
    for cls, name in names:
        method = getattr(cls, name)
        if callable(method):
            try:
                get_type_hints(method)
            except NameError as error:
                failed.append((cls, name, error.name))
    # These names exist for type checkers alone, in Werkzeug as well.
    assert failed == [
        (Map, "bind_to_environ", "WSGIEnvironment"),
        (MapAdapter, "dispatch", "WSGIApplication"),
    ]
    hints = get_type_hints(Map.bind)
    assert hints["query_args"] == Mapping[str, Any] | str | None
    assert hints["return"] is MapAdapter
