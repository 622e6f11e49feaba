"""Rules: what the user says about one URL pattern.

A rule is its settings (settings.py), which may change, and one compiled rule (compiled.py), which
is made when the rule is bound to a map and replaced when it is bound again. This file knows neither
ranks nor the trie's layout.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from werkzeug.datastructures import iter_multi_items
from werkzeug.routing import Map as WerkzeugMap
from werkzeug.routing import Rule as WerkzeugRule

from .._core.changes import Changes
from .._core.compiler import Compiler
from .._core.quoting import encode_query
from .._core.rule_binding import RuleBinding, compiles_apart, target_of
from .._core.state import BaseMap
from .._core.target import Target
from .._core.werkzeug_version import EQUALS_OTHERS
from .._errors import RequestAliasRedirect, RequestPath, ValidationError
from .checks import bound_already, lacks_slash, not_bound, refusal_of
from .compiled import CompiledRule, compile_rule
from .descriptors import BuildMethod, OfCompiled, RuleConverters
from .map_protocol import RuleMap
from .methods import exact_methods, methods_of
from .regexes import whole_regex
from .segment_cache import Learned, SegmentCache
from .settings import RuleSettings
from .tracked import Methods
from .variables import ConverterMaker, RedirectGap, make_converter, read_redirect

__all__ = ["Rule"]


class Rule(RuleSettings):
    """One URL pattern.

    Variables are written ``<name>``, ``<converter:name>`` or ``<converter(args, key=value):name>``.
    A rule that ends with a slash is a *branch*, any other a *leaf*.

    :param string: the rule; starts with a slash.
    :param defaults: values for variables that the rule does not hold. Other rules of the endpoint
        redirect to this one when their values equal the defaults.
    :param subdomain: subdomain rule; ``None`` for the map's ``default_subdomain``.
    :param methods: HTTP methods that the rule takes, in any case; ``None`` for all. ``HEAD`` comes
        with ``GET``.
    :param build_only: whether the rule builds URLs but never matches.
    :param endpoint: what a match returns; any object.
    :param strict_slashes: whether a missing slash of a branch redirects and a slash too many of a
        leaf is no match; ``None`` for the map's setting.
    :param merge_slashes: whether runs of slashes count as one; ``None`` for the map's setting.
    :param redirect_to: where a match redirects to: a text in rule syntax, joined to the script
        root, or a callable that gets the adapter and the values as keyword arguments and returns
        such a text.
    :param alias: whether the rule redirects to the endpoint's canonical rule.
    :param host: host rule, for a map with ``host_matching``.
    :param websocket: whether the rule takes WebSocket requests, and those only.
    :raise ValueError: the rule does not start with a slash, or a WebSocket rule has a method other
        than GET, HEAD and OPTIONS.
    :raise TypeError: *methods* is one string, or holds something else than strings.
    """

    # A matcher of Werkzeug's that a program fills with rules of ours keeps them at its root.
    _parts: ClassVar[tuple[()]] = ()  # type: ignore[assignment, misc]
    #: The class that this one stands for, as one that was made of a program's class has it.
    _combines: ClassVar[type] = WerkzeugRule

    arguments = OfCompiled(
        lambda rule, compiled: compiled.arguments_of(rule),
        lambda rule: set(rule._default_names),
        "Names of the variables, and of the defaults that the rule was made with.",
    )
    _converters: Any = OfCompiled(
        lambda rule, compiled: RuleConverters(compiled.converters),
        lambda rule: {},
        "Converters by variable name.",
    )
    _trace: Any = OfCompiled(
        lambda rule, compiled: compiled.trace,
        lambda rule: [],
        'Domain, ``"|"`` and path as pairs: whether it is a variable, and its name or the text.',
    )
    _static_weights = OfCompiled(
        lambda rule, compiled: compiled.weights.static,
        lambda rule: [],
        "Pairs of the index of a static text and of minus its length in code points.",
    )
    _argument_weights = OfCompiled(
        lambda rule, compiled: compiled.weights.argument,
        lambda rule: [],
        "The weights of the variables' converters.",
    )

    def get_rules(self, map: Any) -> Iterator[Any]:
        """Give the rule itself.

        :param map: the map that it is going to be added to.
        :raise TypeError: the map is one of Werkzeug's.
        """
        if isinstance(map, WerkzeugMap) and not isinstance(map, BaseMap):
            raise TypeError(
                f"rule {self.rule!r} is a rule of trieroute, and a map of Werkzeug's can't take"
                " it: add it to a trieroute.Map, or call trieroute.patch() before the map is made"
            )
        yield self

    # Binding

    def bind(self, map: RuleMap, rebind: bool = False) -> None:  # type: ignore[override]
        """Bind the rule to a map: take over the map's settings and compile the rule.

        :param map: the map, or the one of Werkzeug's in whose place it is.
        :param rebind: whether the rule may be bound already.
        :raise RuntimeError: the rule is bound already.
        :raise ValueError: the rule can't be parsed; names rule and place.
        :raise LookupError: the rule names an unknown converter.
        """
        before = self.map
        if before is not None and not rebind:
            raise bound_already(self)
        self._bind(getattr(map, "_itself", map), before)

    def _bind(self, map: RuleMap, before: Any) -> None:
        """Bind the rule to a map.

        :param before: the map that the rule has now, ``None`` for none; another thread may change
            that meanwhile, which is an error then.
        """
        if self.rule[:1] != "/":
            raise lacks_slash(self.rule)
        changes = Changes()
        if compiles_apart(self, self._as_made):
            learned = Learned()
            cache = map._segments
            changes.add(self._binding(map, before, cache.make, cache, learned))
            cache.keep(changes, learned)
        else:
            # What the rule was compiled to comes back, too, if its own method fails.
            binding = RuleBinding(self, map, before, refusal_of, Methods)
            binding.compiled = self._compiled
            changes.add(binding)
            changes.call(self.compile)
        if before is not None and (refuse := getattr(self, "_refuse_equals", None)) is not None:
            changes.call(refuse, ())  # Its new place may be for another rule alone.
        map._change(Changes, before=changes)

    def _binding(
        self,
        map: RuleMap,
        before: Any,
        make: ConverterMaker,
        cache: SegmentCache | None,
        learned: Learned,
        takes: bool = True,
    ) -> RuleBinding:
        """Compile the rule for a map, and change nothing.

        :param cache: what is known of the map's segments, ``None`` to read the rule as a whole.
        :param learned: gets the segments that are read for the first time.
        :param takes: whether it takes the settings from the map that it does not say itself.
        :return: the change that binds the rule.
        :raise ValueError, LookupError: as in :meth:`bind`.
        """
        binding = RuleBinding(self, map, before, refusal_of, Methods, takes)
        compile_rule(binding, make, cache, learned)
        return binding

    def refresh(self) -> None:
        """Bind the rule once more, after its rule string, subdomain or host was changed.

        :raise RuntimeError: the rule is not bound.
        """
        map = self.map  # It is read once, since another thread may remove the rule.
        if map is None:
            raise not_bound(self)
        if self._overrides(("bind",)):
            self.bind(map, rebind=True)
        else:
            self._bind(map, map)

    def get_converter(
        self,
        variable_name: str,
        converter_name: str,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Make the converter for a variable.

        :param variable_name: the variable's name.
        :param converter_name: a key of the map's ``converters``.
        :param args: positional arguments for the converter, after the map.
        :param kwargs: keyword arguments for the converter.
        :raise LookupError: the map has no such converter.
        """
        return make_converter(self.map, variable_name, converter_name, args, kwargs)

    def compile(self) -> None:
        """Parse the rule and make its converters; called by :meth:`bind`.

        :raise RuntimeError: the rule is not bound.
        :raise ValueError, LookupError: as in :meth:`bind`.
        """
        map = self.map  # It is read once, since another thread may remove the rule.
        if map is None:
            raise not_bound(self)
        plain = not self._overrides(("get_converter",))
        cache = map._segments
        learned = Learned()
        known = cache if plain else None
        changes = Changes()
        changes.add(self._binding(map, map, self.get_converter, known, learned, takes=False))
        cache.keep(changes, learned)
        changes.make()
        if self._overrides(("_compile_builder",)):
            # What it returns may be a descriptor, which makes the builder when it is asked.
            self._build = self._compile_builder(False).__get__(self, None)
            self._build_unknown = self._compile_builder(True).__get__(self, None)
        self._changed()

    def _bound(self) -> CompiledRule:
        """Return what the rule was compiled to.

        :raise RuntimeError: the rule is not bound.
        """
        compiled = self._compiled
        if compiled is None or self.map is None:
            raise not_bound(self)
        return compiled

    def _redirect_pieces(self) -> list[str | RedirectGap]:
        """Return texts and variables of ``redirect_to``, which is a text."""
        compiled, target = self._compiled, self.redirect_to
        assert compiled is not None
        if compiled.redirect is not None and compiled.redirect.text == target:
            return compiled.redirect.pieces
        # It was set after the rule was bound.
        make = self.get_converter
        return read_redirect(self.rule, str(target), make, self.arguments, compiled.converters)

    # Matching

    @property
    def _regex(self) -> re.Pattern[str]:
        """The whole rule as one pattern over ``"subdomain|/path"``, a named group per variable.

        Source: the reference of Werkzeug's ``Rule``. Nothing here matches with it.
        """
        compiled = self._bound()
        merges, strict = bool(self.merge_slashes), bool(self.strict_slashes)
        return whole_regex(compiled.trace, compiled.converters, merges, strict)

    def match(self, path: str, method: str | None = None) -> dict[str, Any] | None:
        """Match one rule by itself, as it is bound.

        :param path: ``"subdomain|/path"``, or ``"host|/path"`` if the map matches hosts.
        :param method: HTTP method; a branch with its slash missing redirects only if the rule
            takes it. ``None`` counts as taken.
        :return: the converted values, or ``None`` when the rule does not match.
        :raise RequestPath: the path lacks a slash or has too many; ``path_info`` is the right one.
        :raise RequestAliasRedirect: the rule is an alias and the map redirects.
        :raise RuntimeError: the rule is not bound.
        """
        self._bound()
        bound_to: Any = self.map  # It is read once, since another thread may remove the rule.
        if bound_to is None:
            return None
        target = self._as_target(bound_to)
        if target is None:
            return None
        domain, _, path = path.partition("|")
        alone = Compiler([target], [0], [1], [2]).trie
        found = alone.match_one(domain, path, bound_to.merge_slashes)
        if found is None:
            return None
        values, redirect, slash_missing = found
        if redirect is not None and (not slash_missing or self._takes(method)):
            raise RequestPath(redirect)
        if self.alias and bound_to.redirect_defaults:
            raise RequestAliasRedirect(values, self.endpoint)
        return values

    def _as_target(self, map: RuleMap) -> Target | None:
        """Return a rule as the core knows it, ``None`` if it can't match; kept until it changes.

        :param map: the map that has the rule: its own, or a copy of that. From a copy, a rule that
            was removed from its own map takes the settings that it does not say itself.
        """
        return target_of(self, map, False, exact_methods)

    # Building

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        """Return a function that builds the rule's URL.

        :param append_unknown: whether values that the rule does not know become the query.
        :return: a function of the rule and of values as keyword arguments, which returns domain
            part and path, and raises ``TypeError`` when a variable has no value.
        """
        # A rule that was removed builds for requests that still work on the state before.
        template = (self._compiled or self._bound()).template

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            unknown = template.leftover(values)
            query = rule._encode_query_vars(unknown) if append_unknown and unknown else ""
            domain, path = template.fill(values)
            return domain, f"{path}?{query}" if query else path

        return build

    #: Builds the URL from keyword arguments, ignoring unknown ones.
    _build: Any = BuildMethod(append_unknown=False)
    #: Builds the URL from keyword arguments, unknown ones becoming the query.
    _build_unknown: Any = BuildMethod(append_unknown=True)

    def _encode_query_vars(self, query_vars: Mapping[str, Any]) -> str:
        """Encode values as a query, without the question mark, sorted if the map says so."""
        items: Iterable[tuple[str, Any]] = iter_multi_items(query_vars)
        bound_to = self.map  # It is read once, since another thread may remove the rule.
        if bound_to is not None and bound_to.sort_parameters:
            items = sorted(items, key=bound_to.sort_key)
        return encode_query(items)

    def build(
        self, values: Mapping[str, Any], append_unknown: bool = True
    ) -> tuple[str, str] | None:
        """Build the rule's URL.

        :param values: values by variable name.
        :param append_unknown: whether other values become the query.
        :return: domain part and path with query, or ``None`` if a converter refuses its value.
        """
        try:
            build: Callable[..., tuple[str, str]]
            build = self._build_unknown if append_unknown else self._build
            return build(**values)
        except ValidationError:
            return None

    def provides_defaults_for(self, rule: Any) -> bool:
        """Tell whether this rule, by its defaults, is the canonical one for another's values.

        :param rule: the other rule.
        """
        return bool(
            not self.build_only
            and self.defaults
            and self.endpoint == rule.endpoint
            and self != rule
            and self.arguments == rule.arguments
        )

    def suitable_for(self, values: Mapping[str, Any], method: str | None = None) -> bool:
        """Tell whether there is enough to build the rule's URL.

        :param values: values by variable name; one that stands in ``defaults`` must equal it.
        :param method: HTTP method that the rule has to take, ``None`` for any.
        """
        if not self._takes(method):
            return False
        defaults = self.defaults or {}
        for name in self.arguments:
            if name not in defaults and name not in values:
                return False
        return all(name not in values or value == values[name] for name, value in defaults.items())

    def _takes(self, method: str | None) -> bool:
        """Tell whether the rule takes a method; ``None`` counts as taken."""
        methods = self.methods  # It is read once, since another thread may set it anew.
        return method is None or methods is None or method in methods

    # Order

    def match_compare_key(self) -> tuple[bool, int, list[tuple[int, int]], int, list[int]]:
        """Return the rule's place in the match order ``weights``: the least key goes first.

        Source: the reference of Werkzeug's ``Rule``; values as Werkzeug 2.1 computes them.

        :return: whether the rule has arguments (its own variables or defaults); minus the number of
            static weights; the static weights, pairs of a piece's index and minus a static text's
            length in code points; minus the number of variables; the variables' weights.
        """
        return (
            bool(self.arguments),
            -len(self._static_weights),
            self._static_weights,
            -len(self._argument_weights),
            self._argument_weights,
        )

    def build_compare_key(self) -> tuple[int, int, int]:
        """Return the rule's place among those of its endpoint when a URL is built.

        :return: 1 for an alias, minus the number of arguments, minus the number of defaults.
        """
        return (int(bool(self.alias)), -len(self.arguments), -len(self.defaults or ()))

    def __eq__(self, other: Any) -> Any:
        # A rule that `install` has made equals the one of Werkzeug's that it was made of.
        kind = vars(type(self)).get("_combines", type(self))
        return self._trace == other._trace if isinstance(other, kind) else EQUALS_OTHERS

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        name = type(self).__name__
        if self.map is None:
            return f"<{name} (unbound)>"
        pieces = (f"<{text}>" if variable else text for variable, text in self._trace)
        taken = methods_of(self)
        methods = "" if taken is None else f" ({', '.join(taken)})"
        return f"<{name} {''.join(pieces).lstrip('|')!r}{methods} -> {self.endpoint}>"


Rule._as_made = {name: getattr(Rule, name) for name in dir(Rule)}
