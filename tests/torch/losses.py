"""One configuration of a loss computed twice, by `jaxdl.losses` and by PyTorch, and compared."""

import warnings

import jax
import jax.numpy as jnp
import numpy as np
import torch

from jaxdl import losses


def is_float(array):
    return np.issubdtype(np.asarray(array).dtype, np.inexact)


def compare(name, arrays, options, constant=(), dtype="float64", tolerance=1e-12):
    """The value and every gradient agree: to a part of the largest number of each; nan where nan.

    Args:
        arrays: by keyword, those of them that are floating-point differentiated but `constant`.
    """
    arrays = {
        key: np.asarray(array).astype(dtype)
        if is_float(array) and np.isrealobj(array)
        else np.asarray(array)
        for key, array in arrays.items()
    }
    by = [key for key, array in arrays.items() if is_float(array) and key not in constant]
    expected, cotangent, slopes = theirs(name, arrays, options, by)
    value, found = ours(name, arrays, options, by, cotangent)
    close(value, expected, tolerance, name, options)
    for key in by:
        close(found[key], slopes[key], tolerance, name, key, options)


def ours(name, arrays, options, by, cotangent):
    with jax.enable_x64(cotangent.dtype == "float64"):
        constant = {key: jnp.asarray(array) for key, array in arrays.items() if key not in by}

        def loss(inputs):
            return getattr(losses, name)(**inputs, **constant, **options)

        value, pull = jax.vjp(loss, {key: jnp.asarray(arrays[key]) for key in by})
        (slopes,) = pull(jnp.asarray(cotangent))
    # PyTorch's gradient by a complex number is the conjugate of JAX's.
    return value, {key: np.conj(slope) for key, slope in slopes.items()}


def theirs(name, arrays, options, by):
    tensors = {key: torch.tensor(array, requires_grad=key in by) for key, array in arrays.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of kl_div's mean
        value = getattr(torch.nn.functional, name)(**tensors, **options)
    cotangent = torch.linspace(0.5, 2, value.numel(), dtype=value.dtype).reshape(value.shape)
    if value.requires_grad:
        value.backward(cotangent)
    # Without a gradient: no derivative goes through, as through the 0-norm.
    slopes = {key: tensors[key].grad for key in by}
    slopes = {
        key: np.zeros_like(arrays[key]) if slope is None else slope.numpy()
        for key, slope in slopes.items()
    }
    return value.detach().numpy(), cotangent.numpy(), slopes


def close(found, expected, tolerance, *case):
    found = np.asarray(found)
    assert found.dtype == expected.dtype, case
    finite = np.abs(expected[np.isfinite(expected)])
    np.testing.assert_allclose(
        found, expected, rtol=0, atol=tolerance * finite.max(initial=1e-300), err_msg=str(case)
    )
