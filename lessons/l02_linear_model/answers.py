"""Answers to the questions that the chapter ends with, in its order."""

from time import perf_counter

import jax
import jax.numpy as jnp
import numpy as np

from jaxdl.course.exercises import answer
from lessons.l02_linear_model import Config
from lessons.l02_linear_model.functional import apply, examples, grid, loss, surface, train

DATA = examples(Config())


@answer(
    "With 20 points the grid ends at w = 1.9, and there the loss is still falling. The lowest of "
    "a parabola's points, left of its bottom, is the last. A search cannot know what lies beyond "
    "its grid: a best point at the edge says that the grid is too small.",
    "20 个点时，网格止于 w = 1.9，损失在那里还在下降；抛物线最低点左侧的这些点里，最低的就是最后一"
    "个。搜索不知道网格之外是什么样：最好的点落在边上，说明网格取小了。",
)
def grid_that_ends_too_early():
    for points in (20, 21):
        params, history = train(Config(points=points), DATA)
        print(f"{points} points: w = {params['w']:.1f}, the last losses", history["loss"][-3:])


@answer(
    "There is 96 times as much to compute, and with thousands of points the time follows, "
    "roughly. Below that a call has a price of its own: 1681 points do not take a hundred times "
    "as long as 16. The first call compiles, which takes longer than either. (The shortest of "
    "five calls, on the machine that runs this.)",
    "计算量是 96 倍；点数上千以后，时间大致也跟着增长。点数再少，每次调用本身的开销就占了大头："
    "1681 个点用的时间并不是 16 个点的一百倍。第一次调用要编译，比两者都久。（取五次调用中最短的一"
    "次，在运行本程序的机器上。）",
)
def more_points():
    for points, per_unit in ((4, 10), (41, 10), (401, 100)):
        axes, times = grid(Config("affine", points, per_unit), "float32"), []
        for _ in range(6):
            start = perf_counter()
            surface(axes, DATA).block_until_ready()
            times.append(1000 * (perf_counter() - start))
        print(f"{points**2:6} points: {min(times[1:]):7.3f} ms; the first call {times[0]:.0f} ms")


@answer(
    "Two straight lines that meet at w = 2: the same lowest point, with a kink in place of a "
    "round bottom. With 9 for 6 the squares are lowest at 2.6, between the w = 2 of two examples "
    "and the w = 3 of the third. The absolute errors have a flat floor from 2 to 3: on it the "
    "slopes cancel, 1 and 2 of the first two examples against 3 of the last.",
    "是在 w = 2 处相交的两条直线：最低点相同，只是圆滑的底变成了尖角。把 6 改成 9 以后，平方损失的"
    "最低点在 2.6，介于两个样本的 w = 2 和第三个样本的 w = 3 之间。绝对值损失从 2 到 3 是一段平"
    "底：在这一段上斜率互相抵消，前两个样本是 1 和 2，最后一个是 3。",
)
def absolute_errors():
    ws = jnp.asarray(grid(Config(), "float32")["w"])

    def curve(size, y):
        return jax.vmap(lambda w: size(apply({"w": w}, DATA[0]) - y).mean())(ws)

    for y in (DATA[1], np.array([2, 4, 9], "float32")):
        for name, size in (("square", jnp.square), ("abs", jnp.abs)):
            losses = curve(size, y)
            shown = " ".join(f"{losses[k]:5.2f}" for k in (0, 10, 20, 25, 30, 40))
            lowest = ws[losses < losses.min() + 1e-5]
            print(f"y = {y.tolist()}, {name:6} w = 0, 1, 2, 2.5, 3, 4: {shown}", end="; ")
            print(f"lowest from w = {lowest[0]:.1f} to {lowest[-1]:.1f}")


@answer(
    "The inner vmap goes through b and holds w, the outer one goes through w and holds b: in_axes "
    "names what is gone through with 0 and what is held with None.",
    "内层的 vmap 沿 b 逐个取、固定 w，外层沿 w 逐个取、固定 b：在 in_axes 里，0 表示逐个取，None "
    "表示固定。",
)
def surface_with_in_axes():
    def at(w, b):
        return loss({"w": w, "b": b}, DATA, "affine")

    axes = grid(Config("affine"), "float32")
    rows = jax.vmap(at, in_axes=(None, 0))  # w (), b (m,) -> (m,)
    both = jax.vmap(rows, in_axes=(0, None))(axes["w"], axes["b"])  # -> (n, m)
    difference = jnp.abs(both - surface(axes, DATA)).max()
    print(both.shape, "largest difference from surface:", float(difference))
