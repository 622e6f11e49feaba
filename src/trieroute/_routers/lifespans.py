"""Lifespans: what begins before a server serves and ends after it, in the order of the mounts.

Those of applications are run without tasks, so that this is for any event loop. An application that
has started asks for the next message; what follows in the order runs inside that call, and when all
of it has ended, the application gets its message and stops. So each one is inside of those before.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, MutableMapping
from contextlib import AbstractAsyncContextManager
from typing import Any, NoReturn

__all__ = ["Step", "no_lifespan", "refuse_manager", "run"]

#: What begins and ends: a function that gets the state of the server and gives a context manager,
#: or an application with the state that its requests are going to have.
Step = tuple[Callable[..., Any], MutableMapping[str, Any] | None]

Serve = Callable[[], Awaitable[None]]


def no_lifespan(given: Any) -> TypeError:
    """Make the error of a router whose lifespan is something else than lifespans."""
    return TypeError(
        "lifespan takes a function that returns an asynchronous context manager, or 'mounted', not"
        f" {given!r}"
    )


def refuse_manager(router: Any, given: Any) -> NoReturn:
    """Refuse what a lifespan of a router has given, which is no asynchronous context manager.

    :raise TypeError: always.
    """
    if isinstance(given, Coroutine):
        # It is never awaited, which needs no warning beside the error.
        given.close()
    made = isinstance(given, AsyncGenerator | Coroutine)
    hint = ": decorate it with contextlib.asynccontextmanager" if made else ""
    raise TypeError(
        f"the lifespan of {router!r} gives {given!r}, which is no asynchronous context"
        f" manager{hint}"
    )


async def run(steps: list[Step], scope: Any, serve: Serve) -> None:
    """Begin all steps in order, serve, and end them in reverse.

    :param steps: functions that give a context manager, with ``None``, or applications, with a
        mapping that gets what they add to their state.
    :param scope: that of the server's lifespan.
    :param serve: is called when all have begun.
    :raise RuntimeError: an application tells that it can't start, or stop.

    What one of them raises gets here, even if one before it, in which it runs, keeps it back: a
    server must not take what has failed for what has ended.
    """
    if not steps:
        await serve()
        return
    (begin, state), *others = steps

    failure: Exception | None = None

    async def go_on() -> None:
        nonlocal failure
        try:
            await run(others, scope, serve)
        except Exception as error:
            failure = error
            raise

    if state is None:
        manager: AbstractAsyncContextManager[None] = begin()
        async with manager:
            await go_on()
    else:
        await _run_application(begin, state, scope, go_on)
    if failure is not None:
        raise failure


async def _run_application(
    app: Callable[..., Any], state: MutableMapping[str, Any], scope: Any, go_on: Serve
) -> None:
    asked = started = gone_on = False
    failure: str | None = None

    async def receive() -> Any:
        nonlocal asked, gone_on
        if not asked:
            asked = True
            return {"type": "lifespan.startup"}
        if started and not gone_on:
            gone_on = True
            await go_on()
        return {"type": "lifespan.shutdown"}

    async def send(message: Any) -> None:
        nonlocal started, failure
        if message["type"] == "lifespan.startup.complete":
            started = True
        elif message["type"].endswith(".failed"):
            failure = message.get("message") or f"the lifespan of {app!r} has failed"

    inner = {**scope, "state": state}
    try:
        await app(inner, receive, send)
    except Exception:
        # An application may raise an exception to tell that it has no lifespan. It has none then,
        # unless it has started or said that it can't.
        if started or failure is not None:
            raise
    if failure is not None:
        raise RuntimeError(failure)
    if not gone_on:
        await go_on()
