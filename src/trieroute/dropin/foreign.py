"""Werkzeug's maps, rules and converters, and how they are made into ours.

A class of Werkzeug's, or of a program that derives one from it, is *combined* with ours: the new
class derives from both, ours before Werkzeug's. What the program's class overrides is overridden,
what it calls by ``super()`` is ours, and code that checks for either class accepts the objects.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from threading import RLock
from types import CodeType, FunctionType, ModuleType, new_class
from typing import Any

from werkzeug.routing import AnyConverter as WerkzeugAnyConverter
from werkzeug.routing import FloatConverter as WerkzeugFloatConverter
from werkzeug.routing import IntegerConverter as WerkzeugIntegerConverter
from werkzeug.routing import PathConverter as WerkzeugPathConverter
from werkzeug.routing import Rule as WerkzeugRule
from werkzeug.routing import UnicodeConverter as WerkzeugUnicodeConverter
from werkzeug.routing import UUIDConverter as WerkzeugUUIDConverter

from .. import converters
from ..rules import rule as rules

__all__ = [
    "CONVERTERS",
    "MAP_SETTINGS",
    "Rule",
    "adopt",
    "combined",
    "combined_classes",
    "converted",
    "in_order_of_insertion",
    "returned",
    "taken_converters",
]

#: Settings that both maps have, as arguments of the constructor and as attributes.
MAP_SETTINGS = (
    "default_subdomain",
    "strict_slashes",
    "merge_slashes",
    "redirect_defaults",
    "sort_parameters",
    "sort_key",
    "host_matching",
)

#: Held while a rule changes its class.
_ADOPTING = RLock()

#: What a class of a program was combined to, by class and base.
_combined: dict[tuple[type, type], type] = {}

#: Attributes of a rule of Werkzeug's that it made when it was bound.
_MADE_BY_WERKZEUG = frozenset(
    {"_build", "_build_unknown", "_converters", "_parts", "_trace", "arguments", "map", "methods"}
)

#: Attributes of a rule of ours that Werkzeug's has no use for.
_MADE_BY_US = frozenset({"_compiled", "_methods", "_taken", "_target"})

#: Methods of Werkzeug's classes that can't do the work of ours, by the name of the class.
_MUST_BE_OURS = {
    "Map": frozenset({"__init__", "add", "bind", "bind_to_environ", "update"}),
    "Rule": frozenset({"_compile_builder", "compile"}),
}


class Rule(rules.Rule, WerkzeugRule):  # type: ignore[misc]
    """A rule of trieroute that is an instance of Werkzeug's class as well.

    Arguments are those of :class:`trieroute.Rule`.
    """


class _UnicodeConverter(converters.UnicodeConverter, WerkzeugUnicodeConverter):
    """``string`` of both."""


class _AnyConverter(converters.AnyConverter, WerkzeugAnyConverter):
    """``any`` of both."""


class _PathConverter(converters.PathConverter, WerkzeugPathConverter):
    """``path`` of both."""


class _IntegerConverter(converters.IntegerConverter, WerkzeugIntegerConverter):
    """``int`` of both."""


class _FloatConverter(converters.FloatConverter, WerkzeugFloatConverter):
    """``float`` of both."""


class _UUIDConverter(converters.UUIDConverter, WerkzeugUUIDConverter):
    """``uuid`` of both."""


#: Our converters by Werkzeug's own; they are instances of those as well.
CONVERTERS: dict[Any, Any] = {
    WerkzeugUnicodeConverter: _UnicodeConverter,
    WerkzeugAnyConverter: _AnyConverter,
    WerkzeugPathConverter: _PathConverter,
    WerkzeugIntegerConverter: _IntegerConverter,
    WerkzeugFloatConverter: _FloatConverter,
    WerkzeugUUIDConverter: _UUIDConverter,
}


def combined(given: type, ours: type) -> type:
    """Combine a class that derives from Werkzeug's with ours.

    :param given: a subclass of the class of Werkzeug's that *ours* stands for, or that class.
    :param ours: a class whose bases are one of trieroute's and the one of Werkzeug's.
    :return: *given* if it derives from trieroute's already, *ours* if it is Werkzeug's own, or
        else a class of the name of *given* that derives from both; the same at each call.
    :raise TypeError: *given* overrides what trieroute has no counterpart of, calls a method of
        Werkzeug's by the class's name where ours would be needed, or can't be combined.
    """
    trieroutes, werkzeugs = ours.__bases__
    if issubclass(given, trieroutes):
        return given
    if given is werkzeugs:
        return ours
    if not issubclass(given, werkzeugs):
        raise TypeError(
            f"class {given.__module__}.{given.__qualname__} derives neither from"
            f" trieroute.{trieroutes.__name__} nor from werkzeug.routing.{werkzeugs.__name__}"
        )
    found = _combined.get((given, ours))
    if found is not None:
        return found
    advice = f"derive the class from trieroute.{trieroutes.__name__} in place of Werkzeug's class"
    for base in given.__mro__[: given.__mro__.index(werkzeugs)]:
        for name, member in vars(base).items():
            if hasattr(werkzeugs, name) and not hasattr(trieroutes, name):
                raise TypeError(
                    f"class {base.__module__}.{base.__qualname__} overrides {name}, which trieroute"
                    f" never calls: {advice}"
                )
            for called in _calls_by_name(member, werkzeugs):
                raise TypeError(
                    f"{name} of class {base.__module__}.{base.__qualname__} calls Werkzeug's method"
                    f" as {werkzeugs.__name__}.{called}: call super().{called}, or {advice}"
                )
    try:
        made = new_class(
            given.__name__,
            (given, ours),
            exec_body=lambda body: body.update(
                __module__=given.__module__,
                __qualname__=given.__qualname__,
                __doc__=given.__doc__,
                # The class can't be imported by its name: that is the name of the given one.
                __reduce_ex__=lambda self, _: (_new, (given, ours), self.__getstate__()),
            ),
        )
    except TypeError as error:
        raise TypeError(
            f"class {given.__module__}.{given.__qualname__} can't be combined with trieroute's:"
            f" {error}; {advice}"
        ) from error
    return _combined.setdefault((given, ours), made)


def _calls_by_name(member: Any, werkzeugs: type) -> Iterator[str]:
    """Tell which methods of Werkzeug's class a member of a class calls as ``Map.add(self, ...)``.

    ``super()`` would find ours in a combined class, this way does not. Methods that do no harm are
    left out.
    """
    member = getattr(member, "__func__", member)
    functions = (member.fget, member.fset, member.fdel) if type(member) is property else (member,)
    for function in functions:
        if isinstance(function, FunctionType):
            names = {**function.__globals__, **_closure(function)}
            for attribute in _attributes(function.__code__, names, werkzeugs):
                if attribute in _MUST_BE_OURS[werkzeugs.__name__]:
                    yield attribute


def _closure(function: FunctionType) -> dict[str, Any]:
    """Return the variables that a function has from the ones around it, if they have a value."""
    variables = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        with suppress(ValueError):
            variables[name] = cell.cell_contents
    return variables


def _attributes(code: CodeType, names: Mapping[str, Any], owner: Any) -> Iterator[str]:
    """Give the attributes of *owner* that code reads, where it names *owner* in front of the dot.

    :param names: the variables that the code sees, besides its own.
    """
    value: Any = None
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_DEREF"):
            value = names.get(instruction.argval)
        elif instruction.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            if value is owner:
                yield instruction.argval
            value = vars(value).get(instruction.argval) if isinstance(value, ModuleType) else None
        elif instruction.opname not in ("EXTENDED_ARG", "PUSH_NULL", "CACHE"):
            value = None
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _attributes(constant, names, owner)


def combined_classes() -> set[type]:
    """Return the classes of programs that were combined with ours so far."""
    return {given for given, _ in _combined}


def _new(given: type, ours: type) -> Any:
    """Make an empty object of the combined class, for copies and pickles."""
    cls: Any = combined(given, ours)
    return cls.__new__(cls)


def converted(rule: Any) -> rules.Rule:
    """Make an unbound rule of ours from one of Werkzeug's, with its settings and attributes.

    :param rule: a rule of Werkzeug's, or of a subclass; bound or not. It is left as it is.
    :return: a rule of the :func:`combined` class; its constructor is not called.
    :raise TypeError: *rule* is something else, or its class can't be combined.
    """
    if not isinstance(rule, WerkzeugRule):
        raise TypeError(f"a factory gave {rule!r}, which is no rule")
    own: rules.Rule = object.__new__(combined(type(rule), Rule))
    attributes = {
        name: value for name, value in vars(rule).items() if name not in _MADE_BY_WERKZEUG
    }
    own.__dict__.update(attributes, map=None, _compiled=None, _taken=(), _target=None)
    methods = rule.methods
    own.methods = methods if methods is None else set(methods)
    return own


def adopt(rule: Any) -> Callable[[], None]:
    """Make a rule of Werkzeug's itself one of ours, so that who holds it holds the map's rule.

    :param rule: an unbound rule of Werkzeug's, or of a subclass; its class becomes the
        :func:`combined` one.
    :return: makes the rule what it was, unless it is bound by then.
    :raise TypeError: *rule* is something else, or its class can't be combined.
    :raise RuntimeError: the rule is bound.
    """
    with _ADOPTING:
        if isinstance(rule, rules.Rule):
            # Another thread was faster.
            return _nothing
        own = converted(rule)
        if rule.map is not None:
            raise RuntimeError(
                f"rule {rule.rule!r} is already bound to a map, add a copy: rule.empty()"
            )
        cls, attributes = type(rule), vars(rule)
        # The class comes last: by it other threads see that the rule is one of ours.
        object.__setattr__(rule, "__dict__", vars(own))
        object.__setattr__(rule, "__class__", type(own))

    def undo() -> None:
        with _ADOPTING:
            if rule.map is None:
                object.__setattr__(rule, "__class__", cls)
                object.__setattr__(rule, "__dict__", attributes)

    return undo


def _nothing() -> None:
    """Undo nothing."""


def returned(rule: rules.Rule) -> Any:
    """Make a rule of Werkzeug's from one of ours, with its settings and attributes.

    :param rule: a rule of a :func:`combined` class, or of trieroute's own; it is left as it is.
    :return: a rule of the class that was combined, or of Werkzeug's own; it is bound if *rule* is.
    :raise TypeError: the rule's class derives from trieroute's.
    """
    given = {made: given for (given, _), made in _combined.items()}
    cls = {rules.Rule: WerkzeugRule, Rule: WerkzeugRule, **given}.get(type(rule))
    if cls is None:
        raise TypeError(
            f"rule {rule.rule!r}: class {type(rule).__module__}.{type(rule).__qualname__} derives"
            " from trieroute.Rule, so that a map of Werkzeug's can't take it: add it to a"
            " trieroute.Map"
        )
    theirs: Any = object.__new__(cls)
    for name, value in vars(rule).items():
        if name not in _MADE_BY_US:
            setattr(theirs, name, value)
    theirs.methods = None if rule.methods is None else set(rule.methods)
    theirs.arguments = set(map(str, rule.defaults or ()))
    theirs._converters, theirs._trace, theirs._parts = {}, [], []
    return theirs


def taken_converters(rule: Any, url_map: Any) -> dict[str, Any]:
    """Make converters of ours from those of a bound rule of Werkzeug's.

    :param rule: a bound rule of Werkzeug's, or of a subclass.
    :param url_map: the map that the built-in ones are made for.
    :return: converters by variable name: built-in ones with the attributes that Werkzeug's have by
        now, all others as they are.
    """
    taken = dict(rule._converters)
    for name, converter in taken.items():
        ours = CONVERTERS.get(type(converter))
        if ours is not None:
            taken[name] = object.__new__(ours)
            taken[name].__dict__.update(vars(converter), map=url_map)
    return taken


def in_order_of_insertion(old: Any) -> list[Any]:
    """Put the rules of a map of Werkzeug's in an order in which they may have been added.

    Werkzeug keeps no such list, but it keeps all that depends on the order: the rules of a state
    and the variable transitions of a state of equal weight, the endpoints, and the rules of an
    endpoint that are equal when a URL is built. An order that agrees with all of these gives the
    same matches and the same URLs.
    """
    old.update()
    #: what must have been added before a rule, and what the rule adds; by the rule's identity
    needs: dict[int, set[int]] = {}
    adds: dict[int, set[int]] = {}
    states: list[tuple[Any, frozenset[int], frozenset[int]]] = [
        (old._matcher._root, frozenset(), frozenset())
    ]
    while states:
        state, needed, added = states.pop()
        previous: set[int] = set()
        for rule in state.rules:
            needs[id(rule)] = {*needed, *previous}
            adds[id(rule)] = {*added, id(rule)}
            previous = {id(rule)}
        states += [(following, needed, added) for following in state.static.values()]
        before = None
        for part, following in state.dynamic:
            equal = before is not None and before[0].weight == part.weight
            states.append(
                (
                    following,
                    needed | {id(before[1])} if before is not None and equal else needed,
                    added | {id(following)},
                )
            )
            before = part, following
    opened: set[int] = set()
    for same_endpoint in old._rules_by_endpoint.values():
        last: dict[Any, int] = {}
        for rule in same_endpoint:
            key = rule.build_compare_key()
            needs.setdefault(id(rule), set()).update(opened, {last[key]} if key in last else ())
            adds.setdefault(id(rule), {id(rule)}).add(id(same_endpoint))
            last[key] = id(rule)
        opened = {id(same_endpoint)}

    waiting = [rule for same in old._rules_by_endpoint.values() for rule in same]
    done: set[int] = set()
    ordered = []
    while waiting:
        ready = (index for index, rule in enumerate(waiting) if needs[id(rule)] <= done)
        rule = waiting.pop(next(ready, 0))
        done |= adds[id(rule)]
        ordered.append(rule)
    return ordered
