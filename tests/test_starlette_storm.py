"""Many threads at one router of Starlette's, while others change its routes."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

from starlette.routing import Mount, Route, Router

from test_thread_storm import Reader, Steps, storm
from trieroute._starlette.route_list import RouteList, give_lists


class App:
    """An application of ASGI that answers with the values of its path."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "values", "values": scope["path_params"]})


def asked(router: Any, path: str) -> object:
    """Return the status, and the values of the path if it is 200."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("nothing is received")

    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    scope["path_params"] = {}
    running = router.app(scope, receive, send)
    try:
        running.send(None)
    except StopIteration:
        pass
    else:
        raise AssertionError("the application waits for something")
    if sent[0]["status"] != 200:
        return sent[0]["status"]
    return sent[1]["values"]


def below_the_mount(router: Any) -> object:
    """Ask for a path below a mount that comes and goes.

    Where no route takes the path, Starlette goes through the routes again, with a slash behind
    it. If the mount has come meanwhile, the client is sent there. That is no answer of one state,
    but it is Starlette's own.
    """
    answer = asked(router, "/second/a")
    return 404 if answer == 307 else answer


#: To find a route, `list.remove` calls the `__eq__` of others, which is Python code. What another
#: thread removes meanwhile may shift the route to where the list has looked already, as in
#: any list.
REMOVING = Lock()


def switched(routes: list[Any], make: Callable[[], Any]) -> Steps:
    """Append what is made at each odd step, and remove it at the next one."""
    made: list[Any] = []

    def change(step: int) -> None:
        if step % 2:
            made.append(make())
            routes.append(made[-1])
        else:
            with REMOVING:
                routes.remove(made.pop())

    return Steps(change)


def test_every_answer_is_right_for_a_state_of_the_list() -> None:
    inner = Router([Route("/stable", App())])
    router = Router(
        [
            *(Route(f"/{number}/{{name}}", App()) for number in range(20)),
            Mount("/inner", inner),
        ]
    )
    give_lists([router])
    assert type(router.routes) is RouteList
    first = switched(router.routes, lambda: Route("/first/{x}", App()))
    second = switched(router.routes, lambda: Mount("/second", App()))
    below = switched(inner.routes, lambda: Route("/third/{x:int}", App()))

    def asking(reader: Reader) -> Callable[[], None]:
        def once() -> None:
            reader.expect_always(lambda: asked(router, "/7/n"), {"name": "n"})
            reader.expect_always(lambda: asked(router, "/inner/stable"), {})
            reader.expect(
                first,
                lambda: asked(router, "/first/a"),
                lambda step: {"x": "a"} if step % 2 else 404,
            )
            reader.expect(
                second, lambda: below_the_mount(router), lambda step: {} if step % 2 else 404
            )
            reader.expect(
                below,
                lambda: asked(router, "/inner/third/1"),
                lambda step: {"x": 1} if step % 2 else 404,
            )

        return once

    assert storm([first, second, below], [asking, asking, asking]) == []
