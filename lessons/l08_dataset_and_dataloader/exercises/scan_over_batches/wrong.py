"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong
from lessons.l08_dataset_and_dataloader.exercises.scan_over_batches.solution import loss


@wrong(
    "run_epoch",
    "The first of the pair goes into the next call: the new w. The loss is what is kept, the "
    "second.",
    "这一对里的第一个交给下一次调用，应当是新的 w；损失是要保留的，排第二。",
)
def the_pair_turned_round(w, x, pieces):
    def on_batch(w, picked):
        value, gradient = jax.value_and_grad(loss)(w, x[picked])
        return value, w - 0.1 * gradient

    return jax.lax.scan(on_batch, w, pieces)


@wrong(
    "run_epoch",
    "w goes on as it came: the step is never handed to the next batch.",
    "传下去的还是原来的 w：走过的一步没有交给下一个批量。",
)
def no_step(w, x, pieces):
    def on_batch(w, picked):
        value, _ = jax.value_and_grad(loss)(w, x[picked])
        return w, value

    return jax.lax.scan(on_batch, w, pieces)


@wrong(
    "run_epoch",
    "Each step has seen all examples; a step sees the rows that picked names.",
    "每一步都用了全部样本；一步只应当用 picked 指定的那些行。",
)
def on_all_examples(w, x, pieces):
    def on_batch(w, picked):
        value, gradient = jax.value_and_grad(loss)(w, x)
        return w - 0.1 * gradient, value

    return jax.lax.scan(on_batch, w, pieces)


@wrong(
    "run_epoch",
    "The gradient points uphill: subtract it.",
    "梯度指向上坡：应当减去它。",
)
def uphill(w, x, pieces):
    def on_batch(w, picked):
        value, gradient = jax.value_and_grad(loss)(w, x[picked])
        return w + 0.1 * gradient, value

    return jax.lax.scan(on_batch, w, pieces)
