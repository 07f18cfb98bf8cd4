from torch.utils.data import Dataset


class Examples(Dataset):
    """Example i is the pair x[i], y[i]."""

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __len__(self):
        return ...

    def __getitem__(self, index):
        return ...
