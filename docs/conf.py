"""How Sphinx builds these pages: ``sphinx-build -W -b html docs build/docs``."""

from __future__ import annotations

import trieroute

project = "trieroute"
author = "the trieroute authors"
copyright = f"2026, {author}"
release = version = trieroute.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
# A page is readable where it lies, too: its links to files lead into the repository.
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["_build"]

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_preserve_defaults = True

html_theme = "furo"
html_title = f"trieroute {release}"
html_static_path = ["_static"]
html_css_files = ["tables.css"]
html_theme_options = {
    "source_repository": "https://github.com/trieroute/trieroute",
    "source_branch": "main",
    "source_directory": "docs/",
}
