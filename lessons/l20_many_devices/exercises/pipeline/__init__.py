"""When which stage of a pipeline computes which part of the batch."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Who computes what in a pipeline",
    title_zh="流水线里谁在算什么",
    ask="""
A batch passes in `parts` parts, 0, 1, 2, …, through `stages` stages. At
every tick of the clock each stage computes one part and hands it on; so
part 0 is in stage 0 at tick 0, in stage 1 at tick 1, and part 1 comes one
tick behind it.

  timetable(parts, stages)  an array (stages, ticks) of integers: which
      part a stage computes at a tick, -1 where it has none;
  idle(parts, stages)  the share of -1 in it.

All ticks are there, until the last stage has computed the last part.
""",
    ask_zh="""
一批数据分成 parts 份（0、1、2、……），依次通过 stages 级。时钟每一拍，
每一级算一份并传给下一级；所以第 0 份在第 0 拍时在第 0 级，
第 1 拍时在第 1 级，第 1 份比它晚一拍。

  timetable(parts, stages)  整数数组 (stages, 拍数)：每一级在
      每一拍算哪一份，没有就是 -1；
  idle(parts, stages)  其中 -1 所占的比例。

直到最后一级算完最后一份为止，每一拍都在表里。
""",
)
