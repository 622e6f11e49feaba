"""The HTTP methods of rules: which one is meant, and which ones two rules share."""

from __future__ import annotations

from difflib import get_close_matches

__all__ = ["a_method", "likely_method", "overlap", "shared_method", "takes_some"]

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
