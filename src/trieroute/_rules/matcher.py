"""What a map has in the place of Werkzeug's matcher, for programs that reach for it.

Werkzeug's map cannot remove a rule, so some programs leave the rule out of a new matcher and set
``Map._matcher``. And where a program calls a method of Werkzeug's own class, such as the one that
it has replaced, that method adds a rule or matches by ``_matcher``. No other room needs to know of
this: a map has ``Map.remove``, and an adapter matches by the map's state.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from werkzeug.routing import StateMachineMatcher

from .._core.changes import Changes
from .._core.misses import found_rule

__all__ = ["Matcher", "NoMatcherError", "RebuiltMatcher", "check_matcher", "rules_in"]


class NoMatcherError(AttributeError, TypeError):
    """Something that only Werkzeug's own matcher has was asked of a map of trieroute.

    It is an ``AttributeError`` so that ``hasattr`` says no, and a ``TypeError`` as is every error
    about a class that can't do its work with trieroute.
    """

    def __init__(self, name: str) -> None:
        super().__init__(
            f"class {name} is a map of trieroute, whose _matcher has no more than add, match and"
            " update: call Map.__init__ by super(), and to remove a rule, call Map.remove"
        )


class Matcher:
    """The rules that a map matches, as far as programs and Werkzeug's own methods reach for them.

    :param merge_slashes: what Werkzeug's matcher is made with; set on the matcher of a map, it is
        set on the map.
    :param map: the map; ``None`` for a matcher that is not yet that of a map.
    """

    def __init__(self, merge_slashes: bool = True, *, map: Any = None) -> None:
        self._merge_slashes = merge_slashes
        #: What is matched. The list of a map grows with the map, and is replaced where rules go.
        self.rules: list[Any] = [] if map is None else map._inserted
        self._map = map

    @property
    def merge_slashes(self) -> Any:
        """Tell whether runs of slashes count as one: the map's setting, if there is a map."""
        return self._merge_slashes if self._map is None else self._map.merge_slashes

    @merge_slashes.setter
    def merge_slashes(self, merges: Any) -> None:
        if self._map is None:
            self._merge_slashes = merges
        else:
            self._map.merge_slashes = merges

    def add(self, rule: Any) -> None:
        """Have a rule matched that was left out of a matcher, or was just bound to the map."""
        if self._map is None:
            self.rules.append(rule)
        else:
            self._map._match_again(rule)

    def update(self) -> None:
        """Compile the rules; Werkzeug's ``Map.update`` holds the map's lock and calls it."""
        if self._map is not None:
            self._map._as_compiler(self._map._compile_changes)

    def match(
        self, domain: str, path: str, method: str, websocket: bool
    ) -> tuple[Any, dict[str, Any]]:
        """Find the rule that takes a request; Werkzeug's ``MapAdapter.match`` calls it.

        :return: the rule, and the values by variable name.
        :raise RequestPath, RequestAliasRedirect, NoMatch: as Werkzeug's matcher does.
        """
        if self._map is None:
            raise NoMatcherError(f"{type(self).__module__}.{type(self).__qualname__}")
        self._map.update()
        return found_rule(self._map._state, domain, path, method, websocket)

    def __copy__(self) -> Matcher:
        # Programs keep one in order to match later what is matched now, and no more.
        made = type(self)(self.merge_slashes)
        made.rules = list(self.rules if self._map is None else self._map._inserted)
        return made

    def __deepcopy__(self, memo: Any) -> Matcher:
        return self.__copy__()

    def __setattr__(self, name: str, value: Any) -> None:
        if name != "merge_slashes" and vars(self).get("_map") is not None:
            raise TypeError(
                f"{name} that is set on the matcher of a map has no effect: a map matches with its"
                " own trie, override MapAdapter.match instead; to remove a rule, call Map.remove"
            )
        object.__setattr__(self, name, value)

    def __getattr__(self, attribute: str) -> NoReturn:
        # A copy that is being made has no attributes yet.
        cls = type(vars(self).get("_map") or self)
        raise NoMatcherError(f"{cls.__module__}.{cls.__qualname__}")


def rules_in(matcher: Any) -> list[Any]:
    """Return the rules of a matcher that a program made.

    :param matcher: a :class:`Matcher`, or Werkzeug's, which keeps rules of ours in its states.
    :raise TypeError: *matcher* is neither.
    """
    if isinstance(matcher, Matcher):
        return list(matcher.rules)
    check_matcher(matcher)
    states = [matcher._root]
    for state in states:
        states += [*state.static.values(), *(following for _, following in state.dynamic)]
    return [rule for state in states for rule in state.rules]


def check_matcher(matcher: Any) -> None:
    """Check a matcher that may hold rules in states, as Werkzeug's does.

    :raise TypeError: *matcher* is none, or it overrides what trieroute never calls.
    """
    if not isinstance(matcher, StateMachineMatcher):
        raise TypeError(f"{matcher!r} is no matcher; to remove a rule, call Map.remove")
    if any(
        name in vars(matcher) or getattr(type(matcher), name) is not vars(StateMachineMatcher)[name]
        for name in ("add", "match", "update")
    ):
        raise TypeError(
            f"the matcher {matcher!r} overrides what trieroute never calls: a map matches with its"
            " own trie, override MapAdapter.match instead"
        )


class RebuiltMatcher:
    """The part of a map that lets programs rebuild its ``_matcher``."""

    merge_slashes: bool
    _inserted: list[Any]
    _unmatched: list[Any]
    #: The rules in the order of the map, from when a matcher took its place.
    _in_order: list[Any] | None = None
    _change: Callable[..., None]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for base in cls.__mro__:
            known = base.__module__.partition(".")[0] in ("trieroute", "werkzeug")
            if "_matcher" in vars(base) and not known:
                raise TypeError(
                    f"class {base.__module__}.{base.__qualname__} overrides _matcher, which"
                    " trieroute never calls: override MapAdapter.match instead"
                )

    @property
    def _itself(self) -> Any:
        """The map itself, also where it is read of the map of Werkzeug's that it has replaced."""
        return self

    @property
    def _matcher(self) -> Matcher:
        """What programs rebuild in order to remove a rule."""
        return Matcher(self.merge_slashes, map=self)

    @_matcher.setter
    def _matcher(self, matcher: Any) -> None:
        if "_unmatched" not in vars(self):
            # Werkzeug's `Map.__init__` was called by name.
            raise NoMatcherError(f"{type(self).__module__}.{type(self).__qualname__}")
        # A program may set back what it has read of the map before.
        was_own = isinstance(matcher, Matcher) and matcher._map is self
        if was_own and matcher.rules is self._inserted:
            return
        matched = {id(rule): rule for rule in rules_in(matcher)}
        self._change(self._match_alone, matched, was_own)

    @_matcher.deleter
    def _matcher(self) -> None:
        # What has replaced it for some time may leave it to this to undo that, as mocks do.
        self._change(self._match_all)

    def _match_alone(self, matched: dict[int, Any], passes: bool = False) -> Changes:
        """Return changes after which these rules are matched and no others.

        :param passes: whether those that the map lacks are passed over.
        """
        known = {id(rule): rule for rule in (*self._inserted, *self._unmatched)}
        if not passes and not matched.keys() <= known.keys():
            raise ValueError(
                "a matcher has a rule that the map lacks; to add it, call Map.add, and to remove"
                " others, call Map.remove"
            )
        unmatched = [rule for number, rule in known.items() if number not in matched]
        matching = [rule for number, rule in matched.items() if number in known]
        in_order = [*self._inserted] if self._in_order is None else self._in_order
        return self._with_lists(matching, unmatched, in_order)

    def _match_all(self) -> Changes:
        """Return changes after which all rules of the map are matched, in the order of the map."""
        places = {id(rule): place for place, rule in enumerate(self._in_order or ())}
        every = [*self._inserted, *self._unmatched]
        every.sort(key=lambda rule: places.get(id(rule), len(places)))
        return self._with_lists(every, [], None)

    def _with_lists(
        self, inserted: list[Any], unmatched: list[Any], in_order: list[Any] | None
    ) -> Changes:
        changes = Changes()
        lists = {"_inserted": inserted, "_unmatched": unmatched, "_in_order": in_order}
        changes.set_attributes(self, {**lists, "_signatures": None})
        return changes

    def _match_again(self, rule: Any) -> None:
        """Match a rule that was left out of a matcher, or that Werkzeug's ``Map.add`` has bound."""
        if getattr(rule, "map", None) is not self or not hasattr(rule, "_target"):
            raise TypeError(
                f"{rule!r} is no rule of trieroute that is bound to the map: call Map.add, in a"
                " class of maps by super().add"
            )
        self._change(self._take_back, rule)

    def _take_back(self, rule: Any) -> Changes:
        """Return changes after which a rule is matched."""
        if any(rule is other for other in self._inserted):
            return Changes()
        unmatched = [other for other in self._unmatched if other is not rule]
        return self._with_lists([*self._inserted, rule], unmatched, self._in_order)
