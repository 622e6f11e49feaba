"""Compiled rules: what binding makes of a rule, whole, and never changed.

A rule holds one compiled rule and replaces it when it is bound again. What few programs ask for is
made at first use, from what stands here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.routing import converters as werkzeugs

from .._core.compiled_rule import BaseCompiledRule
from .._core.quoting import quote_path
from .._core.rule_binding import RuleBinding
from .._core.template import Gap, UrlTemplate
from .checks import check_text
from .segment_cache import Learned, ReadRule, SegmentCache
from .segments import Domain, Slot, cut, merged
from .shapes import gap
from .syntax import parse_rule
from .tracked import Arguments
from .variables import ConverterMaker, RedirectGap, read_pieces, read_redirect

__all__ = ["CompiledRule", "compile_rule"]


_NO_DEFAULTS: Mapping[str, Any] = {}


class Weights:
    """The weights of a rule in the match order ``weights``, as Werkzeug 2.1 computes them.

    :param static: pairs of a piece's index and minus a static text's length in code points.
    :param argument: the weights of the variables' converters.
    """

    __slots__ = ("argument", "static")

    def __init__(self, static: list[tuple[int, int]], argument: list[int]) -> None:
        self.static = static
        self.argument = argument


class Redirect:
    """A ``redirect_to`` text that was read."""

    def __init__(self, text: str, pieces: list[str | RedirectGap]) -> None:
        self.text = text
        self.pieces = pieces


class CompiledRule(BaseCompiledRule):
    """What binding makes of a rule, and what few programs ask for, which is made at first use.

    Arguments are those of the core's class.
    """

    # There is one for every rule: with these, it needs a third less of memory. The same value made
    # twice, by two threads, does no harm.
    __slots__ = ("_arguments", "_template", "_trace", "_weights")

    domain: Domain
    redirect: Redirect | None
    _arguments: set[str]
    _template: UrlTemplate
    _trace: list[tuple[bool, str]]
    _weights: Weights

    def __reduce__(self) -> tuple[Any, ...]:
        # The core's objects are made anew of the same texts and converters.
        state = self.text, self.domain.text, self.merges, self.converters, self.defaults
        return _compiled_again, (*state, self.names, self.redirect)

    def arguments_of(self, rule: Any) -> set[str]:
        """Return the names of the variables and of the defaults; made at first use.

        :param rule: the rule, which is told when a program changes them.
        """
        made = getattr(self, "_arguments", None)
        if made is None:
            made = self._arguments = Arguments(rule, self.required)
        return made

    @property
    def required(self) -> Iterable[str]:
        """The names of the arguments; a set of them for each rule would be much memory."""
        made = getattr(self, "_arguments", None)
        return (*self.names, *self.converters) if made is None else made

    # The pieces are not kept, since what is made of them is.
    @property
    def pieces(self) -> tuple[list[str | Slot], list[str | Slot]]:
        """Texts and variables of the domain and of the path."""
        converters = self.converters
        domain, path = (
            [
                piece if isinstance(piece, str) else Slot(piece.name, converters[piece.name])
                for piece in parse_rule(text)
            ]
            for text in (self.domain.text, self.text)
        )
        return domain, merged(path) if self.merges else path

    @property
    def trace(self) -> list[tuple[bool, str]]:
        """The rule as pairs: whether it is a variable, and its name or the text."""
        made = getattr(self, "_trace", None)
        if made is None:
            domain, path = self.pieces
            made = self._trace = [
                (True, piece.name) if isinstance(piece, Slot) else (False, piece)
                for piece in (*domain, "|", *path)
            ]
        return made

    @property
    def weights(self) -> Weights:
        """The weights of its texts and variables; made at first use.

        Domain and path are weighed apart, and slashes at the end of the path are left out.
        """
        made = getattr(self, "_weights", None)
        if made is None:
            made = self._weights = self._weighed()
        return made

    def _weighed(self) -> Weights:
        static: list[tuple[int, int]] = []
        argument: list[int] = []
        domain, path = self.pieces
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
        return Weights(static, argument)

    @property
    def long_key(self) -> tuple[Any, ...]:
        """A key that compares as ``match_compare_key`` does, for rules of which the core has none.

        It is not kept, for it is asked for seldom twice.
        """
        weights = self.weights
        numbers = [number for pair in weights.static for number in pair]
        return (
            bool(self.converters or self.names),
            -len(weights.static),
            *numbers,
            -len(weights.argument),
            *weights.argument,
        )

    @property
    def template(self) -> UrlTemplate:
        """The rule's URL, ready to be filled in; made at first use.

        :raise TypeError, ValueError: a default can't be put into a URL; what its converter raises.
        """
        made = getattr(self, "_template", None)
        if made is None:
            domain, path = self.pieces
            made = self._template = UrlTemplate(
                [self._url_piece(piece) for piece in domain],
                [self._url_piece(piece) for piece in path],
                [str(name) for name in self.defaults],
            )
        return made

    def _url_piece(self, piece: str | Slot) -> str | Gap:
        if isinstance(piece, str):
            return quote_path(piece)
        if piece.name in self.defaults:
            return gap(piece.name, piece.converter).text(self.defaults[piece.name])
        return gap(piece.name, piece.converter)

    @property
    def signature(self) -> tuple[Any, ...]:
        """What is equal for rules that differ in the names of their variables alone."""
        domain: Any = self.domain.text
        if "<" in domain:
            # Unlike its part, it is compared with its case, as in Werkzeug.
            domain = tuple(
                (str(piece.converter.regex), piece.converter.weight)
                if isinstance(piece, Slot)
                else piece
                for piece in self.pieces[0]
            )
        return domain, *(part.identity if part.text is None else part.text for part in self.parts)


def compile_rule(
    binding: RuleBinding, make: ConverterMaker, cache: SegmentCache | None, learned: Learned
) -> None:
    """Compile a rule.

    :param binding: what binds the rule to a map. It gets the compiled rule.
    :param cache: what is known of its segments, ``None`` to read the rule as a whole.
    :param learned: gets the segments that are read for the first time.
    :raise ValueError: the rule can't be parsed, or can't be in a URL; names rule and place.
    :raise LookupError: the rule names an unknown converter.
    """
    rule, text, merges = binding.rule, binding.text, binding.merges
    domain_text = binding.domain_text
    if not isinstance(domain_text, str):
        check_text(domain_text, f"rule {text!r}: its subdomain or host")
    reading = None if cache is None else cache.read(text, domain_text, make, learned)
    if reading is None:
        reading = _read(text, domain_text, merges, make)
    defaults, redirect_to, redirect = rule.defaults, rule.redirect_to, None
    kept = dict(defaults) if defaults else _NO_DEFAULTS
    if isinstance(redirect_to, str):
        _, _, converters = reading
        arguments = {*map(str, kept), *converters}
        pieces = read_redirect(text, redirect_to, make, arguments, converters)
        redirect = Redirect(redirect_to, pieces)
    compiled = CompiledRule(text, merges, reading, kept, rule._default_names, redirect)
    if kept and not compiled.converters.keys().isdisjoint(kept):
        try:
            _ = compiled.template
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"rule {text!r}: a default can't be put into a URL: {error}"
            ) from error
    binding.compiled = compiled


def _read(text: str, domain_text: str, merges: bool, make: ConverterMaker) -> ReadRule:
    """Read a rule as a whole."""
    for part in (domain_text, text):
        try:
            part.encode()
        except UnicodeEncodeError as error:
            raise ValueError(f"rule {text!r} can't be in a URL: {error}") from None
    converters: dict[str, Any] = {}
    domain = read_pieces(text, domain_text, make, converters)
    path = read_pieces(text, text, make, converters)
    try:
        parts = cut(merged(path) if merges else path)
        return Domain(domain_text, domain), parts, converters
    except ValueError as error:
        raise ValueError(f"rule {text!r}: {error}") from None


def _compiled_again(
    text: str,
    domain_text: str,
    merges: bool,
    converters: dict[str, Any],
    defaults: Mapping[str, Any],
    names: tuple[str, ...],
    redirect: Redirect | None,
) -> CompiledRule:
    """Compile a rule that was copied or pickled, with the converters that it has.

    :raise TypeError: one of Werkzeug's converters was copied, and its map as a part of it.
    """

    for name, converter in converters.items():
        if type(converter).__module__ == werkzeugs.__name__ and not vars(converter):
            # Its attributes are set once its map is complete.
            raise TypeError(
                f"rule {text!r}: the {type(converter).__name__} of variable {name!r} can't be"
                " copied or pickled without its map: copy the map, which has its converters"
            )

    def given(variable_name: str, *_: Any) -> Any:
        return converters[variable_name]

    reading = _read(text, domain_text, merges, given)
    return CompiledRule(text, merges, reading, defaults, names, redirect)
