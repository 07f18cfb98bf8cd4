"""An optimiser's name, ours or PyTorch's, in any spelling."""

from collections.abc import Iterable
from difflib import get_close_matches


def known_name(name: str, names: Iterable[str]) -> str:
    """Ours, of "SparseAdam", "sparse_adam" or "sparseadam".

    Raises ValueError, with the nearest names, for one that is unknown.
    """
    plain = {known.replace("_", ""): known for known in names}
    wanted = str(name).lower().replace("_", "")
    if wanted in plain:
        return plain[wanted]
    near = [plain[match] for match in get_close_matches(wanted, plain, n=3, cutoff=0.5)]
    hint = f"nearest: {', '.join(near)}" if near else f"known: {', '.join(sorted(plain.values()))}"
    raise ValueError(f"no optimiser named {name!r}; {hint}")
