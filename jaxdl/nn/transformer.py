"""The Transformer and its halves as PyTorch defines them."""

from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float

from jaxdl.nn.cells import AnyArray
from jaxdl.nn.checks import check_positive
from jaxdl.nn.multihead_attention import Mask
from jaxdl.nn.norm import LayerNorm
from jaxdl.nn.transformer_layers import TransformerDecoderLayer, TransformerEncoderLayer


class _Stack(nnx.Module):
    layer: Any

    def __init__(
        self,
        num_layers: int,
        num_heads: int,
        in_features: int,
        hidden_features: int = 2048,
        *,
        final_norm: bool = False,
        rngs: nnx.Rngs,
        **options: Any,
    ):
        check_positive(num_layers=num_layers)
        sizes = (num_heads, in_features, hidden_features)
        layers = [self.layer(*sizes, rngs=rngs, **options) for _ in range(num_layers)]
        self.layers = nnx.List(layers)
        names = ("epsilon", "use_bias", "dtype", "param_dtype")
        of_norm = {name: options[name] for name in names if name in options}
        self.norm = LayerNorm(in_features, rngs=rngs, **of_norm) if final_norm else nnx.data(None)

    def _run(self, x: Any, *inputs: Any, keep: Any, key: Any) -> Array:
        x = jnp.asarray(x)
        for number, layer in enumerate(self.layers):
            own = None if key is None else jax.random.fold_in(key, number)
            x = layer(x, *inputs, keep=None if keep is None else keep[number], key=own)
        return x if self.norm is None else self.norm(x)


class TransformerEncoder(_Stack):
    """Layers of the encoder, one after the other.

    Each layer's initial values are drawn on their own; `torch.nn.TransformerEncoder` copies one
    layer, so that all begin alike.

    Args:
        num_layers: how many.
        num_heads, in_features, hidden_features: of each, as in `TransformerEncoderLayer`.
        final_norm: a norm of the last layer's output, as `torch.nn.Transformer` has.
        rngs: the initial values' random keys.
        options: what else `TransformerEncoderLayer` takes.

    References:
        Equals `torch.nn.TransformerEncoder`, also its fast path, but that fills the padding with
        zeros.
    """

    layer = TransformerEncoderLayer

    def __call__(
        self,
        x: Float[AnyArray, "..."],
        mask: Mask = None,
        key_padding_mask: Mask = None,
        *,
        keep: Any = None,
        key: Any = None,
    ) -> Float[Array, "..."]:
        """What the layers make of x; `keep` has the masks of each, the others are theirs."""
        return self._run(x, mask, key_padding_mask, keep=keep, key=key)


class TransformerDecoder(_Stack):
    """Layers of the decoder, one after the other.

    Args:
        num_layers, num_heads, in_features, hidden_features, final_norm, rngs, options: as in
            `TransformerEncoder`.

    References:
        Equals `torch.nn.TransformerDecoder`.
    """

    layer = TransformerDecoderLayer

    def __call__(
        self,
        x: Float[AnyArray, "..."],
        memory: Float[AnyArray, "..."],
        mask: Mask = None,
        memory_mask: Mask = None,
        key_padding_mask: Mask = None,
        memory_key_padding_mask: Mask = None,
        *,
        keep: Any = None,
        key: Any = None,
    ) -> Float[Array, "..."]:
        """What the layers make of x and the memory; `keep` has the masks of each."""
        masks = (mask, memory_mask, key_padding_mask, memory_key_padding_mask)
        return self._run(x, memory, *masks, keep=keep, key=key)


class Transformer(nnx.Module):
    """Encoder and decoder, each with a final norm.

    All kernels are drawn as PyTorch's: Glorot's uniform, the three of an attention in one.

    Args:
        num_heads, in_features, hidden_features: as in `TransformerEncoderLayer`.
        num_encoder_layers, num_decoder_layers: how many of each.
        rngs: the initial values' random keys.
        options: what else `TransformerEncoderLayer` takes.

    References:
        Vaswani et al., Attention Is All You Need, NeurIPS 2017. Equals `torch.nn.Transformer`.
    """

    def __init__(
        self,
        num_heads: int,
        in_features: int,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        hidden_features: int = 2048,
        *,
        rngs: nnx.Rngs,
        **options: Any,
    ):
        sizes = (num_heads, in_features, hidden_features)
        options |= {"final_norm": True, "rngs": rngs}
        self.encoder = TransformerEncoder(num_encoder_layers, *sizes, **options)
        self.decoder = TransformerDecoder(num_decoder_layers, *sizes, **options)
        glorot = nnx.initializers.glorot_uniform()
        for _, module in nnx.iter_modules(self):
            linear = isinstance(module, nnx.Linear)
            if linear or (isinstance(module, nnx.LinearGeneral) and len(module.axis) == 2):
                kernel = module.kernel[...]  # (in, out) or (heads, size, out)
                shape = (kernel.size // kernel.shape[-1], kernel.shape[-1])
                module.kernel[...] = glorot(rngs.params(), shape, kernel.dtype).reshape(
                    kernel.shape
                )

    def __call__(
        self,
        source: Float[AnyArray, "..."],
        target: Float[AnyArray, "..."],
        source_mask: Mask = None,
        target_mask: Mask = None,
        memory_mask: Mask = None,
        source_key_padding_mask: Mask = None,
        target_key_padding_mask: Mask = None,
        memory_key_padding_mask: Mask = None,
        *,
        keep: Any = None,
        key: Any = None,
    ) -> Float[Array, "..."]:
        """What the decoder makes of the target and of what the encoder makes of the source.

        Args:
            source, target: what `torch.nn.Transformer` calls src and tgt.
            source_mask, …, memory_key_padding_mask: as in `MultiheadAttention`; True hides.
            keep: of both halves, as they take them.
            key: draws the dropouts that `keep` has not.
        """
        of_encoder, of_decoder = (None, None) if keep is None else keep
        first, second = (None, None) if key is None else jax.random.split(key)
        memory = self.encoder(
            source, source_mask, source_key_padding_mask, keep=of_encoder, key=first
        )
        return self.decoder(
            target,
            memory,
            target_mask,
            memory_mask,
            target_key_padding_mask,
            memory_key_padding_mask,
            keep=of_decoder,
            key=second,
        )


def causal_mask(size: int) -> Bool[Array, "queries keys"]:
    """True above the diagonal: what hides the future from `MultiheadAttention` and its layers.

    References:
        Equals `torch.nn.Transformer.generate_square_subsequent_mask`, which has -inf for True.
    """
    return ~jnp.tri(size, dtype=bool)
