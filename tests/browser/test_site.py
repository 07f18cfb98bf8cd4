"""The built site in a real browser: `make site-check`.

Everything is asked of a server on this machine, and nothing of any other.
"""

import json
import os
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from selenium.webdriver.support.ui import WebDriverWait

from tools.site import search

HOME = Path(os.environ.get("JAXDL_SITE", "build/site")).absolute()
PAGES = (
    "index.html",
    "course/index.html",
    "course/l04.html",
    "course/l10.html",
    "guide/porting.html",
    "guide/derivatives.html",
    "autograd/index.html",
    "autograd/l04.html",
    "commands/index.html",
    "api/jaxdl.optim.html",
    "results/benchmark.html",
    "results/coverage.html",
    "results/records.html",
    "project/changelog.html",
)
WIDTHS = (360, 800, 1600)
THEMES = ("light", "dark")


class Quiet(SimpleHTTPRequestHandler):
    """A server that tells nobody of each request."""

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=HOME)) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.fixture
def site(chromium, server):
    """The browser, online as far as this machine; what went wrong or went away fails the test."""
    online = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    chromium.execute_cdp_cmd("Network.emulateNetworkConditions", online)
    for log in ("browser", "performance"):
        chromium.get_log(log)
    chromium.home = server
    yield chromium
    told = [entry for entry in chromium.get_log("browser") if entry["level"] != "INFO"]
    assert [entry["message"] for entry in told] == []
    log = [json.loads(entry["message"])["message"] for entry in chromium.get_log("performance")]
    asked = [
        entry["params"]["request"]["url"]
        for entry in log
        if entry["method"] == "Network.requestWillBeSent"
    ]
    assert asked
    elsewhere = (f"{server}/", "data:", "about:", "blob:")
    assert [url for url in asked if not url.startswith(elsewhere)] == []


def opened(site, page, width=1200, theme="light"):
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    site.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
    site.execute_cdp_cmd("Emulation.setEmulatedMedia", scheme)
    site.get("about:blank")
    site.get(f"{site.home}/{page}")
    WebDriverWait(site, 30).until(lambda _: run(site, "return document.readyState") == "complete")


def run(site, script, *arguments):
    return site.execute_script(script, *arguments)


def text(site, selector):
    return run(site, "return document.querySelector(arguments[0])?.textContent", selector)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["", "zh/"])
def test_pages_fit_and_say_nothing(site, language, width, theme):
    for page in PAGES:
        opened(site, language + page, width, theme)
        over = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert run(site, over) <= 0, page
        assert run(site, "return document.documentElement.dataset.theme") == theme
        assert run(site, "return document.documentElement.lang").startswith(language[:2] or "en")
        broken = "return [...document.images].filter((one) => one.complete && !one.naturalWidth)"
        assert run(site, f"{broken}.map((one) => one.src)") == []
        silent = "return [...document.images].filter((one) => !one.alt).map((one) => one.src)"
        assert run(site, silent) == []


@pytest.mark.parametrize("page", ["course/l04.html", "zh/index.html", "search.html"])
def test_every_control_has_a_name(site, page):
    opened(site, page, 360)
    tree = site.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    controls = {"button", "textbox", "searchbox", "combobox", "link", "checkbox"}
    found = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in tree
        if not node.get("ignored") and node["role"]["value"] in controls
    ]
    assert len(found) > 5
    assert [role for role, name in found if not name.strip()] == []


def test_every_page_is_there_in_both_languages():
    english, chinese = (
        {
            file.relative_to(home).as_posix()
            for folder in ("course", "guide", "autograd", "commands", "api", "results", "project")
            for file in (home / folder).glob("*.html")
        }
        for home in (HOME, HOME / "zh")
    )
    assert english == chinese
    assert len(english) > 60


@pytest.mark.parametrize("page", PAGES)
def test_the_switch_stays_on_the_page(site, page):
    opened(site, page)
    run(site, "document.querySelector('a.language-switch').click()")
    WebDriverWait(site, 30).until(lambda _: "/zh/" in site.current_url)
    assert site.current_url.removeprefix(f"{site.home}/zh/").partition("#")[0] == page
    run(site, "document.querySelector('a.language-switch').click()")
    WebDriverWait(site, 30).until(lambda _: "/zh/" not in site.current_url)
    assert site.current_url.removeprefix(f"{site.home}/").partition("#")[0] == page


def test_the_switch_stays_at_the_section(site):
    opened(site, "course/l04.html")
    there = "document.querySelectorAll('.bd-article h2, .bd-article h3')[3]"
    run(site, f"{there}.scrollIntoView({{behavior: 'instant'}})")
    run(site, "document.querySelector('a.language-switch').click()")
    WebDriverWait(site, 30).until(lambda _: "/zh/" in site.current_url)
    WebDriverWait(site, 30).until(
        lambda _: abs(run(site, f"return {there}.getBoundingClientRect().top")) < 200
    )
    assert "~" not in site.current_url


@pytest.mark.parametrize(
    ("page", "words", "found"),
    [
        ("search.html", "momentum", "optim"),
        ("search.html", "back propagation", "Back propagation"),
        ("search.html", "one_cycle_lr", "one_cycle_lr"),
        ("zh/search.html", "反向传播", "反向传播"),
        ("zh/search.html", "批归一化的滑动方差", "批归一化"),
        ("zh/search.html", "卷积核 padding", "卷积"),
        ("zh/search.html", "convert", "jaxdl"),
    ],
)
def test_the_search_finds(site, page, words, found):
    opened(site, f"{page}?q={words}")
    WebDriverWait(site, 30).until(
        lambda _: found in (text(site, "#search-results ul.search") or "")
    )
    # What is shown of a page is its text; wait until the pages that it looks into have been read.
    WebDriverWait(site, 30).until(
        lambda _: run(
            site, "return document.querySelectorAll('p.context, .search span').length > 0"
        )
    )
    assert "System Settings" not in text(site, "#search-results")


def test_question_and_index_are_cut_alike(site):
    opened(site, "zh/search.html")
    words = "用 jax.grad 求反向传播 x2，学"
    cut = run(site, "return splitQuery(arguments[0])", words)
    assert cut == ["用", "jax", "grad", "求反", "反向", "向传", "传播", "x2", "学"]
    assert set(cut) <= set(search.split(words))


def test_two_programs_stand_side_by_side_or_below_each_other(site):
    for width, beside in ((360, False), (699, False), (800, True), (1600, True)):
        opened(site, "course/l04.html", width)
        tops = """return [...document.querySelectorAll(".twin-row:nth-child(2) .twin")]
            .map((one) => one.getBoundingClientRect().top)"""
        left, right = run(site, tops)
        assert (left == right) is beside
        cut = """return [...document.querySelectorAll(".twin pre")]
            .some((one) => one.scrollWidth > one.clientWidth)"""
        assert not run(site, cut)


def test_lines_that_belong_together_light_together(site):
    opened(site, "course/l04.html", 1600)
    lit = "return [...document.querySelectorAll('.line.lit')].map((one) => one.textContent.trim())"
    over = """[...document.querySelectorAll(".line")]
        .find((one) => one.textContent.includes(arguments[0]))
        .dispatchEvent(new PointerEvent(arguments[1]))"""
    run(site, over, "return params * x", "pointerenter")
    assert run(site, lit) == ["return params * x  # ŷ = wx", "return x * self.w"]
    run(site, over, "return params * x", "pointerleave")
    assert run(site, lit) == []
    run(site, over, "return (y_pred - y) ** 2", "pointerenter")
    assert run(site, lit) == [
        "return (apply(params, x, model) - y) ** 2",
        "return (y_pred - y) ** 2",
    ]


def test_the_arrows_go_through_the_lines_that_have_partners(site):
    opened(site, "course/l09.html", 1600)
    code = site.execute_script("""return [...document.querySelectorAll(".twin pre")]
        .find((one) => one.querySelectorAll(".has-tie").length > 1)""")
    tied = code.find_elements("css selector", ".has-tie")
    lit = "return arguments[0].classList.contains('lit')"
    code.send_keys("\ue015")  # down
    assert [site.execute_script(lit, line) for line in tied[:2]] == [True, False]
    code.send_keys("\ue015")
    assert [site.execute_script(lit, line) for line in tied[:2]] == [False, True]
    site.execute_script("arguments[0].blur()", code)
    assert not site.execute_script(lit, tied[1])


@pytest.mark.parametrize(("page", "title"), [("", "Back propagation"), ("zh/", "反向传播")])
def test_a_recorded_page_is_embedded(site, page, title):
    opened(site, f"{page}autograd/l04.html", theme="dark")
    frame = "document.querySelector('iframe.recording').contentDocument"
    WebDriverWait(site, 60).until(
        lambda _: run(site, f"return {frame}.documentElement.dataset.ready") is not None
    )
    assert title in run(site, f"return {frame}.querySelector('h1').textContent")
    assert run(site, f"return {frame}.documentElement.dataset.theme") == "dark"
    run(site, "document.documentElement.dataset.theme = 'light'")
    WebDriverWait(site, 30).until(
        lambda _: run(site, f"return {frame}.documentElement.dataset.theme") == "light"
    )


def test_links_within_the_site_lead_somewhere():
    """Every link of every page, anchors, too."""
    import re
    from html.parser import HTMLParser
    from urllib.parse import unquote, urlsplit

    class Page(HTMLParser):
        def __init__(self):
            super().__init__()
            self.ids, self.links = set(), set()

        def handle_starttag(self, tag, attrs):
            told = dict(attrs)
            self.ids |= {told[name] for name in ("id", "name") if told.get(name)}
            for name in ("href", "src"):
                if told.get(name):
                    self.links.add(told[name])

    pages = {}
    for file in HOME.rglob("*.html"):
        if not {"_static", "recordings"} & set(file.relative_to(HOME).parts):
            pages[file] = Page()
            pages[file].feed(file.read_text("utf-8"))
    dead = []
    for file, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or re.match(r"//", link):
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            anchor = unquote(parts.fragment)
            if not target.exists() or (
                target in pages and anchor and anchor not in pages[target].ids
            ):
                dead.append(f"{file.relative_to(HOME)}: {link}")
    assert dead == []
