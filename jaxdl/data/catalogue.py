"""The datasets by name: what each is, whose it is, where it is published.

Sizes and checksums are those that TensorFlow Datasets has on record for its own builders, and so
are the addresses, unless a comment says otherwise.
"""

from __future__ import annotations

from difflib import get_close_matches

from jaxdl.data.entry import Entry, File, Source
from jaxdl.data.errors import DataError


def _published(name: str, *files: File) -> tuple[Source, Source]:
    """The sources of a dataset that can be downloaded; the user's own copy of it comes first."""
    return Source("raw", files), Source("tfds", files, prepared=f"jaxdl_{name}/1.0.0")


def _embedded(distribution: str, *files: File) -> tuple[Source]:
    """The one source of a dataset that comes with the installation."""
    return (Source("embedded", files, distribution=distribution),)


def _images(name: str, url: str, *published: tuple[int, str]) -> tuple[Source, Source]:
    """The sources of MNIST and of the sets in its format, by size and SHA-256 of four files."""
    files = (
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
    )
    return _published(
        name,
        *(
            File(f"{name}/{file}", size, sha256, url + file)
            for file, (size, sha256) in zip(files, published, strict=True)
        ),
    )


# The repository of the lecture on which this course builds, the only place we know of its files.
# No checksums are published there: these were computed from the copies that the course's results
# were made with.
LECTURE = "https://raw.githubusercontent.com/hunkim/PyTorchZeroToAll/master/data/"

ASCII = tuple(map(chr, range(128)))  # the classes of a text's characters

CATALOGUE = {
    entry.name: entry
    for entry in (
        Entry(
            name="digits",
            title="Handwritten digits, 8×8, shown at 28×28",
            title_zh="手写数字，8×8，放大为 28×28",
            licence="CC BY 4.0 (UCI Optical Recognition of Handwritten Digits)",
            examples=(1437, 360),
            features=(28, 28),
            classes=10,
            by_mass=False,
            sources=_embedded("scikit-learn", File("digits.csv.gz", 57523)),
        ),
        Entry(
            name="breast_cancer",
            title="Breast cancer, 30 measurements of cell nuclei: malignant or benign",
            title_zh="乳腺癌，细胞核的 30 项测量：恶性或良性",
            licence="CC BY 4.0 (UCI Breast Cancer Wisconsin, Diagnostic)",
            examples=(569, 0),
            features=(30,),
            classes=2,
            sources=_embedded("scikit-learn", File("breast_cancer.csv", 119913)),
        ),
        Entry(
            name="diabetes",
            title="Diabetes, 8 measurements of a patient",
            title_zh="糖尿病，患者的 8 项测量",
            licence="none stated (rescaled from the Pima Indians Diabetes set, NIDDK)",
            examples=(759, 0),
            features=(8,),
            classes=2,
            sources=_published(
                "diabetes",
                File(
                    "diabetes/diabetes.csv.gz",
                    13539,
                    "398214d0f6b7f4a722f598d8e424f28bc078abbd16ebdeea0f8e264492325aa4",
                    LECTURE + "diabetes.csv.gz",
                ),
            ),
        ),
        Entry(
            name="titanic",
            title="Titanic, 10 features of a passenger: lost or survived",
            title_zh="泰坦尼克号，乘客的 10 项特征：遇难或生还",
            licence='"Public" (OpenML 40945; F. E. Harrell Jr., T. Cason)',
            examples=(1309, 0),
            features=(10,),
            classes=2,
            sources=_published(
                "titanic",
                File(
                    "titanic/phpMYEkMl.csv",
                    117743,
                    "c617db2c7470716250f6f001be51304c76bcc8815527ab8bae734bdca0735737",
                    "https://www.openml.org/data/get_csv/16826755/phpMYEkMl",
                ),
            ),
        ),
        Entry(
            name="mnist",
            title="MNIST handwritten digits, 28×28",
            title_zh="MNIST 手写数字，28×28",
            licence="CC BY-SA 3.0 (Y. LeCun, C. Cortes)",
            examples=(60000, 10000),
            features=(28, 28),
            classes=10,
            sources=_images(
                "mnist",
                "https://storage.googleapis.com/cvdf-datasets/mnist/",
                (9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
                (28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
                (1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
                (4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
            ),
        ),
        Entry(
            name="fashion_mnist",
            title="Fashion-MNIST, pieces of clothing, 28×28",
            title_zh="Fashion-MNIST 服装图像，28×28",
            licence="MIT (Zalando SE)",
            examples=(60000, 10000),
            features=(28, 28),
            classes=10,
            class_names=(
                *("T-shirt or top", "trouser", "pullover", "dress", "coat"),
                *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
            ),
            extent=28,
            by_mass=False,
            sources=_images(
                "fashion_mnist",
                "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
                (26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
                (29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
                (4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
                (5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
            ),
        ),
        Entry(
            name="kmnist",
            title="Kuzushiji-MNIST, cursive Japanese characters, 28×28",
            title_zh="KMNIST 日文草书字符，28×28",
            licence='CC BY-SA 4.0 ("KMNIST Dataset", created by CODH from a dataset of NIJL)',
            examples=(60000, 10000),
            features=(28, 28),
            classes=10,
            class_names=(
                *("お (o)", "き (ki)", "す (su)", "つ (tsu)", "な (na)"),
                *("は (ha)", "ま (ma)", "や (ya)", "れ (re)", "を (wo)"),
            ),
            extent=28,
            by_mass=False,
            sources=_images(
                "kmnist",
                "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
                (18165135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"),
                (29497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"),
                (3041136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"),
                (5120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"),
            ),
        ),
        Entry(
            name="cifar10",
            title="CIFAR-10, colour photographs, 32×32",
            title_zh="CIFAR-10 彩色照片，32×32",
            licence="none stated (A. Krizhevsky; from the 80 Million Tiny Images)",
            examples=(50000, 10000),
            features=(32, 32, 3),
            classes=10,
            class_names=(
                *("airplane", "automobile", "bird", "cat", "deer"),
                *("dog", "frog", "horse", "ship", "truck"),
            ),
            sources=_published(
                "cifar10",
                File(
                    "cifar10/cifar-10-binary.tar.gz",
                    170052171,
                    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
                    "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
                    folder="cifar-10-batches-bin",
                ),
            ),
        ),
        Entry(
            name="surnames",
            title="Surnames of 18 countries, in Latin letters",
            title_zh="18 个国家的姓氏，以拉丁字母书写",
            licence="MIT (from the lists of Faker, copyright 2012 Daniele Faraglia)",
            examples=(2977, 791),
            features=(),
            classes=18,
            class_names=(
                *("Algerian", "Chinese", "Czech", "Dutch", "English", "Finnish", "French"),
                *("German", "Greek", "Hungarian", "Indian", "Irish", "Italian", "Japanese"),
                *("Polish", "Portuguese", "Russian", "Spanish"),
            ),
            longest=19,
            sources=_embedded(
                "jaxdl",
                File(
                    "surnames.csv",
                    79498,
                    "7a8c4508e38a98e20b746ffa6397623a35b44bb5f46d853efa53040cac57ca04",
                ),
            ),
        ),
        Entry(
            name="names",
            title="Names of 18 countries, in Latin letters",
            title_zh="18 个国家的姓名，以拉丁字母书写",
            licence="none stated (from the lecture PyTorchZeroToAll, S. Kim)",
            examples=(13374, 6700),
            features=(),
            classes=18,
            class_names=(
                *("Arabic", "Chinese", "Czech", "Dutch", "English", "French", "German"),
                *("Greek", "Irish", "Italian", "Japanese", "Korean", "Polish", "Portuguese"),
                *("Russian", "Scottish", "Spanish", "Vietnamese"),
            ),
            longest=19,
            sources=_published(
                "names",
                File(
                    "names/names_train.csv.gz",
                    50237,
                    "49b4bf41dce5bfeac989b46ca37cf7baccd9a0d2a855df82f86de67a9376268f",
                    LECTURE + "names_train.csv.gz",
                ),
                File(
                    "names/names_test.csv.gz",
                    27541,
                    "57d7758db533a42c99d513b2341a7e7b0f55c1e0e7d233b1ef6a4fa2f1adf753",
                    LECTURE + "names_test.csv.gz",
                ),
            ),
        ),
        Entry(
            name="play",
            title="The Descent, a little play laid out as Shakespeare's, written for this course",
            title_zh="《下山》，为本课程所写的一部小戏，版式仿莎士比亚",
            licence="Apache-2.0 (this project)",
            examples=(15191, 1688),
            features=(),
            classes=128,
            class_names=ASCII,
            sources=_embedded(
                "jaxdl",
                File(
                    "play.txt",
                    16881,
                    "9abb144989f3d187734a28d10e09eb87ddf58b59e4287957c9654af55cafe4fc",
                ),
            ),
        ),
        Entry(
            name="shakespeare",
            title="Shakespeare, a million characters of the plays",
            title_zh="莎士比亚戏剧，一百多万个字符",
            licence="public domain (W. Shakespeare; put together by A. Karpathy)",
            examples=(1003853, 111539),
            features=(),
            classes=128,
            class_names=ASCII,
            sources=_published(
                "shakespeare",
                File(
                    "shakespeare/shakespeare.txt.gz",
                    435087,
                    "2eb872a1b46dca57ec6c55bbf528df9ab53a564f803ba17d8b7e8267c66c1e10",
                    LECTURE + "shakespeare.txt.gz",
                ),
            ),
        ),
    )
}
"""Every named dataset: licence, sizes, counts and where its files are looked for."""


def find(name: str) -> Entry:
    """The entry of that name.

    Raises:
        DataError: for an unknown name, with the nearest known one.
    """
    if name in CATALOGUE:
        return CATALOGUE[name]
    near = get_close_matches(name, CATALOGUE, n=1)
    hint = f"did you mean {near[0]}?" if near else f"choose from {', '.join(CATALOGUE)}"
    raise DataError(f"there is no dataset {name!r}; {hint}")
