"""A picture of the user's, made to look like a dataset's examples.

Grey sets: MNIST's own recipe (Y. LeCun, C. Cortes, C. Burges, "The MNIST database"). The digit,
its aspect kept, is scaled to fit 20×20, anti-aliased, and placed by its centre of mass in 28×28,
light on dark. What comes before that is finding the digit: paper is lit unevenly, and either of ink
and paper may be the darker one. Colour sets: the middle square, made smaller.
"""

from __future__ import annotations

import warnings
from os import PathLike, fspath
from typing import IO, TYPE_CHECKING, Any, Literal

from jaxdl._optional import need
from jaxdl.data.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from jaxtyping import Bool, Float, Float32, Int, UInt8
    from PIL import Image

WORKING_SIZE = 512  # pixels of the longer side of what is looked at; a photograph has thousands
STRIP = 1 << 20  # pixels of a large picture that are turned into others at once
CELLS = 128  # strokes that lie apart are told apart on a grid of so many cells
FAINT = 10 / 255  # what differs less from the paper is not ink
CERTAIN = 5  # nor is what differs by less than so many standard deviations of the noise
EDGE = 0.1  # of a full stroke: where what is shown begins
SAME = 2 / 255  # of flat paper, what differs from its brightness by less,
FLAT = 0.25  # and the share of the picture that does
WIDEST = 1 / 3  # of the picture's longer side: no stroke on uneven paper is as thick
SMALLEST = 0.02  # of the picture's longer side; what is smaller is dust
COMPANION = 0.1  # of the ink of the largest stroke; what has less is dust, too
BESIDE_FRAME = 0.01  # of a table's edge; a stroke that has more ink is what is meant


def read_picture(
    path: str | PathLike[str] | IO[bytes],
    shape: tuple[int, ...],
    extent: int = 20,
    by_mass: bool = True,
) -> UInt8[np.ndarray, "*shape"]:
    """Read an image file as one example of a dataset.

    Args:
        path: of any kind that Pillow reads, of any size and mode; or such a file's content, open.
        shape: the example's: (height, width), grey, or (height, width, 3), colour.
        extent: the longer side of what a grey example shows, in its pixels; the example's own where
            an object fills it. Defaults: MNIST's.
        by_mass: what a grey example shows stands by its centre of mass, else by its middle.

    Returns:
        0 to 255; grey examples are light on dark, on a background of 0.

    Raises:
        DataError: for a file that is not there, is no image, is damaged or has too many pixels, and
            for a grey example that would be empty. It names the file; an open
            one is called standard input.
    """
    image = open_picture(path)
    if len(shape) == 3:
        return middle(image, shape[0], shape[1])
    ink = find_ink(grey(image), thin=extent < shape[0])
    if ink is None:
        raise DataError(
            f"{name_of(path)}: no object can be made out; give a picture of one dark object "
            "on a light background, or the reverse"
        )
    return frame(ink, shape[0], extent, by_mass)


def name_of(path: str | PathLike[str] | IO[bytes]) -> str:
    """What an error calls it."""
    return fspath(path) if isinstance(path, (str, PathLike)) else "standard input"


def open_picture(path: str | PathLike[str] | IO[bytes]) -> Image.Image:
    """The picture upright, in RGB with 8 bits, on a background where it is transparent.

    Raises:
        DataError: as `read_picture`.
    """
    need("PIL", "reading a picture")
    from PIL import Image, ImageOps, UnidentifiedImageError

    name = name_of(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about metadata that nobody asked for
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                image.draft(None, (WORKING_SIZE, WORKING_SIZE))  # JPEG: decode at less than full
                return opaque(ImageOps.exif_transpose(reduced(image)))
    except FileNotFoundError:
        raise DataError(f"{name}: there is no such file") from None
    except IsADirectoryError:
        raise DataError(f"{name} is a folder; name the image files in it") from None
    except PermissionError:
        raise DataError(f"{name}: no permission to read it") from None
    except UnidentifiedImageError:
        raise DataError(
            f"{name} is not an image that can be read; save it as PNG or JPEG"
        ) from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        limit = (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000
        raise DataError(
            f"{name} has more than {limit} million pixels; make it smaller first"
        ) from None
    except Exception as error:  # on damaged bytes Pillow's decoders raise what they happen to meet
        raise DataError(f"{name} is damaged ({error}); save it again") from None


def reduced(image: Image.Image) -> Image.Image:
    """A picture of 8 bits that is not much larger than what is looked at: pixels are averaged.

    Strip by strip, so that a large picture is in memory once, as the file has it.
    """
    from PIL import Image
    from PIL.ExifTags import Base

    scale = eight_bits(image)
    factor = max(image.size) // (2 * WORKING_SIZE)
    if factor < 2:
        return scale(image)
    mode = "RGBA" if image.has_transparency_data else "RGB"
    width, height = image.size
    across, down = min(factor, width), min(factor, height)
    small = Image.new(mode, (-(-width // across), -(-height // down)))
    rows = down * -(-STRIP // (width * down))  # of a strip: a whole number of small rows
    for top in range(0, height, rows):
        strip = image.crop((0, top, width, min(top + rows, height)))
        small.paste(scale(strip).convert(mode).reduce((across, down)), (0, top // down))
    small.getexif()[Base.Orientation] = image.getexif().get(Base.Orientation, 1)
    return small


def eight_bits(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """What turns a picture of this mode, or a part of it, into one of 8 bits."""
    import numpy as np
    from PIL import Image

    if not image.mode.startswith(("I", "F")):
        return lambda part: part

    def values(part: Image.Image) -> Float32[np.ndarray, "h w"]:
        return np.nan_to_num(np.asarray(part, np.float32))

    # 16 or 32 bits: Pillow would cut them off, not scale them.
    width, height = image.size
    rows = -(-STRIP // width)
    strips = (image.crop((0, y, width, min(y + rows, height))) for y in range(0, height, rows))
    most = max(0, *(values(strip).max() for strip in strips))
    scale = next((scale for scale in (1, 255, 65535) if most <= scale), most)

    def scaled(part: Image.Image) -> Image.Image:
        return Image.fromarray((values(part).clip(0) * (255 / scale)).round().astype(np.uint8))

    return scaled


def opaque(image: Image.Image) -> Image.Image:
    """A picture of 8 bits in RGB; transparent ink that is dark on white, light ink on black."""
    import numpy as np
    from PIL import Image

    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    pixels = np.asarray(image, np.float32)  # (height, width, 4)
    colour, alpha = pixels[..., :3].mean(axis=-1), pixels[..., 3]
    light = (colour * alpha).sum() > 127.5 * alpha.sum()
    paper = Image.new("RGBA", image.size, "black" if light else "white")
    return Image.alpha_composite(paper, image).convert("RGB")


def middle(image: Image.Image, height: int, width: int) -> UInt8[np.ndarray, "height width 3"]:
    """The largest part from the middle that has these proportions, at this size."""
    import numpy as np
    from PIL import ImageOps

    return np.asarray(ImageOps.fit(image, (width, height)))


def grey(image: Image.Image) -> Float32[np.ndarray, "h w"]:
    """Brightness from 0 to 1, at the working size or less; pixels are averaged, not dropped."""
    import numpy as np

    image = image.convert("L")
    image.thumbnail((WORKING_SIZE, WORKING_SIZE))
    return np.asarray(image, np.float32) / 255


def find_ink(grey: Float32[np.ndarray, "h w"], thin: bool) -> Float32[np.ndarray, "h w"] | None:
    """How much ink there is at each pixel: 0 is paper, 1 a stroke; None where there is no stroke.

    Args:
        grey: brightness, 0 to 1.
        thin: look for strokes, not for an object that may cover most of the picture.
    """
    import numpy as np

    contrast = stand_out(grey, thin)
    other_side = contrast[contrast < 0]  # no ink there, so noise alone
    noise = -1.4826 * np.median(other_side) if other_side.size else 0.0
    contrast[contrast < max(CERTAIN * noise, FAINT)] = 0
    if not contrast.any():
        return None
    contrast[~beside(strokes(contrast), grey.shape)] = 0
    strong = otsu(contrast[contrast > 0])
    box = bounds(contrast > strong / 2)
    if max(side.stop - side.start for side in box) < max(3, SMALLEST * max(grey.shape)):
        return None
    full = np.percentile(contrast[contrast >= strong], 95)
    return np.minimum(contrast / full, 1)


def stand_out(grey: Float32[np.ndarray, "h w"], thin: bool) -> Float32[np.ndarray, "h w"]:
    """How far each pixel stands out from the paper, on the ink's side; on the other it is negative.

    Ink is little, and far off: the sum of the cubes has its sign. Flat paper is known by the
    border. Where light and shadow fall on it each pixel is held against what is around it, at
    first, to see which side the ink is on, its median, then what is left of it without thin lines.
    """
    import numpy as np

    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    off = grey - np.median(border)
    if not thin or (abs(off) < SAME).mean() > FLAT:
        return off * np.sign((off**3).sum())
    size = cell_size(grey.shape)
    cells = blocks(grey, size, "edge").mean((2, 3))  # averages: of noise little is left
    reach = max(1, round(max(cells.shape) * WIDEST / 2))
    off = cells - filtered(cells, 2 * reach, np.median)
    inside = tuple(slice(side // 10, side - side // 10) for side in off.shape)  # not the table's
    sign = np.sign((off[inside] ** 3).sum())
    paper = filtered(filtered(sign * cells, reach, np.min), reach, np.max)
    contrast = sign * grey - smoothly(paper, size, grey.shape)
    return contrast - np.median(contrast[contrast <= otsu(contrast)])


def cell_size(shape: tuple[int, ...]) -> int:
    """The side of a cell, in pixels."""
    return -(-max(shape) // CELLS)


def blocks(
    values: Float32[np.ndarray, "h w"], size: int, mode: Literal["edge", "constant"]
) -> Float32[np.ndarray, "rows columns size size"]:
    """Cut into squares; what is missing at the end repeats the edge, or is 0."""
    import numpy as np

    padded = np.pad(values, [(0, -side % size) for side in values.shape], mode=mode)
    return padded.reshape(padded.shape[0] // size, size, -1, size).swapaxes(1, 2)


def filtered(
    values: Float32[np.ndarray, "h w"], reach: int, summary: Callable[..., Any]
) -> Float32[np.ndarray, "h w"]:
    """Each pixel by a summary of the rows, then the columns, of the square around it."""
    import numpy as np

    values = np.pad(values, reach, mode="edge")
    for axis in (0, 1):
        windows = np.lib.stride_tricks.sliding_window_view(values, 2 * reach + 1, axis)
        values = summary(windows, axis=-1)
    return values


def smoothly(
    cells: Float32[np.ndarray, "rows columns"], size: int, shape: tuple[int, ...]
) -> Float32[np.ndarray, "h w"]:
    """Cells as pixels again, with no steps between them."""
    import numpy as np
    from PIL import Image

    large = (cells.shape[1] * size, cells.shape[0] * size)
    image = Image.fromarray(cells).resize(large, Image.Resampling.BILINEAR)
    return np.asarray(image)[: shape[0], : shape[1]]


def otsu(values: Float[np.ndarray, "*shape"]) -> float:
    """The threshold from 0 on that parts values into the two classes that are farthest apart.

    Source: N. Otsu, "A threshold selection method from gray-level histograms" (1979), eq. 18.
    """
    import numpy as np

    count, edges = np.histogram(values, 256, (0, max(float(values.max()), 1e-6)))
    share = count.cumsum() / count.sum()  # of the values up to each threshold
    mean = (count * np.arange(256)).cumsum() / count.sum()
    between = (mean[-1] * share - mean) ** 2 / np.maximum(share * (1 - share), 1e-12)
    return float(edges[between.argmax() + 1])


def strokes(contrast: Float32[np.ndarray, "h w"]) -> Bool[np.ndarray, "rows columns"]:
    """The cells of what is meant: not dust, and not a table's edge or a shadow in a corner.

    Of each part that hangs together, some must be surely ink; it goes on where it is half of that.

    Args:
        contrast: of every pixel, 0 where there is no ink; not 0 everywhere.
    """
    import numpy as np

    cells = blocks(contrast, cell_size(contrast.shape), "constant")
    most = cells.max((2, 3))  # (rows, columns)
    labels = connected(most > otsu(most[most > 0]) / 2)
    ink = np.bincount(labels.ravel(), cells.sum((2, 3)).ravel())
    ink[0] = 0
    inner = ink.copy()
    inner[labels[[0, 0, -1, -1], [0, -1, 0, -1]]] = 0  # the corners
    if inner.max() > BESIDE_FRAME * ink.max():
        ink = inner
    sure = (ink > 0)[labels] & (most >= otsu(most[(ink > 0)[labels]]))
    ink[np.setdiff1d(labels, labels[sure])] = 0
    return (ink > COMPANION * ink.max())[labels]


def connected(mask: Bool[np.ndarray, "h w"]) -> Int[np.ndarray, "h w"]:
    """Number what hangs together, corners included: one number each, 0 outside the mask."""
    import numpy as np

    labels = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    while True:  # the largest number of a part spreads through it
        spread = np.where(mask, largest_around(labels), 0)
        if (spread == labels).all():
            return np.searchsorted(np.unique([0, *labels[mask]]), labels)
        labels = spread


def largest_around(values: Int[np.ndarray, "h w"]) -> Int[np.ndarray, "h w"]:
    """The maximum of each 3×3 neighbourhood; all values are 0 or more."""
    import numpy as np

    wide = np.pad(values, 1)
    rows = np.maximum(np.maximum(wide[:-2], wide[1:-1]), wide[2:])
    return np.maximum(np.maximum(rows[:, :-2], rows[:, 1:-1]), rows[:, 2:])


def beside(
    cells: Bool[np.ndarray, "rows columns"], shape: tuple[int, int]
) -> Bool[np.ndarray, "h w"]:
    """The pixels of the cells and of those next to them: a stroke's edge is fainter than it."""
    import numpy as np

    size = cell_size(shape)
    wider = largest_around(cells.astype(np.uint8)).astype(bool)
    return np.kron(wider, np.ones((size, size), bool))[: shape[0], : shape[1]]


def bounds(mask: Bool[np.ndarray, "h w"]) -> tuple[slice, slice]:
    """The rows and columns of the smallest box around the mask, which is not empty."""
    import numpy as np

    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def frame(
    ink: Float32[np.ndarray, "h w"], size: int, extent: int, by_mass: bool
) -> UInt8[np.ndarray, "size size"]:
    """Scale what is shown to `extent` pixels, and place it in a square.

    In MNIST's images the centre of mass is pixel (14, 14), counted from 0 and rounded.
    """
    import numpy as np
    from PIL import Image

    shown = ink[bounds(ink > EDGE)]
    scale = extent / max(shown.shape)
    height, width = (max(1, round(side * scale)) for side in shown.shape)
    small = Image.fromarray(shown).resize((width, height), Image.Resampling.BILINEAR)
    pixels = np.asarray(small)
    pixels = pixels / pixels.max()  # a stroke thinner than a pixel has lost contrast
    top, left = (size - height) // 2, (size - width) // 2
    if by_mass:
        mass = pixels.sum()
        down = (pixels.sum(axis=1) @ np.arange(height)) / mass
        along = (pixels.sum(axis=0) @ np.arange(width)) / mass
        top = min(max(round(size / 2 - down), 0), size - height)
        left = min(max(round(size / 2 - along), 0), size - width)
    picture = np.zeros((size, size), np.uint8)
    picture[top : top + height, left : left + width] = (pixels * 255).round()
    return picture
