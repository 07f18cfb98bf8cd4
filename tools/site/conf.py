"""Sphinx's settings for either language; `python -m tools.site.build` says which.

Nothing is executed here: tools.pages has executed the pages' blocks, and the tests hold their
output. So the parser is myst-parser, without notebooks.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import jaxdl  # noqa: E402 (the path first)

chinese = os.environ.get("JAXDL_SITE_LANGUAGE") == "zh"

project = "jaxdl"
release = version = jaxdl.__version__
language = "zh_CN" if chinese else "en"
extensions = ["myst_parser", "sphinx_copybutton", "tools.site.extension"]
templates_path = ["templates"]
locale_dirs = [str(Path(__file__).parent / "locale")]
highlight_language = "none"
default_role = "code"
maximum_signature_line_length = 72
python_use_unqualified_type_names = True
python_display_short_literal_types = True
add_module_names = False
toc_object_entries_show_parents = "hide"

myst_enable_extensions = ["strikethrough"]
myst_heading_anchors = 6
myst_heading_slug_func = "tools.site.markdown.slug"
suppress_warnings = ["myst.strikethrough"]  # that only HTML has it

html_theme = "sphinx_book_theme"
html_title = "jaxdl"
html_baseurl = ""
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_search_language = "zh" if chinese else "en"
html_show_sphinx = False
html_copy_source = False
html_last_updated_fmt = None
html_math_renderer = "mathml"
html_context = {"default_mode": "auto"}  # what the reader's system has
html_favicon = "static/favicon.svg"
html_theme_options = {
    "navbar_start": [],  # no bar above the page: the search is in the sidebar
    "navbar_center": [],
    "navbar_end": [],
    "navbar_persistent": [],
    "article_header_end": ["language-switch.html", "article-header-buttons.html"],
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "home_page_in_toc": True,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "footer_content_items": [],
    "extra_footer": "",
}
copybutton_exclude = ".linenos, .gp, .go"
