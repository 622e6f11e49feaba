"""Workloads: rule tables with requests and their expected answers, the same at every run.

A rule is written as Werkzeug and trieroute take it. Every other router gets a translation of it,
see ``peers``. The tables are made so that one rule alone is the best for each request in every
sensible order: values never equal a static segment, and the variables that stand at one place of
one table are of one kind. What follows from the order of the rules is not measured here.
"""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from itertools import accumulate
from typing import Any, NamedTuple

from trieroute.tables import github_rest_api

__all__ = ["HOST", "SIZES", "WORKLOADS", "Case", "Spec", "Workload", "load", "more_cases", "pieces"]

#: The host of requests to tables without host rules.
HOST = "api.example.org"
#: Numbers of rules of the random tables.
SIZES = (10, 100, 1_000, 10_000, 100_000)
#: Least number of requests of a workload; small tables get several for each rule.
LEAST_CASES = 200

#: The letters of words, unless a table is about others.
LETTERS = "abcdefghiklmnoprstuvwxyz"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

_VARIABLE = re.compile(r"<(?:(\w+)(?:\(((?:'[^']*'|[^')])*)\))?:)?(\w+)>")


class Variable(NamedTuple):
    """A variable of a rule.

    :param name: its name.
    :param kind: ``string``, ``int``, ``float``, ``uuid``, ``path``, ``any``, ``regex``, or
        ``greedy``, which is a ``regex`` that is not part isolating.
    :param argument: the items of ``any``, separated by commas; the pattern of a regex.
    """

    name: str
    kind: str = "string"
    argument: str = ""

    def __str__(self) -> str:
        if self.kind == "string":
            return f"<{self.name}>"
        if self.kind in ("regex", "greedy"):
            return f"<{self.kind}('{self.argument}'):{self.name}>"
        return f"<{self.kind}{f'({self.argument})' if self.argument else ''}:{self.name}>"

    @property
    def pattern(self) -> str:
        """The regular expression of an ``any`` or a ``regex``."""
        return self.argument.replace(",", "|") if self.kind == "any" else self.argument


class Spec(NamedTuple):
    """One rule of a table; *rule* and *host* are in the syntax of rules."""

    rule: str
    endpoint: str
    methods: tuple[str, ...]
    host: str | None = None


class Span(NamedTuple):
    """Where a value stands: code points *start* to *end* of the path, or of the host."""

    name: str
    start: int
    end: int
    in_host: bool = False


class Case(NamedTuple):
    """One request and what it has to lead to.

    :param path: the decoded path.
    :param method: the method.
    :param endpoint: the endpoint of the rule that matches, ``None`` for a miss.
    :param values: the converted values by name.
    :param spans: where the values stand in the request.
    :param host: the host that is requested.
    :param status: 200 for a match, otherwise 404 or 405.
    """

    path: str
    method: str
    endpoint: str | None
    values: dict[str, Any]
    spans: tuple[Span, ...] = ()
    host: str = HOST
    status: int = 200


@dataclass(frozen=True)
class Workload:
    """A rule table with its requests.

    :param name: what the workload is called in commands and results.
    :param specs: the rules, more specific ones first, as routers need them that take the first
        rule that matches.
    :param cases: the requests that are timed, in random order.
    :param misses: a few requests that no rule matches; they are checked, not timed.
    :param host_matching: whether the rules have hosts.
    :param alphabet: the letters of its words and values.
    """

    name: str
    specs: tuple[Spec, ...]
    cases: tuple[Case, ...]
    misses: tuple[Case, ...] = ()
    host_matching: bool = False
    alphabet: str = field(default=LETTERS, repr=False)

    @property
    def plain(self) -> bool:
        """Whether every path is ASCII."""
        return all(case.path.isascii() for case in self.cases)


@dataclass
class Words:
    """A seeded source of words, values and choices.

    :param seed: the seed.
    :param alphabet: the letters of words; those of values are the same, with a number behind.
    """

    seed: int
    alphabet: str = LETTERS
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def word(self) -> str:
        """Return a static segment: letters only."""
        return "".join(self.random.choices(self.alphabet, k=self.random.randint(3, 10)))

    def words(self, count: int) -> list[str]:
        """Return different words."""
        found: dict[str, None] = {}
        while len(found) < count:
            found[self.word()] = None
        return list(found)

    def value(self, variable: Variable) -> tuple[str, Any]:
        """Return a value for a variable: as text in a path, and as the converter gives it."""
        kind, source = variable.kind, self.random
        if kind == "int":
            number = source.randrange(1, 1_000_000_000)
            return str(number), number
        if kind == "float":
            text = f"{source.randrange(1_000)}.{source.randrange(1, 10)}"
            return text, float(text)
        if kind == "uuid":
            unique = uuid.UUID(int=source.getrandbits(128))
            return str(unique), unique
        if kind in ("path", "greedy"):
            text = "/".join(self._text() for _ in range(source.randint(2, 6)))
        elif kind == "any":
            text = source.choice(variable.argument.split(","))
        elif kind == "regex":
            text = _REGEXES[variable.argument](source)
        else:
            text = self._text()
        return text, text

    def _text(self) -> str:
        return f"{self.word()}-{self.random.randrange(1_000)}"


#: The patterns of ``regex`` variables, without braces, and what makes a text that fits.
_REGEXES: dict[str, Callable[[random.Random], str]] = {
    "[0-9a-f]+": lambda source: f"{source.getrandbits(160):040x}",
    r"\d\d\d\d-\d\d": lambda source: f"{source.randrange(1990, 2030)}-{source.randrange(10, 13)}",
    "[A-Z]+": lambda source: "".join(source.choices("ABCDEFGHIKLMNOPQRST", k=4)),
    "[^.]+": lambda source: f"bucket-{source.randrange(10_000)}",
    r"[a-z]+-[a-z]+-\d": lambda source: (
        f"{source.choice(('us', 'eu', 'ap'))}-{source.choice(('east', 'west', 'south'))}"
        f"-{source.randrange(1, 5)}"
    ),
}


def pieces(rule: str) -> list[str | Variable]:
    """Cut a rule into static texts and variables, in order; empty texts are left out."""
    found: list[str | Variable] = []
    end = 0
    for match in _VARIABLE.finditer(rule):
        if match.start() > end:
            found.append(rule[end : match.start()])
        kind, argument, name = match.groups()
        found.append(Variable(name, kind or "string", (argument or "").strip("'")))
        end = match.end()
    if end < len(rule):
        found.append(rule[end:])
    return found


def case_of(spec: Spec, source: Words) -> Case:
    """Return a request that *spec* matches, its variables filled with seeded values."""
    values: dict[str, Any] = {}
    spans: list[Span] = []

    def fill(rule: str, in_host: bool) -> str:
        text = ""
        for piece in pieces(rule):
            if isinstance(piece, str):
                text += piece
                continue
            value, values[piece.name] = source.value(piece)
            spans.append(Span(piece.name, len(text), len(text) + len(value), in_host))
            text += value
        return text

    host = HOST if spec.host is None else fill(spec.host, in_host=True)
    path = fill(spec.rule, in_host=False)
    method = source.random.choice(spec.methods)
    return Case(path, method, spec.endpoint, values, tuple(spans), host)


def workload(
    name: str, specs: Iterable[Spec], source: Words, misses: bool = True, **settings: Any
) -> Workload:
    """Put a workload together: rules in order, requests to all of them, and misses.

    :param specs: the rules, in any order.
    :param source: gives the values.
    :param misses: whether misses can be made of the requests by the two ways of :func:`_misses`.
    :param settings: the rest of :class:`Workload`.
    """
    ordered = sorted(specs, key=_specificity)
    each = max(1, -(-LEAST_CASES // len(ordered)))
    cases = [case_of(spec, source) for _ in range(each) for spec in ordered]
    source.random.shuffle(cases)
    missing = _misses(ordered, cases[:20]) if misses else []
    return Workload(
        name, tuple(ordered), tuple(cases), tuple(missing), alphabet=source.alphabet, **settings
    )


def more_cases(workload: Workload, count: int) -> list[Case]:
    """Return different requests of a workload, its own and then more of the same kind.

    They are fewer than *count* where its rules have no variables, or its requests match none.
    """
    found = {(case.host, case.path, case.method): case for case in workload.cases}
    if any(case.status != 200 for case in workload.cases):
        return list(found.values())[:count]
    source = Words(count, workload.alphabet)
    for _ in range(max(1, 2 * count // len(workload.specs))):
        for spec in workload.specs:
            if len(found) < count:
                case = case_of(spec, source)
                found.setdefault((case.host, case.path, case.method), case)
    cases = list(found.values())[:count]
    source.random.shuffle(cases)
    return cases


def _specificity(spec: Spec) -> list[int]:
    """Return a key that sorts static segments before variables, segment by segment."""
    key = []
    for segment in spec.rule.split("/"):
        kinds = [piece.kind for piece in pieces(segment) if isinstance(piece, Variable)]
        key.append(0 if not kinds else 3 if "path" in kinds else 2 if "string" in kinds else 1)
    return key


def _misses(specs: Sequence[Spec], cases: Sequence[Case]) -> list[Case]:
    """Return requests like *cases* that no rule matches.

    They start with a segment that no rule has, or have more segments than any rule.
    """
    found = []
    first = [pieces(spec.rule.split("/")[1]) for spec in specs]
    if not any(isinstance(piece, Variable) for segment in first for piece in segment):
        found += [_miss(f"/no~such{case.path}", case) for case in cases]
    if not any("<path:" in spec.rule for spec in specs):
        deepest = max(spec.rule.count("/") for spec in specs)
        found += [
            _miss(case.path.rstrip("/") + "/~" * (deepest + 1 - case.path.count("/")), case)
            for case in cases
            if case.path.rstrip("/")
        ]
    return found


def _miss(path: str, case: Case, method: str | None = None, status: int = 404) -> Case:
    return Case(path, method or case.method, None, {}, (), case.host, status)


# Tables that are written down


def github() -> Workload:
    """GitHub's REST API, 1,225 rules; the package ships it."""
    specs = [
        Spec(rule.rule, rule.endpoint, (rule.endpoint.partition(" ")[0],))
        for rule in github_rest_api()
    ]
    return workload("github", specs, Words(1225))


def apart(name: str) -> Workload:
    """Return a table without its rules that have a text where another one has a variable.

    Some routers take no table that has both, or two names for the variable of one place.
    """
    specs = []
    seen: dict[str, str] = {}
    for spec in load(name).specs:
        first, *others = spec.rule.split("/")
        heads = accumulate(others[:-1], "{}/{}".format, initial=first)
        if all(
            seen.setdefault(head, follows) == follows or "<" not in seen[head] + follows
            for head, follows in zip(heads, others, strict=True)
        ):
            specs.append(spec)
    return workload(f"{name}-apart", specs, Words(len(specs)))


GOOGLE_PLUS = """
GET /people/{userId}
GET /people
GET /activities/{activityId}/people/{collection}
GET /people/{userId}/people/{collection}
GET /people/{userId}/openIdConnect
GET /people/{userId}/activities/{collection}
GET /activities/{activityId}
GET /activities
GET /activities/{activityId}/comments
GET /comments/{commentId}
POST /people/{userId}/moments/{collection}
GET /people/{userId}/moments/{collection}
DELETE /moments/{id}
"""


def google_plus() -> Workload:
    """The Google+ API, 13 rules."""
    specs = []
    for line in GOOGLE_PLUS.split("\n")[1:-1]:
        method, _, template = line.partition(" ")
        specs.append(Spec(template.replace("{", "<").replace("}", ">"), line, (method,)))
    return workload("google-plus", specs, Words(13))


# Generated tables


def static() -> Workload:
    """500 rules without variables, one to five segments deep."""
    source = Words(500)
    words = source.words(60)
    paths: dict[str, None] = {}
    while len(paths) < 500:
        depth = source.random.randint(1, 5)
        paths["".join(f"/{source.random.choice(words)}" for _ in range(depth))] = None
    return workload("static", [Spec(path, path, ("GET",)) for path in paths], source)


def deep() -> Workload:
    """100 rules of up to ten variables, a static segment before each."""
    source = Words(10)
    words = source.words(20)
    specs = []
    for root in words[:10]:
        rule = ""
        for level in range(10):
            static = root if level == 0 else words[10 + level]
            rule += f"/{static}/<v{level}>"
            specs.append(Spec(rule, rule, ("GET",)))
    return workload("deep", specs, source)


#: Kinds of a random table's segments with their weights, in per mille; the rest is static.
#: Measured over 7,002 rules of open-source applications.
KINDS = {"int": 210, "string": 70, "regex": 26, "path": 12, "any": 6, "uuid": 6}


def random_rules(size: int, plain: bool = False) -> Workload:
    """Random rules as applications have them.

    A rule is a mount point, which about twelve rules share, and one to five segments behind it.
    67% of all segments are static. An eighth of the rules has a twin: the same rule with another
    method.

    :param size: number of rules.
    :param plain: whether every variable is a string, for routers that know no others.
    """
    source = Words(size)
    chance = source.random
    words = source.words(1_000)
    # Words with a number are no values: those have a dash.
    mounts = [f"{chance.choice(words)}{number}" for number in range(max(2, size // 12))]
    # All mount points are static, so that the segments behind them have more variables.
    segments = 4
    weights = [weight * segments / (segments - 1) for weight in KINDS.values()]
    kinds = ["static", *KINDS]
    weights.insert(0, 1_000 - sum(weights))
    variables: dict[str, Variable] = {}
    rules: dict[str, tuple[str, ...]] = {}
    while len(rules) < size:
        rule = skeleton = f"/{chance.choice(mounts)}"
        for _ in range(chance.randint(1, 5)):
            kind = chance.choices(kinds, weights)[0]
            if kind == "static":
                rule += f"/{(word := chance.choice(words))}"
                skeleton += f"/{word}"
                continue
            if kind == "path":
                # A word of its own keeps the rule apart from all others.
                rule += f"/p{len(rules)}"
                skeleton += f"/p{len(rules)}"
            skeleton += "/<>"
            variable = variables.setdefault(skeleton, _variable(kind, len(skeleton), source))
            rule += f"/{variable}"
            if variable.kind == "path":
                break
        rules.setdefault(rule, _methods(chance))
    specs: list[Spec] = []
    for rule, methods in rules.items():
        if len(specs) == size:
            break
        specs.append(_spec(rule, methods, plain))
        others = [method for method in METHODS if method not in methods]
        if len(specs) < size and chance.random() < 0.125:
            specs.append(_spec(rule, (chance.choice(others),), plain))
    return workload(f"random-{size}{'-plain' if plain else ''}", specs, source)


def _variable(kind: str, place: int, source: Words) -> Variable:
    """Return a variable; *place* is any number that is the same for the same place."""
    argument = ""
    if kind == "any":
        argument = ",".join(f"{word}_" for word in source.words(3))
    elif kind == "regex":
        argument = source.random.choice(list(_REGEXES)[:3])
    return Variable(f"v{place}", kind, argument)


def _methods(chance: random.Random) -> tuple[str, ...]:
    """Return the methods of a rule: 48% GET, 27% one other, 25% several."""
    share = chance.random()
    if share < 0.48:
        return ("GET",)
    if share < 0.75:
        return (chance.choice(METHODS[1:]),)
    return ("GET", *chance.sample(METHODS[1:3], k=chance.randint(1, 2)))


def _spec(rule: str, methods: tuple[str, ...], plain: bool) -> Spec:
    if plain:
        rule = "".join(
            piece if isinstance(piece, str) else f"<{piece.name}>" for piece in pieces(rule)
        )
    return Spec(rule, f"{','.join(methods)} {rule}", methods)


def overlapping() -> Workload:
    """1,024 rules of ten segments, each of them static or a variable: all that there are."""
    source = Words(1_024)
    words = source.words(10)
    specs = []
    for choice in range(1_024):
        rule = "".join(
            f"/{word}" if choice >> place & 1 else f"/<v{place}>"
            for place, word in enumerate(words)
        )
        specs.append(Spec(rule, rule, ("GET",)))
    return workload("overlapping", specs, source)


def converters() -> Workload:
    """200 rules with all the built-in converters and with custom regexes."""
    source = Words(200)
    kinds = ["int", "float", "uuid", "any", "regex", "string"]
    specs = []
    for word in source.words(200):
        rule = f"/{word}"
        for place in range(source.random.randint(1, 3)):
            rule += f"/{_variable(source.random.choice(kinds), place, source)}"
        specs.append(Spec(rule, rule, ("GET",)))
    return workload("converters", specs, source)


#: Letters of one, two and four bytes, none of them ASCII; no case, which a router might change.
ALPHABETS = {
    "latin-1": "àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþ",
    "bmp": "αβγδεζηθικλμνξοπρστυφχψω日本語中文字",
    "astral": "😀😁😂😃😄😅😆😇😈😉😊😋😌😍😎😏🚀🚁🚂🚃",
}


def non_ascii(width: str) -> Workload:
    """100 rules whose static segments and values have no ASCII letters.

    :param width: ``latin-1``, ``bmp`` or ``astral``: one, two or four bytes a code point.
    """
    source = Words(100, ALPHABETS[width])
    specs = []
    for word in source.words(100):
        rule = f"/{word}/<name>"
        if source.random.random() < 0.5:
            rule += f"/{source.word()}/<item>"
        specs.append(Spec(rule, rule, ("GET",)))
    return workload(f"non-ascii-{width}", specs, source)


def in_segment() -> Workload:
    """100 rules with several variables in one segment."""
    source = Words(101)
    kinds = ["<int:year>.<int:month>", "<int:a>-<int:b>-<int:c>", "v<int:major>.<int:minor>"]
    strings = ["<name>.<ext>", "<name>@<int:version>", "<user>:<token>"]
    specs = [
        Spec(rule := f"/{word}/{source.random.choice(kinds + strings)}", rule, ("GET",))
        for word in source.words(100)
    ]
    return workload("in-segment", specs, source)


def path_middle() -> Workload:
    """100 rules with a path variable before their end."""
    source = Words(102)
    ends = ["/edit", "/history/<int:revision>", ":generateContent"]
    specs = [
        Spec(rule := f"/{word}/<path:page>{source.random.choice(ends)}", rule, ("GET",))
        for word in source.words(100)
    ]
    return workload("path-middle", specs, source)


def hosts() -> Workload:
    """800 host rules with custom regexes in host and path, as cloud emulators have.

    Those in the paths are not part isolating. Those in the hosts are: Werkzeug never matches a
    rule whose host has a converter that is not.
    """
    source = Words(800)
    bucket = Variable("bucket", "regex", "[^.]+")
    region = Variable("region", "regex", r"[a-z]+-[a-z]+-\d")
    key = Variable("key", "greedy", ".+")
    specs = []
    for service in source.words(200):
        for name in (f"{bucket}.{service}", service):
            host = f"{name}.{region}.amazonaws.com"
            specs.append(Spec("/", f"GET {host}/", ("GET",), host))
            specs.append(Spec(f"/{key}", f"PUT {host}/key", ("PUT",), host))
    made = workload("hosts", specs, source, misses=False, host_matching=True)
    elsewhere = [_miss(case.path, case)._replace(host=HOST) for case in made.cases[:20]]
    return replace(made, misses=tuple(elsewhere))


# Misses that are timed


def not_found() -> Workload:
    """GitHub's API and 404s: half of them fail at the first segment, half behind the last."""
    table = load("github")
    return Workload("not-found", table.specs, tuple(_shuffled(_misses(table.specs, table.cases))))


def not_allowed() -> Workload:
    """GitHub's API and 405s: paths with a method that other rules take, but none of theirs."""
    table = load("github")
    patterns = [
        (
            re.compile(
                "".join(
                    "[^/]+" if isinstance(piece, Variable) else re.escape(piece)
                    for piece in pieces(spec.rule)
                )
            ),
            spec.methods,
        )
        for spec in table.specs
    ]
    cases = []
    for case in table.cases[:400]:
        allowed = {
            method
            for pattern, methods in patterns
            if pattern.fullmatch(case.path)
            for method in methods
        }
        cases += [
            _miss(case.path, case, method, 405) for method in METHODS if method not in allowed
        ]
    return Workload("not-allowed", table.specs, tuple(_shuffled(cases)))


def _shuffled(cases: list[Case]) -> list[Case]:
    random.Random(404).shuffle(cases)
    return cases


# URLs to be built


def quoted_builds() -> Workload:
    """GitHub's API; values with blanks and letters that have to be percent-encoded."""
    table = load("github")
    cases = []
    for case in table.cases:
        if case.values:
            values = {name: f"{value} größer %" for name, value in case.values.items()}
            cases.append(case._replace(values=values, spans=()))
    return Workload("quoted-builds", table.specs, tuple(cases))


def query_builds() -> Workload:
    """GitHub's API; every URL gets a query of two values."""
    table = load("github")
    cases = [
        case._replace(values={**case.values, "page": number, "sort": "stars desc"}, spans=())
        for number, case in enumerate(table.cases)
    ]
    return Workload("query-builds", table.specs, tuple(cases))


#: All workloads by name; :func:`load` makes one.
WORKLOADS: Mapping[str, Callable[[], Workload]] = {
    "google-plus": google_plus,
    "github": github,
    "static": static,
    "deep": deep,
    "overlapping": overlapping,
    "converters": converters,
    **{f"non-ascii-{width}": partial(non_ascii, width) for width in ALPHABETS},
    "in-segment": in_segment,
    "path-middle": path_middle,
    "hosts": hosts,
    **{f"random-{size}": partial(random_rules, size) for size in SIZES},
    **{f"random-{size}-plain": partial(random_rules, size, True) for size in SIZES},
    "not-found": not_found,
    "not-allowed": not_allowed,
    "quoted-builds": quoted_builds,
    "query-builds": query_builds,
    "random-200-plain": partial(random_rules, 200, True),
    "github-apart": partial(apart, "github"),
    "random-1000-plain-apart": partial(apart, "random-1000-plain"),
}


@lru_cache(maxsize=4)
def load(name: str) -> Workload:
    """Return a workload; the last few stay in memory.

    :raise LookupError: there is none of that name.
    """
    if name not in WORKLOADS:
        raise LookupError(f"no workload {name!r}; there are {', '.join(WORKLOADS)}")
    return WORKLOADS[name]()
