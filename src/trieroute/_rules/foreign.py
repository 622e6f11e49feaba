"""Werkzeug's rules, and how they become ours.

A class of Werkzeug's, or one that a program derives from it, is *combined* with ours: the new class
derives from both, and ours comes before Werkzeug's. What the program's class overrides stays
overridden, what it calls by ``super()`` is ours, and code that checks for either class accepts the
objects. A rule that was made already gets the combined class, so that whoever holds the rule holds
the rule of the map.
"""

from __future__ import annotations

from functools import partial
from threading import RLock
from types import new_class
from typing import Any

from werkzeug.routing import Rule as WerkzeugRule

from .._core.changes import Changes
from .._core.locks import locked
from .._core.rule_binding import RuleBinding
from .checks import bound_already
from .methods import shared_methods
from .rule import Rule
from .settings import NEVER_USED, never_used
from .tracked import Methods

__all__ = ["adopt", "combined", "converted"]

#: Held while a rule changes its class and its attributes, which are two steps. Two maps may adopt
#: one rule at the same time, so that no lock of a map would do.
_ADOPTING = RLock()

#: The file name of the code that Werkzeug generates.
_GENERATED = "<werkzeug routing>"

#: The attributes of Werkzeug's rules that ours don't take over: ours compute them themselves.
_LEFT_OUT = frozenset(
    {
        "_converters",
        "_parts",
        "_trace",
        "arguments",
        "map",
        "methods",
    }
)


def combined(given: type, ours: type) -> type:
    """Combine a class that derives from Werkzeug's with ours.

    :param given: a class that derives from the class of Werkzeug's that *ours* stands for, or that
        class itself.
    :param ours: trieroute's class, which derives from Werkzeug's.
    :return: *given* if it derives from trieroute's class already; *ours* if *given* is Werkzeug's
        own; or else a class of the name of *given* that derives from both. As long as that class
        is in use, each call returns the same one; nothing here keeps it, or *given*, alive.
    :raise TypeError: *given* overrides a method that trieroute never calls, or it can't be
        combined.
    """
    werkzeugs = next(base for base in ours.__mro__ if _package(base) == "werkzeug")
    if any(issubclass(base, werkzeugs) for base in _trieroutes(given)):
        return given
    if given is werkzeugs:
        return ours
    name = f"class {given.__module__}.{given.__qualname__}"
    if not issubclass(given, werkzeugs):
        raise TypeError(
            f"{name} derives neither from trieroute.{ours.__name__} nor from"
            f" werkzeug.routing.{werkzeugs.__name__}"
        )
    found = _combined_before(given)
    if found is not None:
        return found
    advice = f"derive the class from trieroute.{ours.__name__} in place of Werkzeug's class"
    known = {member for base in _trieroutes(ours) for member in vars(base)}
    for base in given.__mro__[: given.__mro__.index(werkzeugs)]:
        for member in vars(base):
            if hasattr(werkzeugs, member) and (member in NEVER_USED or member not in known):
                raise TypeError(
                    f"class {base.__module__}.{base.__qualname__} overrides {member}, which"
                    f" trieroute never calls: {advice}"
                )
    body = {
        "__module__": given.__module__,
        "__qualname__": given.__qualname__,
        "__doc__": given.__doc__,
        # Pickle can't find the class by its name, which is the name of the given class.
        "__reduce_ex__": lambda self, _: (_empty_object, (given, ours), self.__getstate__()),
        "_combines": given,
    }
    try:
        made = new_class(given.__name__, (given, ours), {}, lambda names: names.update(body))
    except TypeError as error:
        raise TypeError(f"{name} can't be combined with trieroute's: {error}; {advice}") from error
    # Another thread may have combined the class meanwhile. Both threads take the first one.
    first = _combined_before(given)
    return made if first is None else first


def _trieroutes(cls: type) -> list[type]:
    """Return the classes of trieroute's that a class is or derives from."""
    return [base for base in cls.__mro__ if _package(base) == "trieroute"]


def _package(cls: type) -> str:
    return cls.__module__.partition(".")[0]


def _combined_before(given: type) -> type | None:
    """Return the class that *given* was combined to first, or ``None``.

    The interpreter lists the subclasses of a class by weak references. That list is the registry.
    """
    subclasses: list[type] = type.__subclasses__(given)
    for cls in subclasses:
        if vars(cls).get("_combines") is given:
            return cls
    return None


def _empty_object(given: type, ours: type) -> Any:
    """Make an object of the combined class without calling its constructor, for copies."""
    cls: Any = combined(given, ours)
    return cls.__new__(cls)


def converted(rule: Any) -> Rule:
    """Make an unbound rule of ours from a rule of Werkzeug's, with its settings and attributes.

    :param rule: a rule of Werkzeug's, or of a subclass; it may be bound, and it is left as it is.
    :return: a rule of the :func:`combined` class, whose constructor is not called.
    :raise TypeError: *rule* is no rule, or its class can't be combined.
    """
    _check_rule(rule)
    # Nearly all rules are of Werkzeug's own class.
    cls = Rule if type(rule) is WerkzeugRule else combined(type(rule), Rule)
    own: Rule = object.__new__(cls)
    if cls is not Rule:
        state: Any = object.__getstate__(rule)
        # It has the attributes, and what `__slots__` of a subclass hold.
        if isinstance(state, tuple):
            for name, value in state[1].items():
                object.__setattr__(own, name, value)
    attributes = dict(vars(rule))
    for name in ("_regex", "_parse_rule", "_get_func_code"):
        if name in attributes:
            raise never_used(f"rule {rule.rule!r}", name)
    for name in _LEFT_OUT:
        attributes.pop(name, None)
    for name in ("_build", "_build_unknown"):
        if name in attributes and not _is_own_builder(rule, attributes[name]):
            del attributes[name]
    methods = rule.methods
    shared = None if methods is None else shared_methods(frozenset(methods))
    # Werkzeug has put the variables of a bound rule among them.
    names = [name for name in rule.arguments if name not in rule._converters]
    own.__dict__.update(attributes, map=None, _default_names=tuple(names))
    if own._sets_plainly and (methods is None or shared is not None):
        own.__dict__["_methods"] = shared
    else:
        own.methods = None if methods is None else set(methods)
    return own


def _is_own_builder(rule: Any, builder: Any) -> bool:
    """Tell whether a program has set the builder of a rule, past what Werkzeug has made."""
    code = getattr(getattr(builder, "__func__", None), "__code__", None)
    return (
        getattr(code, "co_filename", None) != _GENERATED
        and type(rule)._compile_builder is WerkzeugRule._compile_builder
    )


class Adoption:
    """What a rule of Werkzeug's is, and what it is going to be.

    :param before: its class, and its attributes.
    :param own: a rule of ours, whose class and attributes it gets.
    """

    def __init__(self, rule: Any, before: tuple[type, dict[str, Any]], own: Rule) -> None:
        self.rule = rule
        self.before = before
        self.own = own

    def add_to(self, changes: Changes, binding: RuleBinding | None = None) -> None:
        """Add to changes that the rule is adopted; if another thread was first, that is refused.

        :param binding: binds the rule at once; ``None`` if it is bound later.
        """
        attributes = vars(self.own)
        if binding is not None:
            attributes.update(binding.attributes())
            if isinstance(attributes["_methods"], set):
                attributes["_methods"] = Methods(self.rule, attributes["_methods"])
        after = type(self.own), attributes
        refusal = partial(bound_already, self.rule)
        changes.become(self.rule, self.before, after, _ADOPTING, refusal)


def adopt(rule: Any) -> Adoption | None:
    """Prepare that a rule of Werkzeug's itself becomes one of ours.

    So whoever holds the rule holds the map's rule. Several threads may do so at once: one of them
    adopts the rule.

    :param rule: an unbound rule of Werkzeug's, or of a subclass; it is left as it is. Its class is
        going to be the :func:`combined` one.
    :return: the adoption; ``None`` if the rule is ours already.
    :raise TypeError: *rule* is no rule, or its class can't be combined.
    :raise RuntimeError: the rule is bound.
    """
    if isinstance(rule, Rule):
        return None
    _check_rule(rule)
    before = type(rule), vars(rule)
    try:
        # Methods of the program may be called here, so the lock is not held.
        own = converted(rule)
    except Exception:
        # What another thread is adopting may be read in half.
        if locked(_ADOPTING, isinstance, rule, Rule):
            return None
        raise
    if rule.map is not None:
        raise bound_already(rule)
    return Adoption(rule, before, own)


def _check_rule(rule: Any) -> None:
    if not isinstance(rule, WerkzeugRule):
        raise TypeError(f"a factory gave {rule!r}, which is no rule")
