import jax


def slopes(w1, w2, x, y):
    s = jax.nn.sigmoid(w1 * x)
    back = ...  # ∂l/∂ŷ
    return ..., ...
