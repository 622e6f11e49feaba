from typing import Any

from .state import MapState

def found_rule(
    state: MapState, domain: str, path: str, method: str, websocket: bool
) -> tuple[Any, dict[str, Any]]: ...
