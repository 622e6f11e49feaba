"""Tracked containers: a rule's methods and a map's rules by endpoint, which say when they change.

What matching and building read is compiled beforehand, but Werkzeug's own containers are plain
ones, and public programs change them in place: they add methods to ``rule.methods``, and take rules
out of ``map._rules_by_endpoint``. Such a change has to count from the next request on, as it does
in Werkzeug. So these containers call ``_changed`` of their owner after each change, as a bound rule
and a map do themselves when one of their settings is set. There is no other way to tell a change.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from itertools import chain, compress
from operator import methodcaller, not_
from typing import Any

from .._core.changes import Changes, change_and_tell, move_and_tell, replace_first
from .._core.locks import locked

__all__ = [
    "Arguments",
    "EndpointRules",
    "Methods",
    "RulesByEndpoint",
    "parted",
    "sort_for_building",
]


class Methods(set[str]):
    """The methods of a rule."""

    __slots__ = ("owner",)

    def __init__(self, owner: Any, methods: Iterable[str]) -> None:
        super().__init__(methods)
        self.owner = owner

    def __iter__(self) -> Iterator[str]:
        # Another thread may add a method while this one sorts or prints them.
        return iter(frozenset(self))

    def __repr__(self) -> str:
        return repr(set(self))

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy belongs to no rule.
        return set, (list(self),)


class Arguments(Methods):
    """The names of a rule's variables and defaults."""

    __slots__ = ()


class EndpointRules(list[Any]):
    """The rules of one endpoint of a map, preferred ones for building first."""

    __slots__ = ("owner",)

    #: The map.
    owner: Any

    def __iter__(self) -> Iterator[Any]:
        # A loop may remove the rules that it goes through from the map.
        return iter(self[:])

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (list(self),)


class RulesByEndpoint(dict[Any, list[Any]]):
    """The rules of a map by endpoint."""

    __slots__ = ("edited", "owner")

    def __init__(self, owner: Any) -> None:
        super().__init__()
        self.owner = owner
        #: Whether a program has put rules here or into a list, so that one may be in several lists.
        self.edited = False

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)

    def take_in(self, changes: Changes, rules: Iterable[Any]) -> None:
        """Add to changes that rules are put behind the others of their endpoints."""
        known: dict[Any, list[Any]] = {}
        new: dict[Any, list[Any]] = {}
        for rule in rules:
            endpoint = rule.endpoint
            if endpoint in new:
                list.append(new[endpoint], rule)
            elif endpoint in self:
                known.setdefault(endpoint, []).append(rule)
            else:
                new[endpoint] = self.tracked((rule,))
        for endpoint, more in known.items():
            changes.append(self[endpoint], more)
        if new:
            changes.put_new(self, new)

    def leave_out(self, changes: Changes, gone: Iterable[Any]) -> None:
        """Add to changes that rules are taken out of the lists of their endpoints."""
        numbers = set(map(id, gone))
        # Nearly always a rule is among the rules of its endpoint alone, unless that was set anew.
        likely = [rule.endpoint for rule in gone if is_hashable(rule.endpoint)]
        places, found = self._places(dict.fromkeys(likely), numbers)
        listed = len(numbers)
        if self.edited:
            listed = len(parted(chain.from_iterable(list(self.values())), numbers)[1])
        if found != listed:
            # Without the GIL, the keys can be listed while others are added, and the dict can't.
            places, _ = self._places(list(self.keys()), numbers)
        for endpoint, (rules, all_go) in places.items():
            # A program may hold the list, so that it is changed in place.
            changes.take_out(rules, numbers)
            if all_go:
                changes.leave_out(self, endpoint)

    def _places(
        self, endpoints: Iterable[Any], numbers: Container[int]
    ) -> tuple[dict[Any, tuple[list[Any], bool]], int]:
        """Find the lists that have some rules.

        :return: the lists by endpoint, each with whether all of its rules are among these; and how
            many there are in all lists together.
        """
        none: list[Any] = []
        places: dict[Any, tuple[list[Any], bool]] = {}
        count = 0
        for endpoint in endpoints:
            rules = self.get(endpoint, none)
            if found := sum(map(numbers.__contains__, map(id, rules))):
                places[endpoint] = rules, found == len(rules)
                count += found
        return places, count

    def listed_with(self, rule: Any) -> list[Any]:
        """Return the list of the rules of a rule's endpoint."""
        none: list[Any] = []
        return self.get(rule.endpoint, none) if is_hashable(rule.endpoint) else none

    # A list that a program puts here is changed in place by others, which read it here.

    def __setitem__(self, endpoint: Any, rules: Iterable[Any]) -> None:
        self.update({endpoint: rules})

    def setdefault(self, endpoint: Any, rules: Iterable[Any] = ()) -> list[Any]:
        """Return the rules of an endpoint, which has these if it had none."""
        self.edited = True
        # In one step: of several threads that ask, all get the same list.
        own = self.tracked(rules)
        return change_and_tell(self.owner._changed, dict.setdefault, self, endpoint, own)

    def update(self, *others: Any, **more: Any) -> None:
        """Set the rules of several endpoints."""
        self.edited = True
        own = {endpoint: self.tracked(rules) for endpoint, rules in dict(*others, **more).items()}
        change_and_tell(self.owner._changed, dict.update, self, own)

    def __ior__(self, others: Any) -> RulesByEndpoint:  # type: ignore[misc,override]
        self.update(others)
        return self

    def tracked(self, rules: Iterable[Any]) -> EndpointRules:
        """Return a list of rules that tells the map of its changes."""
        own = EndpointRules(rules)
        own.owner = self.owner
        return own


def is_hashable(endpoint: Any) -> bool:
    """Tell whether rules can be found by an endpoint."""
    try:
        hash(endpoint)
    except TypeError:
        return False
    return True


def sort_for_building(rules: list[Any]) -> None:
    """Put preferred rules first, which is no change that a map would have to take up.

    A program's own keys may take their time. A rule that is added meanwhile stays behind these
    until the next time, for which whoever added it has asked.
    """
    known = list(rules)
    # What was taken out or put in front meanwhile has asked for the next time as well.
    replace_first(rules, known, sorted(known, key=methodcaller("build_compare_key")))


def parted(rules: Iterable[Any], numbers: Container[int]) -> tuple[list[Any], list[Any]]:
    """Return the rules whose identity is not among the numbers, and those whose identity is."""
    rules = list(rules)
    # No loop of Python's goes through ten thousand rules here.
    among = list(map(numbers.__contains__, map(id, rules)))
    return list(compress(rules, map(not_, among))), list(compress(rules, among))


def _telling(cls: type, name: str) -> Callable[..., Any]:
    change = getattr(cls.__base__, name)
    puts = cls is EndpointRules and name in _PUTTING
    # It compares rules, which may be those of a program's own class, while others are taken out.
    compares = cls is EndpointRules and name == "remove"
    # A program that keeps its lists sorted would have the rules compiled again and again.
    tell_of = move_and_tell if name in ("sort", "reverse") else change_and_tell

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if puts:
            self.owner._rules_by_endpoint.edited = True
        if compares:
            return tell_of(self.owner._changed, locked, self.owner._lists_lock, change, self, *args)
        return tell_of(self.owner._changed, change, self, *args, **kwargs)

    method.__name__ = name
    method.__doc__ = change.__doc__
    return method


#: The changes after which a rule may be in several lists.
_PUTTING = frozenset({"append", "extend", "insert", "__setitem__", "__iadd__", "__imul__"})
_CHANGES: dict[type, str] = {
    Methods: "add clear difference_update discard intersection_update pop remove"
    " symmetric_difference_update update __iand__ __ior__ __isub__ __ixor__",
    EndpointRules: "append clear extend insert pop remove reverse sort __delitem__ __setitem__"
    " __iadd__ __imul__",
    RulesByEndpoint: "clear pop popitem __delitem__",
}
for _cls, _names in _CHANGES.items():
    for _name in _names.split():
        setattr(_cls, _name, _telling(_cls, _name))
