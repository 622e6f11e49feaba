"""Pieces and converters in, patterns out: what the core is told about a rule.

The rule is cut at its slashes into *segments*. A segment without variables is a text; one with
variables is a pattern, a tuple of items:

- a ``str``: that text;
- ``"/"``, only in a tail: one slash;
- ``("string", low, high)``: that many code points without a slash; *high* is -1 for no limit;
- ``("int", signed, digits, least, most)``: *digits* is the exact length (0: any), bounds or None;
- ``("float", signed, least, most)``;
- ``("any", texts)``: the first of the texts that fits;
- ``("uuid",)``;
- ``("path",)``: the shortest text that fits, slashes included.

From the first variable on that may hold a slash, the rest of the rule is one pattern, the *tail*.
A pattern with a regex that is none of the built-in ones is a :class:`RegexPattern` instead, for
:mod:`re` to match as a whole, or a :class:`ClassPattern` if its regexes are simple. Patterns are
hashable: equal ones share an edge of the trie.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from werkzeug.routing import converters as werkzeugs

from ..converters import AnyConverter, BaseConverter, NumberConverter, UUIDConverter

__all__ = [
    "ClassPattern",
    "Conversion",
    "Domain",
    "Part",
    "RegexPattern",
    "Rendering",
    "Slot",
    "conversion",
    "cut",
    "rendering",
    "whole_regex",
]


class Slot(NamedTuple):
    """A variable with its converter, ready to be matched.

    :param name: the variable's name.
    :param converter: the converter object.
    """

    name: str
    converter: Any


class RegexPattern(NamedTuple):
    """A pattern that :mod:`re` matches.

    :param regex: matches the whole segment or tail.
    :param merging: the same with every slash of the rule standing for a run of slashes; for
        segments the same object as *regex*.
    :param groups: number of the group that holds each variable, in order.
    :param sliced: whether the text must be cut out first, because the regex looks around.
    """

    regex: re.Pattern[str]
    merging: re.Pattern[str]
    groups: tuple[int, ...]
    sliced: bool


class ClassPattern(NamedTuple):
    """A pattern whose regexes are runs of characters of a class, such as ``[a-z0-9-]+``.

    The core matches its items where a text is all ASCII; the other fields are those of a
    :class:`RegexPattern`, for all other texts.

    :param items: as in a pattern without regexes, with ``("class", members, low, high)`` for *low*
        to *high* characters: bit number n of *members* is set if character n is one of them.
    """

    items: tuple[Any, ...]
    regex: re.Pattern[str]
    merging: re.Pattern[str]
    groups: tuple[int, ...]
    sliced: bool


class Part(NamedTuple):
    """One segment of a rule, or its tail.

    :param text: the static text, ``None`` when the part has variables.
    :param pattern: the pattern for the core, ``None`` when the part is static.
    :param tail: whether the part takes the rest of the path.
    :param names: the variables of the part, in order.
    :param weight: where the part stands among the others of its state in the order ``segments``.
    :param identity: parts of equal identity lead to the same state in the order ``segments``.
    :param variables: for the core, ``(name, conversion, to_python)`` of each variable, in order.
    :param labels: of a domain with variables, its labels between the dots, ``None`` for each with a
        variable; ``None`` in place of them if a variable may hold a dot.
    """

    text: str | None
    pattern: tuple[Any, ...] | None
    tail: bool
    names: tuple[str, ...]
    weight: tuple[Any, ...]
    identity: tuple[Any, ...]
    variables: tuple[tuple[str, Conversion, Callable[[str], Any]], ...]
    labels: tuple[str | None, ...] | None = None


class Domain(NamedTuple):
    """What rules on one domain have in common.

    :param text: the subdomain or host rule.
    :param merges: whether slashes are merged in the rules.
    :param parts: the parts of the domain.
    """

    text: str
    merges: bool
    parts: tuple[Part, ...]


#: How a variable's text becomes a value: 0 by ``to_python``, 1 not at all, 2 as int, 3 as float,
#: 4 as UUID.
Conversion = int
#: How a value becomes text for a URL, see :func:`rendering`.
Rendering = int

_STRING = re.compile(r"\[\^/\](?:(\+)|\{([0-9]+)\}|\{([0-9]*),([0-9]*)\})")
_UUID = "[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}"
_FIXED: dict[str, tuple[Any, ...]] = {
    r"\d+": ("int", False, 0, None, None),
    r"-?\d+": ("int", True, 0, None, None),
    r"\d+\.\d+": ("float", False, None, None),
    r"-?\d+\.\d+": ("float", True, None, None),
    r"[^/].*?": ("path",),
    _UUID: ("uuid",),
}
# A converter is recognised by its regex and by the functions of its class, be they trieroute's or
# Werkzeug's own, which do the same.
#: What ``to_python`` is where the text is the value.
_IDENTITIES = (BaseConverter.to_python, werkzeugs.BaseConverter.to_python)
#: What ``to_python`` is where the value is a UUID.
_UUIDS = (UUIDConverter.to_python, werkzeugs.UUIDConverter.to_python)
#: What ``to_python`` is where the value is a number within bounds.
_NUMBERS = (NumberConverter.to_python, werkzeugs.NumberConverter.to_python)
#: What ``to_url`` is where the value's text is quoted as a path.
_PLAIN_URLS = (BaseConverter.to_url, werkzeugs.BaseConverter.to_url)
#: What ``to_url`` is where the value is written as a number.
_NUMBER_URLS = (NumberConverter.to_url, werkzeugs.NumberConverter.to_url)
#: What ``to_url`` is where the value is written as a UUID.
_UUID_URLS = (UUIDConverter.to_url, werkzeugs.UUIDConverter.to_url)
#: What ``to_url`` is where the value has to be one of several texts.
_ANY_URLS = (AnyConverter.to_url, werkzeugs.AnyConverter.to_url)
_INT64 = range(-(2**63), 2**63)
_LENGTHS = range(2**31)
_INT53 = range(-(2**53), 2**53)


def cut(pieces: Sequence[str | Slot], case: bool = True) -> list[Part]:
    """Cut a rule at its slashes.

    :param pieces: static texts, ``"/"`` and slots, as the rule string has them.
    :param case: whether case counts; it doesn't in a domain, whose static texts become lower case.
    :return: the parts between the slashes; a rule that ends with a slash has a last part whose text
        is empty. After a tail there is at most that one.
    :raise ValueError: a converter's regex does not compile.
    """
    parts: list[Part] = []
    items: list[str | Slot] = []
    tail = False
    for piece in pieces:
        if piece == "/" and not tail:
            parts.append(_part(items, False, case))
            items = []
            continue
        items.append(piece)
        if isinstance(piece, Slot) and not piece.converter.part_isolating:
            tail = True
    branch = tail and items[-1] == "/"
    if branch:
        items.pop()
    parts.append(_part(items, tail, case, branch))
    if branch:
        parts.append(_part([], False, case))
    return parts


def _part(items: list[str | Slot], tail: bool, case: bool, branch: bool = False) -> Part:
    texts: list[str] = []
    sources: list[_Source] = []
    slots: list[Slot] = []
    for item in items:
        if isinstance(item, Slot):
            slots.append(item)
            sources.append((_source(item.converter),))
        else:
            sources.append(item)
            if item != "/":
                texts.append(item)
    if not slots:
        text = "".join(texts)
        return Part(text if case else text.lower(), None, False, (), (), (), ())
    static_weights = tuple([(index, -len(text)) for index, text in enumerate(texts)])
    weights = tuple([slot.converter.weight for slot in slots])
    pattern = _pattern(items, case)
    # What stands for each variable, unless it is for `re` to say what it is.
    shapes: list[Any] = [None] * len(slots)
    if not isinstance(pattern, (RegexPattern, ClassPattern)):
        shapes = [shape for shape in pattern if not isinstance(shape, str)]
    return Part(
        None,
        pattern,
        tail,
        tuple([slot.name for slot in slots]),
        (-len(texts), static_weights, -len(slots), weights),
        (tuple(sources), weights, tail, branch),
        tuple(
            [
                (slot.name, conversion(slot.converter, shape), slot.converter.to_python)
                for slot, shape in zip(slots, shapes, strict=True)
            ]
        ),
        None if case else _labels(items),
    )


def _labels(items: list[str | Slot]) -> tuple[str | None, ...] | None:
    """Cut a domain at its dots."""
    labels: list[str | None] = [""]
    for item in items:
        if isinstance(item, Slot):
            if not _holds_no_dot(item.converter.regex):
                return None
            labels[-1] = None
            continue
        first, *others = item.lower().split(".")
        label = labels[-1]
        labels[-1] = None if label is None else label + first
        labels += others
    return tuple(labels)


#: Sets, digits and word characters, letters, and what repeats and groups them.
_DOTLESS = re.compile(
    r"(?:(?P<set>\[\^?\]?(?:\\.|[^\[\]\\])*\])|\\[dw]|[\w\-+*?(){}|,:])", re.DOTALL
)


def _takes_dot(characters: str) -> bool:
    try:
        return re.match(characters, ".") is not None
    except re.error:
        # What looked like a set is a part of one.
        return True


@lru_cache(maxsize=1024)
def _holds_no_dot(regex: str) -> bool:
    """Whether it is certain that no text of a regex has a dot in it."""
    position = 0
    while position < len(regex):
        token = _DOTLESS.match(regex, position)
        if token is None:
            return False
        if token["set"] and _takes_dot(token["set"]):
            return False
        position = token.end()
    return True


def _source(converter: Any) -> str:
    regex = converter.regex
    if not isinstance(regex, str):
        raise ValueError(
            f"the regex of converter {type(converter).__name__} is"
            f" of type {type(regex).__name__}, it must be a str"
        )
    return regex


def _pattern(items: list[str | Slot], case: bool) -> tuple[Any, ...]:
    pattern: list[Any] = []
    has_class = False
    for item in items:
        if isinstance(item, str):
            pattern.append(item if case else item.lower())
            continue
        shape = _shape(item.converter)
        if shape is None:
            shape = _class(item.converter.regex, case)
            has_class = True
        if shape is None:
            return _regex_pattern(items, case)
        if not case and shape[0] == "any":
            shape = ("any", tuple(text.lower() for text in shape[1]))
        pattern.append(shape)
    if has_class:
        return ClassPattern(tuple(pattern), *_regex_pattern(items, case))
    return tuple(pattern)


#: A set, a class or any character, perhaps repeated. What may be a set within a set is left out.
_CLASS = re.compile(
    r"(\[\^?\]?(?:\\.|[^\[\]\\&~|])*\]|\\[dDwWsS]|\.)(?:([+*])|\{([0-9]+)\}|\{([0-9]*),([0-9]*)\})?",
    re.DOTALL,
)
_GROUPED = re.compile(r"\((?:\?:|\?P<\w+>)?([^()]*)\)")


@lru_cache(maxsize=1024)
def _class(regex: str, case: bool) -> tuple[Any, ...] | None:
    """Recognise a run of characters of one class; ``None`` when it is something else."""
    grouped = _GROUPED.fullmatch(regex)
    found = _CLASS.fullmatch(grouped[1] if grouped else regex)
    if found is None or "--" in found[1]:
        return None
    try:
        character = re.compile(found[1], 0 if case else re.IGNORECASE)
    except re.error:
        return None
    members = sum(1 << code for code in range(128) if character.fullmatch(chr(code)))
    low, high = 1, 1
    if found[2]:
        low, high = (1 if found[2] == "+" else 0), -1
    elif found[3]:
        low = high = int(found[3])
    elif found[4] is not None:
        if not (found[4] or found[5]):
            # Not a repetition, but these very characters.
            return None
        low, high = int(found[4] or 0), int(found[5] or -1)
    return ("class", members, low, high) if max(low, high) in _LENGTHS else None


def _shape(converter: Any) -> tuple[Any, ...] | None:
    """Recognise a converter by the text of its regex; ``None`` when only :mod:`re` can match it."""
    shape = _shape_of_regex(converter.regex)
    if shape is not None and shape[0] in ("int", "float") and _is_number(converter):
        return _bounded(shape, converter) or shape
    return shape


@lru_cache(maxsize=1024)
def _shape_of_regex(regex: str) -> tuple[Any, ...] | None:
    shape = _FIXED.get(regex)
    if shape is not None:
        return shape
    string = _STRING.fullmatch(regex)
    if string is not None:
        if string[1]:
            return ("string", 1, -1)
        low = int(string[2] or string[3] or 0)
        high = int(string[2] or string[4] or -1)
        # `re` refuses what is longer than any text, and a least length above the greatest.
        possible = low in _LENGTHS and (high == -1 or high in range(low, _LENGTHS.stop))
        return ("string", low, high) if possible else None
    texts = _alternatives(regex)
    return None if texts is None else ("any", texts)


def _alternatives(regex: str) -> tuple[str, ...] | None:
    """Undo ``(?:a|b)`` as the ``any`` converter writes it, ``None`` for every other regex."""
    if not (regex.startswith("(?:") and regex.endswith(")")):
        return None
    body = regex[3:-1]
    texts = [""]
    for token in re.findall(r"\\.|.", body, re.DOTALL):
        if token == "|":
            texts.append("")
        else:
            texts[-1] += token[-1]
    if "|".join(re.escape(text) for text in texts) != body:
        return None
    return tuple(texts)


def _is_number(converter: Any) -> bool:
    """Whether the number is converted and checked exactly as the built-in converters do it."""
    return (
        isinstance(converter, (NumberConverter, werkzeugs.NumberConverter))
        and type(converter).to_python in _NUMBERS
        and "to_python" not in getattr(converter, "__dict__", ())
        and converter.num_convert in (int, float)
    )


def _bounded(shape: tuple[Any, ...], converter: Any) -> tuple[Any, ...] | None:
    """The shape with the converter's bounds, ``None`` where the core can't check them."""
    number, signed = shape[0], shape[1]
    digits, bounds = converter.fixed_digits or 0, (converter.min, converter.max)
    given = [bound for bound in bounds if bound is not None]
    if number == "int" and converter.num_convert is int:
        # Python goes through a range, number by number, for what is no int.
        exact = all(type(number) in (int, bool) for number in (digits, *given))
        exact = exact and digits in _LENGTHS and all(bound in _INT64 for bound in given)
        return ("int", signed, digits, *bounds) if exact else None
    if number == "float" and converter.num_convert is float:
        # Larger integers would not be compared exactly once they have become floats.
        exact = not digits and all(
            type(bound) is float or (type(bound) in (int, bool) and bound in _INT53)
            for bound in given
        )
        limits = (None if bound is None else float(bound) for bound in bounds)
        return ("float", signed, *limits) if exact else None
    return None


def conversion(converter: Any, shape: tuple[Any, ...] | None) -> Conversion:
    """Tell how the core turns a variable's text into a value.

    :param converter: the variable's converter.
    :param shape: what the core checks the text for, an item of a pattern; ``None`` for a regex.
    :return: 1 when the text is the value, 2 for ``int``, 3 for ``float`` and 4 for ``UUID`` when
        the core has checked everything that ``to_python`` would, 0 when ``to_python`` has to be
        called.
    """
    if "to_python" in getattr(converter, "__dict__", ()):
        return 0
    if type(converter).to_python in _IDENTITIES:
        return 1
    if shape is None:
        return 0
    if shape[0] == "uuid":
        return 4 if type(converter).to_python in _UUIDS else 0
    if shape[0] in ("int", "float") and _is_number(converter):
        # Without bounds where the core can't check them.
        checked = _bounded(shape, converter) == shape
        return (2 if shape[0] == "int" else 3) if checked else 0
    return 0


def rendering(converter: Any) -> tuple[Rendering, Callable[[Any], str], Any]:
    """Tell how the core turns a value into text for a URL.

    :param converter: the variable's converter.
    :return: a number (0 by ``to_url``, 1 as percent-encoded text, 2 as ``int``, 3 as ``float``,
        4 as UUID, 5 as one of several texts), ``to_url``, and what the number needs to know.
    """
    to_url = converter.to_url
    own = type(converter).to_url
    if "to_url" in getattr(converter, "__dict__", ()):
        return 0, to_url, None
    if own in _PLAIN_URLS:
        return 1, to_url, None
    if own in _NUMBER_URLS and converter.num_convert in (int, float):
        return (2 if converter.num_convert is int else 3), to_url, converter.fixed_digits
    if own in _UUID_URLS:
        return 4, to_url, None
    if own in _ANY_URLS:
        return 5, to_url, converter.items
    return 0, to_url, None


def _regex_pattern(items: list[str | Slot], case: bool) -> RegexPattern:
    sources = tuple(item if isinstance(item, str) else (item.converter.regex,) for item in items)
    try:
        return _compiled(sources, case)
    except (re.error, OverflowError, RecursionError) as error:
        for item in items:
            if isinstance(item, Slot):
                _blame(item)
        raise ValueError(f"the regexes of the converters do not fit together: {error}") from None


#: A text, or the regex of a variable as a tuple of one.
_Source = str | tuple[str]


# Many rules of an application use the same few regexes.
@lru_cache(maxsize=1024)
def _compiled(sources: tuple[_Source, ...], case: bool) -> RegexPattern:
    source, merging = _join(sources, "/"), _join(sources, "/+")
    flags = 0 if case else re.IGNORECASE
    regex = re.compile(source + r"\Z", flags)
    return RegexPattern(
        regex=regex,
        merging=regex if merging == source else re.compile(merging + r"\Z", flags),
        groups=tuple(
            regex.groupindex[f"{_GROUP_NAME}{number}"]
            for number in range(sum(isinstance(item, tuple) for item in sources))
        ),
        sliced=_LOOKS_AROUND.search(source) is not None,
    )


#: Assertions that see what stands before or after the text of a segment.
_LOOKS_AROUND = re.compile(r"\\[AbB]|\^|\(\?<[!=]")


def _blame(slot: Slot) -> None:
    """Raise the error for the one variable whose regex does not compile by itself."""
    regex = slot.converter.regex
    try:
        re.compile(f"(?:{regex})")
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(
            f"the regex {regex!r} of variable {slot.name!r} does not compile: {error}"
        ) from None


#: Begins the name of the group that holds a variable; a number follows.
_GROUP_NAME = "trieroute_variable_"


def _join(sources: tuple[_Source, ...], slash: str) -> str:
    """Write one regex for texts and variables, each variable a named group."""
    source = ""
    count = variables = 0
    for item in sources:
        if isinstance(item, tuple):
            inner, groups = _renumber(item[0], count + 1)
            source += f"(?P<{_GROUP_NAME}{variables}>{inner})"
            variables += 1
            count += 1 + groups
        else:
            source += slash if item == "/" else re.escape(item)
    return source


_GROUP = re.compile(
    r"\(\?#[^)]*\)|\\[0-3][0-7]{2}|\\(?P<number>[1-9]\d?)|\\.|\((?P<named>\?P<(?P<name>\w+)>)|\(\?P=(?P<reference>\w+)\)"
    r"|\(\?\((?P<condition>\w+)\)|(?P<other>\(\?)|(?P<plain>\()|(?P<set>\[\^?\]?)",
    re.DOTALL,
)
_SET = re.compile(r"(?:[^\]\\]|\\.)*\]?", re.DOTALL)


def _renumber(regex: str, before: int) -> tuple[str, int]:
    """Make the groups of a regex fit behind *before* others.

    Named groups become plain ones and references by name or number follow them, so that two
    variables may use the same names and ``\\1`` means the first group of its own regex.

    :return: the regex to embed and the number of its groups.
    """
    names: dict[str, int] = {}
    out = []
    count = position = 0
    while True:
        token = _GROUP.search(regex, position)
        if token is None:
            out.append(regex[position:])
            return "".join(out), count
        out.append(regex[position : token.start()])
        position = token.end()
        text = token[0]
        if token["number"]:
            text = f"(?:\\{before + int(token['number'])})"
        elif token["named"]:
            count += 1
            names[token["name"]] = count
            text = "("
        elif token["reference"] and token["reference"] in names:
            text = f"(?:\\{before + names[token['reference']]})"
        elif token["condition"]:
            condition = token["condition"]
            number = int(condition) if condition.isdecimal() else names.get(condition, 0)
            text = f"(?({before + number})"
        elif token["plain"]:
            count += 1
        elif token["set"]:
            rest = _SET.match(regex, position)
            assert rest is not None
            text += rest[0]
            position = rest.end()
        out.append(text)


def whole_regex(
    trace: Sequence[tuple[bool, str]],
    converters: Mapping[str, Any],
    merge_slashes: bool,
    strict_slashes: bool,
) -> re.Pattern[str]:
    """Write a whole rule as one regular expression over ``"domain|/path"``.

    :param trace: the rule's texts and variables, ``(is variable, text or name)``.
    :param converters: converters by variable name.
    :param merge_slashes: whether a slash of the rule takes a run of slashes.
    :param strict_slashes: whether a leaf refuses a slash too many.
    :return: a pattern with a named group for each variable, and ``__suffix__`` for the last slashes
        of a branch or of a leaf that tolerates them.
    """
    texts = list(trace)
    branch = texts[-1] == (False, "/")
    while texts[-1] == (False, "/"):
        texts.pop()
    source = ""
    count = 0
    for variable, text in texts:
        if variable:
            inner, groups = _renumber(converters[text].regex, count + 1)
            source += f"(?P<{text}>{inner})"
            count += 1 + groups
        elif text == "/" and merge_slashes:
            source += "/+?"
        else:
            source += re.escape(text)
    if branch or not strict_slashes:
        source += f"(?<!/)(?P<__suffix__>/{'*' if merge_slashes else '?'})"
    return re.compile(rf"^{source}\Z")
