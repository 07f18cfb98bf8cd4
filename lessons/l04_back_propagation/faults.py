"""The step of this lesson, wrong in five ways: each runs, or fails, as it stands here."""

from functools import partial

from jaxdl.course import WrongStep


def zero_forgotten(twin, example, learning_rate):
    """Each step follows the sum of all gradients so far."""
    l = twin.loss(twin.model, example)
    l.backward()
    for w in twin.model.parameters():
        w.data = w.data - learning_rate * w.grad.data
        # w.grad.data.zero_() is missing
    return l.item()


def backward_doubled(twin, example, learning_rate):
    """The gradient is added twice: twice the learning rate."""
    l = twin.loss(twin.model, example)
    l.backward(retain_graph=True)
    l.backward()
    for w in twin.model.parameters():
        w.data = w.data - learning_rate * w.grad.data
        w.grad.data.zero_()
    return l.item()


def backward_again(twin, example, learning_rate):
    """The first walk has freed what the second one needs."""
    l = twin.loss(twin.model, example)
    l.backward()
    l.backward()
    for w in twin.model.parameters():
        w.data = w.data - learning_rate * w.grad.data
        w.grad.data.zero_()
    return l.item()


def update_first(twin, example, learning_rate):
    """Every step follows the slope of the example before, measured at an older w."""
    l = twin.loss(twin.model, example)
    for w in twin.model.parameters():
        if w.grad is not None:  # on the first step there is nothing to read
            w.data = w.data - learning_rate * w.grad.data
            w.grad.data.zero_()
    l.backward()
    return l.item()


def losses_kept(twin, example, learning_rate, kept):
    """The sum of all losses holds the graph of every one of them."""
    l = twin.loss(twin.model, example)
    l.backward()
    for w in twin.model.parameters():
        w.data = w.data - learning_rate * w.grad.data
        w.grad.data.zero_()
    kept.append(l)  # l.item() is a number; l is a tensor, and its graph hangs on it
    return l.item()


ZERO_FORGOTTEN = """\
total = jax.tree.map(jnp.add, total, gradient)  # somebody has to say it
params = jax.tree.map(
    lambda w, slope: w - learning_rate * slope, params, total
)
return params, total, value  # and hand it on"""

DOUBLED = """\
value, gradient = jax.value_and_grad(loss)(params, example)
gradient = jax.tree.map(lambda slope: slope + slope, gradient)"""

UPDATE_FIRST = """\
params = jax.tree.map(
    lambda w, slope: w - learning_rate * slope, params, old_gradient
)
gradient = jax.grad(loss)(old_params, example)
return params, gradient  # handed on, to be used too late"""


def faults(config):
    """These steps with their Config, as `jaxdl.course.autograd` takes them."""
    return (
        WrongStep(
            "zero_forgotten",
            {"en": "zero_ forgotten", "zh": "忘了 zero_"},
            {
                "en": "The slot still holds the last gradient, and backward adds to it. Each step "
                "follows the sum of all gradients so far: w overshoots 2 and swings.\n"
                "A gradient in JAX is a new value at each call. Nothing adds to it, so nothing can "
                "be forgotten. To get this fault one has to carry a sum from step to step.",
                "zh": "槽里还留着上一次的梯度，backward 加在它上面。每一步跟着至今所有梯度之和走："
                "w 冲过 2，来回摆动。\n"
                "JAX 里每次调用给出的梯度都是一个新的值，没有谁往上加，也就没有什么可忘的。"
                "想犯这个错，得自己给累加的和起个名字，一步一步传下去。",
            },
            partial(zero_forgotten, learning_rate=config.learning_rate),
            "w.grad.data.zero_()",
            ZERO_FORGOTTEN,
        ),
        WrongStep(
            "backward_doubled",
            {"en": "backward doubled", "zh": "backward 做两次"},
            {
                "en": "retain_graph=True keeps what the walk would free, and the second walk adds "
                "the same gradient again: the right program with twice the learning rate. Nothing "
                "warns.\n"
                "Calling jax.grad(loss) twice gives the same value twice. Neither is added to "
                "anything unless one writes the plus.",
                "zh": "retain_graph=True 让第一遍不释放保留的值，第二遍把同样的梯度又加了一次："
                "等于学习率加倍的正确程序，而且没有任何警告。\n"
                "把 jax.grad(loss) 调用两次，得到两个相同的值。不写加号，谁也不会加到谁上面。",
            },
            partial(backward_doubled, learning_rate=config.learning_rate),
            "l.backward()",
            DOUBLED,
        ),
        WrongStep(
            "backward_again",
            {"en": "backward twice", "zh": "第二次 backward"},
            {
                "en": "The first walk has let go of what forward had kept. The second finds the "
                "nodes, but not the values, and PyTorch refuses.\n"
                "Nothing is used up here. The gradient program takes values and gives values; run "
                "twice, it gives the same ones twice. There is no state in which it could fail.",
                "zh": "第一遍已经释放了前向保留的值。第二遍找得到节点，"
                "找不到值，PyTorch 拒绝执行。\n"
                "这里没有什么会用完。梯度程序接受值、给出值，运行两遍就给出两遍同样的值。"
                "不存在让它失败的状态。",
            },
            partial(backward_again, learning_rate=config.learning_rate),
            "l.backward()",
        ),
        WrongStep(
            "update_first",
            {"en": "update before backward", "zh": "先更新后 backward"},
            {
                "en": "The update reads the slot before backward has filled it: what lies there is "
                "the slope of the example before, measured at an older w. Every step is one late.\n"
                "Here the gradient has to be named before the update can read it, and its name "
                "exists only after the call. To be late, one has to hand the old one on.",
                "zh": "更新读槽的时候，backward 还没有填它：里面是上一个例子的斜率，"
                "而且是在旧的 w 上量的。每一步都晚了一步。\n"
                "在这里，更新要读梯度，就得先有它的名字，而名字要等调用之后才有。"
                "想晚一步，得把旧的梯度自己传下去。",
            },
            partial(update_first, learning_rate=config.learning_rate),
            "l.backward()",
            UPDATE_FIRST,
        ),
        WrongStep(
            "losses_kept",
            {"en": "losses kept in a list", "zh": "把 loss 存进列表"},
            {
                "en": "The numbers are right. But each l in the list holds its graph: the nodes "
                "live on, step after step, although nobody will walk them again.\n"
                "A loss in JAX is an array and nothing but an array. It knows nothing of w; ten "
                "thousand of them in a list are ten thousand numbers.",
                "zh": "数字都是对的。可是列表里的每个 l 都拿着自己的计算图：一步一步下来，"
                "节点一直活着，尽管再也不会有谁去走。\n"
                "JAX 里的损失是一个数组，除此之外什么也不是。它不知道有 w；列表里一万个损失，"
                "就是一万个数。",
            },
            partial(losses_kept, learning_rate=config.learning_rate, kept=[]),
            "kept.append(l)",
        ),
    )
