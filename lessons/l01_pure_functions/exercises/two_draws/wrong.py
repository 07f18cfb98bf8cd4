"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong


@wrong(
    "two_draws",
    "The same key gives the same numbers: both arrays are equal. Split the key, and draw with the "
    "two new ones.",
    "同一个 key 得到同样的数：两个数组完全相等。请先 split，再用两个新的 key 来抽。",
)
def the_same_key(key, n):
    return jax.random.normal(key, (n,)), jax.random.normal(key, (n,))


@wrong(
    "two_draws",
    "A key that was split is used up: the first array must come from the first of the two new "
    "keys.",
    "split 过的 key 就算用掉了：第一个数组要用两个新 key 中的第一个来抽。",
)
def the_old_key_again(key, n):
    _, second = jax.random.split(key)
    return jax.random.normal(key, (n,)), jax.random.normal(second, (n,))


@wrong(
    "two_draws",
    "Both arrays are drawn with the first of the new keys; the second one is for the second array.",
    "两个数组用的都是第一个新 key；第二个数组要用第二个。",
)
def one_of_the_two(key, n):
    first, _ = jax.random.split(key)
    return jax.random.normal(first, (n,)), jax.random.normal(first, (n,))


@wrong(
    "two_draws",
    "The first array is to be drawn with the first of the two keys, the second with the second.",
    "第一个数组用第一个 key，第二个数组用第二个 key。",
)
def the_other_way_round(key, n):
    second, first = jax.random.split(key)
    return jax.random.normal(first, (n,)), jax.random.normal(second, (n,))


@wrong(
    "two_draws",
    "These numbers do not depend on the key that was handed in: a function that makes its own key "
    "always draws the same.",
    "这些数与传进来的 key 无关：自己造 key 的函数，每次抽到的都一样。",
)
def a_key_of_its_own(key, n):
    first, second = jax.random.split(jax.random.key(0))
    return jax.random.normal(first, (n,)), jax.random.normal(second, (n,))
