"""Carriers of PyTorch's attention and Transformer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from benchmarks.coverage.carried import Carried
from benchmarks.coverage.of_nnx import carried, options
from jaxdl import nn
from jaxdl.parity import rules

if TYPE_CHECKING:
    import torch


def multihead_attention(module: Any) -> Carried:
    """`nn.MultiheadAttention`."""
    bias, further = module.in_proj_bias is not None, module.bias_k is not None
    ours = nn.MultiheadAttention(
        module.num_heads,
        module.embed_dim,
        key_features=module.kdim,
        value_features=module.vdim,
        add_bias_kv=further,
        add_zero_attn=module.add_zero_attn,
        batch_first=module.batch_first,
        **options(module, use_bias=bias),
    )
    packed = module.in_proj_weight is not None
    rule = rules.multihead_attention(
        module.num_heads, bias=bias, add_bias_kv=further, packed=packed
    )

    def apply(net: Any, query: Any, key: Any, value: Any, **masks: Any) -> Any:
        masks.pop("is_causal", None)  # it only says what attn_mask is
        return net(query, key, value, **masks)

    return carried(ours, rule, apply)


def _of_layer(module: Any) -> dict[str, Any]:
    """What a Transformer's layer was built with."""
    activation = module.activation
    name = activation if isinstance(activation, str) else getattr(activation, "__name__", "")
    name = name or type(activation).__name__.lower()
    return options(
        module,
        num_heads=module.self_attn.num_heads,
        in_features=module.linear1.in_features,
        hidden_features=module.linear1.out_features,
        activation=name,
        epsilon=module.norm1.eps,
        batch_first=module.self_attn.batch_first,
        norm_first=module.norm_first,
        use_bias=module.linear1.bias is not None,
    )


def encoder_layer(module: Any) -> Carried:
    """`nn.TransformerEncoderLayer`."""
    given = _of_layer(module)
    rule = rules.transformer_encoder_layer(given["num_heads"], given["use_bias"])

    def apply(
        net: Any, src: Any, src_mask: Any = None, src_key_padding_mask: Any = None, **_: Any
    ) -> Any:
        return net(src, src_mask, src_key_padding_mask)

    return carried(nn.TransformerEncoderLayer(**given), rule, apply)


def _decode(
    net: Any,
    tgt: Any,
    memory: Any,
    tgt_mask: Any = None,
    memory_mask: Any = None,
    tgt_key_padding_mask: Any = None,
    memory_key_padding_mask: Any = None,
    **_: Any,
) -> Any:
    masks = (tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask)
    return net(tgt, memory, *masks)


def decoder_layer(module: Any) -> Carried:
    """`nn.TransformerDecoderLayer`."""
    given = _of_layer(module)
    rule = rules.transformer_decoder_layer(given["num_heads"], given["use_bias"])
    return carried(nn.TransformerDecoderLayer(**given), rule, _decode)


def _halves(module: Any) -> tuple[dict[str, Any], tuple[Any, ...]]:
    given = _of_layer(module.layers[0])
    norm = module.norm is not None
    return (
        given | {"num_layers": len(module.layers), "final_norm": norm},
        (len(module.layers), given["num_heads"], given["use_bias"], norm),
    )


def encoder(module: Any) -> Carried:
    """`nn.TransformerEncoder`."""
    given, of_rule = _halves(module)

    def apply(
        net: Any, src: Any, mask: Any = None, src_key_padding_mask: Any = None, **_: Any
    ) -> Any:
        return net(src, mask, src_key_padding_mask)

    return carried(nn.TransformerEncoder(**given), rules.transformer_encoder(*of_rule), apply)


def decoder(module: Any) -> Carried:
    """`nn.TransformerDecoder`."""
    given, of_rule = _halves(module)
    return carried(nn.TransformerDecoder(**given), rules.transformer_decoder(*of_rule), _decode)


def transformer(module: Any) -> Carried:
    """`nn.Transformer`."""
    given = _of_layer(module.encoder.layers[0])
    sizes = (len(module.encoder.layers), len(module.decoder.layers))
    ours = nn.Transformer(num_encoder_layers=sizes[0], num_decoder_layers=sizes[1], **given)
    rule = rules.transformer(*sizes, given["num_heads"], given["use_bias"])

    def apply(net: Any, src: Any, tgt: Any, *masks: Any, **named: Any) -> Any:
        names = {
            f"{ours}_{mask}": f"{theirs}_{mask}"
            for ours, theirs in (("source", "src"), ("target", "tgt"), ("memory", "memory"))
            for mask in ("mask", "key_padding_mask")
        }
        given = {ours: named[theirs] for ours, theirs in names.items() if theirs in named}
        return net(src, tgt, *masks, **given)

    return carried(ours, rule, apply)


CARRIERS: dict[str, Callable[[torch.nn.Module], Carried]] = {
    "MultiheadAttention": multihead_attention,
    "TransformerEncoderLayer": encoder_layer,
    "TransformerDecoderLayer": decoder_layer,
    "TransformerEncoder": encoder,
    "TransformerDecoder": decoder,
    "Transformer": transformer,
}
