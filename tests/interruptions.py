"""Raising an exception before any instruction of Python code that a call runs."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any

#: A tool of `sys.monitoring` that no other program uses.
TOOL = 4


class Interrupted(BaseException):
    """What a signal raises, as Ctrl-C does."""


def interrupted(call: Callable[[], object], at: int, within: CodeType | None = None) -> int:
    """Make a call, and raise an exception before its instruction of a number, counted from 1.

    :param call: the call.
    :param at: the number; 0 for no exception.
    :param within: the code of a function, to count its instructions alone.
    :return: the number of instructions that have been run; it is less if there are no more.
    """
    # What is raised while garbage is collected ends no call.
    collects = gc.isenabled()
    gc.disable()
    try:
        return _interrupted(call, at, within)
    finally:
        if collects:
            gc.enable()


def _interrupted(call: Callable[[], object], at: int, within: CodeType | None) -> int:
    count = 0
    thread = threading.get_ident()

    def called() -> Iterator[object]:
        # An exception before the last instruction of an `except` block, where no signal's can be
        # raised, makes CPython 3.11 keep the block's own one as what is handled, until the thread
        # ends. Here it is until the generator does.
        yield call()

    own = (_interrupted.__code__, called.__code__)

    def run(code: CodeType, offset: int) -> None:
        nonlocal count
        if threading.get_ident() != thread:
            # Monitoring tells of all threads: a thread of a pool may wait for work meanwhile.
            return
        if code not in own and within in (None, code):
            count += 1
            if count == at:
                raise Interrupted

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        if within not in (None, frame.f_code):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if event == "opcode":
            run(frame.f_code, frame.f_lasti)
        return trace

    if sys.version_info < (3, 12):
        before = sys.gettrace()
        try:
            sys.settrace(trace)
            next(called())
        except Interrupted:
            pass
        finally:
            sys.settrace(before)
        return count
    monitoring = sys.monitoring
    event = monitoring.events.INSTRUCTION
    monitoring.use_tool_id(TOOL, "interruptions")
    monitoring.register_callback(TOOL, event, run)
    try:
        monitoring.set_events(TOOL, event)
        next(called())
    except Interrupted:
        pass
    finally:
        monitoring.set_events(TOOL, 0)
        monitoring.free_tool_id(TOOL)
    return count
