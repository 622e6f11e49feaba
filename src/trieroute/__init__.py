"""A URL router with the API of :mod:`werkzeug.routing`, its rules compiled into a trie."""

from __future__ import annotations

from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

# Before any other import of this package: another thread may go on while this one imports it.
from . import _library as _library
from ._converters import DEFAULT_CONVERTERS as DEFAULT_CONVERTERS
from ._converters import AnyConverter as AnyConverter
from ._converters import BaseConverter as BaseConverter
from ._converters import FloatConverter as FloatConverter
from ._converters import IntegerConverter as IntegerConverter
from ._converters import NumberConverter as NumberConverter
from ._converters import PathConverter as PathConverter
from ._converters import UnicodeConverter as UnicodeConverter
from ._converters import UUIDConverter as UUIDConverter
from ._core.inspected import found_by as _found_by
from ._core.map_adapter import MapAdapter as MapAdapter
from ._errors import BuildError as BuildError
from ._errors import MethodNotAllowed as MethodNotAllowed
from ._errors import NoMatch as NoMatch
from ._errors import NotFound as NotFound
from ._errors import RequestAliasRedirect as RequestAliasRedirect
from ._errors import RequestPath as RequestPath
from ._errors import RequestRedirect as RequestRedirect
from ._errors import RoutingException as RoutingException
from ._errors import ValidationError as ValidationError
from ._errors import WebsocketMismatch as WebsocketMismatch
from ._map import Map as Map
from ._rules.factories import EndpointPrefix as EndpointPrefix
from ._rules.factories import RuleTemplate as RuleTemplate
from ._rules.factories import RuleTemplateFactory as RuleTemplateFactory
from ._rules.factories import Subdomain as Subdomain
from ._rules.factories import Submount as Submount
from ._rules.order import MatchOrder as MatchOrder
from ._rules.rule import Rule as Rule
from ._rules.settings import RuleFactory as RuleFactory
from ._rules.syntax import parse_converter_args as parse_converter_args
from ._url_for import url_for as url_for
from ._version import __version__ as __version__

if _TYPE_CHECKING:
    from ._dropin.patch import patch as patch


def _inspection_room() -> _Any:
    from . import _inspection

    return _inspection


def __getattr__(name: str) -> _Any:
    # What takes the place of Werkzeug's classes is imported by the programs that ask for it.
    if name != "patch":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ._dropin.patch import patch

    return patch


def __dir__() -> list[str]:
    return sorted({*globals(), "patch"})


# That package is imported when something is to be explained, and not before.
_found_by(_inspection_room)

__all__ = [
    "DEFAULT_CONVERTERS",
    "AnyConverter",
    "BaseConverter",
    "BuildError",
    "EndpointPrefix",
    "FloatConverter",
    "IntegerConverter",
    "Map",
    "MapAdapter",
    "MatchOrder",
    "MethodNotAllowed",
    "NoMatch",
    "NotFound",
    "NumberConverter",
    "PathConverter",
    "RequestAliasRedirect",
    "RequestPath",
    "RequestRedirect",
    "RoutingException",
    "Rule",
    "RuleFactory",
    "RuleTemplate",
    "RuleTemplateFactory",
    "Subdomain",
    "Submount",
    "UUIDConverter",
    "UnicodeConverter",
    "ValidationError",
    "WebsocketMismatch",
    "parse_converter_args",
    "patch",
    "url_for",
]
