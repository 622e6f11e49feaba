"""Coverage: which rules take all that another rule takes, and which may take some of it.

Rules are put into a tree by their parts, the domain first. A rule is then compared with those alone
whose parts can meet its own, so that a map of ten thousand rules is looked through in seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from .._core.items import Shape, ShapeKind
from .._core.part import Conversion, Part, Value
from .._errors import ValidationError
from .._rules.regexes import segment_regex

__all__ = ["Cover", "Node", "matches", "texts_of_finite", "tree_of"]

#: The number of places that are looked at for a rule in search of others that may take its paths,
#: and of ways that are tried from each.
_STEPS, _WIDTH = 200, 60
#: The number of places that are looked at below one that a tail takes.
_TAILS = 20


class Cover(NamedTuple):
    """How surely one part takes all that another one takes.

    :param certain: whether it is proven.
    :param reason: what it depends on otherwise.
    """

    certain: bool
    reason: str = ""


_CERTAIN = Cover(True)


class Node:
    """The place behind some parts.

    :param statics: where the static parts lead.
    :param variables: where the parts with variables lead.
    :param ends: the numbers of the rules that end here.
    """

    __slots__ = ("ends", "statics", "variables")

    def __init__(self) -> None:
        self.statics: dict[str, Node] = {}
        self.variables: dict[Any, tuple[Part, Node]] = {}
        self.ends: list[int] = []

    def covering(self, parts: Sequence[Part], depth: int = 0) -> Iterator[tuple[int, Cover]]:
        """Yield the rules below whose parts take all that the parts from a depth on take."""
        waiting: list[tuple[Node, int, Cover]] = [(self, depth, _CERTAIN)]
        while waiting:
            node, depth, cover = waiting.pop()
            if depth == len(parts):
                yield from ((number, cover) for number in node.ends)
                continue
            part = parts[depth]
            if part.text is not None and part.text in node.statics:
                waiting.append((node.statics[part.text], depth + 1, cover))
            for other, below in node.variables.values():
                if other.tail:
                    found = _tail_covers(other, parts[depth:])
                    if found is not None:
                        waiting.append((below, len(parts), _both(cover, found)))
                elif not part.tail:
                    found = _covers(other, part, depth == 0)
                    if found is not None:
                        waiting.append((below, depth + 1, _both(cover, found)))

    def meeting(
        self,
        parts: Sequence[Part],
        samples: Sequence[Sequence[str]],
        samples_of: Callable[[Part], Sequence[str]],
    ) -> Iterator[tuple[int, list[str]]]:
        """Yield rules that may take a path of another rule, with the segments of such a path.

        What is yielded is a guess, which has to be tried.

        :param samples: some texts for each of them.
        :param samples_of: gives some texts for a part of another rule.
        :return: numbers of rules, each with the domain and the segments of a path.
        """
        waiting: list[tuple[Node, list[str]]] = [(self, [])]
        for _ in range(_STEPS):
            if not waiting:
                return
            node, texts = waiting.pop()
            depth = len(texts)
            if depth == len(parts):
                yield from ((number, texts) for number in node.ends)
                continue
            part = parts[depth]
            for other, below in islice(node.variables.values(), _WIDTH):
                if other.tail:
                    rest = [*texts, *(sample[0] for sample in samples[depth:])]
                    yield from ((number, rest) for number in _all_ends(below))
                elif _may_go_on(below, parts, depth + 1):
                    shared = [text for text in samples[depth] if matches(other, text, depth == 0)]
                    if shared:
                        waiting.append((below, [*texts, shared[0]]))
            if part.text is not None:
                if part.text in node.statics:
                    waiting.append((node.statics[part.text], [*texts, part.text]))
                continue
            if part.tail:
                # The tail may take what is left of the other rule's path.
                for text, below in islice(_ways(node, samples_of), _WIDTH):
                    found = _ends(below, [text], samples_of)
                    yield from ((number, [*texts, *rest]) for number, rest in found)
                continue
            for text, below in islice(node.statics.items(), _WIDTH):
                if _may_go_on(below, parts, depth + 1) and matches(part, text, depth == 0):
                    waiting.append((below, [*texts, text]))


def _ways(node: Node, samples_of: Callable[[Part], Sequence[str]]) -> Iterator[tuple[str, Node]]:
    """Yield the ways that lead on from a place, each with a text that goes there."""
    yield from node.statics.items()
    for part, below in node.variables.values():
        yield from ((text, below) for text in samples_of(part)[:1])


def _ends(
    node: Node, texts: list[str], samples_of: Callable[[Part], Sequence[str]]
) -> Iterator[tuple[int, list[str]]]:
    """Yield the rules below a place, with the segments of a path of each; no more than a few."""
    waiting = [(node, texts)]
    for _ in range(_TAILS):
        if not waiting:
            return
        node, texts = waiting.pop()
        yield from ((number, texts) for number in node.ends)
        waiting += [(below, [*texts, text]) for text, below in _ways(node, samples_of)]


def _may_go_on(node: Node, parts: Sequence[Part], depth: int) -> bool:
    """Tell whether something may be found behind a place for the parts from a depth on."""
    if depth == len(parts):
        return bool(node.ends)
    text = parts[depth].text
    return bool(node.variables) or (bool(node.statics) if text is None else text in node.statics)


def _all_ends(node: Node) -> list[int]:
    # Behind a tail there is nothing but the slash of a branch.
    return [*node.ends, *(number for below in node.statics.values() for number in below.ends)]


def tree_of(rules: Sequence[Sequence[Part]]) -> Node:
    """Put rules into a tree, each given by its parts, that of the domain first."""
    root = Node()
    for number, parts in enumerate(rules):
        node = root
        for part in parts:
            if part.text is not None:
                node = node.statics.setdefault(part.text, Node())
            else:
                key = (part.identity, part.pattern, tuple(map(_settings, part.values)))
                try:
                    node = node.variables.setdefault(key, (part, Node()))[1]
                except TypeError:
                    # What can't be compared is alone.
                    node = node.variables.setdefault(id(part), (part, Node()))[1]
        node.ends.append(number)
    return root


def _settings(value: Value) -> Any:
    converter = getattr(value.to_python, "__self__", None)
    settings = dict(getattr(converter, "__dict__", {}))
    settings.pop("map", None)
    try:
        return type(converter), repr(sorted(settings.items()))
    except Exception:
        # An int may have too many digits to be written, and an object of a program may raise.
        return type(converter), id(converter)


def _both(one: Cover, other: Cover) -> Cover:
    return one if not one.certain else other


def matches(part: Part, text: str, in_domain: bool = False) -> bool:
    """Tell whether a part takes a text, converters included.

    :param part: a part that is no tail.
    :param in_domain: whether it is a domain, where case does not count.
    """
    if part.text is not None:
        return part.text == text
    return _refusing(part, text, in_domain) == ""


def _refusing(part: Part, text: str, in_domain: bool) -> str | None:
    """Return the name of the variable that refuses a text, an empty one if the part takes it.

    ``None`` stands for a text that is not matched.
    """
    known = segment_regex(part.identity.sources, not in_domain, False)
    found = known.regex.match(text)
    if found is None:
        return None
    for value, group in zip(part.values, known.groups, strict=True):
        try:
            value.to_python(found[group])
        except ValidationError:
            return value.name
        except Exception:
            # This ends a match: the request is answered by this rule.
            return ""
    return ""


def texts_of_finite(part: Part) -> list[str] | None:
    """Return all texts that a part takes, if it is known that there are no others."""
    if part.text is not None:
        return [part.text]
    items = part.pattern.items if part.pattern is not None and part.pattern.regex is None else ()
    if len(items) == 1 and isinstance(items[0], Shape) and items[0].kind == ShapeKind.ANY:
        return list(items[0].texts)
    return None


def _covers(other: Part, part: Part, in_domain: bool) -> Cover | None:
    """Tell whether a part with variables takes all that a part takes; neither is a tail."""
    finite = texts_of_finite(part)
    if finite is not None:
        if all(matches(other, text, in_domain) for text in finite):
            return _if_it_takes(other, part)
        return None
    if other.pattern == part.pattern or (_is_any_text(other) and _is_never_empty(part)):
        return _if_it_takes(other, part)
    return None


def _if_it_takes(other: Part, part: Part) -> Cover:
    """Return the cover of a part whose regex takes all, by what its converters may refuse."""
    same = other.pattern == part.pattern
    for number, value in enumerate(other.values):
        if value.conversion != Conversion.BY_CONVERTER:
            continue
        own = part.values[number] if same and number < len(part.values) else None
        if own is None or _settings(own) != _settings(value):
            converter = type(getattr(value.to_python, "__self__", value.to_python)).__name__
            return Cover(False, f"unless its {converter} refuses the value")
    return _CERTAIN


def _is_any_text(part: Part) -> bool:
    """Tell whether a part is one variable that takes every text that is not empty."""
    if part.pattern is None or part.pattern.regex is not None or part.tail:
        return False
    return part.pattern.items == (Shape(ShapeKind.STRING, low=1),)


def _is_never_empty(part: Part) -> bool:
    return not part.tail and _refusing(part, "", False) is None


def _tail_covers(other: Part, parts: Sequence[Part]) -> Cover | None:
    """Tell whether a tail takes all that the parts that are left take."""
    first = parts[0]
    if first.tail and other.identity == first.identity:
        return _if_it_takes(other, first)
    items = other.pattern.items if other.pattern is not None else ()
    if not (len(items) == 1 and isinstance(items[0], Shape) and items[0].kind == ShapeKind.PATH):
        return None
    if other.values[0].conversion != Conversion.AS_TEXT or first.tail:
        return None
    if first.text == "" or (first.text is None and not _is_never_empty(first)):
        return None
    for part in parts:
        finite = texts_of_finite(part)
        if part.tail or (finite is None and not _holds_no_line(part)):
            return Cover(False, "unless a value has a line break in it, which a path does not take")
        if any("\n" in text for text in finite or ()):
            return None
    return _CERTAIN


def _holds_no_line(part: Part) -> bool:
    """Tell whether it is certain that no text of a part has a line break in it."""
    items = part.pattern.items if part.pattern is not None and part.pattern.regex is None else ()
    plain = (ShapeKind.INT, ShapeKind.FLOAT, ShapeKind.UUID)
    return bool(items) and all(
        "\n" not in item if isinstance(item, str) else item.kind in plain for item in items
    )
