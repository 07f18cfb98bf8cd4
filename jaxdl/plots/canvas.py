"""How figures look, the words in them by language, and where they are drawn into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from io import BytesIO
from typing import TYPE_CHECKING, Any

from jaxdl._files import replacing
from jaxdl._optional import need
from jaxdl.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


WIDTH = 8.0
"""Of a figure, in inches."""

COLORS = (
    *("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9"),  # Okabe-Ito
    "#882255",  # wine, for an eighth: the yellow of Okabe and Ito is too light on white
)
"""Of the lines in a panel, in this order. The colour-blind can tell any two apart."""

LOSS, ACCURACY = COLORS[:2]
"""Of the training loss and of the test accuracy, in every lesson."""

SETTINGS = {
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.alpha": 0.25,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "figure.dpi": 150,
    "savefig.dpi": 150,
}
"""Matplotlib's settings while a figure is drawn."""

CHINESE_FONTS = ("WenQuanYi Micro Hei", "Noto Sans CJK SC")
"""One of them draws the Chinese letters, the first that is installed."""

WORDS = {
    "confusion of the test images": "测试图像的混淆矩阵",
    "epoch": "轮",
    "examples": "样本",
    "exact match": "完全正确的比例",
    "is": "实际",
    "loss": "损失",
    "loss and exact match": "损失与完全正确的比例",
    "loss and test accuracy": "损失与测试准确率",
    "loss of every step": "每一步的损失",
    "read": "读到的字符",
    "step": "步",
    "surest mistakes (truth → guess)": "置信度最高的错误（实际 → 预测）",
    "taken for": "被认成",
    "test accuracy": "测试准确率",
}
"""What more than one figure says, in Chinese."""

_language: ContextVar[str] = ContextVar("language", default="en")


def say(english: str, chinese: str = "") -> str:
    """The one of the two that the figure is drawn in; a phrase of WORDS needs no Chinese beside it.

    Raises:
        KeyError: a Chinese figure, and nobody has said it in Chinese.
    """
    if _language.get() == "en":
        return english
    return chinese or WORDS[english]


@contextmanager
def style(language: str = "en") -> Iterator[None]:
    """Draw and save figures in the course's style; Matplotlib's settings are afterwards as before.

    Args:
        language: of what `say` says, "en" or "zh".

    Raises:
        InputError: no Matplotlib; for "zh" also: no Chinese font.
    """
    need("matplotlib", "a figure")
    from cycler import cycler
    from matplotlib import rc_context

    family = ["DejaVu Sans", *([_chinese_font()] if language == "zh" else [])]
    before = _language.set(language)
    try:
        settings: Any = {"font.family": family, "axes.prop_cycle": cycler(color=COLORS)}
        with rc_context(SETTINGS | settings):
            yield
    finally:
        _language.reset(before)


def _chinese_font() -> str:
    from matplotlib.font_manager import findSystemFonts, fontManager, get_font, get_font_names

    if not set(CHINESE_FONTS) & set(get_font_names()):  # or it was installed since they were listed
        for path in findSystemFonts():
            if get_font(path).family_name in CHINESE_FONTS:
                fontManager.addfont(path)
    for name in CHINESE_FONTS:
        if name in get_font_names():
            return name
    raise InputError(
        "a figure in Chinese needs a font: install the package fonts-wqy-microhei or fonts-noto-cjk"
    )


def save(draw: Callable[[], Figure], file: Path) -> None:
    """Draw a page's figure for the English page and, as name.zh.png, for the Chinese one.

    Args:
        draw: draws it in the language of `style`.
        file: the name.png of the English one.
    """
    need("matplotlib", "a figure")
    from PIL import Image

    for language, suffix in (("en", ".png"), ("zh", ".zh.png")):
        with style(language), BytesIO() as drawn, replacing(file.with_suffix(suffix)) as part:
            draw().savefig(drawn, format="png")
            picture = Image.open(drawn).convert("RGB")
            # 256 colours are a third of the bytes; k-means keeps the frequent ones as they are
            picture.quantize(kmeans=4).save(part, "PNG", optimize=True)


def row(panels: int, *, rows: int = 1, height: float = 3.0) -> tuple[Figure, list[Axes]]:
    """An empty figure with its panels side by side, in one row or more; inches for each row."""
    columns = -(-panels // rows)
    letters = "abcdefghijklmnopqrstuvwxyz"[:panels].ljust(columns * rows, ".")
    lines = [letters[i * columns :][:columns] for i in range(rows)]
    return mosaic(";".join(lines), height=height * rows)


def mosaic(
    layout: str, *, height: float, heights: Sequence[float] | None = None
) -> tuple[Figure, list[Axes]]:
    """An empty figure, and its panels in the order of their letters.

    Args:
        layout: a letter for each panel, rows with a semicolon between them: in "aa;bc" a wide panel
            is above two smaller ones.
        height: of the figure, in inches.
        heights: of the rows, one to another.
    """
    need("matplotlib", "a figure")
    from matplotlib.figure import Figure

    with style(_language.get()):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        axes = figure.subplot_mosaic(layout, height_ratios=heights)
    return figure, [axes[letter] for letter in sorted(axes)]
