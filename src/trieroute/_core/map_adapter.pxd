from .address cimport Address
from .state cimport BaseMap


# Return what `MapAdapter(...)` returns; `websocket` is what the scheme says.
cdef Address new_adapter(
    BaseMap map,
    object server_name,
    object script_name,
    object subdomain,
    object url_scheme,
    object path_info,
    object default_method,
    object query_args,
    bint websocket,
)
