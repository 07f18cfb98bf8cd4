"""What is looked at: a batch, and its first example alone."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    features = draw.integer(12, 15)
    weights = {"scale": draw.uniform(features, low=0.5, high=2), "bias": draw.normal(features)}
    stats = {"mean": draw.normal(features), "var": draw.uniform(features, low=1e-5, high=1e-3)}
    x = draw.normal(draw.n, features)
    yield "evaluate(weights, stats, x)", answer.evaluate(weights, stats, x)
    yield "evaluate(weights, stats, x[:1])", answer.evaluate(weights, stats, x[:1])
