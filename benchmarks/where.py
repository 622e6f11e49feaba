"""``python -m benchmarks.where``: where the instructions of a match go, by part.

Callgrind tells what each function has taken, and what each of its calls has. What a function of
trieroute takes is its own instructions, and those of what it calls in Python and libc. Functions
that the compiler has put into others count with those. The package has to be built with symbols:
``CFLAGS=-g python setup.py build_ext --inplace``.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from .instructions import LONG, SHORT, counted
from .peers import Refusal

__all__ = ["by_part", "read"]

#: Parts by what the names of their functions hold; the first that fits counts.
PARTS = {
    "split the path": ("Trie_open",),
    "values, and their dictionary": ("Target_values", "_other_values", "_value"),
    "walk": ("_4trie_", "4trie_4Trie", "_7pattern_"),
    "arguments, and the state": ("_7adapter_", "_4text_", "_6target_"),
}
RESULT = "result: the pair"
REST = "the loop, the call by the interpreter, and the release of the result"

Function = tuple[str, str]


def read(lines: Iterable[str]) -> tuple[Counter[Function], Counter[tuple[Function, Function]]]:
    """Read a profile of callgrind.

    :return: what functions have taken by themselves, and what each of their calls has, callees of
        callees included; a function is its library and its name.
    """
    own: Counter[Function] = Counter()
    calls: Counter[tuple[Function, Function]] = Counter()
    # Each name stands in a profile once, with a number that stands for it from then on.
    known: dict[tuple[str, str], str] = {}
    library = function = callee_library = callee = ""
    is_call = False
    for line in lines:
        key, _, text = line.rstrip("\n").partition("=")
        if key in ("ob", "cob", "fn", "cfn"):
            number, _, name = text.partition(" ")
            kind = key.removeprefix("c")
            if name:
                known[kind, number] = name
            name = known[kind, number]
            if key == "ob":
                library = name
            elif key == "fn":
                function = name
            elif key == "cob":
                callee_library = name
            else:
                callee = name
        elif key == "calls":
            is_call = True
        elif line[:1] in "+-*" or line[:1].isdigit():
            cost = int(line.split()[1]) if " " in line else 0
            if is_call:
                calls[(library, function), (callee_library or library, callee)] += cost
                is_call, callee_library = False, ""
            else:
                own[library, function] += cost
    return own, calls


def is_ours(function: Function) -> bool:
    return "trieroute" in function[0]


def part_of(function: Function) -> str:
    """Return the part that a function of trieroute belongs to."""
    for part, texts in PARTS.items():
        if any(text in function[1] for text in texts):
            return part
    raise Refusal(
        f"{function[1]} of {function[0]} belongs to no part. If that is a number, the package has"
        " no symbols: build it by CFLAGS=-g python setup.py build_ext --inplace"
    )


def by_part(
    own: Counter[Function], calls: Counter[tuple[Function, Function]]
) -> tuple[Counter[str], int]:
    """Return what the parts have taken, and the sum of all functions.

    :raise Refusal: a function of trieroute belongs to no part.
    """
    found: Counter[str] = Counter()
    for function, cost in own.items():
        if cost and is_ours(function):
            found[part_of(function)] += cost
    for (function, callee), cost in calls.items():
        if cost and is_ours(function) and not is_ours(callee):
            found[RESULT if callee[1] == "PyTuple_New" else part_of(function)] += cost
    total = sum(own.values())
    found[REST] = total - found.total()
    return found, total


def main() -> None:
    """Print the table of a match."""
    with tempfile.TemporaryDirectory() as scratch:
        counted([("parts", "match")], Path(scratch))
        # The second and the fourth profile are of the runs of so many and of more matches.
        (own, calls), (more_own, more_calls) = (
            read((Path(scratch) / f"counts.{number}").read_text(encoding="utf-8").splitlines())
            for number in (2, 4)
        )
    more_own.subtract(own)
    more_calls.subtract(calls)
    parts, total = by_part(more_own, more_calls)
    times = LONG - SHORT
    print("| part | instructions | share |\n| --- | ---: | ---: |")
    for part in (
        "arguments, and the state",
        *list(PARTS)[:1],
        "walk",
        *list(PARTS)[1:2],
        RESULT,
        REST,
    ):
        print(f"| {part} | {parts[part] / times:,.0f} | {parts[part] / total:.0%} |")
    print(f"| all | {total / times:,.0f} | 100% |")


if __name__ == "__main__":
    try:
        main()
    except Refusal as refusal:
        sys.exit(str(refusal))
