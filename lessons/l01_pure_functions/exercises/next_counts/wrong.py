"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "next_counts",
    "What is returned is right, but it is the same dict: counts is a name for the dict of whoever "
    "called, and it has changed. Make a new dict, {**counts, ...}.",
    "返回的数是对的，但它就是原来的那个字典：counts 只是调用者的字典的一个名字，它被改动了。请造一"
    "个新字典：{**counts, ...}。",
)
def in_place(counts, name):
    counts[name] += 1
    return counts


@wrong(
    "next_counts",
    "A function gives back what stands after return; without it the result is None.",
    "函数的结果是 return 后面的东西；没有 return，结果就是 None。",
)
def returns_nothing(counts, name):
    new = {**counts}
    new[name] += 1


@wrong(
    "next_counts",
    "This is the one count; the whole dict is asked for, with all its names.",
    "这只是那一个计数；要的是整个字典，所有的名字都在里面。",
)
def the_number(counts, name):
    return counts[name] + 1


@wrong(
    "next_counts",
    "The other counts are missing: begin with a copy, {**counts, ...}.",
    "其他的计数不见了：请从副本开始，{**counts, ...}。",
)
def one_name(counts, name):
    return {name: counts[name] + 1}


@wrong(
    "next_counts",
    'With quotes, "name" is the word itself; without them it is the name that was handed in.',
    '加了引号，"name" 就是这个词本身；不加引号，才是传进来的那个名字。',
)
def the_word_name(counts, name):
    return {**counts, "name": counts[name] + 1}


@wrong(
    "next_counts",
    "One higher than it was: the old count is counts[name].",
    "要比原来大 1：原来的计数是 counts[name]。",
)
def always_one(counts, name):
    return {**counts, name: 1}


@wrong(
    "next_counts",
    "This is the example itself. Which count is meant, the argument name says, and its new value "
    "is one more than the old one.",
    "这是照抄例子。是哪一个计数，由参数 name 说明；它的新值比旧值大 1。",
)
def the_example(counts, name):
    return {**counts, "hits": 0}
