"""Requests and URLs to compare two maps by: those that the rules are for, and those next to them.

Values are texts that a variable's regex matches, among them texts that stand in other rules at the
same place. For every two rules that one path may fit, there is a request with such a path.
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
from .regex_samples import matching_texts

__all__ = ["Build", "Examples", "Request", "examples"]

#: Texts that every variable is tried with, those that its regex matches.
_WORDS = (
    *("a", "a/b", "1", "en", "42", "a.b", "007", "1.5", "a-b", "-7", "new", "-0.5", "é x", "a//b"),
    *("A", "a.json", "2026-01-31", "123e4567-e89b-12d3-a456-426614174000"),
)
#: Texts of other rules that a variable is tried with, at most.
_NEIGHBOURS = 6
#: Texts that are made from a variable's regex, at most.
_DRAWN = 4
#: Different requests for each rule that match it.
_VARIANTS = 8
#: Texts of a variable that its converter refuses, tried at most.
_REFUSED = 4
#: A method that no rule takes, and a text that no rule has.
_STRANGE_METHOD, _STRANGE_TEXT = "PURGE", "~none~"
#: A label of a host name.
_LABELS = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


class Request(NamedTuple):
    """A request, and which rule it was made for.

    :param rule: place of the rule in its map's order of insertion.
    :param domain: subdomain, or host if the map matches hosts.
    :param path: path, percent-decoded.
    :param method: HTTP method.
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
    """A URL to build, and for which rule.

    :param rule: place of the rule in its map's order of insertion.
    :param domain: subdomain, or host if the map matches hosts, that the map is bound to.
    :param endpoint: the endpoint.
    :param values: values by name.
    :param method: HTTP method that the rule has to take, or ``None``.
    :param external: whether the URL has to have scheme and host.
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
    """Write a path so that every character can be seen, without quotation marks where possible."""
    return path if path.isprintable() and " " not in path and path else repr(path)


@dataclass
class Examples:
    """What to compare two maps by."""

    requests: list[Request] = field(default_factory=list)
    builds: list[Build] = field(default_factory=list)
    #: Places of the rules for which no text could be made that a variable's regex matches.
    without: list[int] = field(default_factory=list)


def examples(rules: Sequence[Rule], seed: int) -> Examples:
    """Make requests and builds for the rules of a map.

    :param rules: bound rules, in order of insertion.
    :param seed: the same rules and seed give the same examples.
    :return: requests, none of them twice, and builds.
    """
    source = Random(seed)
    shapes = [_Shape.of(rule) for rule in rules]
    statics = _statics_by_place(shapes)
    for shape in shapes:
        shape.draw(statics, source)
    methods = sorted({method for rule in rules for method in rule.methods or ()})
    found = Examples(without=[n for n, shape in enumerate(shapes) if shape.empty])
    requests: dict[Request, None] = {}
    for number, shape in enumerate(shapes):
        if not shape.empty:
            requests.update(dict.fromkeys(_requests(number, shape, methods)))
            found.builds.extend(_builds(number, shape))
    requests.update(dict.fromkeys(_shared(shapes)))
    # Two rules may have asked for the same request; the first one stays.
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


class _Shape:
    """A rule as its domain and the segments of its path, with texts for its variables."""

    def __init__(self, rule: Rule, domain: _Segment, segments: list[_Segment]) -> None:
        self.rule = rule
        self.domain = domain
        self.segments = segments
        #: Texts that a variable takes, and the values that its converter makes of them.
        self.taken: dict[str, list[tuple[str, Any]]] = {}
        #: Texts that the regex of a variable matches and that its converter refuses.
        self.refused: dict[str, list[str]] = {}
        #: The static text of each segment, ``None`` where it has variables.
        self.statics = [_static(segment) for segment in segments]
        #: The texts of the first request that the rule is for.
        self.texts: list[str] = []
        #: The first segment with a variable that may hold slashes.
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
    def of(cls, rule: Rule) -> _Shape:
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
                drawn = matching_texts(converter.regex, source, _DRAWN)
                regex = re.compile(converter.regex)
            except (re.error, OverflowError, TypeError):
                self.taken[name] = []
                continue
            fitting = [
                [text for text in texts if regex.fullmatch(text) is not None]
                for texts in (_WORDS, near, list(_bounds(converter)), drawn)
            ]
            # One of each kind in turn, so that the first few have every kind.
            turns = [text for turn in zip_longest(*fitting) for text in turn if text is not None]
            if name not in places:
                turns = [text for text in turns if _LABELS.fullmatch(text)] or turns
            self.sort(name, converter, dict.fromkeys(turns))
        if not self.empty:
            self.texts = [self.text(segment, 0) for segment in self.segments]

    def sort(self, name: str, converter: Any, texts: Iterable[str]) -> None:
        """Ask the converter about texts that its regex matches."""
        taken = self.taken[name] = []
        refused = self.refused[name] = []
        for text in texts:
            try:
                taken.append((text, converter.to_python(text)))
            except ValidationError:
                refused.append(text)
            except Exception:
                # Both maps have to pass it on.
                taken.append((text, text))

    def text(self, pieces: _Segment, variant: int, others: Mapping[str, str] = _NONE) -> str:
        """Write pieces with the texts of one variant, or other ones."""
        return "".join(
            others.get(piece) or self.entry(piece, variant)[0]
            if isinstance(piece, _Name)
            else piece
            for piece in pieces
        )

    def entry(self, name: str, variant: int) -> tuple[str, Any]:
        # Variables of one rule get different texts: they take turns.
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


def _statics_by_place(shapes: Iterable[_Shape]) -> dict[int, list[str]]:
    """Collect the static segments of all rules by their place in the path."""
    places: dict[int, dict[str, None]] = {}
    for shape in shapes:
        for place, text in enumerate(shape.statics):
            if text:
                places.setdefault(place, {})[text] = None
    return {place: list(texts) for place, texts in places.items()}


def _bounds(converter: Any) -> Iterator[str]:
    """Give the texts at and beyond the bounds of a number, as the built-in converters have them."""
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


def _requests(number: int, shape: _Shape, methods: list[str]) -> Iterator[Request]:
    """Give the requests that a rule is for, and those next to them."""
    rule = shape.rule
    domain = shape.text(shape.domain, 0).lower()
    websocket = bool(rule.websocket)

    def at(path: str) -> Request:
        return Request(number, domain, path, shape.method, websocket)

    first = shape.path(0)
    yield at(first)
    for variant in range(1, _VARIANTS):
        other_domain = shape.text(shape.domain, variant).lower()
        yield at(shape.path(variant))
        yield at(shape.path(variant))._replace(domain=other_domain)
        yield at(shape.path(variant).replace("/", "//"))
    for near in _near(first):
        yield at(near)
    for index in range(len(shape.segments)):
        for text in "", _STRANGE_TEXT, shape.texts[index].swapcase():
            changed = [*shape.texts]
            changed[index] = text
            yield at("".join("/" + segment for segment in changed))
    for name, refused in shape.refused.items():
        for text in refused[:_REFUSED]:
            path = shape.path(0, {name: text})
            for near in (path, *_near(path)):
                yield at(near)
            yield at(path)._replace(method=_STRANGE_METHOD)
    for method in (*methods, _STRANGE_METHOD):
        yield at(first)._replace(method=method)
    yield at(first)._replace(websocket=not websocket)
    yield at(first)._replace(domain=f"none.{domain}" if domain else "none")


def _near(path: str) -> Iterator[str]:
    """Give paths with a slash more or less, or slashes doubled."""
    yield path.removesuffix("/") if path.endswith("/") else path + "/"
    yield path + "//"
    yield path.replace("/", "//")
    yield "/" + path
    last = path.rstrip("/").rfind("/")
    if last > 0:
        yield path[:last] + "/" + path[last:]


def _builds(number: int, shape: _Shape) -> Iterator[Build]:
    """Give the URLs that a rule is built for, and some that can't be built."""
    rule = shape.rule
    domain = shape.text(shape.domain, 0).lower()
    values = {**(rule.defaults or {}), **shape.values(0)}

    def to(given: dict[str, Any], **changed: Any) -> Build:
        return Build(number, domain, rule.endpoint, given, None, False)._replace(**changed)

    yield to(values)
    yield to(shape.values(0))
    yield to({**values, "q": ["a b", "é"], "none": None})
    yield to(values, external=True)
    yield to(values, domain="other")
    yield to(values, method=shape.method)
    yield to(values, method=_STRANGE_METHOD)
    for variant in range(1, _VARIANTS):
        yield to({**values, **shape.values(variant)})
    for name in shape.rule._converters:
        yield to({key: value for key, value in values.items() if key != name})
        yield to({**values, name: shape.entry(name, 0)[0]})
        yield to({**values, name: _STRANGE_TEXT})


def _shared(shapes: Sequence[_Shape]) -> Iterator[Request]:
    """Give a request for every two rules that one path may fit."""
    known = [n for n, shape in enumerate(shapes) if not shape.empty]
    by_length: dict[int, list[int]] = {}
    for number in known:
        shape = shapes[number]
        if shape.tail == len(shape.segments):
            by_length.setdefault(len(shape.segments), []).append(number)
    tails = [n for n in known if shapes[n].tail < len(shapes[n].segments)]
    pairs = chain(
        *(combinations(numbers, 2) for numbers in by_length.values()),
        ((tail, number) for tail in tails for number in known if number != tail),
    )
    for first, second in pairs:
        yield from _for_both(first, shapes[first], shapes[second])


def _for_both(number: int, first: _Shape, second: _Shape) -> Iterator[Request]:
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
    for shape in first, second:
        yield Request(number, domain.lower(), path, shape.method, bool(shape.rule.websocket))


def _common(first: _Shape, second: _Shape, index: int) -> str:
    """Choose a text that the segments of both rules may have."""
    for shape in first, second:
        static = shape.statics[index]
        if static is not None:
            return static
    one, other = first.segments[index], second.segments[index]
    if len(one) == len(other) == 1:
        accepted = {text for text, _ in second.taken[other[0]]}
        return next((t for t, _ in first.taken[one[0]] if t in accepted), first.texts[index])
    return first.texts[index] if len(one) > len(other) else second.texts[index]
