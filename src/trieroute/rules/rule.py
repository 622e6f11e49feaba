"""Rules: what the user says about one URL pattern, and what binding it to a map makes of that.

Binding parses the rule, makes its converters, and cuts it into the parts that the core compiles.
This file knows neither ranks nor the trie's layout.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from inspect import getattr_static
from threading import RLock
from types import MethodType
from typing import TYPE_CHECKING, Any

import werkzeug.routing
from werkzeug.datastructures import iter_multi_items
from werkzeug.routing import Map as WerkzeugMap

from .._core.adapter import Snapshot
from .._core.attributes import set_attributes
from .._core.quoting import encode_query
from .._core.template import UrlTemplate
from .._core.trie import Trie
from ..errors import RequestAliasRedirect, RequestPath, ValidationError
from .methods import checked_methods, exact_methods
from .segments import Domain, Part, Slot, cut, rendering, whole_regex
from .syntax import parse_rule
from .tracked import Methods
from .variables import RedirectGap, fit, fit_redirect

if TYPE_CHECKING:
    from ..map import Map

__all__ = ["SETTINGS", "Rule", "RuleFactory"]

#: The settings of a rule: arguments of the constructor after the rule string, and attributes.
SETTINGS = (
    "defaults",
    "subdomain",
    "methods",
    "build_only",
    "endpoint",
    "strict_slashes",
    "merge_slashes",
    "redirect_to",
    "alias",
    "host",
    "websocket",
)

#: Held while a rule gets a map, or a set of methods of its own.
_LOCK = RLock()

#: What is made of the compiled rule at first use.
MADE_WHEN_NEEDED = (
    "_alone",
    "_redirect",
    "_regex",
    "_template",
    "_argument_weights",
    "_static_weights",
    "_trace",
    "arguments",
)

#: The attributes that every rule has.
_ATTRIBUTES = (
    "map",
    "rule",
    "is_leaf",
    "is_branch",
    "strict_slashes",
    "merge_slashes",
    "subdomain",
    "host",
    "defaults",
    "build_only",
    "alias",
    "websocket",
    "endpoint",
    "redirect_to",
    "_methods",
    "_converters",
    "_domain",
    "_text",
    "_folded",
    "_parts",
)

#: What the compiled trie and builders have taken up: setting one makes the map compile anew.
_COMPILED = frozenset(
    {
        "_build",
        "_build_unknown",
        "_compile_builder",
        "_encode_query_vars",
        "alias",
        "build",
        "build_only",
        "defaults",
        "endpoint",
        "merge_slashes",
        "methods",
        "redirect_to",
        "strict_slashes",
        "suitable_for",
        "websocket",
    }
)


class RuleFactory(werkzeug.routing.RuleFactory):
    """Base of everything that can be added to a map; subclass it and override :meth:`get_rules`.

    It is a subclass of Werkzeug's class of that name, so that code which checks for one accepts
    the other.
    """

    def get_rules(self, map: Map) -> Iterable[Rule]:  # type: ignore[override]
        """Give the rules to add.

        :param map: the map that they are going to be added to.
        :return: unbound rules.
        """
        raise NotImplementedError(f"{type(self).__name__} does not override get_rules")


class _MadeWhenNeeded:
    """An attribute that is made of a compiled rule when it is asked for, and kept.

    :param make: makes it of the rule. Of a rule that is not compiled, it is made each time.
    """

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self.make = make
        self.__doc__ = make.__doc__

    def __get__(self, rule: Rule | None, owner: type[Rule] | None = None) -> Any:
        if rule is None:
            return self
        value = self.make(rule)
        if rule._domain is not None:
            rule.__dict__[self.make.__name__] = value
        return value


class _BuildMethod:
    """Gives a rule's builder as a method; an attribute of that name set on the rule goes before."""

    def __init__(self, append_unknown: bool) -> None:
        self.append_unknown = append_unknown

    def __get__(self, rule: Rule | None, owner: type[Rule] | None = None) -> Any:
        return (
            self if rule is None else MethodType(rule._compile_builder(self.append_unknown), rule)
        )


class Rule(RuleFactory):
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
    :raise TypeError: *methods* is one string.
    """

    map: Map
    rule: str
    defaults: Mapping[str, Any] | None
    subdomain: str | None
    host: str | None
    strict_slashes: bool | None
    merge_slashes: bool | None
    build_only: bool
    endpoint: Any
    redirect_to: str | Callable[..., str] | None
    alias: bool
    websocket: bool
    is_leaf: bool
    is_branch: bool
    #: A set that rules share, as long as nobody has asked for the rule's own.
    _methods: Any = None
    _converters: dict[str, Any]
    #: Domain, rule and defaults when it was compiled; the defaults are part of its URL.
    _domain: Domain | None = None
    _text: str = ""
    _folded: dict[str, Any] | None = None
    #: The parts of the path.
    _parts: tuple[Part, ...] = ()
    #: Whether attributes are set as usual: no class between this one and `Rule` has a hand in it.
    _plain = True

    def __init__(
        self,
        string: str,
        defaults: Mapping[str, Any] | None = None,
        subdomain: str | None = None,
        methods: Iterable[str] | None = None,
        build_only: bool = False,
        endpoint: Any | None = None,
        strict_slashes: bool | None = None,
        merge_slashes: bool | None = None,
        redirect_to: str | Callable[..., str] | None = None,
        alias: bool = False,
        host: str | None = None,
        websocket: bool = False,
    ) -> None:
        if not string.startswith("/"):
            raise ValueError(f"rule {string!r} must start with a slash")
        is_branch = string.endswith("/")
        # Set at once and always in this order, they share their keys with those of other rules.
        settings: dict[str, Any] = {
            "map": None,
            "rule": string,
            "is_leaf": not is_branch,
            "is_branch": is_branch,
            "strict_slashes": strict_slashes,
            "merge_slashes": merge_slashes,
            "subdomain": subdomain,
            "host": host,
            "defaults": defaults,
            "build_only": build_only,
            "alias": alias,
            "websocket": websocket,
            "endpoint": endpoint,
            "redirect_to": redirect_to,
            "_methods": None,
            "_converters": {},
            "_domain": None,
            "_text": string,
            "_folded": None,
            "_parts": (),
        }
        if methods is not None:
            settings["_methods"] = methods = checked_methods(string, methods, websocket)
        if self._plain:
            set_attributes(self, settings)
        else:
            self._assign(settings)
            self.methods = None if methods is None else Methods(self, methods)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._plain = (
            cls.__setattr__ is Rule.__setattr__
            and getattr_static(cls, "methods") is vars(Rule)["methods"]
            and not any(hasattr(getattr_static(cls, name, None), "__set__") for name in _ATTRIBUTES)
        )

    def _assign(self, attributes: dict[str, Any]) -> None:
        if self._plain:
            set_attributes(self, attributes)
        else:
            # A subclass may have made properties of some.
            for name, value in attributes.items():
                setattr(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "methods" and isinstance(value, (set, frozenset)):
            value = Methods(self, value)
        object.__setattr__(self, name, value)
        if name in _COMPILED:
            self._changed()

    @property
    def methods(self) -> set[str] | None:
        """HTTP methods that the rule takes, ``None`` for all. The set can be changed in place."""
        if isinstance(self._methods, frozenset):
            own = Methods(self, self._methods)
            with _LOCK:
                if isinstance(self._methods, frozenset):
                    object.__setattr__(self, "_methods", own)
        methods: set[str] | None = self._methods
        return methods

    @methods.setter
    def methods(self, methods: Iterable[str] | None) -> None:
        self._methods = methods

    def _changed(self) -> None:
        """Make the map compile anew what it has taken up from the rule."""
        self.__dict__.pop("_alone", None)
        map = getattr(self, "map", None)
        if map is not None:
            map._remap = True

    # Copies

    def empty(self) -> Rule:
        """Return an unbound copy, for use in another map; all settings are kept."""
        return type(self)(self.rule, **self.get_empty_kwargs())

    def __copy__(self) -> Rule:
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        for made_when_needed in MADE_WHEN_NEEDED:
            copy.__dict__.pop(made_when_needed, None)
        copy._take_methods()
        return copy

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in MADE_WHEN_NEEDED}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._take_methods()

    def _take_methods(self) -> None:
        """Make the sets of methods that a copy was given its own."""
        given = self.__dict__
        if isinstance(given.get("_methods"), set):
            given["_methods"] = frozenset(given["_methods"])
        # Where a subclass has its own attribute of that name.
        if isinstance(given.get("methods"), (set, frozenset)):
            given["methods"] = Methods(self, given["methods"])

    def get_empty_kwargs(self) -> dict[str, Any]:
        """Return the keyword arguments with which :meth:`empty` makes the copy.

        Override it in a subclass whose constructor takes more.
        """
        settings = {name: getattr(self, name) for name in SETTINGS}
        settings["defaults"] = dict(self.defaults) if self.defaults else None
        return settings

    def get_rules(self, map: Map) -> Iterator[Rule]:  # type: ignore[override]
        """Give the rule itself.

        :param map: the map that it is going to be added to.
        :raise TypeError: the map is one of Werkzeug's.
        """
        if isinstance(map, WerkzeugMap) and not isinstance(map, Snapshot):
            raise TypeError(
                f"rule {self.rule!r} is a rule of trieroute, and a map of Werkzeug's can't take"
                " it: add it to a trieroute.Map, or call trieroute.patch() before the map is made"
            )
        yield self

    # Binding

    def bind(self, map: Map, rebind: bool = False) -> None:
        """Bind the rule to a map: take over the map's settings and compile the rule.

        :param map: the map.
        :param rebind: whether the rule may be bound already.
        :raise RuntimeError: the rule is bound already.
        :raise ValueError: the rule can't be parsed; names rule and place.
        :raise LookupError: the rule names an unknown converter.
        """
        settings: dict[str, Any] = {"map": map}
        if self.strict_slashes is None:
            settings["strict_slashes"] = map.strict_slashes
        if self.merge_slashes is None:
            settings["merge_slashes"] = map.merge_slashes
        if self.subdomain is None:
            settings["subdomain"] = map.default_subdomain
        with _LOCK:
            before = self.map
            if before is not None and not rebind:
                raise RuntimeError(
                    f"rule {self.rule!r} is already bound to a map, bind a copy: rule.empty()"
                )
            self._assign(settings)
        methods = self._methods if self._plain else self.methods
        if isinstance(methods, set) and getattr(methods, "rule", None) is not self:
            # A rule that was copied by ways of its own has methods that tell another rule, or none.
            self.methods = methods
        try:
            self.compile()
        except BaseException:
            unbound = {**dict.fromkeys(settings), "map": before}
            if before is None:
                self._forget()
                unbound |= self._uncompiled()
            self._assign(unbound)
            raise
        map._remap = True

    def _unbinding(self) -> Callable[[], None]:
        """Return what makes the unbound rule what it is now, after it has been bound."""
        names = ("map", "strict_slashes", "merge_slashes", "subdomain")
        before = {name: getattr(self, name) for name in names}

        def unbind() -> None:
            self._forget()
            self._assign({**before, **self._uncompiled()})

        return unbind

    def _uncompiled(self) -> dict[str, Any]:
        """Return what :meth:`compile` sets as it is before."""
        return {
            "_converters": {},
            "_domain": None,
            "_text": self.rule,
            "_folded": None,
            "_parts": (),
        }

    def refresh(self) -> None:
        """Bind the rule once more, after its rule string, subdomain or host was changed.

        :raise RuntimeError: the rule is not bound.
        """
        if self.map is None:
            raise RuntimeError(f"rule {self.rule!r} is not bound to a map")
        self.bind(self.map, rebind=True)

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
        try:
            converter = self.map.converters[converter_name]
        except KeyError:
            known = ", ".join(sorted(self.map.converters))
            raise LookupError(
                f"the converter {converter_name!r} does not exist (the map has {known})"
            ) from None
        return converter(self.map, *args, **kwargs)

    def compile(self) -> None:
        """Parse the rule and make its converters; called by :meth:`bind`.

        :raise RuntimeError: the rule is not bound.
        :raise ValueError: as in :meth:`bind`.
        :raise LookupError: as in :meth:`bind`.
        """
        if self.map is None:
            raise RuntimeError(f"rule {self.rule!r} is not bound to a map")
        domain_rule = (self.host if self.map.host_matching else self.subdomain) or ""
        shared = None
        if getattr(self.get_converter, "__func__", None) is Rule.get_converter:
            shared = self.map._shared_parts.read(self, domain_rule)
        domain, path, converters = self._read(domain_rule) if shared is None else shared
        is_branch = self.rule.endswith("/")
        if self._domain is not None:
            self._forget()
        attributes = {
            "is_leaf": not is_branch,
            "is_branch": is_branch,
            "_converters": converters,
            "_domain": domain,
            "_text": self.rule,
            "_parts": tuple(path),
        }
        if self.defaults or self._folded:
            attributes["_folded"] = dict(self.defaults or ())
        set_attributes(self, attributes)
        if isinstance(self.redirect_to, str):
            self._redirect_pieces(self.redirect_to)
        if self.defaults and not converters.keys().isdisjoint(self.defaults):
            try:
                self._url_template()
            except (TypeError, ValueError) as error:
                raise ValueError(
                    f"rule {self.rule!r}: a default can't be put into a URL: {error}"
                ) from error

    def _forget(self) -> None:
        """Drop what was made of the rule before it was compiled anew."""
        for name in MADE_WHEN_NEEDED:
            if name in self.__dict__:
                del self.__dict__[name]

    @property
    def _matchable(self) -> bool:
        # A domain is matched as one segment: a rule with a slash or a tail in its domain can't be.
        domain = self._domain
        return (
            not self.build_only
            and domain is not None
            and len(domain.parts) == 1
            and not domain.parts[0].tail
        )

    def _read(self, domain_rule: str) -> tuple[Domain, list[Part], dict[str, Any]]:
        """Parse the rule as a whole: its domain, parts of the path, converters by variable name."""
        converters: dict[str, Any] = {}
        for text in (domain_rule, self.rule):
            try:
                text.encode()
            except UnicodeEncodeError as error:
                raise ValueError(f"rule {self.rule!r} can't be in a URL: {error}") from None
        domain = fit(self, domain_rule, converters)
        path = fit(self, self.rule, converters)
        try:
            return (
                Domain(domain_rule, bool(self.merge_slashes), tuple(cut(domain, case=False))),
                cut(_merged(path) if self.merge_slashes else path),
                converters,
            )
        except ValueError as error:
            raise ValueError(f"rule {self.rule!r}: {error}") from None

    def _pieces(self) -> tuple[list[str | Slot], list[str | Slot]]:
        """Return the pieces of the domain and of the path as they were compiled."""
        if self._domain is None:
            return [], []
        domain, path = (
            [
                piece if isinstance(piece, str) else Slot(piece.name, self._converters[piece.name])
                for piece in parse_rule(text)
            ]
            for text in (self._domain.text, self._text)
        )
        return domain, _merged(path) if self._domain.merges else path

    @_MadeWhenNeeded
    def arguments(self) -> set[str]:
        """Names of the variables and of the defaults."""
        defaults = self.defaults if self._domain is None else self._folded
        return {*map(str, defaults or ()), *self._converters}

    @_MadeWhenNeeded
    def _trace(self) -> list[tuple[bool, str]]:
        if self._domain is None:
            return []
        domain, path = self._pieces()
        return [
            (isinstance(piece, Slot), piece.name if isinstance(piece, Slot) else piece)
            for piece in (*domain, "|", *path)
        ]

    @_MadeWhenNeeded
    def _static_weights(self) -> list[tuple[int, int]]:
        return _weights(*self._pieces())[0]

    @_MadeWhenNeeded
    def _argument_weights(self) -> list[int]:
        return _weights(*self._pieces())[1]

    def _redirect_pieces(self, target: str) -> list[str | RedirectGap]:
        """Parse ``redirect_to``, once for each text."""
        parsed = self.__dict__.get("_redirect")
        if parsed is None or parsed[0] != target:
            parsed = self.__dict__["_redirect"] = target, fit_redirect(self, target)
        pieces: list[str | RedirectGap] = parsed[1]
        return pieces

    # Matching

    @_MadeWhenNeeded
    def _regex(self) -> re.Pattern[str]:
        """The whole rule as one pattern over ``"subdomain|/path"``, a named group per variable.

        Source: the reference of Werkzeug's ``Rule``. Nothing here matches with it.
        """
        return whole_regex(
            self._trace, self._converters, bool(self.merge_slashes), bool(self.strict_slashes)
        )

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
        if self.map is None:
            raise RuntimeError(f"rule {self.rule!r} is not bound to a map")
        if not self._matchable:
            return None
        domain, _, path = path.partition("|")
        found = self._trie_alone().match_one(domain, path, self.map.merge_slashes)
        if found is None:
            return None
        values, redirect, slash_missing = found
        if redirect is not None and not (
            slash_missing and not (method is None or self.methods is None or method in self.methods)
        ):
            raise RequestPath(redirect)
        if self.alias and self.map.redirect_defaults:
            raise RequestAliasRedirect(values, self.endpoint)
        return values

    def _trie_alone(self) -> Trie:
        """Return a trie of this rule alone, made at first use."""
        trie = self.__dict__.get("_alone")
        if trie is None:
            trie = self.__dict__["_alone"] = Trie([self._row((0, 1, 2), False)])
        return trie

    def _row(self, ranks: tuple[int, int, int], may_redirect: bool) -> tuple[Any, ...]:
        """Describe the bound rule, a matchable one, to the core.

        :param ranks: ranks of the rule's exact, lacking and tolerated form.
        :param may_redirect: whether rules with defaults of the same endpoint have to be asked.
        :return: the row that :class:`trieroute._core.trie.Trie` takes.
        """
        assert self._domain is not None
        methods = self._methods if self._plain else self.methods
        # A shared set has been checked.
        if methods is not None and not (self._plain and isinstance(methods, frozenset)):
            methods = exact_methods(self.rule, methods)
        return (
            self,
            self.endpoint,
            self.defaults,
            self._domain.parts[0],
            self._parts,
            self.is_branch,
            bool(self.strict_slashes),
            bool(self.merge_slashes),
            methods,
            bool(self.websocket),
            ranks,
            not (may_redirect or self.alias or self.redirect_to is not None),
        )

    # Building

    def _url_template(self) -> UrlTemplate:
        """Return the rule's URL, ready to fill in; made at first use."""
        template = self.__dict__.get("_template")
        if template is None:
            template = self.__dict__["_template"] = UrlTemplate(
                self._trace,
                {name: rendering(converter) for name, converter in self._converters.items()},
                self._folded or {},
            )
        return template

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        """Return a function that builds the rule's URL.

        :param append_unknown: whether values that the rule does not know become the query.
        :return: a function of the rule and of values as keyword arguments, which returns domain
            part and path, and raises ``TypeError`` when a variable has no value.
        """
        template = self._url_template()

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            unknown = template.leftover(values)
            query = rule._encode_query_vars(unknown) if append_unknown and unknown else ""
            domain, path = template.fill(values)
            return domain, f"{path}?{query}" if query else path

        return build

    #: Builds the URL from keyword arguments, ignoring unknown ones.
    _build = _BuildMethod(append_unknown=False)
    #: Builds the URL from keyword arguments, unknown ones becoming the query.
    _build_unknown = _BuildMethod(append_unknown=True)

    def _encode_query_vars(self, query_vars: Mapping[str, Any]) -> str:
        """Encode values as a query, without the question mark, sorted if the map says so."""
        items: Iterable[tuple[str, Any]] = iter_multi_items(query_vars)
        if self.map.sort_parameters:
            items = sorted(items, key=self.map.sort_key)
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

    def provides_defaults_for(self, rule: Rule) -> bool:
        """Tell whether this rule, by its defaults, is the canonical one for another's values."""
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
        if method is not None and self.methods is not None and method not in self.methods:
            return False
        defaults = self.defaults or {}
        for name in self.arguments:
            if name not in defaults and name not in values:
                return False
        return all(name not in values or value == values[name] for name, value in defaults.items())

    # Order

    def match_compare_key(
        self,
    ) -> tuple[bool, int, list[tuple[int, int]], int, list[int]]:
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

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._trace == other._trace

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.rule

    def __repr__(self) -> str:
        name = type(self).__name__
        if self.map is None:
            return f"<{name} (unbound)>"
        pieces = (f"<{text}>" if variable else text for variable, text in self._trace)
        methods = "" if self.methods is None else f" ({', '.join(sorted(self.methods))})"
        return f"<{name} {''.join(pieces).lstrip('|')!r}{methods} -> {self.endpoint}>"


def _merged(path: list[str | Slot]) -> list[str | Slot]:
    """Leave out each slash that follows another one."""
    return [
        piece
        for index, piece in enumerate(path)
        if not (piece == "/" and index and path[index - 1] == "/")
    ]


def _weights(
    domain: list[str | Slot], path: list[str | Slot]
) -> tuple[list[tuple[int, int]], list[int]]:
    """Weigh a rule as Werkzeug 2.1 does: domain and path apart, slashes at the end left out."""
    static: list[tuple[int, int]] = []
    argument: list[int] = []
    path = list(path)
    while path and path[-1] == "/":
        path.pop()
    for pieces in (domain, path):
        index = 0
        after_static = False
        for piece in pieces:
            if isinstance(piece, Slot):
                index += after_static
                argument.append(piece.converter.weight)
                index += 1
            elif piece != "/":
                static.append((index, -len(piece)))
            after_static = not isinstance(piece, Slot)
    return static, argument
