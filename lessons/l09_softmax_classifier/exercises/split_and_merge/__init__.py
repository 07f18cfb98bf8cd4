"""A net's parameters as nested dicts, and its forward pass as a function of them."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A Flax layer as a pure function",
    title_zh="把 Flax 的层变成纯函数",
    ask="""
Net is a Flax module: Net(nnx.Rngs(key)) makes one, with parameters drawn
by key. graphdef is what it is without its parameters. Write

  init(key)         the parameters of a new net as plain nested dicts:
                    split a net with nnx.split(net, nnx.Param), which
                    returns a pair, and take the wrappers off the second
                    with nnx.to_pure_dict;
  apply(params, x)  what a net with these parameters makes of x (n, 3): put
                    graphdef and params together with nnx.merge, call it.
""",
    ask_zh="""
Net 是一个 Flax 模块：Net(nnx.Rngs(key)) 造出一个网络，参数由
key 抽取。graphdef 是去掉参数之后的网络。请写

  init(key)         一个新网络的参数，普通的嵌套字典：用
                    nnx.split(net, nnx.Param) 拆开网络（返回一对），
                    再用 nnx.to_pure_dict 去掉第二个的包装；
  apply(params, x)  带这些参数的网络对 x (n, 3) 的输出：用
                    nnx.merge 把 graphdef 和 params 合起来再调用。
""",
)
