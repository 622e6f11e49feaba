"""Raising an exception before any instruction of Python code that a call runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any


class Interrupted(BaseException):
    """What a signal raises, as Ctrl-C does."""


def interrupted(call: Callable[[], object], at: int, within: CodeType | None = None) -> int:
    """Make a call, and raise an exception before its instruction of a number, counted from 1.

    :param call: the call.
    :param at: the number; 0 for no exception.
    :param within: the code of a function, to count its instructions alone.
    :return: the number of instructions that have been run; it is less if there are no more.
    """
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        if within not in (None, frame.f_code):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if event == "opcode":
            count += 1
            if count == at:
                raise Interrupted
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    except Interrupted:
        pass
    finally:
        sys.settrace(before)
    return count
