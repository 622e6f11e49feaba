"""The drop-in: Werkzeug's classes made ours, for applications that import Werkzeug's."""
