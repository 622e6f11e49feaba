"""The dict that ``vars`` of an adapter gives: its fields and its attributes as one.

The fields of an adapter are no Python attributes, but programs look at them, copy and change them
by ``__dict__``, as they do with Werkzeug's. So this dict has them, and tells the adapter what is
changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["FIELDS", "AdapterDict"]

#: The fields of an adapter, in the order in which Werkzeug's adapters have them as attributes. The
#: last one, which those lack, is shown only where it says something.
FIELDS = (
    "map",
    "server_name",
    "script_name",
    "subdomain",
    "url_scheme",
    "path_info",
    "default_method",
    "query_args",
    "websocket",
    "_outside",
)


class AdapterDict(dict[str, Any]):
    """The fields of an adapter, and the attributes that a program has set.

    :param others: the attributes that are no fields; they are changed in place.
    """

    __slots__ = ("_adapter", "_others")

    def __init__(self, adapter: Any, others: dict[str, Any]) -> None:
        fields = adapter._held_fields()
        if not fields["_outside"]:
            del fields["_outside"]
        if fields["script_name"] is None:
            # No constructor has filled the fields.
            fields = {
                name: value
                for name, value in fields.items()
                if value is not None and value is not False
            }
        super().__init__({**fields, **others})
        self._adapter = adapter
        self._others = others

    def become(self, given: dict[str, Any]) -> None:
        """Set all attributes of the adapter; a field that is not given has what the class has.

        :param given: the attributes by name.
        """
        unset = self._adapter._unset_fields
        for name in FIELDS:
            object.__setattr__(self._adapter, name, given.get(name, unset.get(name)))
        others = {name: value for name, value in given.items() if name not in FIELDS}
        self._others.clear()
        self._others.update(others)

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy belongs to no adapter.
        return dict, (dict(self),)


def _telling(name: str) -> Callable[..., Any]:
    change = getattr(dict, name)

    def method(self: AdapterDict, *args: Any, **kwargs: Any) -> Any:
        try:
            return change(self, *args, **kwargs)
        finally:
            self.become(self)

    method.__name__ = name
    method.__doc__ = change.__doc__
    return method


_CHANGES = "clear pop popitem setdefault update __delitem__ __setitem__ __ior__"
for _name in _CHANGES.split():
    setattr(AdapterDict, _name, _telling(_name))
