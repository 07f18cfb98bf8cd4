"""The user's picture becomes an example; files that cannot be used are told in one line."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageDraw

from jaxdl.data import DataError, load, picture
from jaxdl.data.picture import read_picture

GREY = (28, 28)


def digit():
    """A 7 as MNIST's recipe makes it: 20 high, its centre of mass in pixel (14, 14)."""
    image = Image.new("L", (200, 200))
    line = [(20, 20), (130, 20), (60, 180)]
    ImageDraw.Draw(image).line(line, fill=255, width=22, joint="curve")
    return image


def saved(folder, image, name="picture.png", **options):
    path = folder / name
    image.save(path, **options)
    return path


def example(folder, image, shape=GREY, **options):
    return read_picture(saved(folder, image, **options), shape).astype(int)


def close(one, other):
    """Whether two examples are the same but for anti-aliasing; it may move all by half a pixel."""
    return abs(one - other).mean() < 5


@pytest.fixture
def plain(tmp_path):
    return example(tmp_path, digit())


def test_the_recipe(plain):
    rows, columns = plain.any(axis=1).nonzero()[0], plain.any(axis=0).nonzero()[0]
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    centre = [(plain.sum(axis) @ np.arange(28)) / plain.sum() for axis in (1, 0)]
    assert np.abs(np.subtract(centre, 14)).max() <= 0.5
    assert (plain.min(), plain.max()) == (0, 255)
    assert plain[:4].sum() == 0


def test_an_example_comes_out_nearly_the_same(tmp_path, plain):
    again = example(tmp_path, Image.fromarray(plain.astype(np.uint8)))
    assert abs(again - plain).mean() < 1
    assert abs(again - plain).max() < 40


def on_white(image):
    return Image.eval(image, lambda value: 255 - value)


def colours(image, ink, paper):
    return Image.composite(
        Image.new("RGB", image.size, ink), Image.new("RGB", image.size, paper), image
    )


def transparent(image, ink):
    result = Image.new("RGBA", image.size, ink)
    result.putalpha(image)
    return result


def sixteen_bits(image):
    return Image.fromarray(np.asarray(image).astype(np.uint16) * 100 + 300)


def placed(image, size, where, paper=255):
    canvas = Image.new("L", size, paper)
    canvas.paste(on_white(image), where)
    return canvas


def photographed(image, seed=0):
    """Light from one side, the ink half as bright as the paper, noise."""
    page = np.asarray(placed(image, (640, 480), (300, 120)), np.float64) / 255
    light = np.linspace(0.9, 0.45, 640)
    noise = np.random.default_rng(seed).normal(0, 0.03, page.shape)
    return Image.fromarray((255 * (light * (0.4 + 0.6 * page) + noise).clip(0, 1)).astype(np.uint8))


def shadowed(image):
    """A photograph with the shadow of a hand over a part of it."""
    pixels = np.asarray(photographed(image)).copy()
    pixels[:, :200] = pixels[:, :200] * 0.6
    return Image.fromarray(pixels)


def on_a_table(image):
    pixels = np.asarray(photographed(image)).copy()
    pixels[-40:] = 30
    pixels[:, -30:] = 30
    return Image.fromarray(pixels)


def dusty(image):
    pixels = np.asarray(placed(image, (640, 480), (20, 200))).copy()
    pixels[10:13, 600:603] = 0
    return Image.fromarray(pixels)


DISGUISES = {
    "dark on light": on_white,
    "black and white": lambda image: on_white(image).convert("1"),
    "palette": lambda image: colours(image, "navy", "beige").quantize(16),
    "CMYK": lambda image: colours(image, "red", "white").convert("CMYK"),
    "yellow on white": lambda image: colours(image, "yellow", "white"),
    "faint": lambda image: Image.eval(image, lambda value: 230 - value // 10),
    "grey and alpha": lambda image: transparent(image, "black").convert("LA"),
    "black on nothing": lambda image: transparent(image, "black"),
    "white on nothing": lambda image: transparent(image, "white"),
    "16 bits": sixteen_bits,
    "floating point": lambda image: Image.fromarray(np.asarray(image, np.float32) / 255),
    "small in a corner": lambda image: placed(image.resize((50, 50)), (600, 300), (530, 10)),
    "cut to its edges": lambda image: on_white(image.crop(image.getbbox())),
    "a large photograph": lambda image: photographed(image).resize((4000, 3000)),
    "photographed": photographed,
    "in shadow": shadowed,
    "on a table": on_a_table,
    "dusty": dusty,
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_the_digit_is_found(tmp_path, plain, disguise):
    kinds = {"CMYK": "tiff", "floating point": "tiff", "a large photograph": "jpg"}
    name = f"picture.{kinds.get(disguise, 'png')}"
    assert close(example(tmp_path, DISGUISES[disguise](digit()), name=name), plain)


def test_a_camera_held_upright(tmp_path, plain):
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90° clockwise to see it upright
    turned = on_white(digit().transpose(Image.Transpose.ROTATE_90))
    assert close(example(tmp_path, turned, name="picture.jpg", exif=exif), plain)


def test_a_line_keeps_its_proportions(tmp_path):
    image = Image.new("L", (1000, 1), 255)
    ImageDraw.Draw(image).line([(300, 0), (700, 0)], fill=0)
    assert example(tmp_path, image).any(axis=1).sum() == 1


def test_an_object_fills_the_frame(tmp_path):
    image = Image.new("RGB", (300, 400), "white")
    ImageDraw.Draw(image).rectangle([40, 50, 240, 350], fill="firebrick")
    shirt = read_picture(saved(tmp_path, image), GREY, extent=28, by_mass=False)
    assert [shirt.any(axis=axis).sum() for axis in (1, 0)] == [28, 19]
    assert shirt[14, 14] == 255


@pytest.mark.parametrize("mode", ["RGB", "P", "RGBA"])
def test_colours_are_the_middle_square(tmp_path, mode):
    image = Image.new("RGB", (300, 100), "red")
    image.paste("blue", (100, 0, 200, 100))
    middle = example(tmp_path, image.convert(mode), (32, 32, 3))
    assert middle.shape == (32, 32, 3)
    assert (middle[:, 2:-2] == (0, 0, 255)).all()  # at the edge the colours beside it mix in


def test_every_digit_of_the_embedded_set(tmp_path):
    for digit in load("digits").test.x[:100]:
        assert example(tmp_path, Image.fromarray(digit)).max() == 255


def noise():
    pixels = np.random.default_rng(0).normal(200, 10, (480, 640)).clip(0, 255)
    return Image.fromarray(pixels.astype(np.uint8))


BLANK = {
    "white": Image.new("L", (300, 300), 255),
    "one pixel": Image.new("RGB", (1, 1)),
    "nothing": Image.new("RGBA", (30, 30)),
    "noise": noise(),
    "a speck": placed(digit().resize((4, 4)), (900, 900), (30, 30)),
}


@pytest.mark.parametrize("name", BLANK)
def test_a_blank_picture_is_an_error(tmp_path, name):
    with pytest.raises(DataError, match=r"picture.png: no object can be made out; give a "):
        example(tmp_path, BLANK[name])


def damaged(folder):
    path = saved(folder, digit())
    path.write_bytes(path.read_bytes()[:200])
    return path


def text(folder):
    path = folder / "notes.png"
    path.write_text("no image")
    return path


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda folder: folder / "absent.png", "absent.png: there is no such file"),
        (lambda folder: folder, "is a folder; name the image files in it"),
        (text, "notes.png is not an image that can be read; save it as PNG or JPEG"),
        (damaged, "picture.png is damaged"),
    ],
)
def test_unusable_files_are_told_by_name(tmp_path, make, told):
    with pytest.raises(DataError) as error:
        read_picture(make(tmp_path), GREY)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("limit", [30_000, 10_000])  # Pillow warns above it, fails above its double
def test_a_decompression_bomb_is_not_decoded(tmp_path, monkeypatch, limit):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
    with pytest.raises(DataError, match="make it smaller first"):
        example(tmp_path, digit())


def large(make, mode="L"):
    """A picture whose parts are not alike, so that a strip in a wrong place shows."""
    return make(digit()).convert(mode).resize((2100, 1600), Image.Resampling.BILINEAR)


LARGE = {
    "grey": lambda: large(on_white),
    "colours": lambda: large(on_white, "RGB"),
    "black and white": lambda: large(on_white).convert("1"),
    "palette": lambda: large(on_white, "RGB").quantize(16),
    "CMYK": lambda: large(on_white, "CMYK"),
    "grey and alpha": lambda: transparent(large(bytes_as_they_are), "black").convert("LA"),
    "black on nothing": lambda: transparent(large(bytes_as_they_are), "black"),
    "white on nothing": lambda: transparent(large(bytes_as_they_are), "white"),
    "16 bits": lambda: sixteen_bits(large(bytes_as_they_are)),
    "floating point": lambda: Image.fromarray(np.asarray(large(on_white), np.float32) / 255),
}


def bytes_as_they_are(image):
    return image


@pytest.mark.parametrize("kind", LARGE)
def test_a_large_picture_is_made_smaller_as_the_whole_would_be(monkeypatch, tmp_path, kind):
    name = "picture.tiff" if kind in ("CMYK", "floating point") else "picture.png"
    path = saved(tmp_path, LARGE[kind](), name)
    small = picture.open_picture(path)
    monkeypatch.setattr(picture, "WORKING_SIZE", 4000)  # then nothing is reduced
    whole = picture.open_picture(path)
    assert (whole.size, small.size) == ((2100, 1600), (1050, 800))
    difference = np.asarray(small, int) - np.asarray(whole.reduce(2))
    assert abs(difference).max() <= 2  # rounded in another place


def test_a_large_picture_held_upright(tmp_path, plain):
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = on_white(digit().transpose(Image.Transpose.ROTATE_90)).resize((2600, 2600))
    assert close(example(tmp_path, turned, exif=exif), plain)


@pytest.mark.parametrize("size", [(30_000, 3), (3, 30_000), (2049, 2051)])
def test_a_large_picture_of_any_proportions(tmp_path, size):
    image = Image.new("RGB", size, "white")
    image.paste("black", tuple(int(side * part) for part in (0.3, 0.7) for side in size))
    found = picture.open_picture(saved(tmp_path, image))
    assert max(found.size) < 2 * 2 * picture.WORKING_SIZE
    box = Image.eval(found.convert("L"), lambda value: 255 - value).getbbox()
    np.testing.assert_allclose(
        np.divide(box, found.size * 2), np.repeat([0.3, 0.7], 2), atol=0.35 if 3 in size else 0.01
    )


MEMORY = """
import resource, sys
from jaxdl.data.picture import read_picture
from PIL import Image
import numpy
numpy.percentile(numpy.ones(9), 5)
def most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
before = most()
assert read_picture(sys.argv[1], (28, 28)).max() == 255
print(most() - before)
"""


def test_a_large_picture_is_in_memory_once(tmp_path):
    """16 million pixels: 64 MB as Pillow decodes them; with copies in float32 they took 400."""
    image = Image.new("L", (4000, 4000))
    image.paste(digit().resize((2000, 2000)), (1000, 1000))
    path = saved(tmp_path, transparent(image, "black"), compress_level=1)
    run = subprocess.run(
        [sys.executable, "-c", MEMORY, path], capture_output=True, text=True, check=True
    )
    assert int(run.stdout) < 200e6
