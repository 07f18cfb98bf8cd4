"""A loader asks for how many there are, then for one example after the other, and stacks them."""

from torch.utils.data import Dataset


class Examples(Dataset):
    """Example i is the pair x[i], y[i]."""

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        return self.x[index], self.y[index]
