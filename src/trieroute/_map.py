"""Map: the rules, their order, and the state that is compiled of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from copyreg import __newobj__  # type: ignore[attr-defined]
from itertools import chain, repeat
from operator import methodcaller
from pprint import pformat
from threading import Lock, RLock
from typing import Any, cast
from weakref import ref

from werkzeug.datastructures import ImmutableDict
from werkzeug.routing import Map as WerkzeugMap
from werkzeug.routing import Rule as WerkzeugRule
from werkzeug.routing import RuleFactory as WerkzeugRuleFactory

from ._converters import DEFAULT_CONVERTERS
from ._core.changes import Changes, change_and_tell
from ._core.inspected import inspection
from ._core.locks import locked
from ._core.rule_binding import RuleBinding, RuleUnbinding, compiles_apart
from ._core.werkzeug_version import DUPLICATE_RULE_ERROR, SUBDOMAIN_MATCHING
from ._rules.checks import (
    as_written,
    bound_already,
    check_endpoint,
    checked_mapping,
    checked_rules,
    lacks_slash,
    rules_of,
    to_remove,
    with_place,
)
from ._rules.duplicates import Signatures
from ._rules.foreign import adopt
from ._rules.matcher import RebuiltMatcher
from ._rules.order import MatchOrder, check_order
from ._rules.rule import Rule
from ._rules.segment_cache import Learned, SegmentCache
from ._rules.states import CompiledMap
from ._rules.tracked import RulesByEndpoint, parted

__all__ = ["Map"]

#: What a state takes up: setting one on a map makes the next state.
_TAKEN_UP = frozenset(
    {
        "host_matching",
        "merge_slashes",
        "redirect_defaults",
        "sort_parameters",
        "subdomain_matching",
        "update",
    }
)

#: Without Werkzeug 3.2 there is nothing to set.
_SUBDOMAIN_MATCHING: Any = True if SUBDOMAIN_MATCHING else None


class Map(RebuiltMatcher, CompiledMap, WerkzeugMap):  # type: ignore[misc]
    """All URL rules of an application, and the settings that they share.

    A map can be changed at any time, by any thread, while others match and build with it. A call of
    ``match`` or ``build`` takes the current state of the map once and works on it to the end: it
    sees each ``add`` and ``remove``, and each change of a setting of the map, of a setting of a
    rule or of ``rule.methods``, whole or not at all, and it sees all that were done when it began.

    All methods that only read may be called by any number of threads at once, and so may ``add``,
    ``remove`` and ``update``, with each other and with these. Three things stay the caller's job:
    several settings that belong together are several changes, an adapter's attributes are set
    before other threads use it, and a dict of values that is given to ``build`` keeps its keys
    meanwhile.

    :param rules: rules and factories to add.
    :param default_subdomain: subdomain of rules that name none.
    :param strict_slashes: whether a missing slash of a branch redirects and a slash too many of a
        leaf is no match; for rules that don't say.
    :param merge_slashes: whether a path with runs of slashes redirects to the path without, and
        whether rules that don't say take part in that. Slashes in values are never merged.
    :param redirect_defaults: whether a rule redirects to the one whose defaults its values equal,
        and an alias to its canonical rule.
    :param converters: converters by name, beside and before the ``default_converters``.
    :param sort_parameters: whether the query of built URLs is sorted.
    :param sort_key: sort key for ``(key, value)`` pairs of the query.
    :param host_matching: whether rules are matched by ``host`` in place of ``subdomain``.
    :param subdomain_matching: whether rules are matched by ``subdomain``, unless they are by
        ``host``; with Werkzeug 3.2 and later alone.
    :param match_order: which of several matching rules wins. ``"weights"``: the one whose
        ``match_compare_key`` is least, over the whole map. ``"segments"``: Werkzeug 3.1's order,
        segment by segment, static before variable. ``"registration"``: the one added first.
        ``None`` for the class's ``default_match_order``.
    :raise ValueError: *match_order* is none of these, or a rule is wrong.
    :raise TypeError: *subdomain_matching* is given, and the installed Werkzeug has no such setting.
    """

    #: The converters of every map of the class, by name.
    default_converters: ImmutableDict[str, Any] = ImmutableDict(DEFAULT_CONVERTERS)
    #: The order of maps that are not given one.
    default_match_order: MatchOrder = "weights"
    #: Makes the lock that is held while the rules are compiled.
    lock_class: Any = Lock

    #: Werkzeug's class has a property in its place, which asks its matcher.
    merge_slashes: bool = True
    #: The class that programs know as ``Map``: its ``bind`` is what ``bind_to_environ`` calls.
    _named_class: Any = None
    #: Tells what a program replaces on Werkzeug's class, for maps that take its place.
    _replaced_methods: Any = None
    #: The rules that a factory gave, as long as it exists, by its identity: factories may be equal.
    _factories: dict[int, tuple[ref[Any], list[Rule]]]
    #: Tells duplicates; it is made of the rules when the next one is added.
    _signatures: Signatures | None
    _segments: SegmentCache

    def __init__(
        self,
        rules: Iterable[WerkzeugRuleFactory] | None = None,
        default_subdomain: str = "",
        strict_slashes: bool = True,
        merge_slashes: bool = True,
        redirect_defaults: bool = True,
        converters: Mapping[str, Any] | None = None,
        sort_parameters: bool = False,
        sort_key: Callable[[Any], Any] | None = None,
        host_matching: bool = False,
        *,
        match_order: MatchOrder | None = None,
        subdomain_matching: bool = _SUBDOMAIN_MATCHING,
    ) -> None:
        if match_order is None:
            match_order = self.default_match_order
        check_order(match_order)
        self._inserted: list[Rule] = []
        #: Rules that a program left out of a matcher: they are built, and not matched.
        self._unmatched: list[Rule] = []
        self.__dict__.update(self._own())
        self._rules_by_endpoint = {}
        self._match_order: MatchOrder = match_order
        self.default_subdomain = default_subdomain
        self.strict_slashes = strict_slashes
        self.merge_slashes = merge_slashes  # pyright: ignore[reportIncompatibleMethodOverride]
        self.redirect_defaults = redirect_defaults
        self.host_matching = host_matching
        if SUBDOMAIN_MATCHING:
            self.subdomain_matching = subdomain_matching and not host_matching
        elif subdomain_matching is not None:
            raise TypeError("subdomain_matching is for Werkzeug 3.2 and later, which is not there")
        self.converters: dict[str, Any] = self.default_converters.copy()
        if converters is not None:
            self.converters.update(checked_mapping(converters, "the converters of a map"))
        self.sort_parameters = sort_parameters
        self.sort_key = sort_key
        #: What :func:`trieroute.url_for` asks, in turn, when no URL can be built.
        self.url_build_error_handlers: list[Callable[..., Any]] = []
        self._fill(checked_rules(rules or (), "the rules of a map"))

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _TAKEN_UP:
            change_and_tell(self._changed, object.__setattr__, self, name, value)
        else:
            object.__setattr__(self, name, value)

    @property
    def match_order(self) -> MatchOrder:
        """Which of several matching rules wins; see the class. It can't be changed."""
        return self._match_order

    # Copies

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        # A copy has lists of its own, holds the same rules, and compiles them itself.
        return __newobj__, (type(self),), self.__getstate__()

    def __getstate__(self) -> tuple[dict[str, Any], dict[str, Any]]:
        own: Any = object.__getstate__(self)
        # It has the attributes, and what `__slots__` of a subclass hold.
        live, slots = own if isinstance(own, tuple) else (own, {})
        # A copy has a rule in all of its lists or in none, whatever is added meanwhile.
        state = locked(self._lists_lock, self._copied, live)
        for name in self._own():
            del state[name]
        state["converters"] = dict(self.converters)
        state["url_build_error_handlers"] = list(self.url_build_error_handlers)
        return state, slots

    def _copied(self, attributes: dict[str, Any]) -> dict[str, Any]:
        """Return attributes of the map with copies of its lists; the lock of these is held."""
        state = attributes.copy()
        state["_rules_by_endpoint"] = {
            endpoint: list(rules) for endpoint, rules in list(self._rules_by_endpoint.items())
        }
        state["_inserted"] = list(self._inserted)
        state["_unmatched"] = list(self._unmatched)
        return state

    def _own(self) -> dict[str, Any]:
        """Make the attributes that each map has for itself, and no copy takes over."""
        return {
            "_remap_lock": self.lock_class(),
            "_lists_lock": RLock(),
            "_segments": SegmentCache(self),
            "_factories": {},
            "_signatures": None,
            "_compilation": None,
            "_log": [],
            "_routers": (),
        }

    def __setstate__(self, given: tuple[dict[str, Any], dict[str, Any]]) -> None:
        state, slots = given
        for name, value in slots.items():
            object.__setattr__(self, name, value)
        self.__dict__.update(state, **self._own())
        self._rules_by_endpoint = state["_rules_by_endpoint"]  # pyright: ignore

    # Rules

    def add(self, rulefactory: WerkzeugRuleFactory) -> None:
        """Add a rule, or all rules of a factory; or none of them, if one is wrong.

        :param rulefactory: a rule, a factory, or Werkzeug's own; Werkzeug's rules become ours.
        :raise RuntimeError: a rule is bound to a map already.
        :raise ValueError: a rule can't be parsed; names rule and place.
        :raise LookupError: a rule names an unknown converter.
        :raise DuplicateRuleError: a rule equals another one of the map, and the installed Werkzeug
            has this error, as it has since 3.2.
        """
        if self._catches_up():
            return self.add(rulefactory)
        self._add(rulefactory, DUPLICATE_RULE_ERROR is not None)

    def _catches_up(self) -> bool:
        """Take over what a program has replaced on Werkzeug's class; tell whether that is anything.

        The method that asks may be replaced by that as well, so it calls itself by its name then.
        """
        return self._replaced_methods is not None and self._replaced_methods.catch_up()

    def _fill(self, factories: Iterable[Any]) -> None:
        """Add rules and factories.

        Rules that follow one another are added together, which takes less time. A program's own
        ``add`` gets them one by one.
        """
        own_add = type(self).add is not _ADD or "add" in self.__dict__
        one_by_one = own_add or self._replaced_methods is not None
        plain: list[Rule] = []
        for factory in factories:
            if (
                type(factory) is Rule
                and not one_by_one
                # Asking for its `__dict__` would make one.
                and getattr(factory.get_rules, "__func__", None) is _GET_RULES
            ):
                plain.append(factory)
                continue
            self._add_rules(plain)
            plain = []
            self.add(factory)
        self._add_rules(plain)

    def _add_rules(self, rules: list[Rule]) -> None:
        """Add rules that no factory has given."""
        if rules:
            self._add(None, DUPLICATE_RULE_ERROR is not None, given=rules)

    def _add(
        self,
        rulefactory: Any,
        refuses_duplicates: bool,
        binding_of: Callable[[Rule, Learned], RuleBinding | None] | None = None,
        given: list[Any] | None = None,
    ) -> None:
        """Add a rule or all rules of a factory.

        :param given: the rules, if they come from no factory.
        :param binding_of: compiles a rule, in the place of :meth:`_binding`.
        """
        if given is None:
            get_rules = getattr(getattr(rulefactory, "get_rules", None), "__func__", None)
            given = [rulefactory] if get_rules is _GET_RULES else rules_of(rulefactory, self)
        binding_of = binding_of or self._binding
        learned = Learned()
        # Rules that bind themselves by methods of the program come first, and then all others.
        first, changes = Changes(), Changes()
        for rule in given:
            # A rule of Werkzeug's becomes one of ours.
            adoption = None if type(rule) is Rule else adopt(rule)
            own = rule if adoption is None else adoption.own
            binding = binding_of(own, learned)
            if binding is None or not own._sets_plainly:
                if adoption is not None:
                    adoption.add_to(first)
                first.call(methodcaller("bind", self), rule, reverse=self._let_go)
            elif adoption is None:
                changes.add(binding)
            else:
                adoption.add_to(changes, binding)
        for rule in given:
            if type(rule) is not Rule:
                # Such as a mount, which refuses another one at its place.
                refuse = getattr(rule, "_refuse_equals", None)
                if refuse is not None:
                    changes.call(refuse, given)
        if refuses_duplicates:
            # They are compared when they have been bound, and before the lists have them.
            changes.call(self._refuse_duplicates, given, reverse=self._forget_signatures)
        self._change(self._take_in, rulefactory, given, learned, before=first, within=changes)

    def _refuse_duplicates(self, rules: list[Rule]) -> None:
        """Take rules up into what tells duplicates, which is made anew after an exception."""
        seen, signatures = self._changes, self._signatures or Signatures(self._inserted)
        self._signatures = None
        signatures.add(rules)
        # If rules were added or removed meanwhile, these are not among them.
        self._signatures = signatures if self._changes == seen else None

    def _forget_signatures(self, rules: list[Rule]) -> None:
        self._signatures = None

    def _let_go(self, rule: Rule) -> None:
        """Unbind a rule that has bound itself to the map, which does not take it in."""
        changes = Changes()
        # What was learned of it is forgotten, with all else that was: this is rare.
        changes.set_attributes(self, {"_segments": SegmentCache(self)})
        if rule.map is self and not any(rule is other for other in self._inserted):
            changes.add(RuleUnbinding(rule, self))
            changes.set_attributes(rule, {"_compiled": None})
        changes.make()

    def _take_in(self, rulefactory: Any, rules: list[Rule], learned: Learned) -> Changes:
        """Return the changes that put rules, which are bound by now, into the map's lists."""
        changes = Changes()
        self._segments.keep(changes, learned)
        changes.append(self._inserted, rules)
        if rulefactory is not None and (len(rules) != 1 or rules[0] is not rulefactory):
            # A factory whose class leaves no room for a weak reference can't be removed either.
            with suppress(TypeError):
                self._remember(changes, rulefactory, rules)
        self._write_down(changes, rules, repeat(None), len(self._inserted) + len(rules))
        self._rules_by_endpoint.take_in(changes, rules)  # Last: endpoints may change the map.
        return changes

    def _remember(self, changes: Changes, factory: Any, rules: list[Rule]) -> None:
        """Add to changes that a factory has given rules, as long as it exists."""
        # What forgets the factory does not keep the map alive.
        factories, number = self._factories, id(factory)
        known: Any = factories.get(number, (None, ()))[1]
        # Those before may all be gone, each removed by itself.
        present = {*map(id, (*self._inserted, *self._unmatched, *self._listed()))} if known else ()
        left = parted(list(known), present)[1]
        held = ref(factory, lambda _: factories.pop(number, None))
        changes.put(factories, number, (held, [*(known if left else ()), *rules]))

    def _binding(self, rule: Rule, learned: Learned) -> RuleBinding | None:
        """Compile a rule for the map; ``None`` if the program has a method that binds it."""
        # Its text may be another one by now, as a `Submount` of Werkzeug's changes it.
        if rule.rule[:1] != "/":
            raise lacks_slash(rule.rule)
        if type(rule.endpoint) is not str:
            check_endpoint(rule)
        if rule.map is not None:
            raise bound_already(rule)
        if rule._compiled is not None:
            self._refuse_known(rule)
        if not compiles_apart(rule, rule._as_made):
            return None
        cache = self._segments
        try:
            return rule._binding(self, None, cache.make, cache, learned)
        except (LookupError, ValueError) as error:
            raise with_place(error, rule._written_at) from error.__cause__

    def _refuse_known(self, rule: Rule) -> None:
        """Refuse an unbound rule that a copy of its last map still has."""
        if any(rule is other for other in self._rules_by_endpoint.get(rule.endpoint, ())):
            raise RuntimeError(f"the map has the rule {as_written(rule)!r} already")

    def remove(self, rulefactory: WerkzeugRuleFactory | Iterable[WerkzeugRuleFactory]) -> None:
        """Remove a rule, or all rules of a factory or of a list; or none, if the map lacks one.

        From the next match on, the rule is neither matched nor built. It is unbound, and can be
        added again, to this map or to another one.

        :param rulefactory: a bound rule; a factory that was added to this map, for all the rules
            that it gave; or an iterable of these.
        :raise ValueError: the map does not have the rule, or a rule of the factory any more.
        :raise TypeError: *rulefactory* is none of these.
        """
        # A generator can be gone through once. It may ask the map, which must not be locked then.
        self._change(self._leave_out, to_remove(rulefactory))

    def _leave_out(self, given: list[Any]) -> Changes:
        """Return the changes that take rules, and those of factories, out of the lists."""
        numbers = {id(rule): rule for rule in self._to_remove(given)}
        asked_for = set(map(id, given))
        # The lists are replaced, since a request may go through the old ones.
        left, found = parted(self._inserted, numbers)
        unmatched, built_only = parted(self._unmatched, numbers)
        known = {id(rule): rule for rule in (*found, *built_only)}
        if len(known) != len(numbers):
            # A program may have put a rule into the lists of the endpoints alone.
            known |= {id(rule): rule for rule in parted(self._listed(), numbers)[1]}
        for number, missing in numbers.items():
            if number not in known:
                raise ValueError(f"the map does not have the rule {as_written(missing)!r}")
        present = list(known.values())
        in_order = self._in_order and parted(self._in_order, numbers)[0]
        changes = self._with_lists(left, unmatched, in_order)
        self._rules_by_endpoint.leave_out(changes, present)
        self._write_down(changes, present, [rule._target or False for rule in present], len(left))
        for rule in present:
            # The rules of a copy are bound to the original.
            changes.add(RuleUnbinding(rule, self))
        for number, (_, rules) in self._factories.copy().items():
            # A factory is forgotten with its last rule, which may be what keeps it alive.
            emptied = rules and all(id(rule) in numbers or rule.map is None for rule in rules)
            if emptied or number in asked_for:
                changes.leave_out(self._factories, number)
        # What the removed rules alone have is not kept for ever.
        changes.set_attributes(self, {"_segments": SegmentCache(self)})
        return changes

    def _to_remove(self, given: list[Any]) -> list[Any]:
        """Return the rules that are meant."""
        gone: list[Any] = []
        for each in given:
            if isinstance(each, WerkzeugRule):
                gone.append(each)
            elif id(each) in self._factories:
                gone += self._factories[id(each)][1]
            else:
                raise ValueError(f"{each!r} was not added to the map, or its rules are gone")
        return gone

    @property
    def _rules_by_endpoint(self) -> RulesByEndpoint:
        """The rules by endpoint, preferred ones for building first; programs reach into it."""
        return cast(RulesByEndpoint, self.__dict__["_rules_by_endpoint"])

    @_rules_by_endpoint.setter
    def _rules_by_endpoint(self, given: Mapping[Any, Iterable[Any]]) -> None:
        own = RulesByEndpoint(self)
        # A copy counts as edited, since a program may have put any rules into it.
        own.edited = bool(given) and getattr(given, "edited", True)
        for endpoint, rules in given.items():
            dict.__setitem__(own, endpoint, own.tracked(rules))
        name = "_rules_by_endpoint"
        change_and_tell(self._changed, self.__dict__.__setitem__, name, own)

    @property
    def _rules(self) -> list[Any]:
        """All rules, those of an endpoint together."""
        return locked(self._lists_lock, self._listed)

    def _listed(self) -> list[Rule]:
        return [*chain.from_iterable(list(self._rules_by_endpoint.values()))]

    def iter_rules(self, endpoint: Any | None = None) -> Iterator[Rule]:
        """Iterate over the rules.

        :param endpoint: give the rules of this endpoint alone, preferred ones for building first.
        :raise KeyError: no rule has that endpoint.
        """
        if self._catches_up():
            return self.iter_rules(endpoint)
        self.update()
        if endpoint is not None:
            return iter(locked(self._lists_lock, list, self._rules_by_endpoint[endpoint]))
        return iter(self._rules)

    def is_endpoint_expecting(self, endpoint: Any, *arguments: str) -> bool:
        """Tell whether some rule of an endpoint has all these arguments.

        :param endpoint: the endpoint.
        :param arguments: names of variables or defaults.
        :raise KeyError: no rule has that endpoint.
        """
        if self._catches_up():
            return self.is_endpoint_expecting(endpoint, *arguments)
        self.update()
        rules: list[Rule] = locked(self._lists_lock, list, self._rules_by_endpoint[endpoint])
        return any({*arguments} <= rule.arguments for rule in rules)

    def check(self) -> Any:
        """List what is likely a mistake in the rules, see ``trieroute.inspection.check_map``."""
        return inspection().check_map(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({pformat(list(self.iter_rules()))})"


Map._named_class = Map
#: What the classes had when they were made; a program may have replaced it since.
_GET_RULES = Rule.get_rules
_ADD = Map.add
