"""Known differences between two outcomes: those that the documentation explains.

Each is named by its heading on the page "Differences from Werkzeug".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from .._core.quoting import SAFE_IN_PATH
from .._errors import ValidationError
from .._rules.rule import Rule
from .examples import Request
from .map_pair import MapPair
from .outcomes import SERVER_NAME, BoundMap, Outcome, same

__all__ = ["Heading", "KnownDifference", "encoded_alone", "known_difference", "reads_otherwise"]


class Heading(StrEnum):
    """The headings, on that page, of the differences that can be recognised."""

    ORDER = "The default match order"
    GRAMMAR = "Converter arguments are read by a grammar"
    SEARCH_GOES_ON = "The search goes on after a refused value"
    MERGED = "Slashes inside a value are never merged"
    GROUPS = "Groups in a converter's regex are harmless"
    CONVERTERS_RUN = "Converters run before a redirect, a 405 or a WebSocket mismatch"
    NO_REDIRECT = "A refused value causes no redirect and no 405"
    PASSED_OVER = "A rule that does not merge slashes is passed over"
    REDIRECT_SYNTAX = "`redirect_to` takes rule syntax"
    REDIRECT_HOST = "`redirect_to` keeps its scheme and host"
    HOST_CASE = "Hosts and subdomains are compared without regard to case"
    ALIAS = "An alias without a canonical rule matches"
    DEFAULTS = "A redirect by `defaults` never leads to the requested URL"
    ENCODED = "Built URLs are percent-encoded, and begin with one slash"
    UNBUILDABLE = "A redirect that can't be built is none"


#: The kinds of outcomes of a request that no rule takes.
_NO_MATCH = ("404", "405", "websocket mismatch")


class KnownDifference(NamedTuple):
    """A documented difference.

    :param rules: the rules that cause it, beside those that match.
    """

    heading: Heading
    rules: tuple[Rule, ...] = ()


def known_difference(
    request: Request,
    theirs: Outcome,
    ours: Outcome,
    pair: MapPair,
    werkzeug: BoundMap,
    in_segments: BoundMap | None,
) -> KnownDifference | None:
    """Find the documented difference that explains two outcomes of one request.

    :param theirs: what it comes to in Werkzeug.
    :param ours: what it comes to in trieroute.
    :param werkzeug: Werkzeug's map, in which the targets of redirects are matched.
    :param in_segments: trieroute's rules in the match order ``"segments"``, ``None`` if *ours*
        comes from that order.
    :return: that difference, ``None`` if no documented difference is certain to be the cause.
    """
    if in_segments is not None and same(theirs, in_segments.match(request)):
        return KnownDifference(Heading.ORDER)
    rule = ours.rule or request.rule
    heading = None
    if theirs.kind == "exception" and ours.kind != "exception":
        heading = _of_exception(rule, theirs, ours, pair)
    elif encoded_alone(theirs, ours):
        heading = Heading.ENCODED
    elif theirs.kind == "redirect":
        heading = _of_redirect(rule, request, theirs, ours, pair)
    elif theirs.kind == "404":
        heading = _of_404(rule, request, ours, pair)
    elif theirs.kind in _NO_MATCH and _passes_over(request, pair):
        heading = Heading.PASSED_OVER
    if heading is not None:
        slashes = heading is Heading.MERGED
        return KnownDifference(heading, _holding_slashes(request, pair) if slashes else ())
    refusing = _refusing(request, pair)
    if refusing and theirs.kind == "404":
        return KnownDifference(Heading.SEARCH_GOES_ON, refusing)
    if refusing and (theirs.kind in _NO_MATCH or _leads_nowhere(request, theirs, werkzeug)):
        return KnownDifference(Heading.NO_REDIRECT, refusing)
    if theirs.kind in ("redirect", *_NO_MATCH[1:]) and _raising(request, pair):
        return KnownDifference(Heading.CONVERTERS_RUN, _raising(request, pair))
    if theirs.kind == "404" and _has_groups(rule):
        return KnownDifference(Heading.GROUPS)
    return KnownDifference(Heading.GRAMMAR) if reads_otherwise(rule, pair) else None


def encoded_alone(theirs: Outcome, ours: Outcome) -> bool:
    """Tell whether two URLs are the same but for characters that are encoded in trieroute's alone.

    :param theirs: a URL or a redirect in Werkzeug.
    :param ours: what it is in trieroute.
    """
    if theirs.kind != ours.kind or theirs.kind not in ("url", "redirect"):
        return False
    # These are the places that the characters so far may lead to. A regex would try each way anew.
    places = {0}
    for char in theirs.detail:
        texts = {char}
        if not ((char.isascii() and char.isalnum()) or char in SAFE_IN_PATH):
            texts.add(quote(char, safe="", errors="replace"))
        places = {
            place + len(text)
            for place in places
            for text in texts
            if ours.detail.startswith(text, place)
        }
    return len(ours.detail) in places


def reads_otherwise(rule: Rule, pair: MapPair) -> bool:
    """Tell whether the arguments of a rule's converters mean something else in Werkzeug."""
    theirs = pair.counterparts[id(rule)]
    return any(
        converter.regex != theirs._converters[name].regex
        for name, converter in rule._converters.items()
    )


def _of_exception(rule: Rule, theirs: Outcome, ours: Outcome, pair: MapPair) -> Heading | None:
    if theirs.detail == "re.error" and any(map(_has_groups, pair.our_rules)):
        return Heading.GROUPS
    if theirs.detail == "KeyError" and ours.kind == "redirect" and type(rule.redirect_to) is str:
        return Heading.REDIRECT_SYNTAX
    canonical = rule.alias or any(
        other.defaults and other.endpoint == rule.endpoint for other in pair.our_rules
    )
    return Heading.UNBUILDABLE if canonical and ours.kind == "match" else None


def _of_redirect(
    rule: Rule, request: Request, theirs: Outcome, ours: Outcome, pair: MapPair
) -> Heading | None:
    if rule.alias and (ours.kind == "match" or rule.redirect_to is not None):
        return Heading.ALIAS
    if ours.kind == "redirect" and "//" in request.path and _merged(ours.detail) == theirs.detail:
        return Heading.MERGED
    target = urlsplit(theirs.detail)
    if ours.kind in ("redirect", "404") and type(rule.redirect_to) is str:
        host = request.domain if pair.ours.host_matching else SERVER_NAME
        return None if target.netloc.endswith(host) else Heading.REDIRECT_HOST
    leads_back = unquote(target.path) == request.path
    return Heading.DEFAULTS if ours.kind == "match" and leads_back else None


def _of_404(rule: Rule, request: Request, ours: Outcome, pair: MapPair) -> Heading | None:
    domain = rule._domain_rule
    if domain != domain.lower():
        return Heading.HOST_CASE
    if ours.kind == "redirect" and _passes_over(request, pair):
        return Heading.PASSED_OVER
    # Werkzeug merges the slashes before an empty value with those behind it.
    merges = "//" in request.path and "//" in urlsplit(ours.detail).path
    return Heading.MERGED if merges and ours.kind == "redirect" else None


def _passes_over(request: Request, pair: MapPair) -> bool:
    """Tell whether a rule that does not merge slashes fits the path with its slashes merged."""
    merged = re.sub("//+", "/", request.path)
    return merged != request.path and not all(
        rule.merge_slashes for rule, _ in _fitting(request._replace(path=merged), pair)
    )


def _has_groups(rule: Rule) -> bool:
    return any(re.compile(converter.regex).groups for converter in rule._converters.values())


def _merged(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(path=re.sub("//+", "/", parts.path)).geturl()


def _leads_nowhere(request: Request, redirect: Outcome, werkzeug: BoundMap) -> bool:
    if redirect.kind != "redirect":
        return False
    parts = urlsplit(redirect.detail)
    domain = parts.netloc
    if not werkzeug.map.host_matching:
        domain = domain.removesuffix(SERVER_NAME).removesuffix(".")
    there = request._replace(domain=domain, path=unquote(parts.path))
    return werkzeug.match(there).kind in _NO_MATCH


def _fitting(request: Request, pair: MapPair) -> Iterator[tuple[Rule, re.Match[str]]]:
    """Yield the rules that fit the domain and the path of a request, each with its match."""
    subject = f"{request.domain}|{request.path}"
    for rule in pair.our_rules:
        found = rule._regex.match(subject)
        if found is not None:
            yield rule, found


def _holding_slashes(request: Request, pair: MapPair) -> tuple[Rule, ...]:
    """Return the rules that fit and have a variable that may hold slashes."""
    return tuple(
        rule
        for rule, _ in _fitting(request, pair)
        if not all(converter.part_isolating for converter in rule._converters.values())
    )


def _refusing(request: Request, pair: MapPair) -> tuple[Rule, ...]:
    """Return the rules that fit and have a converter that refuses its text."""
    request = request._replace(path="/" + request.path.lstrip("/"))
    return tuple(
        rule
        for rule, found in _fitting(request, pair)
        if isinstance(_raised(rule, found), ValidationError)
    )


def _raising(request: Request, pair: MapPair) -> tuple[Rule, ...]:
    """Return the rules that fit, but for slashes, and have a converter that raises an error."""
    path = "/" + re.sub("//+", "/", request.path).strip("/")
    found = {}
    for near in (request.path, path, f"{path}/"):
        for rule, match in _fitting(request._replace(path=near), pair):
            error = _raised(rule, match)
            if error is not None and not isinstance(error, ValidationError):
                found[id(rule)] = rule
    return tuple(found.values())


def _raised(rule: Rule, found: re.Match[str]) -> Exception | None:
    """Return what the converters of a rule raise; the first exception ends the match."""
    try:
        for name, converter in rule._converters.items():
            converter.to_python(found[name])
    except Exception as error:
        return error
    return None
