"""Explanations of a difference between two outcomes, where the documentation has one.

An explanation is named by its heading on the page "Differences from Werkzeug".
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from ..errors import ValidationError
from ..rules.rule import Rule
from .examples import Request
from .map_pair import MapPair
from .outcomes import SERVER_NAME, Bindings, Outcome, same

__all__ = [
    "GRAMMAR",
    "HEADINGS",
    "ORDER",
    "Explanation",
    "explanation",
    "reads_otherwise",
]

ORDER = "The default match order"
GRAMMAR = "Converter arguments are read by a grammar"
_REFUSED = "The search goes on after a refused value"
_MERGED = "Slashes inside a value are never merged"
_GROUPS = "Groups in a converter's regex are harmless"
_NO_SAY = "A refused value causes no redirect and no 405"
_PASSED_OVER = "A rule that does not merge slashes is passed over"
_TARGET = "`redirect_to` takes rule syntax"
_HOST = "`redirect_to` keeps its scheme and host"
_CASE = "Hosts and subdomains are compared without regard to case"
_ALIAS = "An alias without a canonical rule matches"
_DEFAULTS = "A redirect by `defaults` never leads to the requested URL"
_UNBUILDABLE = "A redirect that can't be built is none"

#: The kinds of outcomes of a request that no rule takes.
_NO_MATCH = ("404", "405", "websocket mismatch")

#: All headings that an explanation can have.
HEADINGS = (
    ORDER,
    GRAMMAR,
    _REFUSED,
    _MERGED,
    _GROUPS,
    _NO_SAY,
    _PASSED_OVER,
    _TARGET,
    _HOST,
    _CASE,
    _ALIAS,
    _DEFAULTS,
    _UNBUILDABLE,
)


class Explanation(NamedTuple):
    """A documented difference, and the rules that cause it beside those that match."""

    heading: str
    rules: tuple[Rule, ...] = ()


def explanation(
    request: Request,
    theirs: Outcome,
    ours: Outcome,
    pair: MapPair,
    werkzeug: Bindings,
    in_segments: Bindings | None,
) -> Explanation | None:
    """Find the documented difference that explains two outcomes of one request.

    :param request: the request.
    :param theirs: what it comes to in Werkzeug.
    :param ours: what it comes to in trieroute.
    :param pair: the two maps.
    :param werkzeug: Werkzeug's map, in which the targets of redirects are matched.
    :param in_segments: trieroute's rules in the match order ``"segments"``, ``None`` if *ours*
        comes from that order.
    :return: the explanation, ``None`` if no documented difference is certain to be the cause.
    """
    if in_segments is not None and same(theirs, in_segments.match(request)):
        return Explanation(ORDER)
    rule = ours.rule or pair.our_rules[request.rule]
    heading = (
        _by_exception(rule, theirs, ours, pair)
        or _by_redirect(rule, request, theirs, ours, pair)
        or _by_domain_or_slashes(rule, request, theirs, ours, pair)
    )
    if heading is not None:
        return Explanation(heading, _holding_slashes(request, pair) if heading == _MERGED else ())
    refusing = _refusing(request, pair)
    if refusing and theirs.kind == "404":
        return Explanation(_REFUSED, refusing)
    if refusing and (theirs.kind in _NO_MATCH or _leads_nowhere(request, theirs, werkzeug)):
        return Explanation(_NO_SAY, refusing)
    if theirs.kind == "404" and _has_groups(rule):
        return Explanation(_GROUPS)
    return Explanation(GRAMMAR) if reads_otherwise(rule, pair) else None


def reads_otherwise(rule: Rule, pair: MapPair) -> bool:
    """Tell whether the arguments of a rule's converters mean something else in Werkzeug.

    :param rule: one of trieroute's rules.
    :param pair: the two maps.
    """
    theirs = next(
        their_rule
        for their_rule, our_rule in zip(pair.their_rules, pair.our_rules, strict=True)
        if our_rule is rule
    )
    return any(
        converter.regex != theirs._converters[name].regex
        for name, converter in rule._converters.items()
    )


def _by_exception(rule: Rule, theirs: Outcome, ours: Outcome, pair: MapPair) -> str | None:
    if theirs.kind != "exception" or ours.kind == "exception":
        return None
    if theirs.detail == "re.error" and any(map(_has_groups, pair.our_rules)):
        return _GROUPS
    if theirs.detail == "KeyError" and ours.kind == "redirect" and type(rule.redirect_to) is str:
        return _TARGET
    canonical = rule.alias or any(
        other.defaults and other.endpoint == rule.endpoint for other in pair.our_rules
    )
    return _UNBUILDABLE if canonical and ours.kind == "match" else None


def _by_redirect(
    rule: Rule, request: Request, theirs: Outcome, ours: Outcome, pair: MapPair
) -> str | None:
    if theirs.kind != "redirect":
        return None
    if rule.alias and (ours.kind == "match" or rule.redirect_to is not None):
        return _ALIAS
    if ours.kind == "redirect" and "//" in request.path and _merged(ours.detail) == theirs.detail:
        return _MERGED
    if ours.kind in ("redirect", "404") and type(rule.redirect_to) is str:
        host = request.domain if pair.ours.host_matching else SERVER_NAME
        return None if urlsplit(theirs.detail).netloc.endswith(host) else _HOST
    return _DEFAULTS if ours.kind == "match" and _leads_back(request, theirs) else None


def _by_domain_or_slashes(
    rule: Rule, request: Request, theirs: Outcome, ours: Outcome, pair: MapPair
) -> str | None:
    if theirs.kind != "404":
        return None
    domain = (rule.host if pair.ours.host_matching else rule.subdomain) or ""
    if domain != domain.lower():
        return _CASE
    if "//" in request.path and ours.kind == "redirect":
        subject = f"{request.domain}|{re.sub('//+', '/', request.path)}"
        for other in pair.our_rules:
            if not other.merge_slashes and other._regex.match(subject) is not None:
                return _PASSED_OVER
        # Werkzeug merges the slashes before an empty value with those behind it.
        if "//" in urlsplit(ours.detail).path:
            return _MERGED
    return None


def _has_groups(rule: Rule) -> bool:
    return any(re.compile(converter.regex).groups for converter in rule._converters.values())


def _merged(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(path=re.sub("//+", "/", parts.path)).geturl()


def _leads_back(request: Request, redirect: Outcome) -> bool:
    return unquote(urlsplit(redirect.detail).path) == request.path


def _leads_nowhere(request: Request, redirect: Outcome, werkzeug: Bindings) -> bool:
    if redirect.kind != "redirect":
        return False
    parts = urlsplit(redirect.detail)
    domain = parts.netloc
    if not werkzeug.map.host_matching:
        domain = domain.removesuffix(SERVER_NAME).removesuffix(".")
    there = request._replace(domain=domain, path=unquote(parts.path))
    return werkzeug.match(there).kind in _NO_MATCH


def _holding_slashes(request: Request, pair: MapPair) -> tuple[Rule, ...]:
    """Return the rules that fit the path and have a variable that may hold slashes."""
    subject = f"{request.domain}|{request.path}"
    return tuple(
        rule
        for rule in pair.our_rules
        if not all(converter.part_isolating for converter in rule._converters.values())
        and rule._regex.match(subject) is not None
    )


def _refusing(request: Request, pair: MapPair) -> tuple[Rule, ...]:
    """Return the rules that fit the path and have a converter that refuses its text."""
    subject = f"{request.domain}|/{request.path.lstrip('/')}"
    return tuple(rule for rule in pair.our_rules if _refuses(rule, subject))


def _refuses(rule: Rule, subject: str) -> bool:
    found = rule._regex.match(subject)
    if found is None:
        return False
    for name, converter in rule._converters.items():
        try:
            converter.to_python(found[name])
        except ValidationError:
            return True
        except Exception:
            return False
    return False
