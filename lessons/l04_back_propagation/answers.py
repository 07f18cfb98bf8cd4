"""Answers to the questions that the chapter ends with, in its order."""

import jax
import numpy as np

from jaxdl.course.exercises import answer
from lessons.l04_back_propagation import Config
from lessons.l04_back_propagation.functional import apply, examples, init, loss, train

DATA = examples(Config())


@answer(
    "An epoch multiplies the distance by (1 - 2r)(1 - 8r)(1 - 18r), r being the learning rate. It "
    "converges as long as this product lies between -1 and 1, up to r = 0.204. The third factor "
    "alone is below -1 from r = 1/9 on; up to 0.204 the other two make up for it.",
    "一轮把距离乘以 (1 - 2r)(1 - 8r)(1 - 18r)，r 是学习率。只要这个乘积在 -1 和 1 之间就收敛，一直"
    "到 r = 0.204。单看第三个因子，从 r = 1/9 起就小于 -1；在 0.204 以下，另外两个因子补得回来。",
)
def where_it_stops():
    print("the product is 1 at", min(np.roots([288, -196, 28])))  # (1-2r)(1-8r)(1-18r) = 1
    for rate in (0.05, 0.1, 0.15, 0.2, 0.203, 0.205, 0.25):
        factors = 1 - 2 * rate * DATA[0] ** 2
        _, history = train(Config(learning_rate=rate, jit=True), DATA)
        end = np.ravel(history["loss"])[-1]
        shown = ", ".join(f"{each:.2f}" for each in factors)
        print(f"{rate:4}: factors {shown}, product {np.prod(factors):6.3f}; last loss {end:.3g}")


@answer(
    "No. After 100 epochs f(4) is not far from 8, but w1 and b are far from 0: on x = 1, 2, 3 the "
    "three terms can stand in for each other, and along that valley the slopes are small. It is "
    "on its way: after 3000 epochs both are much smaller.",
    "不能。100 轮之后 f(4) 离 8 不远，但 w1 和 b 离 0 还远：在 x = 1, 2, 3 上，三项可以互相替代，"
    "沿着这条谷斜率很小。不过方向是对的：3000 轮之后，两者都小了很多。",
)
def a_parabola_for_a_line():
    for epochs in (100, 1000, 3000):
        config = Config(model="parabola", epochs=epochs, jit=True)
        params, _ = train(config, DATA)
        shown = ", ".join(f"{name} {float(params[name]):.4f}" for name in ("w1", "w2", "b"))
        f4 = float(apply(params, 4.0, "parabola"))
        print(f"{epochs:4} epochs: {shown}, f(4) = {f4:.4f}")


@answer(
    "A value that lives from step to step, here slot, and a line that adds to it. Then the "
    "numbers are those of the chapter's program without zero_. No line can be forgotten to get "
    "there; two have to be written.",
    "要添加一个从一步传到下一步的值，这里叫 slot，还有往上累加的一行。这样得到的数，就与正文里没"
    "有 zero_ 的程序一样。漏写哪一行都写不出这个错误，要特意多写两处。",
)
def a_bug_that_must_be_added():
    def run(epochs, forget):
        w, slot = init(None), 0.0
        for _ in range(epochs):
            for example in zip(*DATA, strict=True):
                slot = slot + jax.grad(loss)(w, example)
                w = w - 0.01 * slot
                if not forget:
                    slot = 0.0
        return float(apply(w, 4.0))

    for epochs in (1, 2, 3):
        forgotten, right = run(epochs, True), run(epochs, False)
        print(f"f(4) after {epochs}: forgotten {forgotten:.4f}, right {right:.4f}")
