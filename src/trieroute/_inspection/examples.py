"""Requests and builds by which two maps are compared: those that the rules are for, and near ones.

The values of a variable are texts that its regex matches; some are static texts that other rules
have in the same place. For every two rules that one path may fit, there is a request with such a
path.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations, product, zip_longest
from random import Random
from typing import Any, NamedTuple

from werkzeug.routing.converters import DEFAULT_CONVERTERS as WERKZEUGS_CONVERTERS

from .._converters import DEFAULT_CONVERTERS
from .._errors import ValidationError
from .._rules.rule import Rule
from .converter_texts import converter_texts
from .regex_samples import regex_samples
from .value_text import shown
from .variable_schemas import number_text

__all__ = ["STRANGE_METHOD", "STRANGE_TEXT", "WORDS", "Build", "Examples", "Request", "examples"]

#: Texts that are tried for every variable whose regex matches them.
WORDS = (
    *("a", "a/b", "1", "en", "42", "a.b", "007", "1.5", "a-b", "-7", "new", "-0.5", "é x", "a//b"),
    *("A", "a.json", "2026-01-31", "123e4567-e89b-12d3-a456-426614174000"),
)
#: The greatest number of texts of other rules that are tried for a variable.
_NEIGHBOURS = 6
#: The greatest number of texts that are drawn from the regex of a variable.
_DRAWN = 4
#: The same for a converter with a ``to_python`` of its own.
_DRAWN_FOR_OWN = 40
#: The methods ``to_python`` of which it is known what they refuse.
_PLAIN: list[Any] = [
    getattr(kind, "to_python", None)
    for known in (DEFAULT_CONVERTERS, WERKZEUGS_CONVERTERS)
    for kind in known.values()
]
#: The number of different requests that are made for a rule to match.
_VARIANTS = 8
#: The greatest number of texts that are tried though a converter refuses them.
_REFUSED = 4
#: A method that no rule takes, and a text that no rule contains.
STRANGE_METHOD, STRANGE_TEXT = "PURGE", "~none~"
#: A label of a host name.
_LABELS = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


class Request(NamedTuple):
    """A request, and the rule for which it was made.

    :param domain: the subdomain, or the host if the map matches hosts.
    :param path: the path, percent-decoded.
    """

    rule: Rule
    domain: str
    path: str
    method: str
    websocket: bool

    def __str__(self) -> str:
        return f"{'WebSocket' if self.websocket else self.method} {shown(self.path)}"


class Build(NamedTuple):
    """A call of ``build``, and the rule for which it was made.

    :param domain: the subdomain, or the host if the map matches hosts, to which the map is bound.
    :param method: the HTTP method that the rule has to take, or ``None``.
    """

    rule: Rule
    domain: str
    values: dict[str, Any]
    method: str | None = None
    external: bool = False

    def __str__(self) -> str:
        more = "" if self.method is None else f", method={self.method!r}"
        more += ", force_external=True" if self.external else ""
        return f"build({self.rule.endpoint!r}, {self.values!r}{more})"


class Examples(NamedTuple):
    """The cases by which two maps are compared.

    :param untried: the rules that no case can tell anything of, each with the reason: no text was
        found for a variable, so that there is no case at all, or its converter raises an error for
        every text.
    """

    requests: list[Request]
    builds: list[Build]
    untried: list[tuple[Rule, str]]


def examples(rules: Sequence[Rule], seed: int) -> Examples:
    """Make requests and builds for the rules of a map.

    :param rules: the bound rules, in order of insertion.
    :param seed: the seed of all choices; the same rules and seed give the same examples.
    """
    source = Random(seed)
    samplers = [_Sampler(rule) for rule in rules]
    statics = _statics_by_place(samplers)
    for sampler in samplers:
        sampler.draw(statics, source)
    tried = [sampler for sampler in samplers if not sampler.empty]
    methods = sorted({method for rule in rules for method in rule.methods or ()})
    # Two rules may give the same request, of which the first one stays.
    requests: dict[Any, Request] = {}
    for request in chain(*(_requests(sampler, methods) for sampler in tried), _shared(tried)):
        requests.setdefault(request[1:], request)
    return Examples(
        list(requests.values()),
        [build for sampler in tried for build in _builds(sampler)],
        [(sampler.rule, sampler.untold) for sampler in samplers if sampler.untold],
    )


#: Whether a piece of a rule is a variable, and its name or its static text.
_Piece = tuple[bool, str]
_NO_OTHERS: Mapping[str, str] = {}


class _Sampler:
    """A rule as its domain and the segments of its path, with texts for its variables."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        bar = rule._trace.index((False, "|"))
        self.domain = rule._trace[:bar]
        self.segments: list[list[_Piece]] = []
        for piece in rule._trace[bar + 1 :]:
            if piece == (False, "/"):
                self.segments.append([])
            else:
                self.segments[-1].append(piece)
        #: The static text of each segment, ``None`` where it has variables.
        self.statics = [_static(segment) for segment in self.segments]
        #: The index of the segment of each variable of the path.
        self.places = {
            text: place
            for place, segment in enumerate(self.segments)
            for variable, text in segment
            if variable
        }
        #: The index of the first segment with a variable that may hold slashes.
        self.tail = min(
            (
                place
                for name, place in self.places.items()
                if not rule._converters[name].part_isolating
            ),
            default=len(self.segments),
        )
        #: The texts that a variable takes, each with the value that its converter makes of it.
        self.taken: dict[str, list[tuple[str, Any]]] = {}
        #: The texts that the regex of a variable matches and its converter refuses.
        self.refused: dict[str, list[str]] = {}
        #: The texts for which the converter of a variable raises another exception.
        self.failed: dict[str, list[str]] = {}
        #: The texts of the first request that the rule is for.
        self.texts: list[str] = []
        #: Why no case of the rule tells anything, or an empty text.
        self.untold = ""

    @property
    def empty(self) -> bool:
        """Tell whether a variable has no text."""
        return not all(self.taken.values())

    @property
    def method(self) -> str:
        methods = self.rule.methods
        return "GET" if methods is None or "GET" in methods else min(methods, default="GET")

    def draw(self, statics: Mapping[int, Iterable[str]], source: Random) -> None:
        """Choose the texts of the variables.

        :param statics: the static segments of all rules by their place.
        """
        for name, converter in self.rule._converters.items():
            near = list(statics.get(self.places.get(name, -1), ()))
            near = source.sample(near, min(_NEIGHBOURS, len(near)))
            fits = re.compile(converter.regex).fullmatch
            drawn = regex_samples(converter.regex, source, _DRAWN)
            fitting = [filter(fits, texts) for texts in (WORDS, near, _bounds(converter), drawn)]
            # The kinds take turns, so that the first few texts are of every kind.
            turns = [text for turn in zip_longest(*fitting) for text in turn if text is not None]
            if getattr(type(converter), "to_python", None) not in _PLAIN:
                # It may refuse few texts, so it takes more of them to meet one.
                own = Random(converter.regex)
                turns += filter(fits, converter_texts(converter))
                turns += filter(fits, regex_samples(converter.regex, own, _DRAWN_FOR_OWN))
            if name not in self.places:
                turns = list(filter(_LABELS.fullmatch, turns)) or turns
            taken = self.taken[name] = []
            refused = self.refused[name] = []
            failed = self.failed[name] = []
            raised: Exception | None = None
            for text in dict.fromkeys(turns):
                try:
                    taken.append((text, converter.to_python(text)))
                except ValidationError:
                    refused.append(text)
                except Exception as error:
                    # Both maps have to pass this exception on, where the rule takes the request.
                    taken.append((text, text))
                    failed.append(text)
                    raised = raised or error
            if raised is not None and len(failed) == len(taken):
                what = f"{type(raised).__name__}: {raised}".removesuffix(": ")
                self.untold = f"the converter of {name!r} raised {what}"
            elif not taken:
                self.untold = f"no text was found for {name!r}"
        if not self.empty:
            self.texts = [self.text(segment, 0) for segment in self.segments]

    def text(
        self, pieces: Iterable[_Piece], variant: int, others: Mapping[str, str] = _NO_OTHERS
    ) -> str:
        """Write pieces with the texts of one variant, except for the variables in *others*."""
        return "".join(
            others.get(text) or self.entry(text, variant)[0] if variable else text
            for variable, text in pieces
        )

    def entry(self, name: str, variant: int) -> tuple[str, Any]:
        # The variables of one rule take turns, so that they have different texts.
        turn = list(self.rule._converters).index(name)
        return self.taken[name][(variant + turn * (variant > 0)) % len(self.taken[name])]

    def path(self, variant: int, others: Mapping[str, str] = _NO_OTHERS) -> str:
        return "".join("/" + self.text(segment, variant, others) for segment in self.segments)

    def values(self, variant: int) -> dict[str, Any]:
        return {name: self.entry(name, variant)[1] for name in self.rule._converters}


def _static(pieces: Iterable[_Piece]) -> str | None:
    """Return the text of pieces, ``None`` if one of them is a variable."""
    texts = [None if variable else text for variable, text in pieces]
    return None if None in texts else "".join(filter(None, texts))


def _statics_by_place(samplers: Iterable[_Sampler]) -> Mapping[int, Iterable[str]]:
    """Collect the static segments of all rules by their place in the path."""
    places: defaultdict[int, dict[str, None]] = defaultdict(dict)
    for sampler in samplers:
        for place, text in enumerate(sampler.statics):
            if text:
                places[place][text] = None
    return places


def _bounds(converter: Any) -> Iterator[str]:
    """Yield the texts at the bounds of a number converter, and those next to them."""
    digits = getattr(converter, "fixed_digits", 0)
    digits = digits if isinstance(digits, int) else 0
    for name in "min", "max":
        bound = getattr(converter, name, None)
        if isinstance(bound, (int, float)):
            for number in (bound, bound - 1, bound + 1):
                text = number_text(abs(number))
                if text is not None:
                    yield ("-" if number < 0 else "") + text.zfill(digits)
    if digits:
        yield from (str(number).zfill(digits) for number in (0, 7, 42, 10**digits))


def _requests(sampler: _Sampler, methods: list[str]) -> Iterator[Request]:
    """Yield the requests that a rule is for, and near ones."""
    websocket = bool(sampler.rule.websocket)
    domain = sampler.text(sampler.domain, 0).lower()
    path = sampler.path(0)
    first = Request(sampler.rule, domain, path, sampler.method, websocket)
    yield first
    for variant in range(1, _VARIANTS):
        other = first._replace(path=sampler.path(variant))
        yield other
        yield other._replace(domain=sampler.text(sampler.domain, variant).lower())
        yield other._replace(path=other.path.replace("/", "//"))
    for near in _near(path):
        yield first._replace(path=near)
        yield first._replace(path=near, method=STRANGE_METHOD)
        yield first._replace(path=near, websocket=not websocket)
    for index, segment in enumerate(sampler.texts):
        for text in "", STRANGE_TEXT, segment.swapcase():
            changed = [*sampler.texts]
            changed[index] = text
            yield first._replace(path="".join("/" + segment for segment in changed))
    for name, refused in sampler.refused.items():
        for text in (*refused[:_REFUSED], *sampler.failed[name][:_REFUSED]):
            path = sampler.path(0, {name: text})
            for near in (path, *_near(path)):
                yield first._replace(path=near)
            yield first._replace(path=path, method=STRANGE_METHOD)
            yield first._replace(path=path, websocket=not websocket)
    for method in (*methods, STRANGE_METHOD):
        yield first._replace(method=method)
    yield first._replace(websocket=not websocket)
    yield first._replace(domain=f"none.{domain}" if domain else "none")


def _near(path: str) -> Iterator[str]:
    """Yield paths that have a slash more or less, or their slashes doubled."""
    yield path.removesuffix("/") if path.endswith("/") else path + "/"
    yield path + "//"
    yield path.replace("/", "//")
    yield "/" + path
    last = path.rstrip("/").rfind("/")
    if last > 0:
        yield path[:last] + "/" + path[last:]


def _builds(sampler: _Sampler) -> Iterator[Build]:
    """Yield builds that the rule can answer, and some that it can't."""
    rule = sampler.rule
    values = {**(rule.defaults or {}), **sampler.values(0)}
    first = Build(rule, sampler.text(sampler.domain, 0).lower(), values)
    yield first
    yield first._replace(external=True)
    yield first._replace(domain="other")
    yield first._replace(method=sampler.method)
    yield first._replace(method=STRANGE_METHOD)
    yield first._replace(values=sampler.values(0))
    yield first._replace(values={**values, "q": ["a b", "é"], "none": None})
    for variant in range(1, _VARIANTS):
        yield first._replace(values={**values, **sampler.values(variant)})
    for name in rule._converters:
        yield first._replace(values={key: values[key] for key in values if key != name})
        yield first._replace(values={**values, name: sampler.entry(name, 0)[0]})
        yield first._replace(values={**values, name: STRANGE_TEXT})


def _shared(samplers: Iterable[_Sampler]) -> Iterator[Request]:
    """Yield requests for every two rules that one path may fit."""
    with_tail = []
    by_length = defaultdict(list)
    for sampler in samplers:
        if sampler.tail < len(sampler.segments):
            with_tail.append(sampler)
        else:
            by_length[len(sampler.segments)].append(sampler)
    pairs = chain(
        *(combinations(alike, 2) for alike in by_length.values()), product(with_tail, samplers)
    )
    for first, second in pairs:
        if first is not second:
            yield from _for_both(first, second)


def _for_both(first: _Sampler, second: _Sampler) -> Iterator[Request]:
    end = min(first.tail, second.tail)
    for one, other in zip(first.statics[:end], second.statics[:end], strict=False):
        if one is not None and other is not None and one != other:
            return
    domain, other_domain = _static(first.domain), _static(second.domain)
    if domain is None:
        domain = other_domain or first.text(first.domain, 0)
    elif other_domain is not None and domain.lower() != other_domain.lower():
        return
    texts = [_common(first, second, index) for index in range(end)]
    if first.tail == end:
        texts += second.texts[end:] + first.texts[end + 1 :]
    else:
        texts += first.texts[end:] + second.texts[end + 1 :]
    path = "".join("/" + text for text in texts)
    for sampler in first, second:
        websocket = bool(sampler.rule.websocket)
        yield Request(first.rule, domain.lower(), path, sampler.method, websocket)


def _common(first: _Sampler, second: _Sampler, index: int) -> str:
    """Choose a text that may stand in the segment of either rule."""
    for sampler in first, second:
        static = sampler.statics[index]
        if static is not None:
            return static
    one, other = first.segments[index], second.segments[index]
    if len(one) == len(other) == 1:
        accepted = {text for text, _ in second.taken[other[0][1]]}
        return next((t for t, _ in first.taken[one[0][1]] if t in accepted), first.texts[index])
    return first.texts[index] if len(one) > len(other) else second.texts[index]
