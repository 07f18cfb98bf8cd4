"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "count",
    "The table of the letters is counted twice. It is used twice, and is one array.",
    "字母表数了两次。它用了两次，但只是一个数组。",
)
def table_twice(letters, context, width, layers):
    return (2 * letters + context + 1) * width + layers * (12 * width**2 + 2 * width)


@wrong(
    "count",
    "Attention has four squares of width, but up and down have four each as well: twelve in all.",
    "注意力有四个 width 的平方，up 和 down 也各有四个：一共十二个。",
)
def attention_alone(letters, context, width, layers):
    return (letters + context + 1) * width + layers * (4 * width**2 + 2 * width)


@wrong(
    "count",
    "The norms are missing: two in each block and one behind them.",
    "少了 norm：每个 block 两个，最后还有一个。",
)
def without_norms(letters, context, width, layers):
    return (letters + context) * width + layers * 12 * width**2


@wrong(
    "count",
    "The norm behind the blocks is missing.",
    "少了所有 block 之后的那个 norm。",
)
def without_the_last_norm(letters, context, width, layers):
    return (letters + context) * width + layers * (12 * width**2 + 2 * width)


@wrong(
    "added",
    "A matrix has both axes of this width: with twice the width it has four times as many numbers.",
    "矩阵的两个轴都是这个宽度：宽度加倍，数就是四倍。",
)
def as_many_again(width, layers):
    return layers * (12 * width**2 + 2 * width)


@wrong(
    "added",
    "This is how many the blocks have then. By how many are these more than before?",
    "这是加倍之后 block 里的总数。比原来多出多少？",
)
def all_of_them(width, layers):
    return layers * (48 * width**2 + 4 * width)
