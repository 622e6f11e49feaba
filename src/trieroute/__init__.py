"""A URL router with the API of :mod:`werkzeug.routing`, its rules compiled into a trie."""

from __future__ import annotations

from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from ._core.inspected import found_by as _found_by
from ._core.map_adapter import MapAdapter as MapAdapter
from ._version import __version__ as __version__
from .converters import DEFAULT_CONVERTERS as DEFAULT_CONVERTERS
from .converters import AnyConverter as AnyConverter
from .converters import BaseConverter as BaseConverter
from .converters import FloatConverter as FloatConverter
from .converters import IntegerConverter as IntegerConverter
from .converters import NumberConverter as NumberConverter
from .converters import PathConverter as PathConverter
from .converters import UnicodeConverter as UnicodeConverter
from .converters import UUIDConverter as UUIDConverter
from .errors import BuildError as BuildError
from .errors import MethodNotAllowed as MethodNotAllowed
from .errors import NoMatch as NoMatch
from .errors import NotFound as NotFound
from .errors import RequestAliasRedirect as RequestAliasRedirect
from .errors import RequestPath as RequestPath
from .errors import RequestRedirect as RequestRedirect
from .errors import RoutingException as RoutingException
from .errors import ValidationError as ValidationError
from .errors import WebsocketMismatch as WebsocketMismatch
from .map import Map as Map
from .rules.factories import EndpointPrefix as EndpointPrefix
from .rules.factories import RuleTemplate as RuleTemplate
from .rules.factories import RuleTemplateFactory as RuleTemplateFactory
from .rules.factories import Subdomain as Subdomain
from .rules.factories import Submount as Submount
from .rules.order import MatchOrder as MatchOrder
from .rules.rule import Rule as Rule
from .rules.settings import RuleFactory as RuleFactory
from .rules.syntax import parse_converter_args as parse_converter_args
from .url_for import url_for as url_for

if _TYPE_CHECKING:
    from .dropin.patch import patch as patch


def _inspection() -> _Any:
    from . import inspection

    return inspection


def __getattr__(name: str) -> _Any:
    # What takes the place of Werkzeug's classes is imported by the programs that ask for it.
    if name != "patch":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .dropin.patch import patch

    return patch


def __dir__() -> list[str]:
    return sorted({*globals(), "patch"})


# The room is imported when something is to be explained, and not before.
_found_by(_inspection)

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
