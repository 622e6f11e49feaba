"""What a request should come to: Werkzeug's matching, with each deliberate difference as a switch.

`Model` holds a map of the installed Werkzeug and walks the tree that Werkzeug compiled for it.
Without a switch it decides as Werkzeug does; with every switch in `SWITCHES` as trieroute does.
Rules, maps, and requests are data here (`RuleSpec`, `MapSpec`, `Request`), so that the same ones
can be given to either library. Nothing in this file imports trieroute.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from werkzeug import routing as werkzeug_routing
from werkzeug.exceptions import BadHost, MethodNotAllowed, NotFound
from werkzeug.routing import (
    AnyConverter,
    BaseConverter,
    Map,
    RequestRedirect,
    Rule,
    StateMachineMatcher,
    ValidationError,
    parse_converter_args,
)
from werkzeug.routing.exceptions import WebsocketMismatch

from routing_converters import CONVERTERS

SWITCHES = {
    "V1": "a rule whose converter refuses is passed over, and the search goes on",
    "V2": "slashes inside the value of a variable are not merged",
    "V3": "groups and backreferences in a converter's regex are its own affair",
    "V7": "a rule whose converter refuses causes no redirect, no 405, no websocket mismatch",
    "V8": "a rule with merge_slashes=False is passed over when slashes are merged",
    "V9": "rule factories keep every setting",
    "V10": "a redirect_to string takes rule syntax and stays on the host",
    "V11": "any(1,2) has two items",
    "V12": "domains are compared without regard to case",
    "V13": "no redirect to the URL itself, nor one that cannot be built",
}

PATH_SAFE = "!$&'()*+,/:;=@"

#: What Werkzeug merges to one slash: since 3.1.7 a whole run, before two slashes at a time.
RUN = "//+"
if not Map([Rule("/a/b", endpoint="")]).bind("localhost").test("/a///b"):
    RUN = "//"

Outcome = tuple[Any, ...]


# -- what is routed, as data ---------------------------------------------------------------------


def with_lower_host(url: str) -> str:
    """The URL as it is compared with another: case does not count in a host."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.lower()).geturl()


@dataclass(frozen=True)
class RuleSpec:
    """A rule: its text, `Rule`'s keyword arguments, and the factory that it is wrapped in."""

    rule: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    factory: str | None = None


@dataclass(frozen=True)
class MapSpec:
    """A map: its rules in order of insertion, and `Map`'s keyword arguments."""

    rules: tuple[RuleSpec, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """A request: `Map.bind`'s keyword arguments and `MapAdapter.match`'s."""

    path: str | None
    method: str | None = None
    websocket: bool | None = None
    query_args: Any = None
    binding: Mapping[str, Any] = field(default_factory=dict)

    def bind(self, url_map: Any) -> Any:
        return url_map.bind(**{"server_name": "example.com", **self.binding})


def wrapped(routing: ModuleType, spec: RuleSpec) -> Any:
    """The rule of `spec` inside its factory, made of `routing`'s classes."""
    rule = routing.Rule(spec.rule, **spec.settings)
    if spec.factory == "Submount":
        return routing.Submount("/a", [rule])
    if spec.factory == "Subdomain":
        return routing.Subdomain("a", [rule])
    if spec.factory == "EndpointPrefix":
        return routing.EndpointPrefix("pre.", [rule])
    if spec.factory == "RuleTemplate":
        return routing.RuleTemplate([rule])(name="a")
    return rule


def unwrapped(spec: RuleSpec) -> RuleSpec:
    """`spec` without a factory: the same rule with the factory's change made by hand."""
    settings = dict(spec.settings)
    rule = spec.rule
    if spec.factory == "Submount":
        rule = "/a" + rule
    elif spec.factory == "Subdomain":
        settings["subdomain"] = "a"
    elif spec.factory == "EndpointPrefix":
        settings["endpoint"] = "pre." + settings["endpoint"]
    return RuleSpec(rule, settings)


def without_duplicates(spec: MapSpec, converters: Mapping[str, Any] = CONVERTERS) -> MapSpec:
    """`spec` without the rules that the installed Werkzeug refuses, whatever factories keep."""
    refused: Any = getattr(werkzeug_routing.exceptions, "DuplicateRuleError", None)
    if refused is None:
        return spec
    kept: list[RuleSpec] = []
    for rule_spec in spec.rules:
        rules = (*kept, rule_spec)
        try:
            for each in (rules, tuple(map(unwrapped, rules))):
                make_map(werkzeug_routing, MapSpec(each, spec.settings), converters)
        except refused:
            continue
        kept.append(rule_spec)
    return MapSpec(tuple(kept), spec.settings)


def make_map(
    routing: ModuleType,
    spec: MapSpec,
    converters: Mapping[str, Any] = CONVERTERS,
    **more: Any,
) -> tuple[Any, list[Any]]:
    """The map of `spec` and its rules in order, made of `routing`'s classes."""
    url_map = routing.Map(converters=converters, **spec.settings, **more)
    rules = []
    for rule_spec in spec.rules:
        for rule in wrapped(routing, rule_spec).get_rules(url_map):
            url_map.add(rule)
            rules.append(rule)
    return url_map, rules


def route(url_map: Any, rules: list[Any], request: Request) -> Outcome:
    """What the map makes of the request; a rule is named by its place in `rules`."""
    try:
        adapter = request.bind(url_map)
    except BadHost:
        return ("bad host",)
    arguments = {"query_args": request.query_args, "websocket": request.websocket}
    return outcome(
        lambda: adapter.match(request.path, request.method, return_rule=True, **arguments), rules
    )


def outcome(match: Callable[[], tuple[Any, Mapping[str, Any]]], rules: list[Any]) -> Outcome:
    """What calling `match` comes to, as a tuple that can be compared and printed."""
    try:
        rule, values = match()
    except RequestRedirect as error:
        return ("redirect", error.new_url)
    except MethodNotAllowed as error:
        return ("405", sorted(error.valid_methods or ()))
    except WebsocketMismatch:
        return ("websocket mismatch",)
    except NotFound:
        return ("404",)
    except re.error:  # has another name in newer Pythons
        return ("error", "re.error")
    except Exception as error:
        return ("error", type(error).__name__)
    number = next(n for n, known in enumerate(rules) if known is rule)
    return ("match", number, [(n, type(v).__name__, v) for n, v in values.items()])


# -- the model -----------------------------------------------------------------------------------


class Segment(NamedTuple):
    text: str
    onward: str  # the text from this segment to the end of the path
    spare: int = 0  # slashes in front of it, but for the one that the rule must have


class Entry(NamedTuple):
    """A rule that a path can be taken for, before methods and converters are asked."""

    rule: Any
    form: str  # "exact", "missing" (needs a slash added), or "tolerated" (one slash too many)
    texts: tuple[str, ...]  # what each variable stands for
    path: str  # the path with this rule's merging done


class Model:
    """Werkzeug's outcome for a request, changed by `switches`."""

    def __init__(
        self, spec: MapSpec, switches: frozenset[str] = frozenset(), order: str = "segments"
    ) -> None:
        self.spec = adjusted(spec, switches)
        self.map, self.rules = make_map(werkzeug_routing, self.spec)
        self.switches = switches
        self.order = order
        self.patterns: dict[tuple[Any, ...], re.Pattern[str]] = {}
        self.converters_of_part: dict[str, list[BaseConverter]] = {}
        for rule in self.rules:
            converters = iter(rule._converters.values())
            for part in rule._parts:
                count = len(re.findall(r"\(\?P<__werkzeug_\d+>", part.content))
                self.converters_of_part[part.content] = [next(converters) for _ in range(count)]
        if "V12" in switches:
            self.lower_domains()
        self.map.update()

    def lower_domains(self) -> None:
        """Compile the rules anew, with the text of their domains in lower case."""
        matcher = self.map._matcher = StateMachineMatcher(self.map.merge_slashes)
        for rule in self.rules:
            domain = rule._parts[0]
            converters = self.converters_of_part[domain.content]
            pieces = pieces_of(domain.content, converters)
            content = "".join(p if n % 2 else p.lower() for n, p in enumerate(pieces))
            content = content.removesuffix(r"\z") + (r"\Z" if converters else "")
            self.converters_of_part[content] = converters
            rule._parts[0] = replace(domain, content=content)
            if not rule.build_only:
                # What is a duplicate was decided before.
                rule.is_duplicate = lambda other: False
                matcher.add(rule)

    def outcome(self, request: Request) -> Outcome:
        try:
            adapter = request.bind(self.map)
        except BadHost:
            return ("bad host",)
        found = outcome(lambda: self.match(adapter, request), self.rules)
        if self.switches and found[0] == "redirect" and not urlsplit(found[1]).hostname:
            # No response can lead there: browsers take the path for a host.
            return ("404",)
        return found

    def match(self, adapter: Any, request: Request) -> tuple[Any, dict[str, Any]]:
        path = adapter.path_info if request.path is None else request.path
        path = "/" + path.lstrip("/") if path else ""
        method = (request.method or adapter.default_method).upper()
        websocket = adapter.websocket if request.websocket is None else request.websocket
        query_args = request.query_args
        if query_args is None:
            query_args = adapter.query_args or {}
        domain = adapter.server_name
        if not self.map.host_matching and adapter.subdomain is not None:
            domain = adapter.subdomain

        allowed: set[str] = set()
        mismatch = False

        def failure() -> Exception:
            if allowed:
                return MethodNotAllowed(valid_methods=list(allowed))
            return WebsocketMismatch() if mismatch else NotFound()

        for merging in (False, True) if self.map.merge_slashes else (False,):
            for entry in self.entries(domain, path, merging):
                rule = entry.rule
                if merging and not rule.merge_slashes and "V8" in self.switches:
                    continue
                method_suits = rule.methods is None or method in rule.methods
                suits = method_suits and rule.websocket == websocket
                if not suits:
                    if entry.form == "missing":
                        continue
                    if "V7" in self.switches and self.values(entry) is None:
                        continue
                    if method_suits:
                        mismatch = True
                    else:
                        allowed |= rule.methods
                    continue

                slash = "/" if entry.form == "missing" and rule.strict_slashes else ""
                if slash or merging:
                    if "V7" in self.switches and self.values(entry) is None:
                        continue
                    if not slash and not rule.merge_slashes:
                        raise failure()
                    raise self.redirect_to_path(adapter, entry.path + slash, query_args)

                values = self.values(entry)
                if values is not None:
                    return self.win(adapter, rule, values, path, method, query_args)
                if "V1" not in self.switches:
                    raise failure()
        raise failure()

    # -- walking the tree

    def entries(self, domain: str, path: str, merging: bool) -> Iterable[Entry]:
        """Every rule that the path can be taken for, in the map's order."""
        runs = merging and "V2" in self.switches
        if merging and not runs:
            path = re.sub(RUN, "/", path)
        segments = [Segment(domain, f"{domain}/{path}")]
        for found in re.finditer("(?:^|/+)([^/]*)" if runs else "(?:^|/)([^/]*)", path):
            spare = max(found.start(1) - found.start() - 1, 0)
            segments.append(Segment(found[1], path[found.start(1) :], spare))
        entries = self.walk(self.map._matcher._root, segments, (), (), runs)
        if self.order == "segments":
            return entries
        place = {id(rule): number for number, rule in enumerate(self.rules)}
        if self.order == "registration":
            return sorted(entries, key=lambda e: place[id(e.rule)])
        return sorted(
            entries, key=lambda e: (compare_key(e.rule), e.form != "exact", place[id(e.rule)])
        )

    def walk(
        self,
        state: Any,
        segments: list[Segment],
        texts: tuple[str, ...],
        walked: tuple[str, ...],
        runs: bool,
    ) -> Iterator[Entry]:
        """The entries at and below `state`, depth first, in the order that Werkzeug meets them."""

        def reached(rules: list[Any], form: str) -> Iterator[Entry]:
            extra = ("",) if form == "tolerated" else ()
            path = "/".join((*walked[1:], *extra))
            return (Entry(rule, form, texts, path) for rule in rules)

        if not segments:
            yield from reached(state.rules, "exact")
            if "" in state.static:
                yield from reached(state.static[""].rules, "missing")
            return

        (text, onward, spare), *rest = segments
        in_domain = not walked
        fixed = text.lower() if in_domain and "V12" in self.switches else text
        if fixed in state.static:
            yield from self.walk(state.static[fixed], rest, texts, (*walked, text), runs)
        for part, below in state.dynamic:
            pattern = self.pattern(part, in_domain, runs)
            # A tail may begin within the run of slashes in front, with an empty value: as late as
            # possible, since the rule's slash takes as much of the run as it can.
            subjects = [text]
            if part.final:
                subjects = ["/" * given + onward for given in range(spare + 1)]
            match = next(filter(None, map(pattern.match, subjects)), None)
            if match is None:
                continue
            captured = tuple(v for n, v in match.groupdict().items() if n.startswith("__werkzeug"))
            spelled, remaining = text, rest
            if part.final:
                spelled, remaining = spelled_once(match, part.suffixed), []
                if part.suffixed and match[pattern.groups]:
                    remaining = [Segment("", "")]
            yield from self.walk(below, remaining, (*texts, *captured), (*walked, spelled), runs)
        if [segment.text for segment in segments] == [""]:
            yield from reached([r for r in state.rules if not r.strict_slashes], "tolerated")

    def pattern(self, part: Any, in_domain: bool, runs: bool) -> re.Pattern[str]:
        """The pattern of a part; the last group is its suffix, if it has one.

        With `runs`, each slash that belongs to the rule is a group `run_0`, `run_1`, … that matches
        any number of slashes.
        """
        key = (part.content, in_domain, runs)
        if key not in self.patterns:
            ignore_case = in_domain and "V12" in self.switches
            content = self.rewritten(part, runs) if runs or "V3" in self.switches else part.content
            self.patterns[key] = re.compile(content, re.IGNORECASE if ignore_case else 0)
        return self.patterns[key]

    def rewritten(self, part: Any, runs: bool) -> str:
        """The pattern that Werkzeug made of a part, put together anew from its pieces."""
        end = r"(?<!/)(/?)\Z" if part.suffixed else r"\Z"
        converters = self.converters_of_part[part.content]
        built = ""
        for number, piece in enumerate(pieces_of(part.content.removesuffix(end), converters)):
            if number % 2:
                regex = converters[number // 2].regex
                if "V3" in self.switches:
                    regex = with_own_groups(regex, number // 2, built)
                piece = f"(?P<__werkzeug_{number // 2}>{regex})"
            built += named_runs(piece, built) if runs and number % 2 == 0 else piece
        return built + (end.replace("/?", "/*") if runs else end)

    # -- what an entry comes to

    def values(self, entry: Entry) -> dict[str, Any] | None:
        """The values, defaults included, or None where a converter refuses."""
        converters = entry.rule._converters
        texts = list(entry.texts)
        if "V12" in self.switches:
            # Where case does not count, a choice is spelled as in the rule.
            in_domain = self.converters_of_part[entry.rule._parts[0].content]
            for index, converter in enumerate(in_domain):
                if isinstance(converter, AnyConverter):
                    spelled = {item.lower(): item for item in converter.items}
                    texts[index] = spelled.get(texts[index].lower(), texts[index])
        try:
            values = {n: converters[n].to_python(t) for n, t in zip(converters, texts, strict=True)}
        except ValidationError:
            return None
        return {**values, **(entry.rule.defaults or {})}

    def redirect_to_path(self, adapter: Any, path: str, query_args: Any) -> Exception:
        try:
            return RequestRedirect(
                adapter.make_redirect_url(quote(path, safe=PATH_SAFE), query_args)
            )
        except UnicodeEncodeError:
            if "V13" in self.switches:
                return NotFound()
            raise

    def win(
        self,
        adapter: Any,
        rule: Any,
        values: dict[str, Any],
        path: str,
        method: str,
        query_args: Any,
    ) -> tuple[Any, dict[str, Any]]:
        """The rule and its values, or the redirect that the rule asks for."""
        if self.map.redirect_defaults:
            find = self.buildable_redirect if "V13" in self.switches else self.werkzeug_redirect
            url = find(adapter, rule, values, path, method, query_args)
            if url is not None:
                raise RequestRedirect(url)
        if rule.redirect_to is not None:
            raise self.redirect_to_target(adapter, rule, values)
        return rule, values

    @staticmethod
    def werkzeug_redirect(
        adapter: Any,
        rule: Any,
        values: dict[str, Any],
        path: str,
        method: str,
        query_args: Any,
    ) -> str | None:
        if rule.alias:
            domain = adapter.subdomain or adapter.server_name
            return adapter.make_alias_redirect_url(
                f"{domain}|{path}", rule.endpoint, values, method, query_args
            )
        return adapter.get_default_redirect(rule, method, values, query_args)

    def buildable_redirect(
        self,
        adapter: Any,
        rule: Any,
        values: dict[str, Any],
        path: str,
        method: str,
        query_args: Any,
    ) -> str | None:
        """V13: the first canonical URL that can be built and is not the requested one.

        No response can lead to a URL without a host, so that there is no redirect then.
        """
        try:
            requested = with_lower_host(
                adapter.make_redirect_url(quote(path, safe=PATH_SAFE), query_args)
            )
        except UnicodeEncodeError:
            requested = None
        siblings = self.map._rules_by_endpoint[rule.endpoint]
        if rule.alias:
            built = []
            for canonical in siblings:
                if not canonical.alias and canonical.suitable_for(values, method):
                    url = self.url_of(canonical, adapter, values, method)
                    if url is not None:
                        built.append(url)
            here = [url for url in built if urlsplit(url).netloc == adapter.server_name]
            for url in here[:1] if here and self.map.host_matching else built[:1]:
                if not urlsplit(url).hostname:
                    return None
                if query_args:
                    url += "?" + adapter.encode_query_args(query_args)
                return None if requested and with_lower_host(url) == requested else url
            return None
        for other in siblings:
            if other is rule:
                break
            if other.provides_defaults_for(rule) and other.suitable_for(values, method):
                try:
                    domain, other_path = other.build({**values, **other.defaults})
                except Exception:  # likewise
                    continue
                url = adapter.make_redirect_url(other_path, query_args, domain_part=domain)
                if not urlsplit(url).hostname:
                    continue
                return None if requested and with_lower_host(url) == requested else url
        return None

    def url_of(self, rule: Any, adapter: Any, values: dict[str, Any], method: str) -> str | None:
        """The URL of this rule alone, asked of a map that holds no other."""
        number = next(n for n, known in enumerate(self.rules) if known is rule)
        solo, _ = make_map(werkzeug_routing, replace(self.spec, rules=(self.spec.rules[number],)))
        subdomain = {} if self.map.host_matching else {"subdomain": adapter.subdomain}
        try:
            return solo.bind(
                adapter.server_name, adapter.script_name, url_scheme=adapter.url_scheme, **subdomain
            ).build(rule.endpoint, values, method, force_external=True, append_unknown=False)
        except Exception:  # a converter may raise anything
            return None

    def redirect_to_target(self, adapter: Any, rule: Any, values: dict[str, Any]) -> Exception:
        def fill(found: re.Match[str]) -> str:
            converter_name, arguments, name = variable.fullmatch(found[1]).groups()
            converter = rule._converters.get(name)
            if converter is None or converter_name:
                args, kwargs = parse_converter_args(arguments or "")
                converter = rule.get_converter(name, converter_name or "default", args, kwargs)
            return converter.to_url(values[name])

        def fill_plainly(found: re.Match[str]) -> str:
            return rule._converters[found[1]].to_url(values[found[1]])

        variable = re.compile(r"(?:(\w+)(?:\((.*)\))?:)?(\w+)")
        netloc = adapter.server_name
        if adapter.subdomain:
            netloc = f"{adapter.subdomain}.{netloc}"
        root = f"{adapter.url_scheme or 'http'}://{netloc}{adapter.script_name}"
        if callable(rule.redirect_to):
            return RequestRedirect(urljoin(root, rule.redirect_to(adapter, **values)))
        try:
            method = fill if "V10" in self.switches else fill_plainly
            target = re.sub("<([^>]+)>", method, rule.redirect_to)
        except UnicodeEncodeError:
            if "V13" in self.switches:
                return NotFound()
            raise
        url = urljoin(root, target)
        if "V10" in self.switches and urlsplit(url).netloc != netloc:
            url = urljoin(root, "./" + target.lstrip("/"))
        return RequestRedirect(url)


# -- small things --------------------------------------------------------------------------------


def adjusted(spec: MapSpec, switches: frozenset[str]) -> MapSpec:
    """The map with the differences in it that lie in how rules are written."""
    rules = spec.rules
    if "V9" in switches:
        rules = tuple(map(unwrapped, rules))
    if "V11" in switches:
        rules = tuple(map(with_items_quoted, rules))
    return replace(spec, rules=rules)


def with_items_quoted(spec: RuleSpec) -> RuleSpec:
    """The rule with `any(1,2)` in words that Werkzeug takes for two items."""
    settings = dict(spec.settings)
    if isinstance(settings.get("redirect_to"), str):
        settings["redirect_to"] = settings["redirect_to"].replace("any(1,2)", 'any("1","2")')
    rule = spec.rule.replace("any(1,2)", 'any("1","2")')
    return replace(spec, rule=rule, settings=settings)


def pieces_of(content: str, converters: list[BaseConverter]) -> list[str]:
    """A part's pattern cut into text, variable, text, variable, …, text."""
    pieces = []
    for number, converter in enumerate(converters):
        variable = f"(?P<__werkzeug_{number}>{converter.regex})"
        before, content = content.split(variable, 1)
        pieces += [before, variable]
    return [*pieces, content]


def named_runs(text: str, before: str) -> str:
    """A pattern's text with each slash as a group `run_N`, counted on from those in `before`."""
    number = before.count("(?P<run_")
    for _ in range(text.count("/")):
        text = text.replace("/", f"(?P<run_{number}>\0+)", 1)
        number += 1
    return text.replace("\0", "/")


def spelled_once(match: re.Match[str], suffixed: bool) -> str:
    """The text of a match, each run of the rule's own slashes as one slash, without the suffix."""
    runs = sorted(match.span(name) for name in match.groupdict() if name.startswith("run_"))
    end = match.start(match.re.groups) if suffixed else match.end()
    spelled, position = "", 0
    for start, stop in runs:
        spelled += match.string[position:start] + "/"
        position = stop
    return spelled + match.string[position:end]


def with_own_groups(regex: str, number: int, before: str) -> str:
    """V3: a converter's regex with its groups made its own inside a pattern begun by `before`."""
    offset = re.compile(before).groups + 1
    regex = re.sub(r"\\(\d)", lambda found: f"\\{int(found[1]) + offset}", regex)
    return re.sub(r"\(\?P(<|=)(\w+)", rf"(?P\g<1>own_{number}_\g<2>", regex)


def compare_key(rule: Any) -> tuple[bool, int, list[tuple[int, int]], int, list[int]]:
    """`match_compare_key` of a Werkzeug 3 rule, from the trace of its text.

    The weight of a static text is the number of the chunk that it stands in, where variables and
    the text between them are counted alternately, anew after the domain; and its negative length.
    """
    static_weights: list[tuple[int, int]] = []
    argument_weights: list[int] = []
    chunk, previous = -1, None
    in_domain = True
    for is_variable, text in rule._trace:
        if in_domain and not is_variable and text == "|":
            chunk, previous, in_domain = -1, None, False
            continue
        if is_variable or previous is not False:
            chunk += 1
        previous = is_variable
        if is_variable:
            argument_weights.append(rule._converters[text].weight)
        elif text != "/":
            static_weights.append((chunk, -len(text)))
    return (
        bool(rule.arguments),
        -len(static_weights),
        static_weights,
        -len(argument_weights),
        argument_weights,
    )
