"""The style of the figures: colours, names at the lines' ends, words in two languages."""

import ast
import re
from itertools import combinations
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from jaxdl import plots
from jaxdl.errors import InputError

ROOT = Path(__file__).parents[1]
# What a colour, in linear RGB, looks like without the middle, the long or the short cones: Machado,
# Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency"
# (2009), the strongest form of each.
SIGHT = {
    "all cones": np.eye(3),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def linear(color):
    red_green_blue = np.array(to_rgb(color))
    low = red_green_blue <= 0.04045
    return np.where(low, red_green_blue / 12.92, ((red_green_blue + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIELAB, in which distances are about those that one sees; under daylight (D65)."""
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175]]
    to_xyz += [[0.0193339, 0.119192, 0.9503041]]
    x, y, z = np.array(to_xyz) @ np.clip(rgb, 0, 1) / [0.95047, 1, 1.08883]
    f = [np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHT)
def test_any_two_colours_can_be_told_apart(sight):
    """About 2 is the least difference that is seen at all."""
    seen = [lab(SIGHT[sight] @ linear(color)) for color in plots.COLORS]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 15


@pytest.mark.parametrize("color", plots.COLORS)
def test_a_name_in_a_lines_colour_can_be_read_on_white(color):
    """Three to one is what the WCAG asks of graphics and of large text."""
    luminance = linear(plots.darker(color)) @ [0.2126, 0.7152, 0.0722]
    assert 1.05 / (luminance + 0.05) > 3


def test_numbers_are_moved_apart_and_keep_their_order():
    assert plots.apart([0.0, 30.0, 60.0], 10) == [0, 30, 60]
    assert plots.apart([5.0, 5.0], 10) == [0, 10]
    places = np.random.default_rng(0).uniform(0, 100, 9)
    moved = np.array(plots.apart(places, 10))
    assert np.all(np.diff(np.sort(moved)) > 10 - 1e-9)
    assert np.array_equal(np.argsort(moved), np.argsort(places))
    assert np.isclose(moved.mean(), places.mean())


def test_names_at_the_ends_of_lines_do_not_cover_each_other():
    figure, (left, right) = plots.row(2)
    lines = {f"line {i}": [0.0, 1 + i / 1000] for i in range(8)}
    plots.curve(left, "close", lines)
    plots.curve(
        right, "close, logarithmic", {name: 1 + np.array(y) for name, y in lines.items()}, log=True
    )
    figure.draw_without_rendering()
    for axes in (left, right):
        texts = [text for text in axes.texts if text.get_text()]
        assert [text.get_text() for text in texts] == list(lines)
        frames = [Text.get_window_extent(text) for text in texts]  # without the leader
        assert not any(a.overlaps(b) for a, b in combinations(frames, 2))
        assert min(frame.x0 for frame in frames) > axes.get_window_extent().x1
        assert max(frame.x1 for frame in frames) <= figure.bbox.x1


def test_texts_are_large_enough_at_the_width_of_a_page():
    """9 points and more where the figure is 800 pixels wide, of which an inch has 96."""
    history = {"loss": np.geomspace(4, 0.1, 300).reshape(3, 100), "test_accuracy": [0.2, 0.6, 0.7]}
    with plots.style():
        figure, (axes,) = plots.row(1)
        plots.learning(axes, "loss", history)
        figure.draw_without_rendering()
    shown = 800 / (96 * figure.get_figwidth())
    texts = figure.findobj(Text)
    assert {text.get_fontsize() for text in texts if text.get_text()} == {9, 10}
    assert 9 * shown > 9
    left, right = figure.axes
    assert left.yaxis.label.get_color() == plots.darker(plots.LOSS)
    assert right.yaxis.label.get_color() == plots.darker(plots.ACCURACY)


def test_matplotlibs_own_settings_stay():
    before = dict(matplotlib.rcParams)
    plots.row(2)
    with plots.style():
        assert matplotlib.rcParams["font.size"] == 9
    assert dict(matplotlib.rcParams) == before


def test_chinese_needs_a_font_and_english_none(monkeypatch):
    monkeypatch.setattr(plots.canvas, "CHINESE_FONTS", ("no such font",))
    with plots.style():
        assert plots.say("step") == "step"
    with pytest.raises(InputError, match="fonts-wqy-microhei"), plots.style("zh"):
        pass


def test_what_is_said_is_said_in_chinese(monkeypatch):
    monkeypatch.setattr(plots.canvas, "CHINESE_FONTS", ("DejaVu Sans",))  # nothing is drawn
    with plots.style("zh"):
        _, (axes,) = plots.row(1)
        plots.learning(axes, plots.say("one", "一"), {"loss": [[3.0, 2.0]]})
        with pytest.raises(KeyError):
            plots.say("nobody has said this in Chinese")
    assert (axes.get_title(loc="left"), axes.get_xlabel()) == ("一", "步")
    assert plots.say("step") == "step"


def phrases(path):
    """The phrases that a file says without Chinese beside them."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("plots.say", "say"):
            (*_, last) = node.args
            if len(node.args) == 1 and isinstance(last, ast.Constant):
                yield last.value


def test_a_phrase_without_chinese_is_in_the_table_and_nothing_else_is():
    files = [*(ROOT / "jaxdl" / "plots").glob("*.py"), *(ROOT / "lessons").glob("*/*.py")]
    files += [ROOT / "tools" / "saved.py", ROOT / "tools" / "derivatives.py"]
    files += [ROOT / "benchmarks" / "gpt.py"]
    assert {phrase for file in files for phrase in phrases(file)} == plots.WORDS.keys()


@pytest.mark.parametrize("page", [*ROOT.glob("lessons/*/README.zh.md"), *ROOT.glob("docs/*.zh.md")])
def test_a_chinese_page_shows_pictures_with_chinese_words(page):
    shown = re.findall(r"!\[[^\]]*\]\(([^)]*)\)", page.read_text("utf-8"))
    assert [name for name in shown if ".zh." not in name] == []
    assert [name for name in shown if (page.parent / name).stat().st_size > 150_000] == []
