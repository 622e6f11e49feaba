"""The routes of Starlette and FastAPI as a map, to be shown, exported and drawn as one.

Such a map is for looking at alone. Its rules are the routes in their order; at the end of a mount's
own routes stands a rule for all that is below it, since no later route gets these requests.
"""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass
from typing import Any, cast

from .._converters import (
    BaseConverter,
    FloatConverter,
    IntegerConverter,
    UUIDConverter,
)
from .._core.quoting import quote_path
from .._map import Map
from .._rules.rule import Rule
from .starlette_routes import VARIABLE, FlatRoute, flat_routes

__all__ = ["StarletteMap", "map_of_starlette"]

#: The name of the variable for what is below a mount.
_BELOW = "path"


@dataclass(frozen=True)
class StarletteMap:
    """The routes of an application as a map.

    :param url_map: the map, in the order ``"registration"``.
    :param routes: the route that each of its rules stands for, by the rule's ``id``.
    :param left_out: the routes that can't be a rule, each with the reason.
    """

    url_map: Map
    routes: dict[int, FlatRoute]
    left_out: list[str]


def map_of_starlette(application: Any) -> StarletteMap:
    """Make a map of the routes of an application."""
    flat = flat_routes(application, ends=True)
    hosts = any(route.host for route in flat)
    made = StarletteMap(Map(match_order="registration", host_matching=hosts), {}, [])
    names = _ConverterNames(made.url_map)
    for route in flat:
        try:
            rule = _rule(route, names, hosts)
            with warnings.catch_warnings():
                # A brace that is no variable is a text here.
                warnings.simplefilter("ignore")
                # Equal ones are an error where a program adds them to a map, not here.
                made.url_map._add(rule, refuses_duplicates=False)
        except (ValueError, LookupError) as error:
            made.left_out.append(f"{route}: {error}")
        else:
            made.routes[id(rule)] = route
    return made


class _ConverterNames:
    """The converters of a map that stand for convertors, and their names in it."""

    def __init__(self, url_map: Map) -> None:
        self.known: dict[Any, str] = {}
        self.converters = url_map.converters
        self.converters.clear()
        #: Starlette's own convertors by name; an application of its has imported them.
        self.types: dict[str, Any] = sys.modules["starlette.convertors"].CONVERTOR_TYPES
        self.registered = {id(convertor): name for name, convertor in self.types.items()}

    def of(self, convertor: Any) -> str:
        """Return the name of a convertor, and add a converter for it."""
        key = type(convertor), convertor.regex
        if key not in self.known:
            name = self.registered.get(id(convertor), type(convertor).__name__)
            while name in self.converters:
                name += "_"
            self.known[key] = name
            self.converters[name] = _converter(name, convertor)
        return self.known[key]


#: What takes and writes the same values as Starlette's own convertors, by their names.
_SAME = {
    "str": BaseConverter,
    "path": BaseConverter,
    "int": IntegerConverter,
    "float": FloatConverter,
    "uuid": UUIDConverter,
}


def _converter(name: str, convertor: Any) -> type[BaseConverter]:
    # Starlette is installed where there is an application of it, and need not be elsewhere.
    from .._starlette.path_regexes import is_within_segment

    members: dict[str, Any] = {
        "regex": convertor.regex,
        "part_isolating": is_within_segment(convertor.regex),
    }
    if name not in _SAME or type(convertor).__module__ != "starlette.convertors":
        members["to_python"] = lambda self, value: convertor.convert(value)
        members["to_url"] = lambda self, value: quote_path(convertor.to_string(value))
    base = BaseConverter if "to_url" in members else _SAME[name]
    return cast("type[BaseConverter]", type(name, (base,), members))


def _rule(route: FlatRoute, names: _ConverterNames, hosts: bool) -> Rule:
    path = route.path if route.path.startswith("/") else f"/{route.path}"
    convertors = dict(route.convertors)
    if route.kind == "mount":
        path = f"{path.rstrip('/')}/{{{_BELOW}}}"
        convertors[_BELOW] = names.types["path"]
    # Where one route names a host, those that name none are for every host.
    host = _written(route.host, convertors, names) if route.host else None
    if hosts and host is None:
        host = f"<{names.of(names.types['str'])}:any_host>"
    return Rule(
        _written(path, convertors, names),
        methods=None if route.websocket else route.methods,
        endpoint=route.endpoint,
        websocket=route.websocket,
        host=host,
        merge_slashes=False,
    )


def _written(path: str, convertors: dict[str, Any], names: _ConverterNames) -> str:
    if "<" in VARIABLE.sub("", path):
        raise ValueError("a path with '<' can't be written as a rule")
    return VARIABLE.sub(
        lambda found: (
            f"<{names.of(convertors[found[1]])}:{found[1]}>" if found[1] in convertors else found[0]
        ),
        path,
    )
