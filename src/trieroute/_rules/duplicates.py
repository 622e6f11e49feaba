"""Duplicates: rules of which one could never match, because another one takes its place.

Werkzeug refuses them since 3.2, and so does trieroute where such a version is installed. Two rules
are duplicates if their domains and paths are the same but for the names of variables, both or none
take WebSocket requests, and they have the same methods or one in common that is neither HEAD nor
OPTIONS. Variables are the same if their converters have the same regex and weight.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._core.werkzeug_version import DUPLICATE_RULE_ERROR

__all__ = ["Signatures", "are_duplicates"]

#: Frameworks add these to the methods of most rules.
_ADDED = {"HEAD", "OPTIONS"}


def _signature(rule: Any) -> Any:
    """Return what is equal for rules with the same domain and path; ``None`` for an unbound one."""
    compiled = rule._compiled
    return None if compiled is None else compiled.signature


def are_duplicates(rule: Any, other: Any) -> bool:
    """Tell whether one of two rules could never match.

    A map asks the rule that is added, for the others of the same domain and path, if the installed
    Werkzeug refuses duplicates. Programs may override it.

    :param other: another rule.
    """
    if bool(rule.websocket) is not bool(other.websocket):
        return False
    methods, others = rule.methods, other.methods
    if not (methods is None or others is None or methods == others or methods & others - _ADDED):
        return False
    return bool(_signature(rule) == _signature(other))


class Signatures:
    """The rules that a map matches, by their domains and paths."""

    def __init__(self, rules: Iterable[Any]) -> None:
        self._signatures: dict[Any, list[Any]] = {}
        for rule in rules:
            if not rule.build_only:
                self._signatures.setdefault(_signature(rule), []).append(rule)

    def add(self, rules: Iterable[Any]) -> None:
        """Add rules; after an exception, nothing can be told any more.

        :param rules: bound rules. Each is asked by its ``is_duplicate``, as in Werkzeug.
        :raise DuplicateRuleError: one of them equals a rule of the map or one before it.
        """
        for rule in rules:
            if rule.build_only:
                continue
            same = self._signatures.setdefault(_signature(rule), [])
            for existing in same:
                if rule.is_duplicate(existing):
                    raise _error(existing, rule)
            same.append(rule)


def _error(existing: Any, rule: Any) -> Exception:
    error: Exception = DUPLICATE_RULE_ERROR(existing, rule)
    place = "" if rule._written_at is None else f"{rule._written_at}: "
    error.add_note(
        f"{place}rule {rule.rule!r} of endpoint {rule.endpoint!r} would take the requests of rule"
        f" {existing.rule!r} of endpoint {existing.endpoint!r}: leave one of them out, or give them"
        " different methods or domains"
    )
    return error
