"""`jaxdl predict`: what the net that was trained last makes of something of the user's."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from jaxdl.cli import exit_code
from jaxdl.course import lessons
from jaxdl.data import find, load
from tests.cli.predicting import changed, run, without

pytestmark = pytest.mark.xdist_group("pictures")  # they share a net that is trained for them
FIXED = [2, 3, 5, 6, 7, 8, 10, 11]  # of the test images
DISGUISES = ("itself", "on a page", "inverted", "transparent", "photographed", "16 bits")


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """Where the net lies that `jaxdl run l10 --quick` leaves, and its checkpoints beside it."""
    folder = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder))
        assert (
            exit_code(
                ["run", "l10", "--quick", "--epochs", "4", "--checkpoint", str(folder / "run")]
            )
            == 0
        )
    return folder


@pytest.fixture
def trained(state, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    return state


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """For each disguise, image files of the fixed digits."""
    folder = tmp_path_factory.mktemp("pictures")
    images = load("digits").test.x
    files = {}
    for disguise in DISGUISES:
        files[disguise] = [str(folder / f"{disguise} {i}.png") for i in FIXED]
        for i, file in zip(FIXED, files[disguise], strict=True):
            disguised(Image.fromarray(images[i]), disguise).save(file)
    return files


def disguised(image, disguise):
    large = image.resize((200, 200), Image.Resampling.BICUBIC)
    if disguise == "on a page":
        page = Image.new("RGB", (300, 250), "white")
        page.paste("navy", (90, 20), large)
        return page
    if disguise == "inverted":
        return Image.eval(image, lambda value: 255 - value)
    if disguise == "transparent":
        ink = Image.new("RGBA", large.size, "black")
        ink.putalpha(large)
        return ink
    if disguise == "photographed":
        page = np.pad(np.asarray(large), ((50, 30), (100, 20))) / 255
        light = np.linspace(0.9, 0.5, page.shape[1])
        noise = np.random.default_rng(0).normal(0, 0.03, page.shape)
        values = 255 * (light * (1 - 0.6 * page) + noise).clip(0, 1)
        return Image.fromarray(values.astype(np.uint8))
    if disguise == "16 bits":
        return Image.fromarray(np.asarray(large).astype(np.uint16) * 257)
    return image


@pytest.mark.parametrize("disguise", DISGUISES)
def test_disguised_digits_are_recognised(capsys, trained, pictures, disguise):
    code, out, err = run(capsys, "l10", *pictures[disguise], "--json", "-")
    found = [picture["class"] for picture in json.loads(out)["pictures"]]
    assert (code, err) == (0, "")
    assert found == load("digits").test.y[FIXED].tolist()


def test_json_is_schema_1(capsys, trained, pictures, tmp_path):
    path = tmp_path / "predict.json"
    images = pictures["itself"]
    assert run(capsys, "l10", *images, "--json", str(path))[0] == 0
    document = json.loads(path.read_text())
    assert set(document) == {"schema", "lesson", "net", "classes", "pictures"}
    assert (document["schema"], document["lesson"]) == (1, "l10")
    assert document["net"]["config"]["epochs"] == 4
    assert document["net"]["result"]["test accuracy"] > 0.9
    assert document["classes"] == [str(digit) for digit in range(10)]
    assert [picture["file"] for picture in document["pictures"]] == images
    for picture in document["pictures"]:
        assert sum(picture["probabilities"]) == pytest.approx(1)
        assert max(picture["probabilities"]) == picture["probability"]
        assert picture["probabilities"][picture["class"]] == picture["probability"]
        assert picture["name"] == str(picture["class"])


def test_the_answer_names_net_picture_and_the_next_two(capsys, trained, pictures):
    _, out, _ = run(capsys, "l10", pictures["itself"][0])
    net, hint, answer = out.splitlines()
    assert re.match(r"l10 Basic CNN, trained on digits, right on 9\d\.\d% of its test images", net)
    when = r"on \d{4}-\d\d-\d\d at \d\d:\d\d, in a short run \(--quick\); jaxdl run l10 trains it"
    assert re.search(when, net)
    assert "jaxdl run l10 --data mnist" in hint
    label = load("digits").test.y[FIXED[0]]
    told = re.fullmatch(r"(.*): (\d)  ([\d.]+)%  \(then \d ([\d.]+)%, \d ([\d.]+)%\)", answer)
    assert told
    assert told.group(1, 2) == (pictures["itself"][0], str(label))
    first, second, third = map(float, told.group(3, 4, 5))
    assert first > second >= third


def test_show_draws_what_the_net_sees(capsys, trained, pictures):
    _, out, _ = run(capsys, "l10", pictures["itself"][0], "--show")
    rows = out.splitlines()[2:-1]
    shown = np.array([[" ░▒▓█".index(shade) for shade in row.ljust(56)] for row in rows])
    assert (shown[:, ::2] == shown[:, 1::2]).all()  # a pixel is two characters
    original = load("digits").test.x[FIXED[0]] // 51.2
    assert abs(shown[:, ::2] - original).mean() < 0.2
    assert shown.max() == 4


def test_a_checkpoint_gives_the_same_net(capsys, trained, pictures):
    images = pictures["itself"]
    last = json.loads(run(capsys, "l10", *images, "--json", "-")[1])
    kept = str(trained / "run")
    checkpoint = json.loads(run(capsys, "l10", *images, "--checkpoint", kept, "--json", "-")[1])
    assert checkpoint["pictures"] == last["pictures"]
    assert checkpoint["net"] == last["net"] | {
        **{"file": kept, "result": None, "quick": None, "when": None}
    }
    _, out, _ = run(capsys, "l10", images[0], "--checkpoint", kept)
    assert out.startswith(f"l10 Basic CNN, trained on digits ({kept})\n")


@pytest.mark.parametrize("name", [lesson.name for lesson in lessons() if not lesson.predicts])
def test_a_lesson_without_a_net_to_ask_says_what_others_take(capsys, name):
    told = f"""jaxdl: jaxdl predict cannot use {name}; it takes pictures for l09, l10, l11, l17; \
names for l13; the beginning of a text for l14, l18; questions for l15, l16
"""
    assert run(capsys, name, "picture.png", "--show") == (2, "", told)


@pytest.fixture
def kept(state, tmp_path, monkeypatch):
    """A copy of what the run kept, to be spoilt."""
    shutil.copytree(state / "jaxdl", tmp_path / "jaxdl")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "jaxdl" / "l10.safetensors"


CONFIG = {"data": "digits", "model": "lecture", "batch_size": 64, "learning_rate": 0.1}
CONFIG |= {"momentum": 0.5, "epochs": 4, "seed": 0}
SPOILT = {
    "it lacks model": lambda path: changed(
        path, config={name: value for name, value in CONFIG.items() if name != "model"}
    ),
    "it has width": lambda path: changed(path, config=CONFIG | {"width": 3}),
    "holds a net of l09, not of l10; jaxdl predict l09": lambda path: changed(path, lesson="l09"),
    "there is no dataset 'mnits'; did you mean mnist": lambda path: changed(
        path, config=CONFIG | {"data": "mnits"}
    ),
    "does not fit the program of l10": lambda path: changed(
        path, config=CONFIG | {"model": "deeper"}
    ),
    "does not fit the program": lambda path: without(path, "conv2/kernel"),
    "is damaged": lambda path: path.write_bytes(path.read_bytes()[:1000]),
    "jaxdl run l10 trains one; with --data mnist": lambda path: path.unlink(),
}


@pytest.mark.parametrize("told", SPOILT)
def test_a_net_that_cannot_be_used_is_one_line(capsys, kept, pictures, told):
    SPOILT[told](kept)
    code, out, err = run(capsys, "l10", pictures["itself"][0])
    assert (code, out) == (2, "")
    assert told in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["absent.png"], "absent.png: there is no such file"),
        (["{folder}"], "is a folder"),
        (["{folder}/blank.png"], "blank.png: no object can be made out"),
        (["{good}", "{folder}/blank.png"], "blank.png: no object can be made out"),
        (["{good}", "--checkpoint", "{folder}/none"], "is not a directory"),
        (["{good}", "--checkpoint", "{folder}"], "holds blank.png, which is no checkpoint"),
        (["{good}", "--json", "/no/such/folder/x.json"], "create it first"),
        ([], "Missing argument"),
    ],
)
def test_unusable_input_is_one_line_and_2(capsys, trained, pictures, tmp_path, arguments, told):
    Image.new("L", (50, 50), 200).save(tmp_path / "blank.png")
    named = [text.format(folder=tmp_path, good=pictures["itself"][0]) for text in arguments]
    code, out, err = run(capsys, "l10", *named)
    assert (code, out) == (2, "")
    assert told in err
    assert len(err.splitlines()) == 1


def test_every_class_has_a_name():
    for lesson in lessons():
        for entry in map(find, lesson.datasets if lesson.predicts else ()):
            names = [entry.class_name(label) for label in range(entry.classes)]
            assert len(set(names)) == entry.classes
    assert find("cifar10").class_name(9) == "truck"
    assert find("mnist").class_name(7) == "7"


SMALL = ["--quick", "--epochs", "1", "--hidden", "8"]


def test_a_picture_on_standard_input(capsys, trained, pictures, typed, monkeypatch):
    file = pictures["itself"][0]
    _, wanted, _ = run(capsys, "l10", file)
    typed(Path(file).read_bytes())
    code, out, err = run(capsys, "l10", "-")
    assert (code, out, err) == (0, wanted.replace(file, "standard input"), "")
    for content, told in (
        (b"", "jaxdl: -: standard input is empty; give it a picture: jaxdl predict l10 - < "),
        (b"Tanaka", "jaxdl: standard input is not an image that can be read"),
        (Path(file).read_bytes()[:99], "jaxdl: standard input is damaged"),
    ):
        typed(content)
        code, out, err = run(capsys, "l10", "-")
        assert (code, out, err.count("\n"), err[: len(told)]) == (2, "", 1, told)
    assert "give it once" in run(capsys, "l10", "-", "-")[2]
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    assert "-: standard input is a terminal; give it a picture: " in run(capsys, "l10", "-")[2]
    monkeypatch.setattr("sys.stdin", None)
    assert "-: standard input is closed" in run(capsys, "l10", "-")[2]
