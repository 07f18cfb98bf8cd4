"""Answers to the questions that the chapter ends with, in its order."""

import jax
import jax.numpy as jnp
import numpy as np

from jaxdl.course.exercises import answer
from lessons.l03_gradient_descent import Config
from lessons.l03_gradient_descent.functional import SAMPLES, examples, saddle, train

DATA = examples(Config())


@answer(
    "3/28 makes the factor 1 - learning_rate · 28/3 zero, so that one step covers the whole "
    "distance. At 6/28, about 0.2143, the factor is -1: just below, w jumps from one side of 2 to "
    "the other and comes slowly nearer; just above, it goes further away each time.",
    "3/28 使因子 1 - learning_rate · 28/3 等于 0，一步就走完全部距离。到 6/28，约 0.2143，因子是 "
    "-1：略小一点，w 在 2 的两侧来回跳，慢慢靠近；略大一点，每一步都离得更远。",
)
def the_rate_that_lands():
    print("3/28 =", 3 / 28, " 6/28 =", 6 / 28)
    for rate in (0.10714286, 0.214, 0.2145):
        _, history = train(Config(learning_rate=rate, epochs=3), DATA)
        _, longer = train(Config(learning_rate=rate, epochs=500), DATA)
        shown = [f"{float(w):.4f}" for w in history["w"]]
        print(f"learning rate {rate}: w {shown}, after 500 steps {float(longer['w'][-1]):.4g}")


@answer(
    "The third, x = 3: alone, each step would multiply the distance to 2 by -1.7. But an epoch "
    "has one step of each example, and the product of the three factors is 0.238. What the third "
    "spoils the first two more than make good.",
    "是第三个，x = 3：单独训练时，每一步都把到 2 的距离乘以 -1.7。但一轮里每个样本各走一步，三个因"
    "子的乘积是 0.238：第三个样本造成的偏离，被前两个样本抵消而有余。",
)
def one_that_would_diverge():
    rate = 0.15
    factors = [float(1 - rate * 2 * x**2) for x in DATA[0]]
    print("factors of the distance to 2:", [f"{factor:.2f}" for factor in factors])
    print(f"their product, an epoch: {np.prod(factors):.3f}")
    _, history = train(Config(method="sgd", learning_rate=rate, epochs=20), DATA)
    print("w by epoch", [f"{float(history['w'][k]):.4f}" for k in (0, 1, 2, 3, 19)])


@answer(
    "The slope by y is now the mean of the c's minus 2y, so the saddle lies at y = half of that "
    "mean. From (1, 0) full-batch descent no longer stalls: there is a slope along y, and the "
    "distance to the ridge grows by a factor of 1.1 a step. It would stall on the new ridge.",
    "现在沿 y 的斜率是这些 c 的平均减去 2y，所以鞍点在 y 等于这个平均的一半处。从 (1, 0) 出发，用"
    "全部样本的下降不再卡住：沿 y 有了斜率，到山脊的距离每步增大到 1.1 倍。如果从新的山脊上出发，"
    "还是会卡住。",
)
def samples_that_do_not_cancel():
    slope = jax.jit(jax.grad(saddle))
    for samples in (SAMPLES, SAMPLES + np.float32(0.01)):
        mean, point, ys = float(samples.mean()), jnp.array([1.0, 0.0]), []
        for _ in range(100):
            point = point - 0.05 * slope(point, samples)
            ys.append(f"{float(point[1]):.3f}")
        there = slope(jnp.array([0.0, mean / 2]), samples)
        print(
            f"mean {mean:.3f}: gradient at (0, {mean / 2:.4f}) {(there + 0.0).tolist()}", end="; "
        )
        print("y after 1, 20, 50, 100 steps:", *(ys[k - 1] for k in (1, 20, 50, 100)))
