"""The trie of an application as data: what `trieroute tree` shows, and what pages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from .._core.listing import ListedNode, listing
from .._core.pattern import Pattern
from .._core.target import Target
from .._core.terminal_text import visible
from .._map import Map
from .._routers.mounts import BELOW, MountRule
from .._rules.compiled import CompiledRule
from .._rules.rule import Rule
from .._rules.segments import Slot
from .._rules.syntax import Variable, parse_rule
from .application import router_of
from .application_map import routed
from .explained import is_mount, is_told, rule_dict, takes_text
from .starlette_map import map_of_starlette
from .starlette_routes import is_starlette

__all__ = ["Ending", "NodeKind", "Tree", "TreeLine", "TreeNode", "tree"]


class NodeKind(StrEnum):
    """What a node stands for."""

    DOMAIN = "domain"
    TEXT = "text"
    PATTERN = "pattern"
    REST = "rest"


@dataclass(frozen=True)
class Ending:
    """A rule that a path which ends at a node belongs to.

    :param rule: the index of the rule in :attr:`Tree.rules`.
    :param place: its place among all endings of the tree; of those that suit, the lowest one wins.
    :param form: ``"exact"``; ``"tolerated"`` with a slash too many, ``"completed"`` without the
        last slash, for a rule that is not strict; ``"redirected"`` without the last slash, which
        sends the client to the path with it.
    :param slashes: the path goes on behind the node with so many slashes.
    """

    rule: int
    place: int
    form: str
    slashes: int


@dataclass(frozen=True)
class TreeNode:
    """A node: the segments of a path on the way to it, of which it has the last one.

    :param number: its index in :attr:`Tree.nodes`.
    :param parent: the number of the node before; ``None`` for a domain.
    :param kind: what it stands for.
    :param label: the segment as a rule writes it, or the domain; empty for no subdomain.
    :param text: the segment's text; ``None`` if it has variables.
    :param pattern: what the core matches the segment with; ``None`` if it is a text.
    :param branch: whether a last slash is not a part of the rest of the path.
    :param endings: the rules of paths that end here.
    :param children: the numbers of the nodes below: texts, and then patterns in the order in which
        they are tried.
    :param least: the lowest place of an ending here or below; the walk leaves out what can't win.
    """

    number: int
    parent: int | None
    kind: NodeKind
    label: str
    text: str | None
    pattern: Pattern | None
    branch: bool
    endings: list[Ending]
    children: list[int] = field(default_factory=list)
    least: int = 0


@dataclass
class TreeLine:
    """A line of the tree as it is shown; what is below a node that does not branch is joined to it.

    :param label: the segments, each with its slash in front, or a domain.
    :param rules: the rules that end here, each in a text.
    :param children: the lines below.
    """

    label: str
    rules: list[str] = field(default_factory=list)
    children: list[TreeLine] = field(default_factory=list)


@dataclass(frozen=True)
class Tree:
    """The trie of an application. It prints as a tree.

    :param url_map: the map whose trie it is; of Starlette's routes, one that was made of them.
    :param match_order: the match order.
    :param host_matching: whether domains are hosts, not subdomains.
    :param merge_slashes: whether runs of slashes are merged.
    :param redirects: whether paths that lack a slash are redirected, as those of a map are.
    :param redirect_slashes: whether Starlette redirects a path to the one with or without a slash.
    :param targets: the rules, as the map has compiled them.
    :param rules: the rules, in the order in which they were added.
    :param shown: how each of them is told of: itself, or the route of Starlette that it stands for.
    :param nodes: the nodes, each behind its parent; it may be one of many thousands deep.
    :param left_out: what could not be expressed, each with the reason.
    """

    url_map: Map
    match_order: str
    host_matching: bool
    merge_slashes: bool
    redirects: bool
    redirect_slashes: bool
    targets: list[Target]
    rules: list[Rule]
    shown: list[Any]
    nodes: list[TreeNode]
    left_out: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the tree as what JSON can hold; the nodes are a flat list."""
        return {
            "match_order": self.match_order,
            "host_matching": self.host_matching,
            "merge_slashes": self.merge_slashes,
            "rules": [rule_dict(rule) for rule in self.shown],
            "nodes": [
                {
                    "parent": node.parent,
                    "kind": str(node.kind),
                    "label": node.label,
                    "text": node.text,
                    "pattern": None if node.pattern is None else repr(node.pattern),
                    "least": node.least,
                    "endings": [asdict(ending) for ending in node.endings],
                    "children": node.children,
                }
                for node in self.nodes
            ],
            "left_out": self.left_out,
        }

    def lines(self) -> list[TreeLine]:
        """Return what is shown: the lines of the domains, or those below the one that there is."""
        made = [TreeLine("/" + _printable(node.label)) for node in self.nodes]
        ranks = self._ranks()
        roots = []
        rest: list[tuple[TreeLine, TreeLine]] = []
        for node in self.nodes:
            line = made[node.number]
            if node.parent is None:
                line.label = f"domain {_printable(node.label)}" if node.label else "no subdomain"
                roots.append(line)
            branches: list[str] = []
            for ending in node.endings:
                if ending.form == "exact" and is_told(self.rules[ending.rule]):
                    told = self._told(ending, ranks)
                    (branches if ending.slashes else line.rules).append(told)
            if branches:
                line.children.append(TreeLine("/", branches))
            for child in node.children:
                if self._is_rest_of_mount(child) and node.parent is not None:
                    # What a mount takes below its prefix is told of at the prefix.
                    rest.append((line, made[child]))
                else:
                    line.children.append(made[child])
        for line, below in rest:
            line.rules += below.rules
        for line in reversed(made):
            while len(line.children) == 1 and not line.rules and line not in roots:
                (below,) = line.children
                line.label += below.label
                line.rules, line.children = below.rules, below.children
        if len(self.nodes) and [root.label for root in roots] == ["no subdomain"]:
            (only,) = roots
            own = [TreeLine("", only.rules)] if only.rules else []
            return own + only.children
        return roots

    def _is_rest_of_mount(self, number: int) -> bool:
        """Tell whether a node is for all paths below a mount's prefix, and nothing else."""
        node = self.nodes[number]
        return node.kind is NodeKind.REST and not node.label and not node.children

    def _ranks(self) -> dict[int, int]:
        """Return the rank of each rule by its index, from 1 on."""
        exact = [
            (ending.place, ending.rule)
            for node in self.nodes
            for ending in node.endings
            if ending.form == "exact" and is_told(self.rules[ending.rule])
        ]
        return {rule: rank for rank, (_, rule) in enumerate(sorted(exact), 1)}

    def _told(self, ending: Ending, ranks: dict[int, int]) -> str:
        rule = self.shown[ending.rule]
        return visible(f"[{takes_text(rule)}] {rule.endpoint!r} #{ranks[ending.rule]}")

    @property
    def heading(self) -> str:
        """What the tree is of, in one line."""
        told = [rule for rule in self.shown if is_told(rule)]
        mounts = sum(map(is_mount, told))
        numbers = {"rule": len(told) - mounts, "mount": mounts, "node": len(self.nodes)}
        texts = [
            f"{number} {name}{'s' * (number != 1)}"
            for name, number in numbers.items()
            if number or name != "mount"
        ]
        return f"{', '.join(texts)}, in the order {self.match_order!r}"

    def __str__(self) -> str:
        written = [self.heading]
        # Each line that is left comes with what stands in front of it.
        waiting = [(line, "", "") for line in reversed(self.lines())]
        while waiting:
            line, before, below = waiting.pop()
            first, *others = line.rules or [""]
            written.append(f"{before}{line.label}{'  ' * bool(line.label and first)}{first}")
            indent = below + ("│  " if line.children else "   ")
            written += [f"{indent}{other}" for other in others]
            for number, child in enumerate(reversed(line.children)):
                last = number == 0
                waiting.append(
                    (child, below + ("└─ " if last else "├─ "), below + ("   " if last else "│  "))
                )
        written += [f"left out: {visible(reason)}" for reason in self.left_out]
        return "\n".join(written)


def _printable(label: str) -> str:
    return label if label.isprintable() else repr(label)


def tree(application: Any) -> Tree:
    """Return the trie of an application, as the core has compiled it.

    :param application: an application of Flask or Quart, a router of trieroute's, or a map of
        Werkzeug's or trieroute's. Of one of Starlette or FastAPI, this is the trie that its routes
        make in their order, those of mounts included; what can't be expressed is in *left_out*.
    :raise TargetError: it is none of these.
    :raise TypeError, ValueError, LookupError: trieroute refuses a rule of a map of Werkzeug's.
    """
    if is_starlette(application):
        made = map_of_starlette(application)
        router = router_of(application)
        slashes = bool(getattr(router, "redirect_slashes", False))
        return _tree_of(made.url_map, made.routes, False, slashes, made.left_out)
    return _tree_of(routed(application), {}, True, False, [])


def _tree_of(
    url_map: Map, routes: dict[int, Any], redirects: bool, slashes: bool, left_out: list[str]
) -> Tree:
    url_map.update()
    state = url_map._state
    listed = listing(state.trie)
    rules = [target.rule for target in state.trie.targets]
    numbers = {id(rule): number for number, rule in enumerate(rules)}
    labels = _Labels(
        {id(target.compiled) for target in state.trie.targets if isinstance(target.rule, MountRule)}
    )
    nodes: list[TreeNode] = []
    depths: list[int] = []
    for number, (node, witness) in enumerate(zip(listed, _witnesses(listed), strict=True)):
        depth = 0 if node.parent < 0 else depths[node.parent] + 1
        depths.append(depth)
        endings = [
            Ending(numbers[id(ending.target.rule)], ending.place, ending.form, ending.slashes)
            for ending in node.endings
            if redirects or ending.form == "exact"
        ]
        text = node.content if isinstance(node.content, str) else None
        compiled, least = witness
        nodes.append(
            TreeNode(
                number,
                None if node.parent < 0 else node.parent,
                NodeKind.DOMAIN
                if node.parent < 0
                else NodeKind.REST
                if node.rest
                else NodeKind.TEXT
                if text is not None
                else NodeKind.PATTERN,
                text if text is not None else labels.of(compiled, depth),
                text,
                None if isinstance(node.content, str) else node.content,
                node.branch,
                endings,
                least=least,
            )
        )
        if node.parent >= 0:
            nodes[node.parent].children.append(number)
    return Tree(
        url_map,
        url_map.match_order,
        state.host_matching,
        state.merge_slashes,
        redirects,
        slashes,
        state.trie.targets,
        rules,
        [routes.get(id(rule), rule) for rule in rules],
        nodes,
        left_out,
    )


def _witnesses(listed: Sequence[ListedNode]) -> list[tuple[CompiledRule, int]]:
    """Return for each node the rule of its lowest ending, here or below, and that one's place.

    Of the rule, it is what the trie was made of: the rule may be compiled again meanwhile.
    """
    found: list[tuple[CompiledRule, int] | None] = [None] * len(listed)
    for number in range(len(listed) - 1, -1, -1):
        node = listed[number]
        best = found[number]
        if node.endings and (best is None or node.endings[0].place < best[1]):
            best = node.endings[0].target.compiled, node.endings[0].place
        assert best is not None
        found[number] = best
        if node.parent >= 0:
            above = found[node.parent]
            if above is None or best[1] < above[1]:
                found[node.parent] = best
    return [each for each in found if each is not None]


class _Labels:
    """The segments of rules, as the rules write them.

    :param mounts: the identities of those of mounts, whose variable for what is below the mount
        nobody has written.
    """

    def __init__(self, mounts: set[int]) -> None:
        self.mounts = mounts
        self.known: dict[int, list[str]] = {}

    def of(self, compiled: CompiledRule, depth: int) -> str:
        """Return a segment of a rule; depth 0 is the domain."""
        if id(compiled) not in self.known:
            of_mount = id(compiled) in self.mounts
            self.known[id(compiled)] = [*_labels(compiled, BELOW if of_mount else None)]
        return self.known[id(compiled)][depth]


def _labels(compiled: CompiledRule, hidden: str | None) -> Iterator[str]:
    """Yield the segments of a rule.

    :param hidden: the name of a variable that is left out.
    """
    domain, path = compiled.pieces
    written = {
        piece.name: "" if piece.name == hidden else _written(piece)
        for text in (compiled.domain.text, compiled.text)
        for piece in parse_rule(text)
        if isinstance(piece, Variable)
    }
    yield "".join(_texts(domain, written))
    texts: list[str] = []
    rest = begun = False
    for piece, text in zip(path, _texts(path, written), strict=True):
        if text == "/" and not rest:
            if begun:
                yield "".join(texts)
            begun, texts = True, []
            continue
        texts.append(text)
        rest = rest or (isinstance(piece, Slot) and not piece.isolating)
    if rest and texts[-1] == "/":
        texts.pop()
    yield "".join(texts)


def _texts(pieces: Iterable[str | Slot], written: dict[str, str]) -> Iterator[str]:
    for piece in pieces:
        yield piece if isinstance(piece, str) else written[piece.name]


def _written(variable: Variable) -> str:
    """Write a variable as a rule does."""
    if variable.converter == "default" and not (variable.args or variable.kwargs):
        return f"<{variable.name}>"
    given = [_argument(value) for value in variable.args]
    given += [f"{name}={_argument(value)}" for name, value in variable.kwargs.items()]
    arguments = f"({', '.join(given)})" if given else ""
    return f"<{variable.converter}{arguments}:{variable.name}>"


def _argument(value: Any) -> str:
    if not isinstance(value, str):
        return repr(value)
    plain = value.isidentifier() and value not in ("None", "True", "False")
    return value if plain else f"'{value}'" if "'" not in value else f'"{value}"'
