"""A headless Chromium, one for all tests, and what a test asks of a page.

Where a machine has none, `tests/conftest.py` says so in one line; in CI the tests fail.
"""

import os

import pytest

from tests.browser.found import BROWSER, CI, DRIVER, HOW, MISSING

collect_ignore_glob = ["test_*.py"] if MISSING and not CI else []
# The site's test wants a built site: `make site-check` builds it and says where it is.
collect_ignore = [] if os.environ.get("JAXDL_SITE") else ["test_site.py"]

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en"]


@pytest.fixture(scope="session")
def chromium():
    assert not MISSING, HOW
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    driver.execute_cdp_cmd("Network.enable", {})
    offline = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", offline)
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium):
    """The browser; the test fails if the page said anything on the console or asked for a file."""
    for log in ("browser", "performance"):
        chromium.get_log(log)
    yield chromium
    assert [entry["message"] for entry in chromium.get_log("browser")] == []
