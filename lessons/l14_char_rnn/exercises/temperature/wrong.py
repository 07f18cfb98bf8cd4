"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "probabilities",
    "Multiplied, a low temperature makes everything equally likely. It should make the likely "
    "likelier.",
    "用乘法的话，低温会让所有字符差不多一样可能；它本应让可能的更可能。",
)
def multiplied(logits, temperature):
    likeliest = jax.nn.one_hot(jnp.argmax(logits, axis=-1), logits.shape[-1])
    return jnp.where(temperature > 0, jax.nn.softmax(logits * temperature), likeliest)


@wrong(
    "probabilities",
    "The probabilities are divided here, after the softmax: they no longer sum to 1. Divide the "
    "logits.",
    "这里除的是 softmax 之后的概率：加起来不再等于 1。请除 logits。",
)
def after_the_softmax(logits, temperature):
    likeliest = jax.nn.one_hot(jnp.argmax(logits, axis=-1), logits.shape[-1])
    divided = jax.nn.softmax(logits) / jnp.where(temperature > 0, temperature, 1.0)
    return jnp.where(temperature > 0, divided, likeliest)


@wrong(
    "probabilities",
    "Inside jax.jit the temperature is a tracer, and `if` cannot ask it. Compute both and choose "
    "with jnp.where.",
    "在 jax.jit 里温度是追踪值（tracer），if 问不出它是多少。两个都算，再用 jnp.where 选。",
)
def asked_by_if(logits, temperature):
    if temperature > 0:
        return jax.nn.softmax(logits / temperature)
    return jax.nn.one_hot(jnp.argmax(logits, axis=-1), logits.shape[-1])


@wrong(
    "probabilities",
    "A tiny number in place of 0 is not 0: it changes every other temperature a little, too. "
    "Choose with jnp.where what is divided by.",
    "用一个很小的数代替 0：其他温度也都跟着变了一点。请用 jnp.where 选除数。",
)
def a_little_added(logits, temperature):
    return jax.nn.softmax(logits / (temperature + 1e-2))


@wrong(
    "probabilities",
    "argmax without an axis gives the place in all of the array; each row has a likeliest letter "
    "of its own.",
    "argmax 不写轴，得到的是整个数组里的位置；每一行都有自己最可能的字符。",
)
def argmax_of_all(logits, temperature):
    drawn = jax.nn.softmax(logits / jnp.where(temperature > 0, temperature, 1.0))
    likeliest = jax.nn.one_hot(jnp.argmax(logits), logits.shape[-1])
    return jnp.where(temperature > 0, drawn, likeliest[None])
