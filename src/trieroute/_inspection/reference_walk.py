"""The reference walk: one rule at a time, by regular expressions, how far it fits a path.

A request is answered by the trie, which knows the winner and nothing else. Here each rule is
followed along the path by itself, as the documentation says it is matched, so that it can be told
where and why a rule that lost was left. This takes the time of all rules, and costs a request
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from .._core.part import Conversion, Part, Value
from .._core.target import Target
from .._errors import ValidationError
from .._rules.regexes import segment_regex
from .variable_schemas import number_text

__all__ = ["Fit", "Form", "Parting", "PathPass", "Refusal", "fit_of", "fits_domain", "values_of"]


class Form(Enum):
    """In which way a path is that of a rule."""

    #: It is the path of the rule.
    EXACT = "exact"
    #: It has a slash too many for a rule that is not strict.
    TOLERATED = "tolerated"
    #: It lacks the last slash of a branch that is not strict.
    COMPLETED = "completed"
    #: It lacks the last slash of a strict branch: the client is sent to the path with it.
    REDIRECTED = "redirected"
    #: It has a slash too many for a strict rule, which is no match.
    SURPLUS = "surplus"


class Refusal(NamedTuple):
    """A variable that does not take its text.

    :param name: the name of the variable; ``None`` if several variables refuse a segment together.
    :param text: the text that it was given.
    :param reason: why it does not take the text.
    """

    name: str | None
    text: str
    reason: str


class Parting(NamedTuple):
    """The place where a path and a rule part.

    :param depth: the number of segments before it, which fit.
    :param found: the segment of the path, ``None`` if the path has ended.
    :param wanted: the segment of the rule, ``None`` if the rule has ended.
    """

    depth: int
    found: str | None
    wanted: str | None


@dataclass
class Fit:
    """How far a rule fits a path.

    :param form: in which way the path is the rule's, ``None`` if it is not.
    :param texts: the texts of the rule's variables in the path, by place.
    :param corrected: the path that the client should have asked for.
    :param refusal: the variable for which the path is not the rule's, if all else fits.
    :param parting: where path and rule part, if they do.
    """

    form: Form | None = None
    texts: list[str] = field(default_factory=list)
    corrected: str = ""
    refusal: Refusal | None = None
    parting: Parting | None = None


class _Span(NamedTuple):
    start: int
    stop: int


class PathPass:
    """A path cut at its slashes, as one pass over the rules sees it.

    :param path: the decoded path. Slashes in front count as one.
    :param merging: whether runs of slashes count as one, outside the values of variables.
    """

    def __init__(self, path: str, merging: bool) -> None:
        self.path = path
        self.merging = merging
        self.leading = len(path) - len(path.lstrip("/"))
        self.spans: list[_Span] = []
        start = self.leading
        while path:
            slash = path.find("/", start)
            stop = len(path) if slash < 0 else slash
            # While slashes are merged, only the last segment may be empty.
            if slash < 0 or stop > start or not merging:
                self.spans.append(_Span(start, stop))
            if slash < 0:
                break
            start = stop + 1

    def text(self, index: int) -> str:
        """Return a segment."""
        span = self.spans[index]
        return self.path[span.start : span.stop]


def fits_domain(target: Target, domain: str) -> list[str] | None:
    """Return the texts of the variables in the domain of a rule, ``None`` if the domain differs.

    :param domain: the subdomain, or the host if the map matches hosts; in any case.
    """
    part = target.domain
    lowered = domain.lower()
    if part.pattern is None:
        return [] if part.text == lowered else None
    spans = _spans(part, lowered, False, case=False)
    # Lower case may have another length, as with the Turkish İ.
    shown = domain if len(lowered) == len(domain) else lowered
    return None if spans is None else [shown[span.start : span.stop] for span in spans]


def fit_of(target: Target, parts: Sequence[Part], path: PathPass) -> Fit:
    """Follow a rule along a path."""
    steps = parts[1 : len(parts) - target.branch]
    texts: list[str] = []
    pieces: list[str] = []
    for depth, part in enumerate(steps):
        if depth == len(path.spans):
            return Fit(parting=Parting(depth, None, _written(part)))
        if part.tail:
            return _fit_of_tail(target, part, path, depth, texts, pieces)
        text = path.text(depth)
        if part.pattern is None:
            if part.text != text:
                return Fit(parting=Parting(depth, text, _written(part)))
        else:
            spans = _spans(part, text, path.merging)
            if spans is None:
                parting = Parting(depth, text, _written(part))
                refusal = _refusal(part, text, path.merging)
                if refusal is None or not _fits_otherwise(steps[depth + 1 :], path, depth + 1):
                    return Fit(parting=parting)
                return Fit(refusal=refusal, parting=parting)
            texts += [text[span.start : span.stop] for span in spans]
        pieces.append(text)
    left = path.spans[len(steps) :]
    form = _form_at_end(target, len(left)) if all(a == b for a, b in left) else None
    if form is None:
        return Fit(parting=Parting(len(steps), path.text(len(steps)), None))
    return Fit(form, texts, _corrected(path, form))


def _form_at_end(target: Target, slashes: int) -> Form | None:
    """Tell in which way a path is a rule's that goes on behind the rule with so many slashes."""
    if target.branch:
        lacking = Form.REDIRECTED if target.strict else Form.COMPLETED
        surplus = Form.SURPLUS if target.strict else Form.TOLERATED
        return {0: lacking, 1: Form.EXACT, 2: surplus}.get(slashes)
    return {0: Form.EXACT, 1: Form.SURPLUS if target.strict else Form.TOLERATED}.get(slashes)


def _fits_otherwise(parts: Sequence[Part], path: PathPass, depth: int) -> bool:
    """Tell whether a path has the static segments of a rule from a depth on, and as many."""
    for part in parts:
        if depth == len(path.spans):
            return False
        if part.tail:
            return True
        if part.pattern is None and part.text != path.text(depth):
            return False
        depth += 1
    return all(start == stop for start, stop in path.spans[depth:])


def _fit_of_tail(
    target: Target, part: Part, path: PathPass, depth: int, texts: list[str], pieces: list[str]
) -> Fit:
    """Match what is left of a path with a variable that may hold slashes, and what follows it."""
    start, stop = path.spans[depth].start, len(path.path)
    form = Form.EXACT
    if target.branch:
        rest = path.path[start:stop]
        kept = rest.rstrip("/") if path.merging else rest.removesuffix("/")
        if kept == rest:
            form = Form.REDIRECTED if target.strict else Form.COMPLETED
        elif kept.endswith("/"):
            return Fit(parting=Parting(depth, rest, _written(part)))
        stop = start + len(kept)
    assert part.pattern is not None
    earlier = path.merging and bool(part.pattern.items) and not (target.branch and start == stop)
    # The regex of a tail sees the slash behind it.
    slash = path.path.startswith("/", stop)
    spans = _spans(part, path.path[start:stop], path.merging, slash=slash)
    first = start
    # A value may begin within a run of slashes in front of it, but for the rule's own slash.
    while spans is None and earlier and first > path.leading and path.path[first - 2] == "/":
        first -= 1
        spans = _spans(part, path.path[first:stop], path.merging, slash=slash)
    if spans is None:
        rest = path.path[start:stop]
        refusal = _refusal(part, rest, path.merging)
        return Fit(refusal=refusal, parting=Parting(depth, rest, _written(part)))
    found = [_Span(first + a, first + b) for a, b in spans]
    texts += [path.path[a:b] for a, b in found]
    if not path.merging:
        return Fit(form, texts, _corrected(path, form))
    corrected = "".join(f"/{piece}" for piece in pieces) + "/"
    at = min(start, found[0].start)
    for span in found:
        corrected += re.sub("//+", "/", path.path[at : span.start])
        corrected += path.path[span.start : span.stop]
        at = span.stop
    corrected += re.sub("//+", "/", path.path[at:])
    return Fit(form, texts, corrected + "/" * (form is Form.REDIRECTED))


def _corrected(path: PathPass, form: Form) -> str:
    """Return the path that a client should have asked for; of one without a tail."""
    last = "/" * (form is Form.REDIRECTED)
    if not path.merging:
        return f"/{path.path[path.leading :]}{last}" if path.path else last
    return "".join(f"/{path.text(index)}" for index in range(len(path.spans))) + last


def _spans(
    part: Part, text: str, merging: bool, case: bool = True, slash: bool = False
) -> list[_Span] | None:
    """Return where the variables of a part are in a text, ``None`` if the text does not match."""
    known = segment_regex(part.identity.sources, case, slash)
    if known.before_slash is not None:
        found = known.before_slash[merging].match(f"{text}/")
    else:
        found = (known.merging if merging else known.regex).match(text)
    return None if found is None else [_Span(*found.span(group)) for group in known.groups]


def _written(part: Part) -> str:
    """Write a part as a rule has it, with the names of its variables alone."""
    if part.pattern is None:
        return part.text or ""
    names = iter(part.values)
    return "".join(
        source if isinstance(source, str) else f"<{next(names).name}>"
        for source in part.identity.sources
    )


def _refusal(part: Part, text: str, merging: bool) -> Refusal | None:
    """Tell which variable does not take its text, ``None`` if the static texts differ."""
    slash = "/+" if merging else "/"
    sources = part.identity.sources
    skeleton = "".join(
        "(.*)" if isinstance(source, tuple) else slash if source == "/" else re.escape(source)
        for source in sources
    )
    found = re.fullmatch(skeleton, text, re.DOTALL)
    if found is None:
        return None
    regexes = [source[0] for source in sources if isinstance(source, tuple)]
    for value, regex, given in zip(part.values, regexes, found.groups(), strict=True):
        if re.fullmatch(regex, given) is None:
            return Refusal(value.name, given, _mismatch(value, regex, given))
    return Refusal(None, text, f"{text!r} does not match {_written(part)} as a whole")


def _mismatch(value: Value, regex: str, text: str) -> str:
    if not text:
        return f"<{value.name}> must not be empty"
    return f"{text!r} does not match {regex}, the regex of {_converter_name(value)}"


def _converter_name(value: Value) -> str:
    converter = getattr(value.to_python, "__self__", value.to_python)
    return type(converter).__name__


def values_of(
    target: Target, values: Sequence[Value], texts: Sequence[str]
) -> tuple[dict[str, Any], Refusal | None]:
    """Convert the texts of a rule's variables.

    :param values: its variables, those of the domain first.
    :return: the values, with the rule's defaults laid over them; and the first variable whose
        converter refuses, with the values before it.
    :raise Exception: what a converter raises that is no refusal.
    """
    converted: dict[str, Any] = {}
    for value, text in zip(values, texts, strict=True):
        try:
            converted[value.name] = value.to_python(text)
        except ValueError as error:
            # The core converts numbers itself, and what Python can't read is no number.
            is_number = value.conversion in (Conversion.AS_INT, Conversion.AS_FLOAT)
            if not (is_number or isinstance(error, ValidationError)):
                raise
            return converted, Refusal(value.name, text, _refused(value, text, str(error)))
    if target.defaults:
        converted.update(target.defaults)
    return converted, None


def _refused(value: Value, text: str, said: str) -> str:
    if said:
        return f"{_converter_name(value)} refuses {text!r}: {said}"
    converter = getattr(value.to_python, "__self__", None)
    limits = ", ".join(f"{name}={text}" for name, text in _limits(converter))
    return f"{_converter_name(value)} refuses {text!r}" + (f" ({limits})" if limits else "")


def _limits(converter: Any) -> Iterator[tuple[str, str]]:
    for name in ("fixed_digits", "min", "max"):
        limit = getattr(converter, name, None)
        text = number_text(limit) if isinstance(limit, (int, float)) and limit else None
        if text is not None:
            yield name, text
