"""The picture of a lesson's page that its chapter shows, in both languages.

`python -m tools.picture l04` records the lesson, opens its page in a headless Chromium, and writes
page.png and page.zh.png into the lesson's folder. With `--moves` it writes docs/page.gif and
docs/page.zh.gif, the first training step moment by moment, which the project's own page shows.
Look at them.
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
WHOLE = 1300  # a window in which no moment scrolls
FILES = {"en": "page.png", "zh": "page.zh.png"}
DOCS = Path(__file__).parents[1] / "docs"
PAUSE = 1600  # milliseconds for each moment
COLOURS = 96  # enough for a page without photographs, and a quarter of the bytes


def browser(size: dict[str, Any]) -> Any:
    """A headless Chromium with a window of this size."""
    found, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not found or not driver:
        raise SystemExit("there is no Chromium here; apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = found
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(flag)
    window = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    window.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    return window


def taken(window: Any, address: str) -> Image.Image:
    """What the window shows at this address, with few colours."""
    window.get("about:blank")
    window.get(address)
    with Image.open(io.BytesIO(window.get_screenshot_as_png())) as picture:
        return picture.convert("RGB").quantize(COLOURS)


def moving(window: Any, address: str, moments: int, target: Path) -> None:
    """The first moments at this address, one after the other, again and again."""
    frames = [taken(window, f"{address}&step={moment}") for moment in range(1, moments + 1)]
    palette = frames[-1]  # one for all: what does not change stays as it is
    frames = [
        frame.convert("RGB").quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames
    ]
    pauses = [PAUSE] * (moments - 1) + [3 * PAUSE]
    frames[0].save(target, save_all=True, append_images=frames[1:], duration=pauses, loop=0)


def main() -> None:
    """Write both."""
    parser = argparse.ArgumentParser(description="The picture of a lesson's page.")
    parser.add_argument("lesson")
    parser.add_argument("--step", type=int, default=9, help="which moment, counted from 1")
    parser.add_argument("--moves", type=int, default=0, help="so many moments, as a moving picture")
    asked = parser.parse_args()
    lesson = find(asked.lesson)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(page(record_lesson(lesson, steps=2)), "utf-8")
        window = browser(SIZE | {"height": WHOLE} if asked.moves else SIZE)
        for language, name in FILES.items():
            address = f"{file.as_uri()}#{lesson.name}?lang={language}&theme=light"
            target = lesson.folder / name
            if asked.moves:
                target = DOCS / Path(name).with_suffix(".gif")
                moving(window, address, asked.moves, target)
            else:
                taken(window, f"{address}&step={asked.step}").save(target, optimize=True)
            print(f"written: {target}")
        window.quit()


if __name__ == "__main__":
    main()
