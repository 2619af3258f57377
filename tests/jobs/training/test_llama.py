"""A decoder layer of the Llama kind is known by its parts."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaDecoderLayer

from jobs.training import llama


@pytest.fixture
def layer():
    config = LlamaConfig(
        hidden_size=16, intermediate_size=24, num_attention_heads=2, num_key_value_heads=1
    )
    return LlamaDecoderLayer(config, 0)


def test_its_linear_layers_come_in_the_order_that_is_told(layer):
    assert llama.has_parts(layer)
    shapes = [(one.in_features, one.out_features) for one in llama.linears(layer)]
    assert shapes == [(16, 16), (16, 8), (16, 8), (16, 16), (16, 24), (16, 24), (24, 16)]


def drop_a_part(layer):
    del layer.mlp.gate_proj


def add_a_part(layer):
    layer.self_attn.q_norm = nn.LayerNorm(8)


def look_ahead(layer):
    layer.self_attn.is_causal = False


def lose_the_size(layer):
    layer.self_attn.head_dim = None


@pytest.mark.parametrize("change", [drop_a_part, add_a_part, look_ahead, lose_the_size])
def test_a_layer_of_another_make_is_told_apart(layer, change):
    change(layer)
    assert not llama.has_parts(layer)


def test_any_other_module_is_told_apart():
    assert not llama.has_parts(nn.Linear(2, 2))
    assert not llama.has_parts(torch.nn.Module())
