"""Items of a list that are moved or taken out where they are, without an allocation that may fail.

Whoever calls these holds the critical section of the list.
"""


cdef extern from *:
    """
    /* Take the last items of a list off. Other ways of doing so may allocate, and fail. */
    static void trieroute_shorten(PyObject *list, Py_ssize_t length) {
        while (Py_SIZE(list) > length) {
            Py_ssize_t last = Py_SIZE(list) - 1;
            PyObject *item = PyList_GET_ITEM(list, last);
            Py_SET_SIZE((PyVarObject *)list, last);
            Py_DECREF(item);
        }
    }

    /* A free-threaded build lets other threads read an item while it is replaced. */
    #if defined(Py_GIL_DISABLED) && !defined(_MSC_VER)
    #define trieroute_store(place, item) __atomic_store_n(place, item, __ATOMIC_RELEASE)
    #else
    #define trieroute_store(place, item) (*(place) = (item))
    #endif

    /* Put another item in a place of a list. Whoever calls this holds the one that was there. */
    static void trieroute_put_item(PyObject *list, Py_ssize_t place, PyObject *item) {
        PyObject **stored = ((PyListObject *)list)->ob_item + place;
        PyObject *before = *stored;
        Py_INCREF(item);
        trieroute_store(stored, item);
        Py_DECREF(before);
    }

    /* Take the items of some places, in rising order, out of a list, and allocate nothing. Whoever
       calls this holds the items. */
    static void trieroute_take_out(PyObject *list, const Py_ssize_t *places, Py_ssize_t count) {
        PyObject **items = ((PyListObject *)list)->ob_item;
        Py_ssize_t length = Py_SIZE(list), kept = 0, taken = 0, place;
        for (place = 0; place < length; place++) {
            PyObject *item = items[place];
            if (taken < count && places[taken] == place) {
                taken++;
                Py_DECREF(item);
            } else {
                trieroute_store(items + kept, item);
                kept++;
            }
        }
        Py_SET_SIZE((PyVarObject *)list, kept);
    }
    """
    void shorten "trieroute_shorten"(object target, Py_ssize_t length) noexcept
    void put_item "trieroute_put_item"(object target, Py_ssize_t place, object item) noexcept
    void take_out_items "trieroute_take_out"(
        object target, const Py_ssize_t* places, Py_ssize_t count
    ) noexcept
