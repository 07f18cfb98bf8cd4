"""`jaxdl data list|prepare|verify`, as a user sees them."""

import pytest

from jaxdl.cli import exit_code
from jaxdl.data import CATALOGUE, prepare
from tests.data import small


@pytest.fixture(autouse=True)
def width(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


def listed(capsys):
    """What `list` shows: of each dataset its lines, by what they tell."""
    assert exit_code(["data", "list"]) == 0
    blocks, what = {}, ""
    for line in capsys.readouterr().out.splitlines():
        if not line.startswith(" "):
            name, _, title = line.partition(": ")
            blocks[name], what = {"title": title}, "title"
        elif line[2] != " ":
            what, text = line.split(maxsplit=1)
            blocks[name][what] = text
        else:
            blocks[name][what] += " " + line.strip()
        assert len(line) <= 80 or len(line.split()) <= 2  # a long address stays in one piece
    return blocks


EXAMPLES = {
    "digits": "1,437 train, 360 test; 28×28 numbers, 10 classes",
    "breast_cancer": "569; 30 numbers, 2 classes",
    "diabetes": "759; 8 numbers, 2 classes",
    "titanic": "1,309; 10 numbers, 2 classes",
    **dict.fromkeys(
        ("mnist", "fashion_mnist", "kmnist"),
        "60,000 train, 10,000 test; 28×28 numbers, 10 classes",
    ),
    "cifar10": "50,000 train, 10,000 test; 32×32×3 numbers, 10 classes",
    "surnames": "2,977 train, 791 test; a string of up to 19 characters, 18 classes",
    "names": "13,374 train, 6,700 test; a string of up to 19 characters, 18 classes",
    "play": "15,191 train, 1,688 test; a character of the text, and the next one",
    "shakespeare": "1,003,853 train, 111,539 test; a character of the text, and the next one",
}
SOURCES = {
    **dict.fromkeys(("digits", "breast_cancer"), "comes with scikit-learn"),
    **dict.fromkeys(("surnames", "play"), "comes with jaxdl"),
}


def test_list_tells_of_each_what_it_holds_where_it_is_from_its_size_its_licence_its_state(
    home, capsys
):
    blocks = listed(capsys)
    for name, entry in CATALOGUE.items():
        assert blocks[name] == {
            "title": entry.title,
            "examples": EXAMPLES[name],
            "source": SOURCES.get(name, entry.address),
            "size": f"{entry.size:,} bytes",
            "licence": entry.licence,
            "state": "ready, embedded"
            if entry.embedded
            else f"not here; to get it: jaxdl data prepare {name}",
        }


def test_list_tells_where_a_dataset_is(server, folder, capsys, monkeypatch):
    stored = prepare("mnist", list)
    assert "".join(listed(capsys)["mnist"]["state"].split()) == f"ready,in{stored}"
    monkeypatch.setenv("JAXDL_DATA_DIR", str(folder))
    assert "".join(listed(capsys)["mnist"]["state"].split()) == f"ready,in{folder}"


@pytest.fixture
def all_published(server, monkeypatch):
    """All that can be prepared, published; of the server's own dataset there is a part."""
    for name in small.EXAMPLES:
        contents = small.contents(name)
        server.answers |= contents
        monkeypatch.setitem(CATALOGUE, name, small.publish(CATALOGUE[name], contents, server.url))
    return server


@pytest.mark.parametrize(
    ("arguments", "names"),
    [(["titanic", "diabetes"], ["titanic", "diabetes"]), (["all"], list(small.EXAMPLES))],
)
def test_prepare_takes_several_names_or_all(all_published, home, capsys, arguments, names):
    assert exit_code(["data", "prepare", *arguments]) == 0
    out = capsys.readouterr().out.splitlines()
    ready = [line for line in out if ": ready in " in line]
    assert ready == [f"{name}: ready in {home}/jaxdl_{name}/1.0.0" for name in names]


def test_prepare_goes_on_after_one_that_fails(all_published, home, capsys):
    all_published.answers["titanic/phpMYEkMl.csv"] = None
    assert exit_code(["data", "prepare", "digits", "titanic", "diabetes"]) == 2
    out, err = capsys.readouterr()
    assert out.endswith(f"diabetes: ready in {home}/jaxdl_diabetes/1.0.0\n")
    assert [line[:15] for line in err.splitlines()] == ["jaxdl: digits n", "jaxdl: http://1"]


def test_prepare_looks_at_the_names_before_it_downloads(all_published, capsys):
    assert exit_code(["data", "prepare", "titanic", "mnits"]) == 2
    says = "jaxdl: there is no dataset 'mnits'; did you mean mnist?\n"
    assert capsys.readouterr() == ("", says)
    assert all_published.asked == []


def test_prepare_wants_a_name(capsys):
    assert exit_code(["data", "prepare"]) == 2
    assert "Missing argument" in capsys.readouterr().err


def test_verify_takes_what_is_at_hand_or_names(server, home, capsys):
    prepare("mnist", list)
    assert exit_code(["data", "verify"]) == 0
    out = capsys.readouterr().out
    heads = [line.partition(":")[0] for line in out.splitlines() if not line.startswith(" ")]
    assert heads == ["digits", "breast_cancer", "mnist", "surnames", "play"]

    (home / "jaxdl_mnist/1.0.0/features.json").write_text("{")
    assert exit_code(["data", "verify", "mnist", "kmnist", "digits"]) == 2
    out, err = capsys.readouterr()
    assert out.startswith("digits: 1437 train and 360 test examples from embedded\n")
    damage, missing = err.splitlines()
    assert damage.startswith(f"jaxdl: {home}/jaxdl_mnist/1.0.0: expected a sound train split")
    assert missing.startswith("jaxdl: kmnist: set JAXDL_DATA_DIR to a folder containing kmnist/")
