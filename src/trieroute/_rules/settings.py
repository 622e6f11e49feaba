"""Settings: what the user says about a rule, and how a change of it is told.

Nothing here is made by binding: a rule that is not bound is its settings alone, and a copy of a
rule is made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from inspect import getattr_static
from typing import Any, ClassVar, NoReturn, Self

import werkzeug.routing

from .._core.changes import change_and_tell, exchange_attribute, set_attributes
from .._core.state import setting_changed
from .._core.werkzeug_version import WRITES_RULES_AS_TEXT
from .checks import as_written, check_settings, check_text, lacks_slash, warn_of_braces
from .compiled import CompiledRule
from .duplicates import are_duplicates
from .methods import checked_methods
from .tracked import Arguments, Methods

__all__ = ["NEVER_USED", "SETTINGS", "RuleFactory", "RuleSettings"]

#: The settings of a rule beside its text: what its constructor takes, in that order.
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

#: What a map has taken up from its rules: setting one has the map take it up anew. The subdomain
#: and the host are not among them: they count from the next :meth:`Rule.refresh` on.
_TAKEN_UP = frozenset(SETTINGS) - {"subdomain", "host"} | {
    "_build",
    "_build_unknown",
    "_encode_query_vars",
    "arguments",
    "build",
    "match_compare_key",
    "provides_defaults_for",
    "suitable_for",
}


#: The attributes of a new rule. Set always in this order, rules share their keys. These must all be
#: set when it is made: CPython takes up further keys with the first objects of a class alone.
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
    "_default_names",
    "_methods",
    "_compiled",
    "_taken",
    "_target",
)

#: What Werkzeug's rules have, or had, and nothing of ours calls or reads.
NEVER_USED = frozenset({"_get_func_code", "_parse_rule", "_regex"})


class RuleFactory(werkzeug.routing.RuleFactory):
    """Base of everything that can be added to a map; subclass it and override :meth:`get_rules`.

    It is a subclass of Werkzeug's class of that name, so that code which checks for one accepts
    the other.
    """

    def get_rules(self, map: Any) -> Iterable[Any]:
        """Give the rules to add.

        :param map: the map that they are going to be added to.
        :return: unbound rules, objects of :class:`trieroute.Rule`.
        """
        raise NotImplementedError(f"{type(self).__name__} does not override get_rules")


def never_used(owner: str, name: str) -> TypeError:
    """Return the error about an override that would have no effect."""
    return TypeError(
        f"{owner} overrides {name}, which trieroute never uses: override get_converter or a"
        " converter's regex to change what matches, or _compile_builder to change what is built"
    )


class RuleSettings(werkzeug.routing.Rule, RuleFactory):
    """The settings of a rule; the base of :class:`trieroute.Rule`, which tells what they mean.

    Rules are objects of Werkzeug's class as well, so that code which asks for one accepts them.
    """

    map: Any
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
    match_compare_key: Callable[[], Any]
    #: The names that the defaults had when the rule was made; what is set later is no argument.
    _default_names: tuple[str, ...] = ()
    #: A set that rules share, as long as nobody has asked for the rule's own.
    _methods: Any = None
    #: What the rule was compiled to when it was bound; replaced, never changed.
    _compiled: CompiledRule | None = None
    #: The settings that binding took from the map.
    _taken: tuple[str, ...] = ()
    #: What the map has taken up from the rule, kept until a setting changes.
    _target: object = None
    #: The name of the table and the number of the line where the rule is written, for messages.
    _written_at: str | None = None
    #: Whether the text is the program's own, which may have braces by mistake.
    _warns_of_braces = True
    #: Whether the class leaves it to this one how attributes are set, the methods among them.
    _sets_plainly = True
    #: Has the map take up the settings anew; it is compiled, so that it is not interrupted.
    _changed = setting_changed
    #: What ``Rule`` had when it was made, by name; a program may replace its methods.
    _as_made: ClassVar[dict[str, Any]] = {}

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
        if not isinstance(string, str):
            check_text(string, "the text of a rule")
        # Nothing here calls what it can do without: applications make rules by the thousand.
        if string[:1] != "/":
            raise lacks_slash(string)
        if "{" in string and self._warns_of_braces:
            warn_of_braces(string)
        if defaults is not None or redirect_to is not None:
            check_settings(string, defaults, redirect_to)
        is_branch = string[-1] == "/"
        shared = None if methods is None else checked_methods(string, methods, websocket)
        values = (
            None,
            string,
            not is_branch,
            is_branch,
            strict_slashes,
            merge_slashes,
            subdomain,
            host,
            defaults,
            build_only,
            alias,
            websocket,
            endpoint,
            redirect_to,
            tuple(map(str, defaults)) if defaults else (),
            shared,
            None,
            (),
            None,
        )
        if self._sets_plainly:
            set_attributes(self, _ATTRIBUTES, values)
            return
        for name, value in zip(_ATTRIBUTES, values, strict=True):
            setattr(self, name, value)
        self.methods = None if shared is None else Methods(self, shared)

    # An argument that is wrong is told with this name, and programs know the class below alone.
    __init__.__qualname__ = "Rule.__init__"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for base in cls.__mro__:
            if base.__module__.partition(".")[0] not in ("trieroute", "werkzeug"):
                for name in sorted(NEVER_USED & vars(base).keys()):
                    raise never_used(f"class {base.__module__}.{base.__qualname__}", name)
        cls._sets_plainly = (
            cls.__setattr__ is RuleSettings.__setattr__
            and getattr_static(cls, "methods") is vars(RuleSettings)["methods"]
        )

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "methods" and isinstance(value, (set, frozenset)):
            value = Methods(self, value)
        elif name == "arguments" and isinstance(value, set):
            value = Arguments(self, value)
        elif name in NEVER_USED or (
            # Werkzeug's own `compile` sets these, too, before it gets to what refuses it.
            name == "_parts" and value and "_converters" not in vars(self)
        ):
            raise never_used(f"rule {as_written(self)!r}", name)
        # It is the rule's own from now on, and no longer what the map has given it, which whoever
        # removes the rule takes from it. Another thread may say so of another setting.
        while name in (taken := self._taken):
            left = tuple([other for other in taken if other != name])
            exchange_attribute(self, "_taken", taken, left)
        if name in _TAKEN_UP:
            change_and_tell(self._changed, object.__setattr__, self, name, value)
        else:
            object.__setattr__(self, name, value)

    @property
    def methods(self) -> set[str] | None:
        """HTTP methods that the rule takes, ``None`` for all. The set can be changed in place."""
        if not self._sets_plainly and "methods" in self.__dict__:
            # The class has a way of its own to set attributes, which goes past this property.
            set_by_class: set[str] | None = self.__dict__["methods"]
            return set_by_class
        methods = self._methods
        if isinstance(methods, frozenset):
            # Of several threads that ask, one makes the rule's own set.
            exchange_attribute(self, "_methods", methods, Methods(self, methods))
        own: set[str] | None = self._methods
        return own

    @methods.setter
    def methods(self, methods: Iterable[str] | None) -> None:
        self._methods = methods

    def _parse_rule(self, rule: str) -> NoReturn:
        # Werkzeug's `compile` calls it, after it has set these to be filled.
        for name in ("_converters", "_parts", "_trace"):
            self.__dict__.pop(name, None)
        cls = type(self)
        raise TypeError(
            f"rule {self.rule!r}: class {cls.__module__}.{cls.__qualname__} calls Werkzeug's method"
            " as Rule.compile, which can't compile a rule of trieroute: call super().compile, or"
            " derive the class from trieroute.Rule"
        )

    def _overrides(self, names: Iterable[str]) -> bool:
        """Tell whether the rule or its class has other methods of these names than `Rule` had."""
        made, own = self._as_made, vars(self)
        return any(name in own or getattr(type(self), name) is not made[name] for name in names)

    def empty(self) -> Self:
        """Return an unbound copy, for use in another map; all settings are kept."""
        copy = type(self)(self.rule, **self.get_empty_kwargs())
        if self._written_at is not None:
            copy._written_at = self._written_at
        return copy

    def __copy__(self) -> Self:
        copy = object.__new__(type(self))
        copy.__setstate__(self.__getstate__())
        return copy

    def __getstate__(self) -> Any:
        # It has the attributes, and what `__slots__` of a subclass hold.
        state: Any = object.__getstate__(self)
        attributes, slots = state if isinstance(state, tuple) else (state, {})
        # Another thread may set an attribute meanwhile, so they are copied in one step.
        state = attributes.copy()
        state["_target"] = None
        return state, slots

    def __setstate__(self, state: Any) -> None:
        attributes, slots = state
        self.__dict__.update(attributes)
        for name, value in slots.items():
            object.__setattr__(self, name, value)
        self._take_methods()

    def _take_methods(self) -> None:
        """Give a copy sets of methods of its own."""
        given = self.__dict__
        if isinstance(given.get("_methods"), set):
            given["_methods"] = frozenset(given["_methods"])
        # A subclass may have its own attribute of that name.
        if isinstance(given.get("methods"), (set, frozenset)):
            given["methods"] = Methods(self, given["methods"])

    is_duplicate = are_duplicates

    @property
    def _domain_rule(self) -> str:
        """The subdomain or the host, whichever the map looks at; without a map, the subdomain."""
        bound_to = self.map  # It is read once, since another thread may remove the rule.
        looks_at_host = bound_to is not None and not bound_to._finds_subdomains
        return (self.host if looks_at_host else self.subdomain) or ""

    def __str__(self) -> str:
        return self.rule if WRITES_RULES_AS_TEXT else repr(self)

    def get_empty_kwargs(self) -> dict[str, Any]:
        """Return the keyword arguments with which :meth:`empty` makes the copy.

        Override it in a subclass whose constructor takes more.
        """
        settings = {name: getattr(self, name) for name in SETTINGS}
        # It was read once, since another thread may set it anew.
        settings["defaults"] = dict(settings["defaults"]) if settings["defaults"] else None
        return settings
