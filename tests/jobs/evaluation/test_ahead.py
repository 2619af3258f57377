"""Keys and values that rows share are looked at as if each row had its own."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("tokens", [1, 4])
@pytest.mark.parametrize("kind", ["none", "bool", "added"])
def test_what_is_shared_counts_as_if_it_stood_in_every_row(tokens, kind):
    import torch
    from torch.nn.functional import scaled_dot_product_attention

    from jobs.evaluation.ahead import look

    torch.manual_seed(0)
    rows, heads, shared, columns, size, before = 3, 4, 2, 6, 8, 5
    query = torch.randn(rows, heads, tokens, size)
    keys, values = torch.randn(2, rows, shared, columns, size)
    known = torch.randn(2, shared, before, size)
    seen = torch.ones(tokens, columns).tril(columns - tokens).bool().repeat(rows, 1, 1, 1)
    if kind != "none":
        seen[0, :, :, :2] = False  # padding at the left of the first row
    given = {"none": None, "bool": seen, "added": torch.where(seen, 0.0, -3e38)}[kind]
    own = look(query, (keys, values), given, known, 0.3)

    whole = [
        torch.cat([part.expand(rows, -1, -1, -1), mine], dim=2).repeat_interleave(2, dim=1)
        for part, mine in zip(known, (keys, values), strict=True)
    ]
    mask = torch.cat([torch.ones(rows, 1, tokens, before).bool(), seen], dim=3)
    wanted = scaled_dot_product_attention(query, *whole, attn_mask=mask, scale=0.3)
    wanted = wanted.transpose(1, 2).reshape(rows, tokens, -1)
    torch.testing.assert_close(own, wanted, rtol=1e-5, atol=1e-5)


def test_a_soft_prompt_is_read_once_for_all_rows(llama, prompts, rows_of):
    import torch

    from jobs.evaluation.streams import stream

    base = llama.loaded(llama.variant("soft-1"))
    longest, read = max(map(len, prompts)), []
    norm = base.model.model.layers[0].input_layernorm
    norm.register_forward_pre_hook(lambda _, given: read.append(len(given[0])))
    with torch.inference_mode():
        under_way = stream(base, rows_of(base, "soft-1", prompts), 2, 0)
        under_way.read()
        under_way.step(torch.arange(len(prompts)) + 12)
    assert read == [len(prompts) * longest, len(prompts)]
    assert under_way._cache.get_seq_length() == longest + 1


def test_a_prompt_of_no_tokens_has_its_soft_prompt_to_itself(llama, rows_of):
    """Its logits are those of the soft prompt's last token."""
    import torch

    from jobs.evaluation.streams import stream

    base = llama.loaded(llama.variant("soft-1"))
    with torch.inference_mode():
        both = stream(base, rows_of(base, "soft-1", [[], [20, 21]]), 1, 0).read()
        for row, ids in zip(both, [[], [20, 21]], strict=True):
            own = torch.tensor(ids, dtype=torch.long)
            embedded = llama.clean().get_input_embeddings()(own)
            embedded = torch.cat([base._soft["soft-1"], embedded])[None]
            wanted = llama.clean()(inputs_embeds=embedded).logits[0, -1]
            torch.testing.assert_close(row, wanted, rtol=1e-4, atol=1e-3)
