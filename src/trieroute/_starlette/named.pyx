# cython: language_level=3, wraparound=False, cdivision=True
"""The routes of a list by their names, for the loops that look for the route of a name.

What lives here: which routes may have a name, the URL of those whose `url_path_for` is Starlette's own,
and absolute URLs of plain texts. What must not be known here: how a name is read of a route, and
which loops there are.

Such a loop calls `url_path_for` of one route after the other until one of them does not raise
`NoMatchFound`. Its first item is a guide, as in `guide.pyx`. The guide's `url_path_for` asks the routes
that may have the name, in their order, and returns what the first of them returns. If there is none,
it raises `NoMatchFound`, and no route follows, unless the list has got one meanwhile.

A route whose name is another one could only have raised `NoMatchFound`. So whatever a route that is
left out could have done has no effect. A route of which that is not known is asked for every name. The
names are right while the prerequisites of `prerequisites.pyx` hold; what was read is `name`, the other
attributes are read at each call.
"""

cimport cython

from .prerequisites cimport Loops, Prerequisites


@cython.final
cdef class Naming:
    """What making the URL of a route takes, as Starlette has it."""

    def __cinit__(self, no_match_found, url_path, split):
        self.no_match_found = no_match_found
        self.url_path = url_path
        self.split = split
        self.called = []

    def add_called(self, dict namespace not None, str name not None, function):
        """Add something that ``url_path_for`` uses: the guide makes URLs itself while it is this."""
        self.called.append((namespace, name, function))

    cdef bint hold(self) except -1:
        """Tell whether ``url_path_for`` of routes uses what it did."""
        for namespace, name, function in self.called:
            if (<dict>namespace).get(name) is not function:
                return False
        return True


@cython.final
cdef class NamedRoutes(RouteSnapshot):
    """The routes of one state of a list, by their names."""

    def __cinit__(
        self,
        list routes not None,
        dict by_name not None,
        dict by_mount not None,
        list others not None,
        dict protocols not None,
        Naming naming not None,
        Loops loops not None,
        Prerequisites prerequisites not None,
        Py_ssize_t version=0,
        Py_ssize_t edits=0,
    ):
        self.routes = routes
        self.by_name = by_name
        self.by_mount = by_mount
        self.others = others
        self.protocols = protocols
        self.naming = naming
        self.loops = loops
        self.prerequisites = prerequisites
        self.version = version
        self.edits = edits
        self.formats = {}

    def candidates(self, str name not None):
        """Return the routes that may have a name, in their order."""
        found = []
        for position in self.positions(name):
            found.append(self.routes[position])
        return found

    cdef list positions(self, str name):
        """Return the ascending positions of the routes that may have a name."""
        cdef list named = self.by_name.get(name)
        cdef list found = []
        cdef Py_ssize_t colon
        if self.by_mount:
            colon = name.find(":")
            while colon >= 0:
                mounts = self.by_mount.get(name[:colon])
                if mounts is not None:
                    found += <list>mounts
                colon = name.find(":", colon + 1)
        if not found:
            if named is None:
                return self.others
            if not self.others:
                return named
        if named is not None:
            found += named
        return sorted({*found, *self.others})

    cdef object url(self, position, str name, dict params):
        """Make the URL of a route.

        The attributes of the route are read at each call.

        :return: the URL; ``None`` if the route does not fit; ``NotImplemented`` if the route has to
            be asked.
        """
        cdef tuple pieces
        cdef list parts
        cdef Py_ssize_t at
        cdef str path
        protocol = self.protocols.get(position)
        if protocol is None:
            return NotImplemented
        route = self.routes[position]
        own_name, convertors, path_format = route.name, route.param_convertors, route.path_format
        if type(own_name) is not str or type(convertors) is not dict or type(path_format) is not str:
            return NotImplemented
        if <str>own_name != name or len(<dict>convertors) != len(params):
            return None
        for key in params:
            if key not in <dict>convertors:
                return None
        path = <str>path_format
        if params:
            pieces = self.pieces(path)
            if len(pieces) != 2 * len(params) + 1:
                return NotImplemented
            parts = list(pieces)
            for at in range(1, len(pieces), 2):
                if pieces[at] not in params:
                    return NotImplemented
                parts[at] = (<dict>convertors)[pieces[at]].to_string(params[pieces[at]])
            path = "".join(parts)
        return self.naming.url_path(path, protocol)

    cdef tuple pieces(self, str path_format):
        """Return the texts and the variables of a path format, in turns; nothing if one is repeated."""
        cdef tuple pieces = self.formats.get(path_format)
        if pieces is None:
            pieces = tuple(self.naming.split(path_format))
            if len(set(pieces[1::2])) < len(pieces) // 2:
                pieces = ()
            self.formats[path_format] = pieces
        return pieces


@cython.final
cdef class NameGuide:
    """The first item of a loop, and the iterator over those that follow; see the module."""

    def __iter__(self):
        return self

    def __next__(self):
        cdef Py_ssize_t at = self.at
        if self.named is None:
            raise StopIteration
        self.at = at + 1
        if at < 0:
            return self
        # The loop did not ask the guide, or the list has got more routes since then.
        if at < len(<list>self.routes):
            return (<list>self.routes)[at]
        raise StopIteration

    def url_path_for(self, name, /, **path_params):
        """Return the URL that the first route returns that has one.

        :param name: the name.
        :param path_params: the values of the variables.
        :return: the URL.
        :raise starlette.routing.NoMatchFound: no route has one.
        :raise TypeError: the guide belongs to no list.
        """
        cdef NamedRoutes named = self.named
        cdef Naming naming
        cdef dict params = path_params
        cdef bint making
        if named is None:
            raise TypeError("the guide belongs to no list")
        naming = named.naming
        making = type(name) is str
        # A name of another class may be equal to anything.
        positions = named.positions(name) if making else range(len(named.routes))
        making = making and naming.hold()
        for position in positions:
            try:
                url = named.url(position, name, params) if making else NotImplemented
                if url is NotImplemented:
                    return named.routes[position].url_path_for(name, **params)
            except naming.no_match_found:
                continue
            if url is not None:
                return url
        self.at = len(named.routes)
        raise naming.no_match_found(name, params)


cdef NameGuide guide_to(NamedRoutes named, list routes):
    """Return the guide of a loop over a list, whose routes were named."""
    cdef NameGuide guide = NameGuide.__new__(NameGuide)
    guide.named = named
    guide.routes = routes
    guide.at = -1
    return guide


def plain_url(path, protocol, host, base):
    """Put an absolute URL together, if nothing of it has to be quoted, left out or looked at closely.

    :param path: the path below that of the base.
    :param protocol: ``"http"``, ``"websocket"``, or nothing for the scheme of the base.
    :param host: the host, or nothing for that of the base.
    :param base: the base URL, as ``urlsplit`` takes it apart.
    :return: the URL, or ``None`` if the texts are not plain ones.
    """
    scheme, netloc, prefix, _, _ = base
    host = host or netloc
    if type(path) is not str or type(host) is not str or type(prefix) is not str or not host:
        return None
    if protocol:
        secure = scheme == "https" or scheme == "wss"
        if protocol == "http":
            scheme = "https" if secure else "http"
        elif protocol == "websocket":
            scheme = "wss" if secure else "ws"
        else:
            return None
    elif scheme not in ("http", "https", "ws", "wss"):
        return None
    path = (<str>prefix).rstrip("/") + <str>path
    if path and not (<str>path).startswith("/"):
        return None
    if not (is_plain(<str>host, False) and is_plain(<str>path, True)):
        return None
    return f"{scheme}://{host}{path}"


cdef bint is_plain(str text, bint is_path) except -1:
    """Tell whether a text has plain characters of ASCII alone; those of a path are a few more."""
    cdef Py_UCS4 character
    for character in text:
        if not (
            u"a" <= character <= u"z"
            or u"0" <= character <= u"9"
            or u"A" <= character <= u"Z"
            or character in u"-.:"
            or (is_path and character in u"/_~%@=,+{}")
        ):
            return False
    return True
