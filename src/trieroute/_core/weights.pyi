from typing import Any

def flat_key(
    domain: tuple[Any, ...], path: tuple[Any, ...], has_defaults: bool
) -> tuple[int, ...] | None: ...
