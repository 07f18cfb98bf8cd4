"""The shape of a device's piece of an array."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A device's piece of an array",
    title_zh="一个设备上的那一块",
    ask="""
An array of some shape lies on a mesh of devices, {"data": 4, "model": 2}
for example. spec says for each axis of the array along which axis of the
mesh it is cut into equal pieces, None for those that are not cut; where
spec is shorter than shape, the axes that are left are not cut.

  piece(shape, spec, mesh)  the shape of the piece of one device, a tuple;
  held(shape, spec, mesh)   how many times the whole array is there, on
                            all devices together: 1 if nothing is copied.
""",
    ask_zh="""
一个数组放在设备的网格上，例如 {"data": 4, "model": 2}。
spec 对数组的每个轴说明：沿网格的哪个轴切成相等的块，
None 表示不切；spec 比 shape 短时，剩下的轴都不切。

  piece(shape, spec, mesh)  一个设备上那一块的形状，元组；
  held(shape, spec, mesh)   所有设备合起来存了几份完整的数组：
                            没有副本就是 1。
""",
)
