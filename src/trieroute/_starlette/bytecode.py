"""The places in a code at which it takes items itself.

Functions that Cython or mypyc has compiled have no frame: a list that they go through seems to
be gone through by the Python code that has called them. That code is at a call then, or waits for a
coroutine, and not at an instruction that takes items.
"""

from __future__ import annotations

import dis
from collections.abc import Collection
from inspect import CO_GENERATOR
from types import CodeType

__all__ = ["places_in"]

#: The instructions that ask what they have for an iterator.
_ASKING = {"GET_ITER", "GET_YIELD_FROM_ITER"}
#: The instructions that go through what they have to its end.
_EXHAUSTING = {"LIST_EXTEND", "SET_UPDATE", "UNPACK_EX", "UNPACK_SEQUENCE"}
#: The instruction that takes the next item, also of a generator.
_GOING_ON = {"FOR_ITER"}
#: The instruction of ``yield from``; ``await``, which may run compiled code, has the same one.
_DELEGATING = {"SEND"}


def places_in(code: CodeType) -> tuple[bytes, bytes]:
    """Return where a code asks for an iterator, and where it lets a generator go on.

    :return: two texts with a character for each unit of two bytes of the code. It is a 1 at such an
        instruction, and at what follows it up to the next one.
    """
    going_on = _EXHAUSTING | _GOING_ON
    if code.co_flags & CO_GENERATOR:
        going_on |= _DELEGATING
    return _units(code, _ASKING | _EXHAUSTING), _units(code, going_on)


def _units(code: CodeType, names: Collection[str]) -> bytes:
    units = bytearray(len(code.co_code) // 2)
    within = False
    starts = {instruction.offset // 2: instruction for instruction in dis.get_instructions(code)}
    for unit in range(len(units)):
        if unit in starts:
            within = starts[unit].opname in names
        units[unit] = within
    return bytes(units)
