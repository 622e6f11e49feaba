"""Fields of adapters for which a subclass has values of its own.

Werkzeug's adapters have their fields as attributes: what a class has under such a name counts until
the object has it, and is read from the class ever after. The fields of ours are compiled, and
matching and building read nothing else. So a new object begins with the values of its class in its
fields, and on the class is what shows these values there and the fields on the objects.
"""

from __future__ import annotations

from types import GetSetDescriptorType, MemberDescriptorType
from typing import Any

from .adapter_dict import FIELDS
from .address import Address
from .state import BaseMap

__all__ = ["take_fields"]

#: No adapter lacks this one once its constructor has run.
_SCRIPT_NAME: GetSetDescriptorType = vars(Address)["script_name"]


def take_fields(cls: type[Address]) -> None:
    """Let what a subclass of the adapters has under the names of fields count as in Werkzeug.

    :raise TypeError: it has a property in the place of a field, which nothing would ask.
    """
    unset = {}
    for name in FIELDS:
        field: GetSetDescriptorType = vars(Address)[name]
        owners = [base for base in cls.__mro__ if name in vars(base)]
        owner = next((base for base in owners if vars(base)[name] is not field), None)
        if owner is None:
            continue
        found = vars(owner)[name]
        if isinstance(found, _ClassField):
            shown: Any = found
        elif isinstance(found, MemberDescriptorType):
            # It is what ``__slots__`` makes.
            shown = field
        elif hasattr(type(found), "__set__"):
            raise TypeError(
                f"class {owner.__module__}.{owner.__qualname__} has a property {name}, which"
                f" trieroute never asks when it matches and builds: set {name} on the adapters, for"
                " example in an override of Map.bind"
            )
        else:
            shown = _ClassField(field, found)
        if shown is not vars(owners[0])[name]:
            # The metaclass may be the program's.
            type.__setattr__(cls, name, shown)
        if isinstance(shown, _ClassField) and shown.may_be_held:
            unset[name] = shown.value
    if unset or cls._unset_fields:
        type.__setattr__(cls, "_unset_fields", unset)


class _ClassField:
    """A field of adapters: its value on an adapter, and on the class what the class has."""

    def __init__(self, field: GetSetDescriptorType, value: Any) -> None:
        self.field = field
        self.value = value
        #: How the value depends on what it is asked of, as that of a method does.
        self._bind = getattr(type(value), "__get__", None)

    @property
    def may_be_held(self) -> bool:
        """Tell whether an adapter whose constructor has set nothing can have it in its field."""
        if self.field.__name__ == "map":
            return isinstance(self.value, BaseMap)
        return self._bind is None

    def __get__(self, adapter: Any, cls: type | None = None) -> Any:
        if adapter is not None:
            held = self.field.__get__(adapter, cls)
            if held is not None or self._bind is None or _SCRIPT_NAME.__get__(adapter) is not None:
                return held
        return self.value if self._bind is None else self._bind(self.value, adapter, cls)

    def __set__(self, adapter: Any, value: Any) -> None:
        self.field.__set__(adapter, value)

    def __delete__(self, adapter: Any) -> None:
        self.field.__set__(adapter, self.value if self.may_be_held else None)
