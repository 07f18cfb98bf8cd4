"""The picture of a lesson's page that its chapter shows, in both languages.

`python -m tools.picture l04` records the lesson, opens its page in a headless Chromium, and writes
page.png and page.zh.png into the lesson's folder. Look at them.
"""

from __future__ import annotations

import argparse
import io
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from selenium import webdriver

from jaxdl.autograd.page import page
from jaxdl.course import find
from jaxdl.course.autograd import record_lesson

SIZE = {"width": 1180, "height": 1160, "deviceScaleFactor": 1, "mobile": False}
FILES = {"en": "page.png", "zh": "page.zh.png"}
COLOURS = 96  # enough for a page without photographs, and a quarter of the bytes


def browser() -> Any:
    """A headless Chromium with a window of `SIZE`."""
    found, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not found or not driver:
        raise SystemExit("there is no Chromium here; apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = found
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(flag)
    window = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    window.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", SIZE)
    return window


def taken(window: Any, address: str, target: Path) -> None:
    """What the window shows at this address, with few colours."""
    window.get("about:blank")
    window.get(address)
    with Image.open(io.BytesIO(window.get_screenshot_as_png())) as picture:
        picture.convert("RGB").quantize(COLOURS).save(target, optimize=True)


def main() -> None:
    """Write both."""
    parser = argparse.ArgumentParser(description="The picture of a lesson's page.")
    parser.add_argument("lesson")
    parser.add_argument("--step", type=int, default=9, help="which moment, counted from 1")
    asked = parser.parse_args()
    lesson = find(asked.lesson)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(page(record_lesson(lesson, steps=2)), "utf-8")
        window = browser()
        for language, name in FILES.items():
            query = f"{lesson.name}?lang={language}&step={asked.step}&theme=light"
            taken(window, f"{file.as_uri()}#{query}", lesson.folder / name)
            print(f"written: {lesson.folder / name}")
        window.quit()


if __name__ == "__main__":
    main()
