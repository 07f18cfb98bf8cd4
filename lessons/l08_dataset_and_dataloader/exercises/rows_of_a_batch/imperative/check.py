"""What is looked at: the length, an example, and the batches of a loader that does not shuffle."""

from torch.utils.data import DataLoader

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    n = draw.n + 4
    dataset = answer.Examples(draw.normal(n, 2), draw.normal(n, 1))
    yield "len(dataset)", len(dataset)
    yield "dataset[1]", dataset[1]
    yield "list(DataLoader(dataset, batch_size=4))", list(DataLoader(dataset, batch_size=4))
