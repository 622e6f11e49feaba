from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

def locked(
    lock: Any, function: Callable[_P, _T], /, *arguments: _P.args, **none: _P.kwargs
) -> _T: ...
