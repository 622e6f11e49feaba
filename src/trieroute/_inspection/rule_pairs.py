"""Methods of rules, those that two rules share, and which rule of an endpoint is built."""

from __future__ import annotations

from difflib import get_close_matches

from .._rules.methods import methods_of
from .._rules.rule import Rule

__all__ = ["a_method", "likely_method", "overlap", "shared_method", "suits_always", "takes_some"]

#: The methods that HTTP and its extensions register, and those that programs know besides.
_METHODS = frozenset(
    """
    ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT CONNECT COPY DELETE GET HEAD LABEL LINK LOCK MERGE
    MKACTIVITY MKCALENDAR MKCOL MKREDIRECTREF MKWORKSPACE MOVE OPTIONS ORDERPATCH PATCH POST PRI
    PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SUBSCRIBE TRACE UNBIND UNCHECKOUT
    UNLINK UNLOCK UNSUBSCRIBE UPDATE UPDATEREDIRECTREF VERSION-CONTROL
    """.split()  # noqa: SIM905
)
#: What frameworks add to the methods of a rule.
_ADDED = frozenset({"HEAD", "OPTIONS"})


def likely_method(method: str) -> str | None:
    """Return the method that is likely meant; ``None`` if it is one, empty if none is near."""
    if method in _METHODS:
        return None
    near = get_close_matches(method.upper(), sorted(_METHODS - {"PRI"}), 1, 0.5)
    return near[0] if near else ""


def overlap(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    """Tell whether two rules want the same requests, beside what frameworks add to all rules."""
    if one is None or other is None:
        # A rule for all methods may stand behind one for some of them.
        return one is None
    return one == other or bool((one & other) - _ADDED)


def takes_some(methods: frozenset[str] | None, wanted: set[str] | None) -> bool:
    """Tell whether a rule takes some of the methods that are left; ``None`` for all."""
    return methods is None or (wanted is not None and bool(methods & wanted))


def a_method(methods: frozenset[str] | None) -> str:
    """Return one of the methods of a rule."""
    if methods is None or "GET" in methods:
        return "GET"
    return min(methods - _ADDED or methods, default="GET")


def shared_method(one: frozenset[str] | None, other: frozenset[str] | None) -> str | None:
    """Return a method that two rules take, ``None`` if there is none."""
    if one is None:
        return a_method(other)
    shared = one if other is None else one & other
    # What frameworks answer themselves does not matter.
    return a_method(shared) if shared - _ADDED else None


def suits_always(other: Rule, rule: Rule) -> bool:
    """Tell whether a rule can be built whenever another one of its endpoint can."""
    others, methods = methods_of(other), methods_of(rule)
    if others is not None and (methods is None or not set(methods) <= set(others)):
        return False
    if bool(other.websocket) != bool(rule.websocket) or other.build_only != rule.build_only:
        return False
    theirs, own = other.defaults or {}, rule.defaults or {}
    if any(name not in own or own[name] != value for name, value in theirs.items()):
        return False
    needed = set(other.arguments) - set(theirs)
    if not needed <= set(rule.arguments) - set(own):
        return False
    from_library = ("trieroute.", "werkzeug.")
    return all(
        type(converter).__module__.startswith(from_library)
        for converter in other._converters.values()
    )
