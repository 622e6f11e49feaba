"""Requests and builds by which two maps are compared: those that the rules are for, and near ones.

The values of a variable are texts that its regex matches; some are static texts that other rules
have in the same place. For every two rules that one path may fit, there is a request with such a
path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations, zip_longest
from random import Random
from typing import Any, NamedTuple

from ..errors import ValidationError
from ..rules.rule import Rule
from .regex_samples import regex_samples

__all__ = ["Build", "Examples", "Request", "examples"]

#: Texts that are tried for every variable whose regex matches them.
_WORDS = (
    *("a", "a/b", "1", "en", "42", "a.b", "007", "1.5", "a-b", "-7", "new", "-0.5", "é x", "a//b"),
    *("A", "a.json", "2026-01-31", "123e4567-e89b-12d3-a456-426614174000"),
)
#: The greatest number of texts of other rules that are tried for a variable.
_NEIGHBOURS = 6
#: The greatest number of texts that are drawn from the regex of a variable.
_DRAWN = 4
#: The number of different requests that are made for a rule to match.
_VARIANTS = 8
#: The greatest number of texts that are tried though a converter refuses them.
_REFUSED = 4
#: A method that no rule takes, and a text that no rule contains.
_STRANGE_METHOD, _STRANGE_TEXT = "PURGE", "~none~"
#: A label of a host name.
_LABELS = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


class Request(NamedTuple):
    """A request, and the rule for which it was made.

    :param rule: the place of the rule in the map's order of insertion.
    :param domain: the subdomain, or the host if the map matches hosts.
    :param path: the path, percent-decoded.
    :param method: the HTTP method.
    :param websocket: whether it is a WebSocket request.
    """

    rule: int
    domain: str
    path: str
    method: str
    websocket: bool

    def __str__(self) -> str:
        return f"{'WebSocket' if self.websocket else self.method} {_visible(self.path)}"


class Build(NamedTuple):
    """A call of ``build``, and the rule for which it was made.

    :param rule: the place of the rule in the map's order of insertion.
    :param domain: the subdomain, or the host if the map matches hosts, to which the map is bound.
    :param endpoint: the endpoint.
    :param values: the values by name.
    :param method: the HTTP method that the rule has to take, or ``None``.
    :param external: whether the URL has to have a scheme and a host.
    """

    rule: int
    domain: str
    endpoint: Any
    values: dict[str, Any]
    method: str | None
    external: bool

    def __str__(self) -> str:
        more = "" if self.method is None else f", method={self.method!r}"
        more += ", force_external=True" if self.external else ""
        return f"build({self.endpoint!r}, {self.values!r}{more})"


def _visible(path: str) -> str:
    """Write a path so that every character can be seen, with quotation marks only if needed."""
    return path if path.isprintable() and " " not in path and path else repr(path)


@dataclass
class Examples:
    """The requests and the builds by which two maps are compared."""

    requests: list[Request] = field(default_factory=list)
    builds: list[Build] = field(default_factory=list)
    #: The places of the rules that have a variable for whose regex no text was found.
    without: list[int] = field(default_factory=list)


def examples(rules: Sequence[Rule], seed: int) -> Examples:
    """Make requests and builds for the rules of a map.

    :param rules: the bound rules, in order of insertion.
    :param seed: the seed of all choices; the same rules and seed give the same examples.
    :return: the requests, each of them once, and the builds.
    """
    source = Random(seed)
    samplers = [_Sampler.of(rule) for rule in rules]
    statics = _statics_by_place(samplers)
    for sampler in samplers:
        sampler.draw(statics, source)
    methods = sorted({method for rule in rules for method in rule.methods or ()})
    found = Examples(without=[n for n, sampler in enumerate(samplers) if sampler.empty])
    requests: dict[Request, None] = {}
    for number, sampler in enumerate(samplers):
        if not sampler.empty:
            requests.update(dict.fromkeys(_requests(number, sampler, methods)))
            found.builds.extend(_builds(number, sampler))
    requests.update(dict.fromkeys(_shared(samplers)))
    # Two rules may give the same request, of which the first one stays.
    seen = set()
    for request in requests:
        if request[1:] not in seen:
            seen.add(request[1:])
            found.requests.append(request)
    return found


class _Name(str):
    """The name of a variable, among static texts."""


_Segment = list[str]
_NONE: Mapping[str, str] = {}


class _Sampler:
    """A rule as its domain and the segments of its path, with texts for its variables."""

    def __init__(self, rule: Rule, domain: _Segment, segments: list[_Segment]) -> None:
        self.rule = rule
        self.domain = domain
        self.segments = segments
        #: The texts that a variable takes, each with the value that its converter makes of it.
        self.taken: dict[str, list[tuple[str, Any]]] = {}
        #: The texts that the regex of a variable matches and its converter refuses.
        self.refused: dict[str, list[str]] = {}
        #: The static text of each segment, ``None`` where it has variables.
        self.statics = [_static(segment) for segment in segments]
        #: The texts of the first request that the rule is for.
        self.texts: list[str] = []
        #: The index of the first segment with a variable that may hold slashes.
        self.tail = next(
            (
                index
                for index, segment in enumerate(segments)
                for piece in segment
                if isinstance(piece, _Name) and not rule._converters[piece].part_isolating
            ),
            len(segments),
        )

    @classmethod
    def of(cls, rule: Rule) -> _Sampler:
        trace = [_Name(text) if variable else text for variable, text in rule._trace]
        bar = trace.index("|")
        segments: list[_Segment] = []
        for piece in trace[bar + 1 :]:
            if piece == "/" and not isinstance(piece, _Name):
                segments.append([])
            else:
                segments[-1].append(piece)
        return cls(rule, trace[:bar], segments)

    @property
    def empty(self) -> bool:
        """Whether a variable has no text."""
        return any(not self.taken[name] for name in self.rule._converters)

    @property
    def method(self) -> str:
        methods = self.rule.methods
        return "GET" if methods is None or "GET" in methods else min(methods, default="GET")

    def draw(self, statics: dict[int, list[str]], source: Random) -> None:
        """Choose the texts of the variables."""
        places: dict[str, int] = {
            piece: place
            for place, segment in enumerate(self.segments)
            for piece in segment
            if isinstance(piece, _Name)
        }
        for name, converter in self.rule._converters.items():
            near = statics.get(places.get(name, -1), ())
            near = source.sample(near, min(_NEIGHBOURS, len(near)))
            try:
                drawn = regex_samples(converter.regex, source, _DRAWN)
                regex = re.compile(converter.regex)
            except (re.error, OverflowError, TypeError):
                self.taken[name] = []
                continue
            fitting = [
                [text for text in texts if regex.fullmatch(text) is not None]
                for texts in (_WORDS, near, list(_bounds(converter)), drawn)
            ]
            # The kinds take turns, so that the first few texts are of every kind.
            turns = [text for turn in zip_longest(*fitting) for text in turn if text is not None]
            if name not in places:
                turns = [text for text in turns if _LABELS.fullmatch(text)] or turns
            self.sort(name, converter, dict.fromkeys(turns))
        if not self.empty:
            self.texts = [self.text(segment, 0) for segment in self.segments]

    def sort(self, name: str, converter: Any, texts: Iterable[str]) -> None:
        """Sort texts that the regex matches into those that the converter takes and refuses."""
        taken = self.taken[name] = []
        refused = self.refused[name] = []
        for text in texts:
            try:
                taken.append((text, converter.to_python(text)))
            except ValidationError:
                refused.append(text)
            except Exception:
                # Both maps have to pass this exception on.
                taken.append((text, text))

    def text(self, pieces: _Segment, variant: int, others: Mapping[str, str] = _NONE) -> str:
        """Write pieces with the texts of one variant, except for the variables in *others*."""
        return "".join(
            others.get(piece) or self.entry(piece, variant)[0]
            if isinstance(piece, _Name)
            else piece
            for piece in pieces
        )

    def entry(self, name: str, variant: int) -> tuple[str, Any]:
        # The variables of one rule take turns, so that they have different texts.
        turn = list(self.rule._converters).index(name)
        return self.taken[name][(variant + turn * (variant > 0)) % len(self.taken[name])]

    def path(self, variant: int, others: Mapping[str, str] = _NONE) -> str:
        return "".join("/" + self.text(segment, variant, others) for segment in self.segments)

    def values(self, variant: int) -> dict[str, Any]:
        return {name: self.entry(name, variant)[1] for name in self.rule._converters}


def _static(segment: _Segment) -> str | None:
    if any(isinstance(piece, _Name) for piece in segment):
        return None
    return "".join(segment)


def _statics_by_place(samplers: Iterable[_Sampler]) -> dict[int, list[str]]:
    """Collect the static segments of all rules by their place in the path."""
    places: dict[int, dict[str, None]] = {}
    for sampler in samplers:
        for place, text in enumerate(sampler.statics):
            if text:
                places.setdefault(place, {})[text] = None
    return {place: list(texts) for place, texts in places.items()}


def _bounds(converter: Any) -> Iterator[str]:
    """Yield the texts at the bounds of a number converter, and those next to them."""
    digits = getattr(converter, "fixed_digits", 0)
    digits = digits if isinstance(digits, int) else 0
    for name in "min", "max":
        bound = getattr(converter, name, None)
        if isinstance(bound, (int, float)):
            for number in (bound, bound - 1, bound + 1):
                sign = "-" if number < 0 else ""
                yield sign + str(abs(number)).zfill(digits)
    if digits:
        yield from (str(number).zfill(digits) for number in (0, 7, 42, 10**digits))


def _requests(number: int, sampler: _Sampler, methods: list[str]) -> Iterator[Request]:
    """Yield the requests that a rule is for, and near ones."""
    rule = sampler.rule
    domain = sampler.text(sampler.domain, 0).lower()
    websocket = bool(rule.websocket)

    def at(path: str) -> Request:
        return Request(number, domain, path, sampler.method, websocket)

    first = sampler.path(0)
    yield at(first)
    for variant in range(1, _VARIANTS):
        other_domain = sampler.text(sampler.domain, variant).lower()
        yield at(sampler.path(variant))
        yield at(sampler.path(variant))._replace(domain=other_domain)
        yield at(sampler.path(variant).replace("/", "//"))
    for near in _near(first):
        yield at(near)
    for index in range(len(sampler.segments)):
        for text in "", _STRANGE_TEXT, sampler.texts[index].swapcase():
            changed = [*sampler.texts]
            changed[index] = text
            yield at("".join("/" + segment for segment in changed))
    for name, refused in sampler.refused.items():
        for text in refused[:_REFUSED]:
            path = sampler.path(0, {name: text})
            for near in (path, *_near(path)):
                yield at(near)
            yield at(path)._replace(method=_STRANGE_METHOD)
    for method in (*methods, _STRANGE_METHOD):
        yield at(first)._replace(method=method)
    yield at(first)._replace(websocket=not websocket)
    yield at(first)._replace(domain=f"none.{domain}" if domain else "none")


def _near(path: str) -> Iterator[str]:
    """Yield paths that have a slash more or less, or their slashes doubled."""
    yield path.removesuffix("/") if path.endswith("/") else path + "/"
    yield path + "//"
    yield path.replace("/", "//")
    yield "/" + path
    last = path.rstrip("/").rfind("/")
    if last > 0:
        yield path[:last] + "/" + path[last:]


def _builds(number: int, sampler: _Sampler) -> Iterator[Build]:
    """Yield builds that the rule can answer, and some that it can't."""
    rule = sampler.rule
    domain = sampler.text(sampler.domain, 0).lower()
    values = {**(rule.defaults or {}), **sampler.values(0)}

    def to(given: dict[str, Any], **changed: Any) -> Build:
        return Build(number, domain, rule.endpoint, given, None, False)._replace(**changed)

    yield to(values)
    yield to(sampler.values(0))
    yield to({**values, "q": ["a b", "é"], "none": None})
    yield to(values, external=True)
    yield to(values, domain="other")
    yield to(values, method=sampler.method)
    yield to(values, method=_STRANGE_METHOD)
    for variant in range(1, _VARIANTS):
        yield to({**values, **sampler.values(variant)})
    for name in sampler.rule._converters:
        yield to({key: value for key, value in values.items() if key != name})
        yield to({**values, name: sampler.entry(name, 0)[0]})
        yield to({**values, name: _STRANGE_TEXT})


def _shared(samplers: Sequence[_Sampler]) -> Iterator[Request]:
    """Yield requests for every two rules that one path may fit."""
    known = [n for n, sampler in enumerate(samplers) if not sampler.empty]
    by_length: dict[int, list[int]] = {}
    for number in known:
        sampler = samplers[number]
        if sampler.tail == len(sampler.segments):
            by_length.setdefault(len(sampler.segments), []).append(number)
    tails = [n for n in known if samplers[n].tail < len(samplers[n].segments)]
    pairs = chain(
        *(combinations(numbers, 2) for numbers in by_length.values()),
        ((tail, number) for tail in tails for number in known if number != tail),
    )
    for first, second in pairs:
        yield from _for_both(first, samplers[first], samplers[second])


def _for_both(number: int, first: _Sampler, second: _Sampler) -> Iterator[Request]:
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
        yield Request(number, domain.lower(), path, sampler.method, bool(sampler.rule.websocket))


def _common(first: _Sampler, second: _Sampler, index: int) -> str:
    """Choose a text that may stand in the segment of either rule."""
    for sampler in first, second:
        static = sampler.statics[index]
        if static is not None:
            return static
    one, other = first.segments[index], second.segments[index]
    if len(one) == len(other) == 1:
        accepted = {text for text, _ in second.taken[other[0]]}
        return next((t for t, _ in first.taken[one[0]] if t in accepted), first.texts[index])
    return first.texts[index] if len(one) > len(other) else second.texts[index]
