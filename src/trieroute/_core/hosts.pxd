cpdef tuple place(
    object scheme,
    object header,
    object server,
    object server_name,
    bint finds_subdomain,
    bint checks,
)
