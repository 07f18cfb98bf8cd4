"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "pieces",
    "A text that pieces fill entirely has a last letter without a next one. How many letters have "
    "one?",
    "如果各段正好用完整段文字，最后一个字符就没有下一个。有下一个字符的一共有几个？",
)
def all_letters_have_a_next(codes, length):
    whole = len(codes) // length * length
    return codes[:whole].view(-1, length), codes[1 : whole + 1].view(-1, length)


@wrong(
    "pieces",
    "Each letter is its own answer here: copying would be enough. Move y one letter on.",
    "这里每个字符的答案就是它自己：照抄就行。请把 y 往后挪一个字符。",
)
def the_same_letters(codes, length):
    x = codes[: (len(codes) - 1) // length * length].view(-1, length)
    return x, x


@wrong(
    "pieces",
    "At the end of each piece the answer is the piece's own first letter: rolled around. The "
    "answer is the next letter of the text, which is the first of the next piece.",
    "每段末尾的答案成了这一段自己的第一个字符：绕回去了。答案应当是文字里的下一个字符，也就是下一"
    "段的第一个。",
)
def rolled_in_each_piece(codes, length):
    x = codes[: (len(codes) - 1) // length * length].view(-1, length)
    return x, x.roll(-1, dims=1)
