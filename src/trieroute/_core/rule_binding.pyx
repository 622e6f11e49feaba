# cython: language_level=3, nonecheck=True
"""Bindings: what a rule gets when it is bound to a map, prepared first and made later.

What lives here: the attributes of a bound rule, and the settings that it takes from its map. What must
not be known here: how a rule is compiled, and what a map does with it.
"""

cimport cython
from cpython.method cimport PyMethod_Check, PyMethod_GET_FUNCTION
from cpython.object cimport PyObject, PyObject_GenericGetAttr, PyObject_GenericSetAttr

from .changes cimport Change, Changes, exchanged, exchanged_within
from .compiled_rule cimport BaseCompiledRule
from .target cimport Target


#: This stands for what is not set.
cdef object _MISSING = object()
#: Names of settings that rules took from their maps; most rules take the same ones.
cdef dict _taken = {}
#: What else a program may replace that has to be called when the rule has its map already.
cdef tuple _METHODS = ("get_converter", "compile", "bind", "_compile_builder")


def compiles_apart(rule, dict made not None):
    """Tell whether a rule can be compiled for a map before it is bound to it.

    What a program overrides expects that the rule has its map by then.

    :param made: what its class had when that was made, by name.
    """
    for name in _METHODS:
        if not has_as_made(rule, name, made):
            return False
    return True


cdef bint has_as_made(rule, str name, dict made) except -1:
    """Tell whether a rule has a method that its class had when that was made."""
    method = getattr(rule, name, None)
    # It may be no method of a class, but a function that the rule was given.
    function = made[name]
    return PyMethod_Check(method) and PyMethod_GET_FUNCTION(method) == <PyObject*>function


def compare_plainly(targets):
    """Tell whether nobody has another ``match_compare_key`` for any rule of some targets."""
    for target in targets:
        rule = (<Target?>target).rule
        if not has_as_made(rule, "match_compare_key", rule._as_made):
            return False
    return True


def is_matchable(rule):
    """Tell whether a rule takes part in matching, as it is compiled now."""
    return _matchable(rule, rule._compiled)


cdef bint _matchable(rule, BaseCompiledRule compiled) except -1:
    return compiled is not None and compiled.domain.part is not None and not rule.build_only


def any_redirects(rules, dict made not None):
    """Tell whether a rule redirects to others of its endpoint, or others to it."""
    for rule in rules:
        if rule.alias or provides_defaults(rule, made):
            return True
    return False


cpdef bint provides_defaults(rule, dict made) except -1:
    """Tell whether other rules of its endpoint may redirect to a rule by its defaults."""
    if rule.defaults and not rule.build_only:
        return True
    return not has_as_made(rule, "provides_defaults_for", made)


def targets_of(rules, map, canonical not None, exact):
    """Return those of some rules that can match as the core knows them, as a list of targets.

    :param canonical: the endpoints of which rules with defaults have to be asked.
    :param exact: as for :func:`target_of`.
    """
    cdef list found = []
    cdef bint none = not canonical
    cdef Target target
    for rule in rules:
        target = target_of(rule, map, not none and rule.endpoint in canonical, exact)
        if target is not None:
            found.append(target)
    return found


cpdef Target target_of(rule, map, bint may_redirect, exact):
    """Return a bound rule as the core knows it; it is kept until it changes.

    :param map: the map that has the rule: its own, or a copy of that. From a copy, a rule that was
        removed from its own map takes the settings that it does not say itself.
    :param may_redirect: whether rules with defaults of the same endpoint have to be asked.
    :param exact: returns the methods of a rule as a frozenset, of the rule string and of them.
    :return: the target; ``None`` if the rule takes no part in matching.
    """
    # It is read once, since another thread may compile the rule again.
    cdef BaseCompiledRule compiled = rule._compiled
    if not _matchable(rule, compiled):
        return None
    cdef bint plainly = rule._sets_plainly
    cdef bint direct = not (may_redirect or rule.alias or rule.redirect_to is not None)
    kept = rule._target
    if (
        type(kept) is Target
        and (<Target>kept).direct == direct
        and (<Target>kept).compiled is compiled
    ):
        return <Target>kept
    methods = rule._methods if plainly else rule.methods
    # A set that rules share has been checked.
    if methods is not None and not (plainly and type(methods) is frozenset):
        methods = exact(rule.rule, methods)
    # Each is read once, since another thread may remove the rule.
    strict, merges = rule.strict_slashes, rule.merge_slashes
    target = Target(
        rule,
        rule.endpoint,
        rule.defaults,
        methods,
        compiled.domain.part,
        compiled.parts,
        compiled.text.endswith("/"),
        map.strict_slashes if strict is None else strict,
        map.merge_slashes if merges is None else merges,
        rule.websocket,
        direct,
        compiled,
    )
    if rule.map is not None:
        # If a setting has changed meanwhile, it is not kept.
        exchanged(rule, "_target", kept, target)
    return target


@cython.final
cdef class RuleBinding(Change):
    """The attributes that bind a rule to a map.

    :param refusal: returns the error about a rule that has another one, which it is given.
    :param own_methods: makes the rule's own set of methods, of the rule and of the methods.
    :param takes: whether the rule takes the settings from the map that it does not say itself.
    """

    cdef readonly object rule
    cdef object map
    cdef object before                   # The rule has to have this map still, when it is bound.
    cdef object refusal                  # This returns the error if it has another one.
    cdef readonly str text               # This is the rule string, without a class of its own.
    cdef readonly object domain_text     # This is its subdomain or host.
    cdef readonly bint merges            # Runs of slashes in the rule string count as one.
    cdef object methods                  # The rule gets this set, if it is not None.
    cdef public object compiled          # This is what the rule is compiled to.
    cdef object branch                   # Whether the rule string ends with a slash, as a bool.
    cdef bint plainly                    # The attributes are set past the class's own way.
    cdef bint tried, bound, undoing
    # These are the settings that the rule takes from the map.
    cdef object strict, merge_slashes, subdomain
    cdef tuple taken                     # These are their names, and those of settings taken before.
    cdef tuple taken_before              # The names of the latter, when this was made.
    # What the rule had is kept here from the time on when something is set.
    cdef object old_target, old_taken, old_compiled, old_methods, was_branch, was_leaf

    def __cinit__(self, rule, map, before, refusal, own_methods, bint takes=True):
        cdef tuple taken = rule._taken
        self.taken_before = taken
        self.rule, self.map, self.before, self.refusal = rule, map, before, refusal
        text = rule.rule
        # Of a subclass, the parts need not be plain.
        self.text = text if type(text) is str else str.__str__(text)
        self.branch = True if self.text.endswith("/") else False
        self.strict = self.merge_slashes = self.subdomain = _MISSING
        if takes and rule.strict_slashes is None:
            self.strict = map.strict_slashes
            taken += ("strict_slashes",)
        merges = rule.merge_slashes
        if takes and merges is None:
            self.merge_slashes = merges = map.merge_slashes
            taken += ("merge_slashes",)
        subdomain = rule.subdomain
        if takes and subdomain is None:
            self.subdomain = subdomain = map.default_subdomain
            taken += ("subdomain",)
        self.taken = _taken.setdefault(taken, taken)
        self.merges = bool(merges)
        self.domain_text = (subdomain if map._finds_subdomains else rule.host) or ""
        self.plainly = rule._sets_plainly
        methods = rule._methods if self.plainly else rule.methods
        if isinstance(methods, set) and getattr(methods, "owner", None) is not rule:
            # A program has copied the attributes of another rule: the set would tell that one.
            self.methods = own_methods(rule, methods)

    def attributes(self):
        """Return the attributes that the rule gets, by name, for an object that gets all at once."""
        cdef dict attributes = {}
        self.put_all(attributes, False)
        return attributes

    cdef int make(self) except -1:
        cdef object kind = type(self.rule)
        # Other threads that bind, remove or set what was taken see all of this or nothing.
        with cython.critical_section(kind):
            self.bind()
        return 0

    cdef int bind(self) except -1:
        rule = self.rule
        # It may be bound to this map already. Then another thread must not have removed it.
        if not exchanged_within(rule, "map", self.before, self.map):
            raise self.refusal(rule)
        self.bound = True
        self.old_target, self.old_taken = self.value("_target"), self.value("_taken")
        if self.old_taken is not self.taken_before:
            # A setting is the rule's own since then.
            self.taken = tuple([
                name
                for name in self.taken
                if name in self.old_taken or name not in self.taken_before
            ])
        self.old_compiled = self.value("_compiled")
        # It nearly always is what it was made as.
        self.was_branch = self.value("is_branch")
        if self.was_branch is not self.branch:
            self.was_leaf = self.value("is_leaf")
        if self.methods is not None:
            self.old_methods = self.value(self.name_of_methods())
        self.tried = True
        self.put_all(None, False)
        return 0

    cdef int undo(self) except -1:
        self.undoing = True
        try:
            if self.tried:
                self.put_all(None, True)
        finally:
            if self.bound:
                exchanged(self.rule, "map", self.map, self.before)
        return 0

    cdef int put_all(self, dict into, bint back) except -1:
        """Set all attributes, or set them back to what they were.

        A dict that is given gets them in place of the rule.
        """
        if not (back or (self.bound and self.plainly)):
            # A class's own way of setting attributes is told of the map, too.
            self.put(into, "map", self.map)
        # The settings that it takes were `None`, or it would not take them.
        if self.strict is not _MISSING:
            self.put(into, "strict_slashes", None if back else self.strict)
        if self.merge_slashes is not _MISSING:
            self.put(into, "merge_slashes", None if back else self.merge_slashes)
        if self.subdomain is not _MISSING:
            self.put(into, "subdomain", None if back else self.subdomain)
        self.put(into, "_taken", self.old_taken if back else self.taken)
        self.put(into, "_target", self.old_target if back else object())
        self.put(into, "_compiled", self.old_compiled if back else self.compiled)
        if self.was_branch is not self.branch:
            self.put(into, "is_branch", self.was_branch if back else self.branch)
            self.put(into, "is_leaf", self.was_leaf if back else self.branch is False)
        if self.methods is not None:
            self.put(into, self.name_of_methods(), self.old_methods if back else self.methods)
        return 0

    cdef int put(self, dict into, str name, value) except -1:
        if value is _MISSING:
            if self.value(name) is not _MISSING:
                object.__delattr__(self.rule, name)
        elif into is not None:
            into[name] = value
        elif self.plainly:
            PyObject_GenericSetAttr(self.rule, name, value)
        else:
            try:
                setattr(self.rule, name, value)
            except Exception:
                # What the class refuses now, it has refused before.
                if not self.undoing:
                    raise
        return 0

    cdef str name_of_methods(self):
        return "_methods" if self.plainly else "methods"

    cdef object value(self, str name):
        """Return an attribute of the rule, or what stands for none."""
        try:
            if self.plainly:
                return PyObject_GenericGetAttr(self.rule, name)
            return getattr(self.rule, name)
        except AttributeError:
            return _MISSING


@cython.final
cdef class RuleUnbinding(Change):
    """The attributes that unbind a rule, so that it can be added to any map.

    A rule that is not bound to the map, or no longer, stays as it is. A request that goes on with the
    state before reads what the rule was compiled to, which stays, too.
    """

    cdef object rule
    cdef object map
    cdef Changes changes                 # It is None until something is changed.

    def __cinit__(self, rule, map):
        self.rule, self.map = rule, map

    cdef int make(self) except -1:
        cdef object rule = self.rule, kind = type(rule)
        with cython.critical_section(kind):
            if getattr(rule, "map") is self.map:
                self.unbind()
        return 0

    cdef int unbind(self) except -1:
        # The settings come first: who finds no map may bind the rule.
        unbound = {**dict.fromkeys(self.rule._taken), "_taken": (), "_target": None, "map": None}
        self.changes = Changes()
        if self.rule._sets_plainly:
            self.changes.set_attributes(self.rule, unbound)
        else:
            self.changes.assign(self.rule, unbound)
        self.changes.make()
        return 0

    cdef int bind_again(self) except -1:
        bound = self.rule.map
        # Meanwhile another thread may have bound it to another map, or a rule as it was told.
        if bound is None or bound is self.map:
            self.changes.undo()
        return 0

    cdef int undo(self) except -1:
        cdef object kind = type(self.rule)
        if self.changes is not None:
            with cython.critical_section(kind):
                self.bind_again()
        return 0
