"""Why a request went where it went: the rules of a map, each followed along the path by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from operator import itemgetter
from typing import Any, NamedTuple

from .._core.map_adapter import MapAdapter
from .._core.part import Part
from .._core.state import MapState
from .._core.target import Target
from .._errors import NotFound, RequestRedirect
from .._routers.mounts import BELOW, MountRule
from .._rules.order import Order
from .._rules.rule import Rule
from .explained import (
    CLOSEST,
    Candidate,
    Explanation,
    NearRule,
    Verdict,
    domain_text,
    is_told,
    likeness,
    methods_text,
    rule_name,
)
from .outcomes import error_outcome
from .reference_walk import Fit, Form, PathPass, fit_of, fits_domain, values_of
from .value_text import kind_of, shown

__all__ = ["explain"]

#: How often a request is explained anew because the map changed meanwhile.
_ATTEMPTS = 5


def explain(
    adapter: MapAdapter,
    path_info: str | None = None,
    method: str | None = None,
    websocket: bool | None = None,
) -> Explanation:
    """Explain why a request goes where it goes.

    The result is that of ``adapter.match``. Each rule of the map is followed along the path by
    itself, so this takes the time of all rules. It calls the converters of the rules that come into
    question, those of rules that lose included, and changes nothing.

    When the map changes meanwhile, the request is explained anew, so that ``adapter.match`` is
    called up to five times. When it changes each time, the last explanation is returned, and its
    result and its rules may be those of two states of the map.

    :param adapter: a map bound to a server name.
    :param path_info: as in :meth:`MapAdapter.match`.
    :param method: as in :meth:`MapAdapter.match`.
    :param websocket: as in :meth:`MapAdapter.match`.
    :return: the explanation, which prints as a short report.
    :raise TypeError: *adapter* is none of trieroute's, or *path_info* or *method* is not a str.
    :raise RuntimeError: the adapter has no map.
    """
    if not isinstance(adapter, MapAdapter):
        raise TypeError(
            f"explain takes an adapter of a trieroute.Map, not {kind_of(adapter)}: bind the map"
            " that trieroute.inspection.routed(app) returns for an application, a router, or a map"
            " of Werkzeug's"
        )
    if adapter.map is None:
        raise RuntimeError("the adapter has no map")
    path = _text(adapter.path_info if path_info is None else path_info, "path_info")
    asked = _text(adapter.default_method if method is None else method, "method")
    asked = asked or _text(adapter.default_method, "method")
    if websocket is None:
        # A method that a program has overridden may not know of WebSockets.
        given, of_websocket = {}, adapter.websocket
    else:
        given, of_websocket = {"websocket": websocket}, websocket
    attempts = _ATTEMPTS
    while True:
        adapter.map.update()
        state = adapter.map._state
        walk = _Walk(adapter, state, path, asked.upper(), bool(of_websocket))
        explanation = _explained(walk, path, asked, given)
        # What another thread changed meanwhile may have been seen in a part of it alone.
        attempts -= 1
        if adapter.map._state is state or not attempts:
            return explanation


def _explained(walk: _Walk, path: str, asked: str, given: dict[str, Any]) -> Explanation:
    """Explain a request by what the match comes to and by a walk that was prepared for it."""
    adapter = walk.adapter
    rule, values, error = None, None, None
    try:
        rule, values = adapter.match(path, asked, return_rule=True, **given)
    except (MemoryError, RecursionError):
        raise  # These say nothing of the request.
    except Exception as raised:
        error = raised
    candidates = [] if adapter._outside else walk.candidates()
    winner = walk.winner
    candidates = _mounts_once(candidates, winner, walk.websocket)
    if winner is not None and winner.verdict is not Verdict.RAISED:
        candidates = [
            _told(adapter, candidate, error) if candidate is winner else candidate
            for candidate in candidates
        ]
    return Explanation(
        walk.method,
        path,
        walk.domain,
        walk.websocket,
        adapter.map.match_order,
        rule,
        values,
        error,
        candidates,
        [] if candidates or adapter._outside else walk.closest(),
        [*_hints(adapter, path, asked, rule)],
    )


def _mounts_once(
    candidates: list[Candidate], winner: Candidate | None, websocket: bool
) -> list[Candidate]:
    """Leave one candidate of each mount, which has rules of its own for WebSockets and its slash.

    :param winner: the candidate that decides, which stays.
    :param websocket: whether the request is for a WebSocket.
    """
    once: dict[int, Candidate] = {}
    for candidate in candidates:
        rule = candidate.rule
        mount = rule.mount if isinstance(rule, MountRule) else None
        if mount is None:
            once[id(rule)] = candidate
        elif candidate is winner:
            once[id(mount)] = candidate
        elif bool(rule.websocket) == websocket:
            once.setdefault(id(mount), candidate)
    return list(once.values())


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    return value[:]


def _told(adapter: MapAdapter, winner: Candidate, error: Exception | None) -> Candidate:
    """Say of the rule that wins where its match leads."""
    rule, url = winner.rule, error.new_url if isinstance(error, RequestRedirect) else None
    if error is None or (winner.verdict is not Verdict.MATCHED and url is not None):
        return winner
    if winner.verdict is not Verdict.MATCHED:
        reason = "the client would be sent on, but no URL can be made of the path"
    elif rule.redirect_to is not None:
        if url is None and not isinstance(error, NotFound):
            reason = f"its redirect_to raises {error_outcome(error)}"
        else:
            reason = f"its redirect_to leads to {url or 'no URL'}"
    elif url is None:
        reason = f"{type(adapter).__qualname__}.match raises {type(error).__name__}"
    elif rule.alias:
        reason = f"the rule is an alias and redirects to {url}"
    else:
        reason = f"its values are the defaults of the canonical rule, which it leads to {url}"
    return replace(winner, reason=reason)


class _Tried(NamedTuple):
    """A rule that comes into question, and what it is told by.

    :param target: the rule as the map has compiled it.
    :param fit: how it fits the path.
    :param texts: the texts of its variables, those of the domain first.
    :param merged: whether slashes were merged.
    """

    target: Target
    fit: Fit
    texts: list[str]
    merged: bool


class _Walk:
    """Follows all rules of a map along one path."""

    def __init__(
        self, adapter: MapAdapter, state: MapState, path: str, method: str, websocket: bool
    ) -> None:
        self.adapter = adapter
        self.state = state
        self.method = method
        self.websocket = websocket
        domain: Any = ""
        if self.state.subdomain_matching and adapter.subdomain is not None:
            domain = adapter.subdomain
        elif self.state.subdomain_matching or self.state.host_matching:
            domain = adapter.server_name
        self.domain = _text(domain, "the domain to match")
        self.path = PathPass(path, False)
        self.merged = PathPass(path, True) if "//" in path else None
        self.targets = self.state.trie.targets
        self.parts: list[tuple[Part, ...]] = [target.compiled.parts for target in self.targets]
        self.ranks = Order(self.targets, adapter.map.match_order).ranks
        #: The candidate that decides what the request comes to.
        self.winner: Candidate | None = None

    def candidates(self) -> list[Candidate]:
        """Return all rules that come into question, in the order in which they are tried."""
        told = [self._told(tried) for tried in self._pass(self.path)]
        if self.winner is not None or self.merged is None:
            return told
        merged = [
            self._told(tried)
            for tried in self._pass(self.merged)
            if tried.fit.form is not Form.SURPLUS and tried.fit.refusal is None
        ]
        # A rule whose path it is as it stands was told. Of one that was only near, this tells more.
        known = {id(one.rule) for one in told if not _missed(one)}
        merged = [one for one in merged if id(one.rule) not in known or one is self.winner]
        fitting = {id(one.rule) for one in merged}
        return [one for one in told if not (_missed(one) and id(one.rule) in fitting)] + merged

    def _pass(self, path: PathPass) -> Iterable[_Tried]:
        """Return the rules that come into question on one pass, in order."""
        found = []
        texts = [path.text(index) for index in range(len(path.spans))]
        for number, (target, parts) in enumerate(zip(self.targets, self.parts, strict=True)):
            if not _may_fit(parts, texts):
                continue
            fit = fit_of(target, parts, path)
            if fit.form is None and fit.refusal is None:
                continue
            in_domain = fits_domain(target, self.domain)
            if in_domain is None and (fit.form in (None, Form.SURPLUS) or path.merging):
                continue
            ranks = self.ranks.exact
            if fit.form in (Form.COMPLETED, Form.REDIRECTED):
                ranks = self.ranks.lacking
            elif fit.form is Form.TOLERATED:
                ranks = self.ranks.tolerated
            given = [*(in_domain or ()), *fit.texts]
            if in_domain is None:
                fit = Fit(None, fit.texts)
            found.append((ranks[number], _Tried(target, fit, given, path.merging)))
        found.sort(key=itemgetter(0))
        return [tried for _, tried in found]

    def _told(self, tried: _Tried) -> Candidate:
        """Tell what becomes of a rule; the first one that takes the request is the winner."""
        target, fit, texts, merged = tried
        rule = target.rule
        if fit.refusal is not None:
            name, text, reason = fit.refusal
            return Candidate(rule, Verdict.REFUSED, {}, reason, variable=name, text=text)
        if fit.form is None:
            domain = domain_text(rule)
            wanted = f"the rule is for {domain!r}" if domain else "the rule is for no subdomain"
            return Candidate(
                rule, Verdict.DOMAIN_DIFFERS, {}, f"{wanted}, the request for {self.domain!r}"
            )
        values = [value for part in _variable_parts(target) for value in part.values]
        # What a converter raises ends a match only when it is the rule's turn.
        try:
            converted, refusal = values_of(target, values, texts)
        except (MemoryError, RecursionError):
            raise
        except Exception as error:
            failed = f"{type(error).__name__}: {error}"
            reason, verdict = self._unsuited(target, fit, merged)
            if verdict is not None:
                return Candidate(rule, verdict, {}, reason)
            raised = Candidate(rule, Verdict.RAISED, {}, failed)
            self.winner = self.winner or raised
            return raised
        if refusal is not None:
            name, text, reason = refusal
            return Candidate(rule, Verdict.REFUSED, converted, reason, variable=name, text=text)
        reason, verdict = self._unsuited(target, fit, merged)
        if verdict is not None:
            return Candidate(rule, verdict, converted, reason)
        if self.winner is not None:
            by = self.winner.rule
            reason = f"by {rule_name(by)}"
            return Candidate(rule, Verdict.OUTRANKED, converted, reason, by)
        self.winner = Candidate(rule, *_won(fit, converted, merged))
        return self.winner

    def _unsuited(self, target: Target, fit: Fit, merged: bool) -> tuple[str, Verdict | None]:
        """Tell why a rule whose path it is does not take the request; ``None`` if it does."""
        if fit.form is Form.SURPLUS:
            return "the rule is strict and ends without this slash", Verdict.SLASH_EXTRA
        if merged and not self.state.merge_slashes:
            return "the path has a run of slashes, which the map does not merge", (
                Verdict.SLASHES_MERGED
            )
        if merged and not target.merges:
            return "the path has a run of slashes, which the rule does not merge", (
                Verdict.SLASHES_MERGED
            )
        lacks = fit.form in (Form.REDIRECTED, Form.COMPLETED)
        if target.methods is not None and (
            self.method not in target.methods or self.method != self.method.upper()
        ):
            methods = methods_text(target.rule)
            if lacks:
                return (
                    f"the path lacks the last slash, and the rule takes {methods}, not"
                    f" {self.method}: no redirect, and no 405",
                    Verdict.SLASH_MISSING,
                )
            return f"the rule takes {methods}, not {self.method}", Verdict.WRONG_METHOD
        if target.websocket != self.websocket:
            kind = "WebSocket requests alone" if target.websocket else "no WebSocket requests"
            if lacks:
                return (
                    f"the path lacks the last slash, and the rule takes {kind}: no redirect",
                    Verdict.SLASH_MISSING,
                )
            return f"the rule takes {kind}", Verdict.WEBSOCKET_MISMATCH
        if merged and fit.corrected == self.path.path:
            return "merging changes nothing of this path", Verdict.SLASHES_MERGED
        return "", None

    def closest(self) -> list[NearRule]:
        """Return the rules that share most segments with the path."""
        likely: list[tuple[float, NearRule]] = []
        for target, parts in zip(self.targets, self.parts, strict=True):
            if not is_told(target.rule):
                continue
            parting = fit_of(target, parts, self.path).parting
            if parting is None or fits_domain(target, self.domain) is None:
                continue
            depth, found, wanted = parting
            if isinstance(target.rule, MountRule) and wanted is not None:
                wanted = wanted.removesuffix(f"<{BELOW}>") or wanted
            # What a variable takes says less than what is written in both.
            shared = sum(1.0 if part.pattern is None else 0.5 for part in parts[1 : depth + 1])
            near = NearRule(target.rule, depth + 1, found, wanted)
            likely.append((shared + likeness(found, wanted), near))
        likely.sort(key=itemgetter(0), reverse=True)
        return [near for _, near in likely[:CLOSEST]]


def _may_fit(parts: tuple[Part, ...], texts: list[str]) -> bool:
    """Tell whether a path has the static segments of a rule; most rules are left here."""
    for part, text in zip(parts[1:], texts, strict=False):
        if part.tail:
            return True
        if part.text and part.text != text:
            return False
    return True


def _missed(candidate: Candidate) -> bool:
    """Tell whether a candidate was near, but its path was another one."""
    return candidate.verdict in (Verdict.SLASH_EXTRA, Verdict.REFUSED, Verdict.SLASHES_MERGED)


def _variable_parts(target: Target) -> tuple[Part, ...]:
    return (target.domain, *target.compiled.parts[1:])


def _won(fit: Fit, values: dict[str, Any], merged: bool) -> tuple[Verdict, dict[str, Any], str]:
    if merged:
        return Verdict.SLASHES_MERGED, values, f"the client is sent to {shown(fit.corrected)}"
    if fit.form is Form.REDIRECTED:
        return Verdict.SLASH_MISSING, values, f"the client is sent to {shown(fit.corrected)}"
    reason = {
        Form.TOLERATED: "the rule is not strict and tolerates the last slash",
        Form.COMPLETED: "the rule is not strict and does without its last slash",
    }
    return Verdict.MATCHED, values, reason.get(fit.form or Form.EXACT, "")


_FULL_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*([^?#]*)")
_ENCODED = re.compile("%[0-9A-Fa-f]{2}")


def _hints(adapter: MapAdapter, path: str, method: str, rule: Rule | None) -> Iterator[str]:
    """Yield what may be wrong with a request."""
    if adapter._outside:
        yield "the host of the request is not within the server name, so no rule matches"
    full = _FULL_URL.match(path)
    if full:
        yield (
            "the path is a full URL; match takes the path alone, here"
            f" {shown(full[1] or '/')}, and bind the host"
        )
    if "?" in path:
        query = path[path.index("?") :]
        yield f"the path has a query, {query!r}; match takes the path in front of it alone"
    elif "#" in path:
        yield "the path has a fragment, which a client does not send"
    if isinstance(rule, MountRule):
        prefix = shown(rule.prefix or "/")
        yield f"{prefix} is a mount: the application there decides on what is below it"
    if rule is None:
        if _ENCODED.search(path):
            yield "the path is percent-encoded; match takes it decoded"
        root = adapter.script_name.rstrip("/")
        if root and (path == root or path.startswith(f"{root}/")):
            yield f"the path starts with {root!r}, where the map is bound; match takes what follows"
        if " " in method or "/" in method:
            yield f"{method!r} is no HTTP method; is it the path?"
