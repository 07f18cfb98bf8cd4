"""The directions in which the known optimizers step: what is multiplied by the learning rate.

Each function takes the gradients and the parameters of a run, element by element, and gives the
directions of all its steps, without the decoupled weight decay. Their options are PyTorch's and
Optax's, and what ports of them get wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Rule = Callable[..., np.ndarray]


def sgd(
    g: np.ndarray,
    p: np.ndarray,
    momentum: float = 0.0,
    dampening: float = 0.0,
    nesterov: bool = False,
    decay: float = 0.0,
    first: float = 0.0,
) -> np.ndarray:
    """SGD.

    Args:
        g, p: (steps, numbers).
        decay: the factor of the L2 penalty.
        first: how much of the first gradient is withheld; PyTorch: nothing.
    """
    import numpy as np

    found, buffer = [], None
    for gradient in g + decay * p:
        if not momentum:
            new = ahead = gradient
        else:
            kept = 1 - (first if buffer is None else dampening)
            new = kept * gradient + (0 if buffer is None else momentum * buffer)
            ahead = gradient + momentum * new if nesterov else new
        buffer = new
        found.append(ahead)
    return np.array(found)


def adam(
    g: np.ndarray,
    p: np.ndarray,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
    decay: float = 0.0,
    eps_root: float = 0.0,
    corrected: bool = True,
    hat: bool = False,
    nesterov: bool = False,
    amsgrad: str = "",
    belief: bool = False,
    moments: str = "float64",
) -> np.ndarray:
    """Adam and its near relations.

    Args:
        g, p: (steps, numbers).
        decay: the factor of the L2 penalty.
        eps_root: added under the root; of AdaBelief to the second moment itself.
        corrected: the moments are divided by 1 - βᵗ.
        hat: epsilon is added before the second moment is corrected.
        nesterov: Optax's nadam.
        amsgrad: "raw": the largest second moment, as PyTorch has it; "corrected": as Optax.
        belief: AdaBelief.
        moments: the type that the first moment is kept in.
    """
    import numpy as np

    m = v = np.zeros_like(g[0])
    most = np.zeros_like(g[0])
    found = []
    for k, gradient in enumerate(g + decay * p):
        m = b1 * m + (1 - b1) * gradient
        v = b2 * v + (1 - b2) * ((gradient - m) if belief else gradient) ** 2
        v = v + eps_root if belief else v
        one, two = (1 - b1 ** (k + 1), 1 - b2 ** (k + 1)) if corrected else (1.0, 1.0)
        mean = m / one
        if nesterov:
            mean = b1 * m / (1 - b1 ** (k + 2)) + (1 - b1) * gradient / one
        most = np.maximum(most, v / two if amsgrad == "corrected" else v)
        square = {"": v / two, "raw": most / two, "corrected": most}[amsgrad]
        root = np.sqrt(square + (0 if belief else eps_root))
        found.append(mean / (root + (eps / np.sqrt(two) if hat else eps)))
        m = rounded(m, moments)
    return np.array(found)


def nadam(
    g: np.ndarray,
    p: np.ndarray,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
    decay: float = 0.0,
    momentum_decay: float = 4e-3,
) -> np.ndarray:
    """PyTorch's NAdam. `g`, `p`: (steps, numbers)."""
    import numpy as np

    m = v = np.zeros_like(g[0])
    found, product = [], 1.0
    for k, gradient in enumerate(g + decay * p):
        mu, after = (b1 * (1 - 0.5 * 0.96 ** ((k + j) * momentum_decay)) for j in (1, 2))
        product *= mu
        m = b1 * m + (1 - b1) * gradient
        v = b2 * v + (1 - b2) * gradient**2
        root = np.sqrt(v / (1 - b2 ** (k + 1))) + eps
        part = (1 - mu) / (1 - product) * gradient + after / (1 - product * after) * m
        found.append(part / root)
    return np.array(found)


def radam(
    g: np.ndarray,
    p: np.ndarray,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
    decay: float = 0.0,
    threshold: float = 5.0,
    corrected_root: bool = False,
) -> np.ndarray:
    """RAdam, PyTorch's, or with eps added to the corrected root Optax's. `g`, `p`: (steps, n)."""
    import numpy as np

    m = v = np.zeros_like(g[0])
    found, longest = [], 2 / (1 - b2) - 1
    for k, gradient in enumerate(g + decay * p):
        m = b1 * m + (1 - b1) * gradient
        v = b2 * v + (1 - b2) * gradient**2
        one, two = 1 - b1 ** (k + 1), 1 - b2 ** (k + 1)
        length = longest - 2 * (k + 1) * b2 ** (k + 1) / two
        if length <= threshold:
            found.append(m / one)
            continue
        top = (length - 4) * (length - 2) * longest
        rectified = np.sqrt(top / ((longest - 4) * (longest - 2) * length))
        root = np.sqrt(v / two) + eps if corrected_root else (np.sqrt(v) + eps) / np.sqrt(two)
        found.append(m / one * rectified / root)
    return np.array(found)


def adamax(
    g: np.ndarray,
    p: np.ndarray,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
    decay: float = 0.0,
    outside: bool = False,
) -> np.ndarray:
    """Adamax; outside: eps is added to the largest, not to each gradient. `g`, `p`: (steps, n)."""
    import numpy as np

    m = u = np.zeros_like(g[0])
    found = []
    for k, gradient in enumerate(g + decay * p):
        m = b1 * m + (1 - b1) * gradient
        u = np.maximum(b2 * u, np.abs(gradient) + (0 if outside else eps))
        found.append(m / (1 - b1 ** (k + 1)) / (u + (eps if outside else 0)))
    return np.array(found)


def rmsprop(
    g: np.ndarray,
    p: np.ndarray,
    alpha: float = 0.99,
    eps: float = 1e-8,
    momentum: float = 0.0,
    centered: bool = False,
    decay: float = 0.0,
    under: bool = False,
    initial: float = 0.0,
    corrected: bool = False,
    nesterov: bool = False,
) -> np.ndarray:
    """RMSprop; under: eps is under the root, as in Optax. `g`, `p`: (steps, n)."""
    import numpy as np

    v = np.full_like(g[0], initial)
    mean = buffer = np.zeros_like(v)
    found = []
    for k, gradient in enumerate(g + decay * p):
        v = alpha * v + (1 - alpha) * gradient**2
        mean = alpha * mean + (1 - alpha) * gradient
        whole = 1 - alpha ** (k + 1) if corrected else 1.0
        square = v / whole - (mean / whole) ** 2 if centered else v / whole
        step = gradient / (np.sqrt(square + eps) if under else np.sqrt(square) + eps)
        buffer = momentum * buffer + step if momentum else step
        found.append(step + momentum * buffer if nesterov else buffer)
    return np.array(found)


def adagrad(
    g: np.ndarray,
    p: np.ndarray,
    eps: float = 1e-10,
    initial: float = 0.0,
    lr_decay: float = 0.0,
    decay: float = 0.0,
    under: bool = False,
) -> np.ndarray:
    """Adagrad; under: eps is under the root, as in Optax. `g`, `p`: (steps, n)."""
    import numpy as np

    total, found = np.full_like(g[0], initial), []
    for k, gradient in enumerate(g + decay * p):
        total = total + gradient**2
        root = np.sqrt(total + eps) if under else np.sqrt(total) + eps
        found.append(gradient / root / (1 + k * lr_decay))
    return np.array(found)


def adadelta(
    g: np.ndarray, p: np.ndarray, rho: float = 0.9, eps: float = 1e-6, decay: float = 0.0
) -> np.ndarray:
    """Adadelta. `g`, `p`: (steps, n)."""
    import numpy as np

    square = delta = np.zeros_like(g[0])
    found = []
    for gradient in g + decay * p:
        square = rho * square + (1 - rho) * gradient**2
        step = np.sqrt(delta + eps) / np.sqrt(square + eps) * gradient
        delta = rho * delta + (1 - rho) * step**2
        found.append(step)
    return np.array(found)


def lion(
    g: np.ndarray, p: np.ndarray, b1: float = 0.9, b2: float = 0.99, decay: float = 0.0
) -> np.ndarray:
    """Lion. `g`, `p`: (steps, n)."""
    import numpy as np

    m, found = np.zeros_like(g[0]), []
    for gradient in g + decay * p:
        found.append(np.sign(b1 * m + (1 - b1) * gradient))
        m = b2 * m + (1 - b2) * gradient
    return np.array(found)


def lamb(
    g: np.ndarray,
    p: np.ndarray,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-6,
    decay: float = 0.0,
    early: bool = False,
    trusted: bool = True,
    corrected: bool = True,
) -> np.ndarray:
    """LAMB; early: the decay is added to the gradient. `g`, `p`: (steps, n)."""
    import numpy as np

    step = adam(g, p, b1, b2, eps, decay if early else 0.0, corrected=corrected)
    step = step if early else step + decay * p
    sizes = (np.linalg.norm(x, axis=1, keepdims=True) for x in (p, step))
    size, long = sizes
    ratio = np.where((size > 0) & (long > 0), size / np.where(long > 0, long, 1), 1.0)
    return step * ratio if trusted else step


def rounded(array: Any, dtype: str) -> Any:
    """The numbers that a type has, in float64."""
    import ml_dtypes
    import numpy as np

    kind = ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype
    return array if dtype == "float64" else np.asarray(array).astype(kind).astype(np.float64)
