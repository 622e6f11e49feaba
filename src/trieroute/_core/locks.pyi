from collections.abc import Callable
from typing import Any, TypeVar

_T = TypeVar("_T")

def locked(lock: Any, function: Callable[..., _T], *arguments: Any) -> _T: ...
