"""Finding an application and its map by a text such as ``package.module:app``."""

from __future__ import annotations

import ast
import importlib
import os
import sys
from contextlib import AbstractContextManager, nullcontext
from operator import attrgetter
from types import FunctionType
from typing import Any

import werkzeug.routing.map

from ..map import Map

__all__ = ["TargetError", "context_of", "load_application", "map_of"]


class TargetError(ValueError):
    """A text does not name an application with a map; the message says what to write instead."""


def load_application(target: str) -> Any:
    """Import a module and evaluate an expression over its names.

    The current directory is searched first, as ``flask run`` does.

    :param target: ``module:name``, ``module:name.attribute``, or a call with literal arguments such
        as ``module:create_app("test")``.
    :return: the object.
    :raise TargetError: *target* has another form, the module does not exist, or has no such name.
        What the module or the called function raises is passed on.
    """
    module_name, colon, expression = target.partition(":")
    if not (colon and module_name and expression):
        raise TargetError(f"{target!r} is not of the form MODULE:NAME, such as example.web:app")
    directory = os.getcwd()
    if directory not in sys.path:
        sys.path.insert(0, directory)
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        # If the module exists, the missing one is one that it imports itself.
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        raise TargetError(
            f"there is no module {error.name!r} in {directory} or on sys.path; run the command in"
            " the directory that holds it, or set PYTHONPATH"
        ) from None
    return _evaluated(module, expression)


def _evaluated(module: Any, expression: str) -> Any:
    """Return what a name stands for in a module, or what a call with literal arguments returns."""
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
        call = tree if isinstance(tree, ast.Call) else ast.Call(tree, [], [])
        name = ast.unparse(call.func)
        arguments = [ast.literal_eval(item) for item in call.args]
        keywords = {str(item.arg): ast.literal_eval(item.value) for item in call.keywords}
        if not all(map(str.isidentifier, name.split("."))):
            raise ValueError
    except (SyntaxError, ValueError):
        raise TargetError(
            f"{expression!r} is neither a name nor a call with literal arguments, such as app or"
            " create_app('test')"
        ) from None
    try:
        found = attrgetter(name)(module)
    except AttributeError:
        raise TargetError(
            f"module {module.__name__!r} has no {name!r}; name the application, its map, or a"
            " function that makes the application, with parentheses"
        ) from None
    return found(*arguments, **keywords) if call is tree else found


def map_of(application: Any) -> Any:
    """Return the map of an application.

    :param application: an object with a ``url_map``, as of Flask and Quart, or a map.
    :return: the map, one of Werkzeug's or of trieroute's.
    :raise TargetError: there is no map.
    """
    found = getattr(application, "url_map", application)
    if isinstance(found, (Map, werkzeug.routing.map.Map)):
        return found
    if isinstance(application, FunctionType):
        name = application.__name__
        raise TargetError(f"{name} is a function; if it makes the application, write {name}()")
    raise TargetError(
        f"an object of type {type(application).__name__} has no url_map; name an application of"
        " Flask or Quart, or a map"
    )


def context_of(application: Any) -> AbstractContextManager[Any]:
    """Return the context that an application's converters may need.

    :param application: an application of Flask, or any object.
    :return: the application context of Flask, not yet entered; one that does nothing for others.
    """
    make = getattr(application, "app_context", None)
    context = make() if callable(make) else None
    # The context of Quart is asynchronous: only a coroutine can enter it.
    return context if isinstance(context, AbstractContextManager) else nullcontext()
