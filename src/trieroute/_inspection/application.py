"""Finding an application and its map by a text such as ``package.module:app`` or ``app.py:app``."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import sys
from collections.abc import Generator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    contextmanager,
    nullcontext,
    suppress,
)
from operator import attrgetter
from pathlib import Path
from types import CoroutineType, FunctionType
from typing import Any

import werkzeug.routing.map

from .._map import Map
from .._routers.routes import Routes
from .._rules.order import MatchOrder

__all__ = [
    "TargetError",
    "application_frames",
    "context_of",
    "load_application",
    "map_of",
    "order_in_force",
    "router_of",
]

#: The directory of trieroute, whose frames say nothing of an application.
_OWN = str(Path(__file__).parent.parent)


class TargetError(ValueError):
    """A text does not name an application with a map; the message says what to write instead."""


def load_application(target: str) -> Any:
    """Import a module and evaluate an expression over its names.

    The current directory is searched first, as ``flask run`` does.

    :param target: ``module:name``, ``module:name.attribute``, or a call with literal arguments such
        as ``module:create_app("test")``. In the place of the module, the path of a file may stand.
    :return: the object.
    :raise TargetError: *target* has another form, the module does not exist, or has no such name.
        What the module or the called function raises is passed on.
    """
    found = re.match(r"(.+?\.py):", target)
    file: Path | None = None
    if found is not None:
        file = Path(found[1]).resolve()
        if not file.is_file():
            raise TargetError(f"there is no file {found[1]!r} in {os.getcwd()}")
        module_name, directory = _module_of(file)
        colon, expression = ":", target[found.end() :]
    else:
        module_name, colon, expression = target.partition(":")
        directory = os.getcwd()
    if not (colon and module_name and expression):
        raise TargetError(f"{target!r} is not of the form MODULE:NAME, such as example.web:app")
    if directory not in sys.path:
        sys.path.insert(0, directory)
    try:
        if file is None:
            module = importlib.import_module(module_name)
        else:
            module = _imported(module_name, file)
    except ModuleNotFoundError as error:
        # If the module exists, the missing one is one that it imports itself.
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        raise TargetError(
            f"there is no module {error.name!r} in {directory} or on sys.path; run the command in"
            " the directory that holds it, or set PYTHONPATH"
        ) from None
    return _evaluated(module, expression)


def _module_of(file: Path) -> tuple[str, str]:
    """Return the name of the module that a file is, and the directory to find it from."""
    directory, names = file.parent, [] if file.stem == "__init__" else [file.stem]
    while (directory / "__init__.py").is_file():
        names.insert(0, directory.name)
        directory = directory.parent
    return ".".join(names), str(directory)


def _imported(name: str, file: Path) -> Any:
    """Import a file under its name, or by its path if the name is that of another module."""
    known = sys.modules.get(name)
    if known is not None:
        place = getattr(known, "__file__", None)
    else:
        # A dot in the name of a file is none of a package.
        spec = None if "." in file.stem else importlib.util.find_spec(name)
        place = None if spec is None else spec.origin
    if place is not None and Path(place).resolve() == file:
        return importlib.import_module(name)
    free = file.stem.replace(".", "_")
    while free in sys.modules:
        free += "_"
    spec = importlib.util.spec_from_file_location(free, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Classes look their module up by its name.
    sys.modules[free] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[free]
        raise
    return module


def application_frames(error: BaseException) -> BaseException:
    """Leave out the frames in front of a traceback that are trieroute's, and those of the import.

    :param error: what an application raised; its causes are changed as well.
    """
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        frames = one.__traceback__
        while frames is not None and _is_no_frame_of_it(frames.tb_frame.f_code.co_filename):
            frames = frames.tb_next
        one.__traceback__ = frames
        waiting += [one.__cause__, one.__context__]
    return error


def _is_no_frame_of_it(file: str) -> bool:
    return file.startswith(("<frozen importlib", _OWN)) or file == importlib.__file__


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

    :param application: an object with a ``url_map``, as of Flask and Quart, a router of
        trieroute's, or a map.
    :return: the map, one of Werkzeug's or of trieroute's.
    :raise TargetError: there is no map.
    """
    found = getattr(application, "url_map", application)
    if isinstance(application, Routes):
        found = application.map
    if isinstance(found, (Map, werkzeug.routing.map.Map)):
        return found
    if isinstance(application, FunctionType):
        name = application.__name__
        raise TargetError(f"{name} is a function; if it makes the application, write {name}()")
    kind = type(application).__name__
    if isinstance(application, CoroutineType):
        # It is never awaited, which needs no warning beside the error.
        application.close()
        raise TargetError(
            f"{application.__qualname__}() is a coroutine, which no command awaits; name the"
            " application, or a function without async that makes it"
        )
    for name, inner in dict(getattr(application, "__dict__", ())).items():
        if _is_application(inner):
            raise TargetError(
                f"an object of type {kind} has no url_map, but its attribute {name!r} is an"
                f" application of type {type(inner).__name__}: name that, by .{name} at the end"
            )
    raise TargetError(
        f"an object of type {kind} has no url_map; name an application of Flask, Quart, Starlette"
        " or FastAPI, a router, or a map"
    )


def _is_application(value: Any) -> bool:
    # What a program holds may be a proxy that raises whatever it is asked.
    with suppress(Exception):
        return isinstance(value, Routes) or hasattr(value, "url_map") or bool(router_of(value))
    return False


def router_of(application: Any) -> Any:
    """Return the router of an application of Starlette or FastAPI, ``None`` for any other."""
    starlette: Any = sys.modules.get("starlette.routing")
    if starlette is None or isinstance(application, type):
        return None
    for router in (application, getattr(application, "router", None)):
        if isinstance(router, starlette.Router):
            return router
    return None


def order_in_force(application: Any) -> MatchOrder:
    """Return the match order that an application's map has, or would have under trieroute."""
    url_map = map_of(application)
    if isinstance(url_map, Map):
        return url_map.match_order
    # `install` keeps Werkzeug's order; a map that is imported from trieroute has its own.
    return Map.default_match_order if url_map is application else "segments"


def context_of(application: Any) -> AbstractContextManager[Any]:
    """Return the context that an application's converters may need.

    :param application: an application of Flask or Quart, or any object.
    :return: the application's own context, not yet entered; one that does nothing for others.
    """
    make = getattr(application, "app_context", None)
    context = make() if callable(make) else None
    if isinstance(context, AbstractAsyncContextManager):
        return _without_waiting(context)
    return context if isinstance(context, AbstractContextManager) else nullcontext()


@contextmanager
def _without_waiting(context: AbstractAsyncContextManager[Any]) -> Generator[None]:
    """Enter an asynchronous context where no event loop runs.

    The context of Quart is one. It waits for nothing but for functions of the program that are
    called at its beginning or end, which are left out.
    """
    _begin(context.__aenter__())
    try:
        yield
    finally:
        # Where its beginning waited for a function, the context was there already.
        _begin(context.__aexit__(None, None, None))


def _begin(coroutine: Any) -> None:
    """Run a coroutine until it ends, or waits for something or asks for the event loop.

    :raise Exception: what a function of the program raises.
    """
    try:
        with suppress(StopIteration):
            coroutine.send(None)
    except Exception as error:
        if not _asks_for_the_loop(error):
            raise
    finally:
        coroutine.close()


def _asks_for_the_loop(error: BaseException) -> bool:
    """Tell whether an exception, or each one of a group, says that no event loop runs."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(_asks_for_the_loop, error.exceptions))
    # asyncio has no class of its own for this.
    return isinstance(error, RuntimeError) and "event loop" in str(error)
