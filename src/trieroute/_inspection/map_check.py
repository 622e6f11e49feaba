"""Checking the rules of a map: what can't be reached, what is built in vain, what is slow.

What is told is true of the map as it stands. Where one rule hides another, this is proven by their
parts; everything else is tried with a request or a call of ``build``.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from .._core.part import Part
from .._core.target import Target
from .._errors import MethodNotAllowed, NotFound, RequestRedirect, WebsocketMismatch
from .._map import Map
from .._routers.mounts import BELOW, MountRule
from .._rules.methods import methods_of
from .._rules.order import MatchOrder, Order
from .._rules.regexes import segment_regex
from .._rules.rule import Rule
from .coverage import Cover, tree_of
from .explained import is_told
from .findings import Finding, Kind
from .http_methods import a_method, likely_method, overlap, shared_method, takes_some
from .outcomes import SERVER_NAME
from .reference_walk import PathPass, fit_of, fits_domain, values_of
from .sample_paths import samples_of
from .slow_regex import slow_text
from .value_text import kind_of, shown

__all__ = ["Progress", "check_map", "silent"]

#: Gets a sequence, and gives its items.
Progress = Callable[[Sequence[Any]], Iterable[Any]]

#: The number of other rules that are tried with one rule.
_TRIED = 40
_REFUSALS = (NotFound, MethodNotAllowed, WebsocketMismatch)


def silent(items: Sequence[Any]) -> Iterable[Any]:
    """Give the items of a sequence, and show nothing."""
    return items


def check_map(url_map: Map, progress: Progress = silent) -> list[Finding]:
    """Look for what is likely a mistake in the rules of a map.

    :param url_map: the map; it stays as it is. Its converters are called.
    :param progress: gets a sequence, and gives its items; it may show how far the check has come.
    :return: the findings, those of a rule together, in the order in which the rules were added.
    :raise TypeError: *url_map* is no map of trieroute's.
    """
    if not isinstance(url_map, Map):
        raise TypeError(
            f"check_map takes a trieroute.Map, not {kind_of(url_map)}: trieroute.inspection.check"
            " takes applications, routers, and Werkzeug's maps as well"
        )
    return list(_Check(url_map).findings(progress))


class _Check:
    """A map, what its rules were compiled to, and the adapters to try it with."""

    def __init__(self, url_map: Map) -> None:
        url_map.update()
        self.map = url_map
        self.targets: list[Target] = url_map._state.trie.targets
        self.rules: list[Rule] = [target.rule for target in self.targets]
        self.parts = [_parts_of(target) for target in self.targets]
        self.tree = tree_of(self.parts)
        self.ranks = Order(self.targets, url_map.match_order).ranks
        self.other_order: MatchOrder = (
            "weights" if url_map.match_order == "segments" else "segments"
        )
        self.other_ranks = Order(self.targets, self.other_order).ranks
        #: The same rules in the other order, ``None`` if the program's map can't be copied.
        self.other_map: Map | None = None
        with suppress(Exception):
            self.other_map = copy.copy(url_map)
            self.other_map._match_order = self.other_order
        self.number_of = {id(rule): number for number, rule in enumerate(self.rules)}
        self.adapters: dict[tuple[bool, str, bool], Any] = {}
        self.samples: dict[int, list[list[str]]] = {}
        #: The pairs of rules, by their numbers, that are known to differ in the two orders.
        self.crossed: set[tuple[int, int]] = set()
        self.slow: dict[Any, str | None] = {}

    def findings(self, progress: Progress) -> Iterator[Finding]:
        every = [*self.map._inserted]
        for rule in progress(every):
            if not is_told(rule):
                continue
            yield from self.by_settings(rule)
            number = self.number_of.get(id(rule))
            if number is not None:
                yield from self.slow_regexes(number)
                hidden = list(self.hidden(number))
                yield from hidden
                # Requests that go to the same path of another rule have been told.
                if not hidden:
                    yield from self.met(number)
            yield from self.never_built(rule)

    # By the settings of one rule

    def by_settings(self, rule: Rule) -> Iterator[Finding]:
        if rule.host and not self.map.host_matching:
            yield Finding(
                Kind.HOST_WITHOUT_HOST_MATCHING,
                [rule],
                f"the rule names the host {rule.host!r}, but the map matches no hosts, so the rule"
                f" {'is for every host' if self.map._finds_subdomains else 'never matches'}",
                hint="make the map with host_matching=True, or give the rule a subdomain",
            )
        methods = methods_of(rule)
        if rule.build_only or methods is None:
            return
        if not methods:
            yield Finding(
                Kind.EMPTY_METHODS,
                [rule],
                "the rule takes no method, so no request can reach it",
                hint="leave methods out for a rule that takes all methods",
            )
        for method in methods:
            near = likely_method(method)
            if near is not None:
                yield Finding(
                    Kind.UNKNOWN_METHOD,
                    [rule],
                    f"{method!r} is no method of HTTP",
                    hint=f"do you mean {near!r}?" if near else "",
                )

    def slow_regexes(self, number: int) -> Iterator[Finding]:
        for depth, part in enumerate(self.parts[number]):
            # The core matches by `re` only what it has no items for.
            if part.pattern is None or part.pattern.regex is None or part.pattern.items:
                continue
            regex = segment_regex(part.identity.sources, depth > 0, False).regex
            key = (regex.pattern, regex.flags, part.tail)
            if key not in self.slow:
                self.slow[key] = slow_text(regex)
            text = self.slow[key]
            if text is None or ("/" in text and not part.tail):
                continue
            before = [sample[0] if sample else "" for sample in self.texts(number)[2:depth]]
            path = "/".join(["", *before, text])
            names = ", ".join(f"<{value.name}>" for value in part.values)
            # These are the converters' own regexes; the one of the part has groups around them.
            sources = part.identity.sources
            regexes = ", ".join(source[0] for source in sources if isinstance(source, tuple))
            yield Finding(
                Kind.SLOW_REGEX,
                [self.rules[number]],
                f"the regex of {names} takes a time that doubles with a few characters more:"
                f" {regexes}",
                f"GET {shown(path)}" if depth else f"a request for the domain {text!r}",
                "write the regex so that no repetition can take the same text in two ways",
            )

    # By the rules that match instead

    def hidden(self, number: int) -> Iterator[Finding]:
        """Yield whether other rules take all that a rule takes, or the same path."""
        target, rule = self.targets[number], self.rules[number]
        if target.methods is not None and not target.methods:
            return
        wanted = None if target.methods is None else set(target.methods)
        by: list[Rule] = []
        doubts: list[str] = []
        same: list[Rule] = []
        for other, cover in sorted(self.tree.covering(self.parts[number]), key=_surest):
            theirs = self.targets[other]
            if other == number or theirs.websocket != target.websocket:
                continue
            if not self.beats(other, number):
                continue
            equal = cover.certain and self.parts_equal(other, number)
            if equal and overlap(theirs.methods, target.methods):
                same.append(self.rules[other])
            if not takes_some(theirs.methods, wanted):
                continue
            by.append(self.rules[other])
            doubts += [] if cover.certain else [cover.reason]
            if theirs.methods is None:
                wanted = set()
            elif wanted is not None:
                wanted -= theirs.methods
            if wanted is not None and not wanted:
                break
        reached = wanted is None or bool(wanted)
        example = self.request_of(number)
        if not reached and not (same and len(by) == len(same)):
            yield Finding(
                Kind.SHADOWED,
                [rule, *by],
                f"no request can reach the rule{f', {doubts[0]}' if doubts else ''}: all go to",
                example,
                "remove the rule, or make the other one narrower",
                certain=not doubts,
            )
        elif same:
            end = "so no request can reach this one" if not reached else "so the first one wins"
            yield Finding(
                Kind.DUPLICATE,
                [rule, *same],
                f"another rule is for the same path and methods, {end}:",
                example,
                "remove one of the rules",
            )

    def beats(self, other: int, number: int) -> bool:
        """Tell whether a rule goes before another one in each form in which that can match."""
        target, theirs = self.targets[number], self.targets[other]
        ranks = self.ranks
        if target.merges and not theirs.merges and self.map.merge_slashes:
            return False
        if theirs.tail and not theirs.branch and not target.tail:
            rank = ranks.exact[other]
            return rank < ranks.exact[number] and (
                rank < min(ranks.lacking[number], ranks.tolerated[number])
            )
        if theirs.branch != target.branch or (theirs.strict and not target.strict):
            return False
        return (
            ranks.exact[other] < ranks.exact[number]
            and (not target.branch or ranks.lacking[other] < ranks.lacking[number])
            and (target.strict or ranks.tolerated[other] < ranks.tolerated[number])
        )

    def parts_equal(self, one: int, other: int) -> bool:
        ours, theirs = self.parts[one], self.parts[other]
        return len(ours) == len(theirs) and all(
            a.text == b.text and a.identity == b.identity and a.pattern == b.pattern
            for a, b in zip(ours, theirs, strict=True)
        )

    def met(self, number: int) -> Iterator[Finding]:
        """Yield what other rules do to some of the paths of a rule."""
        parts, samples = self.parts[number], self.texts(number)
        if not all(samples):
            return
        tripped = False
        tried = 0
        plain = [sample[0] for sample in samples]
        trips = self.round_trip(number, [*plain])
        if trips is not None:
            tripped = True
            yield trips
        for other, texts in self.tree.meeting(parts, samples, samples_of):
            if other == number or self.targets[other].websocket != self.targets[number].websocket:
                continue
            if tried == _TRIED:
                break
            crossed = self.cross(number, other)
            before = self.ranks.exact[other] < self.ranks.exact[number]
            if not crossed and (tripped or not before):
                continue
            tried += 1
            if crossed and (min(number, other), max(number, other)) not in self.crossed:
                found = self.in_other_order(number, other, texts)
                if found is not None:
                    self.crossed.add((min(number, other), max(number, other)))
                    yield found
            if before and not tripped:
                trips = self.round_trip(number, texts)
                if trips is not None:
                    tripped = True
                    yield trips

    def cross(self, one: int, other: int) -> bool:
        """Tell whether the two orders rank two rules the other way round."""
        ours, theirs = self.ranks.exact, self.other_ranks.exact
        return (ours[one] < ours[other]) != (theirs[one] < theirs[other])

    def in_other_order(self, number: int, other: int, texts: list[str]) -> Finding | None:
        domain, path = texts[0], "/".join(["", *texts[2:]])
        shared = shared_method(self.targets[number].methods, self.targets[other].methods)
        if shared is None or self.other_map is None:
            return None
        websocket = self.targets[number].websocket
        here = self.match(False, domain, path, shared, websocket)
        there = self.match(True, domain, path, shared, websocket)
        pair = {id(self.rules[number]), id(self.rules[other])}
        if here is None or there is None or {id(here), id(there)} != pair:
            return None
        return Finding(
            Kind.ORDER_DEPENDENT,
            [here, there],
            f"in the order {self.map.match_order!r}, the map's own, the request goes to this rule;"
            f" in the order {self.other_order!r} to",
            self.written(shared, domain, path, websocket),
            "nothing needs to be done as long as the match order stays the same",
        )

    def round_trip(self, number: int, texts: list[str]) -> Finding | None:
        """Build a rule with the values of a path, and tell whether the URL leads elsewhere."""
        target, rule = self.targets[number], self.rules[number]
        if rule.redirect_to is not None or rule.alias:
            return None
        method = a_method(target.methods)
        domain, path = texts[0], "/".join(["", *texts[2:]])
        values = self.values(number, domain, path)
        if values is None:
            return None
        try:
            adapter = self.adapter(False, domain, target.websocket)
            url = adapter.build(rule.endpoint, values, method, force_external=True)
        except Exception:
            # A converter may refuse to build what it has read, which an application sees at once.
            return None
        parts = urlsplit(url)
        reached = self.reached(parts.netloc, unquote(parts.path), method, target.websocket)
        if reached is None or (isinstance(reached, Rule) and reached.endpoint == rule.endpoint):
            return None
        example = f"{_call(rule, values)} gives {shown(url)}"
        if isinstance(reached, Rule):
            if isinstance(rule, MountRule) and rule.arguments - {BELOW} <= reached.arguments:
                # A rule below a mount takes a part of its paths on purpose. One without the
                # variables of the mount's prefix takes a value of theirs.
                return None
            return Finding(
                Kind.NO_ROUND_TRIP,
                [rule, reached],
                "a URL that is built for the endpoint leads to",
                example,
                "let the converter of the variable refuse this value, or use another path",
            )
        return Finding(
            Kind.NO_ROUND_TRIP,
            [rule],
            f"a URL that is built for the endpoint leads nowhere: {reached}",
            example,
            "see trieroute explain for this URL",
        )

    def reached(self, host: str, path: str, method: str, websocket: bool) -> Any:
        """Return the rule that a URL leads to, or a text for none; ``None`` if it can't be told."""
        for _ in range(4):
            try:
                if self.map.host_matching:
                    adapter = self.adapter(False, host, websocket)
                else:
                    domain = host.removesuffix(SERVER_NAME).removesuffix(".")
                    adapter = self.adapter(False, domain, websocket)
                return adapter.match(path, method, return_rule=True)[0]
            except RequestRedirect as error:
                parts = urlsplit(error.new_url)
                if (parts.netloc, unquote(parts.path)) == (host, path):
                    return None
                host, path = parts.netloc, unquote(parts.path)
            except _REFUSALS as error:
                return f"{error.code} {error.name}"
            except Exception:
                return None
        return None

    # By the rules that are built instead

    def never_built(self, rule: Rule) -> Iterator[Finding]:
        if isinstance(rule, MountRule) and not isinstance(rule.endpoint, str):
            # Nobody builds the URL of a mount without a name.
            return
        if rule.alias or rule.redirect_to is not None or self.map.host_matching:
            return
        for other in self.map._rules_by_endpoint.get(rule.endpoint, ()):
            if other is rule:
                return
            if not _suits_always(other, rule):
                continue
            number = self.number_of.get(id(rule))
            example = ""
            if number is not None and all(self.texts(number)):
                texts = [sample[0] for sample in self.texts(number)]
                values = self.values(number, texts[0], "/".join(["", *texts[2:]]))
                try:
                    adapter = self.adapter(False, texts[0], False)
                    methods = methods_of(rule)
                    method = None if methods is None else a_method(frozenset(methods))
                    url = adapter.build(rule.endpoint, values or {}, method)
                    if url == rule.build(dict(values or {}))[1]:  # type: ignore[index]
                        return
                except Exception:
                    return
                example = f"{_call(rule, values or {})} gives {shown(url)}"
            yield Finding(
                Kind.NEVER_BUILT,
                [rule, other],
                "no URL is built of the rule, since another one of its endpoint always goes before",
                example,
                "if this is meant, give the rule alias=True, which redirects it to the other one",
            )
            return

    # Trying

    def texts(self, number: int) -> list[list[str]]:
        if number not in self.samples:
            self.samples[number] = [
                samples_of(part, depth == 0) for depth, part in enumerate(self.parts[number])
            ]
        return self.samples[number]

    def request_of(self, number: int) -> str:
        samples = self.texts(number)
        if not all(samples):
            return ""
        texts = [sample[0] for sample in samples]
        target = self.targets[number]
        path = "/".join(["", *texts[2:]])
        return self.written(a_method(target.methods), texts[0], path, target.websocket)

    @staticmethod
    def written(method: str, domain: str, path: str, websocket: bool) -> str:
        kind = "WebSocket" if websocket else method
        return f"{kind} {shown(path)}" + (f" at {domain}" if domain else "")

    def values(self, number: int, domain: str, path: str) -> dict[str, Any] | None:
        """Return the values that a rule has for a path, ``None`` if the path is not its own."""
        target, parts = self.targets[number], self.parts[number]
        in_domain = fits_domain(target, domain)
        fit = fit_of(target, parts[1:], PathPass(path, False))
        if in_domain is None or fit.form is None:
            return None
        values = [value for part in parts for value in part.values]
        try:
            converted, refusal = values_of(target, values, [*in_domain, *fit.texts])
        except Exception:
            return None
        return None if refusal is not None else converted

    def adapter(self, other: bool, domain: str, websocket: bool) -> Any:
        key = other, domain, websocket
        if key not in self.adapters:
            url_map = (other and self.other_map) or self.map
            scheme = "ws" if websocket else "http"
            if self.map.host_matching:
                self.adapters[key] = url_map.bind(domain or SERVER_NAME, url_scheme=scheme)
            else:
                self.adapters[key] = url_map.bind(SERVER_NAME, subdomain=domain, url_scheme=scheme)
        return self.adapters[key]

    def match(self, other: bool, domain: str, path: str, method: str, websocket: bool) -> Any:
        try:
            return self.adapter(other, domain, websocket).match(path, method, return_rule=True)[0]
        except Exception:
            return None


def _call(rule: Rule, values: dict[str, Any]) -> str:
    arguments = "".join(f", {name}={value!r}" for name, value in values.items())
    return f"build({rule.endpoint!r}{arguments})"


def _surest(covering: tuple[int, Cover]) -> tuple[bool, int]:
    number, cover = covering
    return not cover.certain, number


def _parts_of(target: Target) -> tuple[Part, ...]:
    return (target.domain, *target.compiled.parts)


def _suits_always(other: Rule, rule: Rule) -> bool:
    """Tell whether a rule can be built whenever another one of its endpoint can."""
    others, methods = methods_of(other), methods_of(rule)
    if others is not None and (methods is None or not set(methods) <= set(others)):
        return False
    if bool(other.websocket) != bool(rule.websocket) or other.build_only != rule.build_only:
        return False
    theirs, own = other.defaults or {}, rule.defaults or {}
    if any(name not in own or own[name] != value for name, value in theirs.items()):
        return False
    needed = set(other.arguments) - set(theirs)
    if not needed <= set(rule.arguments) - set(own):
        return False
    from_library = ("trieroute.", "werkzeug.")
    return all(
        type(converter).__module__.startswith(from_library)
        for converter in other._converters.values()
    )
