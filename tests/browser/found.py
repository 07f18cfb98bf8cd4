"""Whether this machine has a browser that the tests can drive."""

import os
import shutil

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
MISSING = not (BROWSER and DRIVER)
CI = bool(os.environ.get("CI"))
HOW = (
    "tests/browser did not run: there is no Chromium here; apt-get install chromium chromium-driver"
)
