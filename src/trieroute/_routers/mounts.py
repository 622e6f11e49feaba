"""Mounts: all requests at and below a path go to one application.

A mount is a factory. Its rules have a variable that takes what the path has below the mount.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal

from .._converters import BaseConverter
from .._core.quoting import quote_path
from .._core.rule_binding import RuleBinding
from .._map import Map
from .._rules.rule import Rule
from .._rules.segment_cache import Learned
from .._rules.settings import RuleFactory

__all__ = ["BELOW", "Mount", "MountRule", "listed_filters"]

#: The variable of a mount's rules that takes what the path has below the mount.
BELOW = "path"

#: What becomes of a request for the prefix alone, without a slash at its end.
Bare = Literal["pass", "redirect", "refuse"]


class _Below(BaseConverter):
    """A converter that takes the end of a path from a slash on, or nothing."""

    regex = r"(?:/[\s\S]*)?"
    part_isolating = False
    #: Whatever else takes a path goes before a mount.
    weight = 1000

    def to_url(self, value: Any) -> str:
        path = quote_path(str(value)).lstrip("/")
        return f"/{path}" if path else ""


class _Everything(_Below):
    """A converter that takes the end of a path."""

    regex = r"[\s\S]*"
    part_isolating = False

    def to_url(self, value: Any) -> str:
        return super().to_url(value)[1:]


_CONVERTERS = {"below": _Below, "everything": _Everything}

_TAKES_BOTH = (
    "it takes requests of HTTP and WebSockets and gives them to the application: leave it out"
)
#: Settings that a rule has and a mount has not, each with the reason and the way out.
_REFUSED = {
    "websocket": _TAKES_BOTH,
    "build_only": _TAKES_BOTH,
    "redirect_to": "it gives all requests to the application: add a rule that redirects, such as"
    " Rule('{prefix}/<path:rest>', redirect_to=...)",
    "strict_slashes": "bare says what becomes of its path without a slash at the end: give it"
    " bare='pass', 'redirect' or 'refuse'",
}


def listed_filters(place: str, given: Any) -> tuple[Callable[[Any], Any], ...]:
    """Return filters as a tuple.

    :param place: the rule or mount that has them, for messages.
    :param given: a callable that makes an application of an application, or an iterable of these.
    :raise TypeError: one of them can't be called.
    """
    filters = (given,) if callable(given) or not isinstance(given, Iterable) else tuple(given)
    for each in filters:
        if not callable(each):
            raise TypeError(
                f"{place}: wrap takes functions that make an application of an application, not"
                f" {each!r}"
            )
    return filters


class _Prefix(Rule):
    """The prefix of a mount, as a rule of its own."""

    # Whoever wrote the mount has been warned of what is in its prefix.
    _warns_of_braces = False


class MountRule(_Prefix):
    """One of the rules of a :class:`Mount`.

    :param mount: the mount; ``None`` if a program makes such a rule by itself.
    """

    def __init__(self, string: str, *given: Any, mount: Mount | None = None, **settings: Any):
        super().__init__(string, *given, **settings)
        self.mount = mount

    def get_empty_kwargs(self) -> dict[str, Any]:
        """Return the keyword arguments of a copy, which belongs to the same mount."""
        return {**super().get_empty_kwargs(), "mount": self.mount}

    def _binding(self, map: Any, *given: Any, **settings: Any) -> RuleBinding:
        """Compile the rule; what is wrong with it is found in the prefix, which messages show.

        :raise ValueError: the prefix or the domain has a variable with the name of what comes below
            the mount; and as in :meth:`trieroute.Map.add`.
        :raise LookupError: as there.
        """
        alone = _Prefix(self._as_written, **super().get_empty_kwargs())
        known: Any = alone._binding(map, None, map._segments.make, None, Learned()).compiled
        if BELOW in known.arguments_of(alone):
            raise ValueError(
                f"mount {self._as_written!r}: {BELOW!r} is the name of what comes below the mount,"
                " give the variable another one"
            )
        return super()._binding(map, *given, **settings)

    def get_converter(
        self,
        variable_name: str,
        converter_name: str,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Make the converter for a variable; no map lists those of mounts."""
        if variable_name == BELOW and converter_name in _CONVERTERS:
            return _CONVERTERS[converter_name](self.map)
        return super().get_converter(variable_name, converter_name, args, kwargs)

    def _refuse_equals(self, rules: Iterable[Any]) -> None:
        """Refuse to be added to a map that has another mount at this place, or gets one.

        :param rules: the rules that are added together with this one; all of them are bound.
        :raise ValueError: there is one for the same methods.
        """
        for other in (*self.map._rules, *rules):
            if isinstance(other, MountRule) and self._collides(other):
                raise ValueError(
                    f"mount {self._as_written!r}: {other.endpoint!r} is mounted there already,"
                    " remove it first, or mount one of them elsewhere"
                )

    def _collides(self, other: MountRule) -> bool:
        own, others = self.methods, other.methods
        return bool(
            other is not self
            # The rules of one mount are for different requests.
            and (other.mount is not self.mount or other.rule == self.rule)
            and not (self.build_only or other.build_only)
            and other.websocket == self.websocket
            and (own is None or others is None or own & others)
            and other._place_of_mount() == self._place_of_mount()
        )

    def _place_of_mount(self) -> tuple[str, ...]:
        """Return what the rule matches up to its end: texts, and the patterns of variables."""
        place = [
            self._converters[text].regex if variable else text
            for variable, text in self._trace
            if not (variable and text == BELOW)
        ]
        return tuple(place) if place[-1] != "/" else tuple(place[:-1])

    @property
    def prefix(self) -> str:
        """The path of the mount in rule syntax, without a slash at its end."""
        return (
            self.rule.removesuffix(f"<below:{BELOW}>")
            .removesuffix(f"<everything:{BELOW}>")
            .rstrip("/")
        )

    @property
    def _as_written(self) -> str:
        return self.prefix or "/"


class Mount(RuleFactory):
    """Gives all requests at and below a path to one application, those for WebSockets as well.

    It is added to a map like a rule, alone or inside another factory. Rules for paths below the
    same prefix go before it, in every order but ``"registration"``.

    :param prefix: the path, in rule syntax; ``"/"`` for all paths. A slash at its end does not
        count. It must have no variable that is called ``path``.
    :param endpoint: the application, or its name among the router's handlers.
    :param bare: what becomes of a request for the prefix without a slash at its end: ``"pass"``
        gives it to the application, whose path is then empty; ``"redirect"`` sends the client to
        the slash; ``"refuse"`` leaves it to other rules, and is a 404 where none takes it.
    :param wrap: a function that makes an application of the application, or a list of them, of
        which the first one sees a request first.
    :param options: further settings of :class:`trieroute.Rule`, such as ``methods``, ``subdomain``,
        ``host`` and ``defaults``.
    :raise ValueError: the prefix does not start with a slash, or *bare* is something else.
    :raise TypeError: *prefix* is no str, *wrap* is no function, or an option is none of a mount's.

    A URL is built with the value ``path``, what comes below the mount, or without one.
    """

    def __init__(
        self, prefix: str, *, endpoint: Any, bare: Bare = "pass", wrap: Any = (), **options: Any
    ) -> None:
        if not isinstance(prefix, str):
            raise TypeError(f"the prefix of a mount must be a str, not {prefix!r}")
        if prefix and not prefix.startswith("/"):
            raise ValueError(f"the prefix {prefix!r} of a mount must start with a slash")
        self.prefix = prefix.rstrip("/")
        #: It names the mount in messages.
        self._place = f"mount {self.prefix or '/'!r}"
        if bare not in ("pass", "redirect", "refuse"):
            raise ValueError(f"{self._place}: bare is 'pass', 'redirect' or 'refuse', not {bare!r}")
        for option in _REFUSED.keys() & options.keys():
            reason = _REFUSED[option].replace("{prefix}", self.prefix)
            raise TypeError(f"{self._place}: a mount has no {option}, for {reason}")
        self.endpoint = endpoint
        self.bare = bare
        self.wrap = listed_filters(self._place, wrap)
        self.options = options

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.prefix or '/'!r}, endpoint={self.endpoint!r})"

    def get_rules(self, map: Map) -> Iterator[Rule]:  # type: ignore[override]
        """Give the mount's rules: for HTTP, for WebSockets, and for the URL of the mount itself.

        :param map: the map that they are going to be added to.
        :raise TypeError: an option is of a wrong type, or none of a rule's.
        """
        settings: dict[str, Any] = {
            "merge_slashes": False,
            **self.options,
            "endpoint": self.endpoint,
        }
        try:
            # No message about the settings may show the rules that the prefix becomes.
            Rule(self.prefix or "/", **settings)
        except TypeError as error:
            raise TypeError(f"{self._place}: {error}") from error
        settings |= {"mount": self, "strict_slashes": True}
        for_websockets: dict[str, Any] = {**settings, "methods": None, "websocket": True}
        takes_bare = self.prefix and self.bare == "pass"
        rule = f"<below:{BELOW}>" if takes_bare else f"/<everything:{BELOW}>"
        yield MountRule(f"{self.prefix}{rule}", **settings)
        yield MountRule(f"{self.prefix}{rule}", **for_websockets)
        # A mount of everything may get the empty path, which no other rule takes. And a rule that
        # ends with a slash redirects to it.
        matches = not self.prefix or self.bare == "redirect"
        yield MountRule(f"{self.prefix}/", **settings, build_only=not matches)
        if matches:
            yield MountRule(f"{self.prefix}/", **for_websockets)
