"""The Transformer, its halves and its layers: composed of attention, linear layers and norms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jaxdl.parity.rule import Rule
from jaxdl.parity.rules.attention import glorot_uniform, multihead_attention
from jaxdl.parity.rules.composition import composed
from jaxdl.parity.rules.linear import LINEAR
from jaxdl.parity.rules.norm import LAYER_NORM

if TYPE_CHECKING:
    from jaxdl.parity.rule import Tensors


def transformer_encoder_layer(num_heads: int, bias: bool = True) -> Rule:
    """The rule of `nn.TransformerEncoderLayer` and `jaxdl.nn.TransformerEncoderLayer`."""
    return _layer("encoder", ("self_attn",), num_heads, bias)


def transformer_decoder_layer(num_heads: int, bias: bool = True) -> Rule:
    """The rule of `nn.TransformerDecoderLayer` and `jaxdl.nn.TransformerDecoderLayer`."""
    return _layer("decoder", ("self_attn", "multihead_attn"), num_heads, bias)


def _layer(kind: str, attentions: tuple[str, ...], num_heads: int, bias: bool) -> Rule:
    names = [
        *((name, multihead_attention(num_heads, bias=bias)) for name in attentions),
        *((name, LINEAR) for name in ("linear1", "linear2")),
        *((f"norm{number}", LAYER_NORM) for number in range(1, len(attentions) + 2)),
    ]
    parts = [(name, name, rule) for name, rule in names]
    return composed(f"transformer {kind} layer of {num_heads} heads", parts)


def transformer_encoder(
    num_layers: int, num_heads: int, bias: bool = True, final_norm: bool = False
) -> Rule:
    """The rule of `nn.TransformerEncoder` and `jaxdl.nn.TransformerEncoder`.

    Args:
        num_layers, num_heads, bias: PyTorch's.
        final_norm: it was given a norm.
    """
    return _stack("encoder", transformer_encoder_layer(num_heads, bias), num_layers, final_norm)


def transformer_decoder(
    num_layers: int, num_heads: int, bias: bool = True, final_norm: bool = False
) -> Rule:
    """The rule of `nn.TransformerDecoder` and `jaxdl.nn.TransformerDecoder`, as the encoder's."""
    return _stack("decoder", transformer_decoder_layer(num_heads, bias), num_layers, final_norm)


def _stack(kind: str, layer: Rule, num_layers: int, final_norm: bool) -> Rule:
    names = [f"layers.{number}" for number in range(num_layers)]
    parts = [(name, name, layer) for name in names]
    norm = [("norm", "norm", LAYER_NORM)] if final_norm else []
    rule = composed(f"transformer {kind} of {num_layers} layers", [*parts, *norm])

    def draw(generator: Any, shapes: dict[str, tuple[int, ...]]) -> Tensors:
        """One layer's values, which all the others are copies of."""
        first = "layers.0."
        assert layer.draw is not None
        own = {n.removeprefix(first): s for n, s in shapes.items() if n.startswith(first)}
        drawn = layer.draw(generator, own)
        return {
            f"layers.{number}.{name}": tensor
            for number in range(num_layers)
            for name, tensor in drawn.items()
        }

    return replace(rule, draw=draw)


def transformer(
    num_encoder_layers: int, num_decoder_layers: int, num_heads: int, bias: bool = True
) -> Rule:
    """The rule of `nn.Transformer` and `jaxdl.nn.Transformer`; the arguments are PyTorch's."""
    encoder = transformer_encoder(num_encoder_layers, num_heads, bias, final_norm=True)
    decoder = transformer_decoder(num_decoder_layers, num_heads, bias, final_norm=True)
    parts = [("encoder", "encoder", encoder), ("decoder", "decoder", decoder)]
    rule = composed(f"transformer of {num_encoder_layers} + {num_decoder_layers} layers", parts)

    def draw(generator: Any, shapes: dict[str, tuple[int, ...]]) -> Tensors:
        """As the halves, then all matrices anew."""
        assert rule.draw is not None
        drawn = rule.draw(generator, shapes)
        anew = {
            name: glorot_uniform(generator, shape)
            for name, shape in shapes.items()
            if len(shape) > 1
        }
        return drawn | anew

    return replace(rule, draw=draw)
