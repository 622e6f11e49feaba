from werkzeug.routing import MapAdapter as WerkzeugMapAdapter

from .adapter import Adapter

class MapAdapter(Adapter, WerkzeugMapAdapter): ...
