"""Maps and requests for hypothesis to draw: few segments, so that rules overlap and conflict.

Variables are called `v0`, `v1`, … by their place in the path, and `d0`, `d1` in the domain, so that
rules often take the same arguments.
"""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

from routing_model import MapSpec, Request, RuleSpec, without_duplicates

LOWER_UUID = "12345678-1234-5678-1234-56781234abcd"

# What stands between `<` and the name, and texts for it: some fit, some miss by little.
SEGMENT_VARIABLES: dict[str, list[str]] = {
    "": ["a", "b", "aa", "1", "\xe9", "a.b", "a|b"],
    "string(minlength=0):": ["", "a", "b"],
    "string(minlength=2, maxlength=3):": ["aa", "aab", "a", "aaaa", "\u0661\u0662"],
    "string(length=2):": ["ab", "a", "\U0001f600a"],
    "int:": ["1", "12", "007", "\u0663", "-1", "\xb2"],
    "int(min=2, max=12):": ["2", "1", "12", "13", "\u0661\u0662"],
    "int(fixed_digits=2):": ["12", "1", "007"],
    "int(signed=True):": ["-1", "1", "--1", "-0"],
    "int(signed=True, max=5):": ["-1", "5", "6"],
    "float:": ["1.5", "1", "1.", "0.50"],
    "float(signed=True, min=0.5):": ["1.5", "-1.5", "0.25"],
    "any(a, b):": ["a", "b", "aa", "A"],
    'any(aa, a, "a.b"):': ["aa", "a", "a.b"],
    'any("a/b", a):': ["a", "a/b"],
    "any(1,2):": ["1", "2", "1,2"],
    "uuid:": [LOWER_UUID, LOWER_UUID.upper(), LOWER_UUID[:-1]],
    "word:": ["ab", "a", "abc"],
    "grouped:": ["a", "b1", "a2a", "c"],
    "twice:": ["aa", "bb", "ab"],
    "picky:": ["a", "ab", "b", "A"],
    "letters:": ["", "a", "ab", "1", "/"],
    'any("", b):': ["", "b", "a"],
    "heavy:": ["a", "b", "1"],
}
TAIL_VARIABLES: dict[str, list[str]] = {
    "path:": ["a", "a/b", "a//b", "/a", "a/", "1", "a\nb", "\n", "\na"],
    "slashed:": ["a", "a/a", "a//a", "/a", "a/", "/"],
    "listed:": ["a", "a/b", "a/b/b", "a//b", "b"],
    "segment:": ["a", "b", "a/b"],
    "lettered:": ["", "a", "b", "a/b", "/"],
    "pickypath:": ["a", "a/b", "a//b", "b", "b/a"],
}
VARIABLES = SEGMENT_VARIABLES | TAIL_VARIABLES
# What a rule with a default has for a variable of that kind.
DEFAULTS: dict[str, Any] = {
    "": "a",
    "int:": 1,
    "int(min=2, max=12):": 2,
    "float:": 1.5,
    "any(a, b):": "a",
    "path:": "a/b",
    "picky:": "A",
}

TEXTS = ["a", "b", "aa", "1", "\xe9", "a.b", "A", "<"]
SHAPES = ["{}", "{}", "{}", "{}", "a{}", "{}b", "{}.{}", "{}{}", "a{}-{}b", "{}.b", "1{}"]
METHODS = [None, None, None, None, ["GET"], ["POST"], ["get", "PUT"], ["DELETE"]]
ENDPOINTS = ["x", "x", "y", "z"]


def to_new_place(adapter: Any, **values: Any) -> str:
    return "new/" + "-".join(f"{name}={value}" for name, value in sorted(values.items()))


def to_root(adapter: Any, **values: Any) -> str:
    return "/elsewhere?x=1"


def rarely(share: float) -> st.SearchStrategy[bool]:
    """True in that share of all cases, and not if it need not be."""
    return st.integers(1, 100).map(lambda number: number > 100 - 100 * share)


@st.composite
def segments(draw: st.DrawFn, first: int, tail: bool) -> str:
    """One segment of a path rule, its variables numbered from `first`."""
    if not draw(rarely(0.6)):
        return draw(st.sampled_from(TEXTS[:-1]))
    kinds = [*SEGMENT_VARIABLES, *TAIL_VARIABLES, *TAIL_VARIABLES] if tail else SEGMENT_VARIABLES
    shape = draw(st.sampled_from(SHAPES))
    variables = [
        f"<{draw(st.sampled_from(sorted(kinds)))}v{first + n}>" for n in range(shape.count("{}"))
    ]
    return shape.format(*variables)


@st.composite
def paths_of_rules(draw: st.DrawFn) -> str:
    count = draw(st.sampled_from([0, 1, 1, 2, 2, 2, 3, 3, 4]))
    tail = draw(st.booleans())
    rule = ""
    for _ in range(count):
        rule += draw(st.sampled_from(["/"] * 14 + ["//"]))
        rule += draw(segments(rule.count("<"), tail))
    return rule + draw(st.sampled_from(["", "/"] if rule else ["/"]))


def variables_of(rule: str) -> list[tuple[str, str]]:
    """Kind and name of each variable in a rule made here."""
    return re.findall(r"<((?:\w+(?:\([^)]*\))?:)?)(\w+)>", rule)


@st.composite
def rules(draw: st.DrawFn, domains: list[str | None], domain_name: str) -> RuleSpec:
    rule = draw(paths_of_rules())
    settings: dict[str, Any] = {"endpoint": draw(st.sampled_from(ENDPOINTS))}
    methods = draw(st.sampled_from(METHODS))
    if draw(rarely(0.1)):
        settings["websocket"] = True
        if methods:
            methods = ["GET"]
    if methods:
        settings["methods"] = methods
    for name in "strict_slashes", "merge_slashes":
        value = draw(st.sampled_from([None, None, None, True, False]))
        if value is not None:
            settings[name] = value
    if draw(rarely(0.05)):
        settings["build_only"] = True
    if draw(rarely(0.1)):
        settings["defaults"] = {"page": 1}
    domain = draw(st.sampled_from(domains))
    if domain is not None:
        settings[domain_name] = domain
    if draw(rarely(0.1)):
        settings["alias"] = True
    if draw(rarely(0.12)):
        settings["redirect_to"] = draw(redirect_targets(rule, settings.get("defaults")))
    factory = None
    if draw(rarely(0.12)):
        factories = ["Submount", "EndpointPrefix", "RuleTemplate"]
        if domain_name == "subdomain":
            factories.append("Subdomain")
        factory = draw(st.sampled_from(factories))
    return RuleSpec(rule, settings, factory)


@st.composite
def redirect_targets(draw: st.DrawFn, rule: str, defaults: dict[str, Any] | None) -> Any:
    names = variables_of(rule)
    targets: list[Any] = ["new", "/new/", "new?x=1", "../up", to_new_place, to_root]
    for kind, name in names:
        targets += [f"new/<{name}>", f"<{name}>", f"/<{name}>", f"new/<{kind}{name}>/"]
    if defaults:
        targets.append("new/<page>")
    return draw(st.sampled_from(targets))


@st.composite
def relatives(draw: st.DrawFn, spec: RuleSpec) -> RuleSpec | None:
    """A rule for the same endpoint that differs in one thing from another."""
    settings = dict(spec.settings)
    settings.pop("redirect_to", None)
    kinds = [(kind, name) for kind, name in variables_of(spec.rule) if kind in DEFAULTS]
    change = draw(
        st.sampled_from(
            ["default", "default", "alias", "kind", "kind", "methods", "merging", "slash"]
        )
    )
    if change == "default" and kinds:
        kind, name = draw(st.sampled_from(kinds))
        defaults = {**settings.get("defaults", {}), name: DEFAULTS[kind]}
        rule = spec.rule.replace(f"<{kind}{name}>", draw(st.sampled_from(["", "all", "a"])))
        if draw(st.booleans()):
            rule = re.sub("//+", "/", rule)
        return RuleSpec(rule, {**settings, "defaults": defaults}, spec.factory)
    if change == "alias":
        prefix = draw(st.sampled_from(["/old", "", "/a"]))
        settings["alias"] = not settings.get("alias", False)
        return RuleSpec(prefix + spec.rule, settings, spec.factory)
    if change == "kind" and variables_of(spec.rule):
        kind, name = draw(st.sampled_from(variables_of(spec.rule)))
        other = draw(st.sampled_from(sorted(VARIABLES)))
        rule = spec.rule.replace(f"<{kind}{name}>", f"<{other}{name}>")
        return RuleSpec(rule, settings, spec.factory)
    if change == "merging":
        settings["merge_slashes"] = not settings.get("merge_slashes", True)
        return RuleSpec(spec.rule, settings, spec.factory)
    if change == "methods":
        settings["methods"] = ["GET"] if settings.get("websocket") else ["POST"]
        return RuleSpec(spec.rule, settings, spec.factory)
    if change == "slash":
        rule = spec.rule.rstrip("/") if len(spec.rule.rstrip("/")) > 1 else spec.rule
        return RuleSpec(rule if rule != spec.rule else spec.rule + "/", settings, spec.factory)
    return None


# Domain rules, and domains for them: as with paths, some fit and some miss by little.
SUBDOMAINS_NEAR: dict[str | None, list[str | None]] = {
    None: [None, None, None, None, "", "a"],
    "": ["", "", "", "a", "A", "www"],
    "a": ["a", "a", "A", "b", None],
    "A": ["a", "A", "b"],
    "b": ["b", "B", "a"],
    "<d0>": ["a", "B", "\xe9", "a.b", ""],
    "<any(a, B):d0>": ["a", "A", "b", "B", "c"],
    "a.<d0>": ["a.b", "A.B", "a", "a."],
    "A<word:d0>": ["aab", "Aab", "AB", "A"],
    "<picky:d0>": ["a", "ab", "A", "b"],
    "<int:d0>": ["1", "a", "\u0663"],
    "<d0>-<d1>": ["a-b", "a-", "A-b-c"],
    "<path:d0>": ["a", "a/b"],
    "a/b": ["a/b", "a"],
}
HOSTS_NEAR: dict[str | None, list[str]] = {
    None: ["example.com", "", "", ""],
    "example.com": ["example.com", "EXAMPLE.com", "example.com:80"],
    "Example.com": ["example.com", "Example.com", "a.example.com"],
    "a.example.com": ["a.example.com", "A.example.com", "b.example.com"],
    "<d0>.example.com": ["a.example.com", "\xe9.example.com", ".example.com", "a.b.example.com"],
    "<any(a, B):d0>.example.com": ["a.example.com", "b.example.com", "B.example.com"],
    "<word:d0>.Example.com": ["ab.example.com", "c.example.com"],
    "<picky:d0>.example.com": ["a.example.com", "b.example.com"],
    "<int:d0>.example.com": ["12.example.com", "a.example.com"],
    "<d0>.<d1>": ["example.com", "a.example.com", "localhost"],
    "example.com:<int:d0>": ["example.com:80", "example.com:x", "example.com"],
    "<path:d0>": ["example.com"],
}


@st.composite
def maps(draw: st.DrawFn, most: int = 5) -> MapSpec:
    """A map of up to that many rules, and of up to four relatives of them."""
    settings: dict[str, Any] = {}
    for name in "strict_slashes", "merge_slashes", "redirect_defaults":
        if draw(rarely(0.2)):
            settings[name] = False
    domains: list[str | None] = [None, None]
    domain_name = "subdomain"
    kind = draw(st.sampled_from(["plain", "plain", "subdomains", "hosts"]))
    if kind == "subdomains":
        domains = [*[None] * 8, *SUBDOMAINS_NEAR]
        if draw(rarely(0.2)):
            settings["default_subdomain"] = draw(st.sampled_from(["a", "A", "www"]))
    elif kind == "hosts":
        domains, domain_name = list(HOSTS_NEAR), "host"
        settings["host_matching"] = True
    specs = draw(st.lists(rules(domains, domain_name), min_size=1, max_size=most))
    for spec in draw(st.lists(st.sampled_from(specs), max_size=4)):
        relative = draw(relatives(spec))
        if relative is not None:
            specs.insert(draw(st.integers(0, len(specs))), relative)
    return without_duplicates(MapSpec(tuple(specs), settings))


@st.composite
def paths_near(draw: st.DrawFn, rule: str) -> str:
    """A path that the rule takes, or nearly."""

    def text(found: re.Match[str]) -> str:
        texts = VARIABLES[found[1] or ""]
        fitting = not draw(rarely(0.2))
        return texts[0] if fitting else draw(st.sampled_from(texts))

    path = re.sub(r"<((?:\w+(?:\([^)]*\))?:)?)\w+>", text, rule)
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, 2]))):
        path = draw(mutations(path))
    return path


EXTRA = [
    "/",
    "//",
    "a",
    "b",
    "1",
    ".",
    "\n",
    "\xe9",
    "A",
    "-",
    "%2F",
    "\udc80",
    " ",
    "\\",
    "?",
    "|",
]


@st.composite
def mutations(draw: st.DrawFn, path: str) -> str:
    change = draw(
        st.sampled_from(
            ["end", "end", "double", "double", "all", "all", "leading", "insert", "delete", "swap"]
        )
    )
    if change == "end":
        return path[:-1] if path.endswith("/") and draw(st.booleans()) else path + "/"
    if change == "leading":
        return draw(st.sampled_from([path.lstrip("/"), "/" + path, ""]))
    if change == "all":
        return path.replace("/", draw(st.sampled_from(["//", "///"])))
    if change == "double":
        slashes = [found.start() for found in re.finditer("/", path)]
        if slashes:
            place = draw(st.sampled_from(slashes))
            return path[:place] + draw(st.sampled_from(["/", "/", "//"])) + path[place:]
    if change == "delete" and path:
        place = draw(st.integers(0, len(path) - 1))
        return path[:place] + path[place + 1 :]
    if change == "swap" and len(path) > 1:
        place = draw(st.integers(0, len(path) - 2))
        return path[:place] + path[place + 1] + path[place] + path[place + 2 :]
    place = draw(st.integers(0, len(path)))
    return path[:place] + draw(st.sampled_from(EXTRA)) + path[place:]


@st.composite
def requests(draw: st.DrawFn, spec: MapSpec) -> Request:
    near = draw(st.sampled_from(spec.rules))
    rule = "/a" + near.rule if near.factory == "Submount" else near.rule
    path: str | None = draw(paths_near(rule))
    if draw(rarely(0.03)):
        path = None
    binding: dict[str, Any] = {}
    if spec.settings.get("host_matching"):
        binding["server_name"] = draw(st.sampled_from(HOSTS_NEAR[near.settings.get("host")]))
    elif near.factory == "Subdomain":
        binding["subdomain"] = draw(st.sampled_from(["a", "a", "A", "b"]))
    else:
        subdomain = draw(st.sampled_from(SUBDOMAINS_NEAR[near.settings.get("subdomain")]))
        if subdomain is not None:
            binding["subdomain"] = subdomain
    if draw(rarely(0.2)):
        binding["script_name"] = draw(st.sampled_from(["/app", "/app/", ""]))
    if draw(rarely(0.2)):
        binding["url_scheme"] = draw(st.sampled_from(["https", "https", "https", "", "ws", "wss"]))
    if draw(rarely(0.1)):
        binding["default_method"] = draw(st.sampled_from(["POST", "put"]))
    if draw(rarely(0.1)):
        binding["path_info"] = draw(st.sampled_from(["", "/a", "a//b"]))
    if draw(rarely(0.1)):
        binding["query_args"] = draw(st.sampled_from(["q=1", {"q": "\xe9 1"}]))
    return Request(
        path=path,
        method=draw(st.sampled_from([None] * 6 + ["GET", "POST", "post", "HEAD", "PUT", "--"])),
        websocket=draw(st.sampled_from([None] * 8 + [True, False])),
        query_args=draw(st.sampled_from([None, None, None, "", "a=b&c", {"a": ["1", "2"]}])),
        binding=binding,
    )


@st.composite
def maps_with_requests(draw: st.DrawFn) -> tuple[MapSpec, list[Request]]:
    """A map and some requests for it."""
    spec = draw(maps())
    return spec, draw(st.lists(requests(spec), min_size=1, max_size=5))
