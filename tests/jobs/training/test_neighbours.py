"""Words around a soft prompt: the nearest by cosine, the usual nearness, an honest flat map."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest


class Words:
    """A tokenizer of numbered words; 0 is special, and 4 and 5 look alike to a reader."""

    all_special_ids = (0,)

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def decode(self, ids: list[int]) -> str:
        return {5: " word4", 6: "�"}.get(ids[0], f"word{ids[0]}")

    def convert_ids_to_tokens(self, number: int) -> str:
        return f"Ġbytes{number}"


@pytest.fixture
def space() -> Any:
    """A table of 40 words (the last two rows belong to none), and the function under test."""
    import torch

    from jobs.training.neighbours import look

    table = torch.randn(42, 8, generator=torch.Generator().manual_seed(1))
    table[5] = table[4] * 2 + 0.01
    return SimpleNamespace(torch=torch, table=table, look=look, words=Words(40))


def test_nearest_words_are_those_that_a_plain_search_finds(space: Any) -> None:
    torch, table = space.torch, space.table
    start = table[[1, 2, 3]]
    vectors = start + torch.randn(3, 8, generator=torch.Generator().manual_seed(2)) * 0.7
    found = space.look(vectors, start, table, space.words)
    assert found.words == 39
    for vector, token in zip(vectors, found.tokens, strict=True):
        cosines = {
            number: float(torch.cosine_similarity(vector, table[number], dim=0))
            for number in range(1, 40)
        }
        best = max(cosines, key=lambda n: cosines[n])
        assert token.nearest[0].cosine == pytest.approx(cosines[best], abs=1e-4)
        assert [n.cosine for n in token.nearest] == sorted(
            (n.cosine for n in token.nearest), reverse=True
        )
        assert len({n.text for n in token.nearest}) == len(token.nearest) == 5


def test_special_tokens_and_rows_without_a_word_are_no_words(space: Any) -> None:
    table = space.table
    found = space.look(table[[0, 40, 41]], table[[1, 2, 3]], table, space.words)
    assert all(t.nearest[0].cosine < 0.999 for t in found.tokens)


def test_a_word_of_two_pieces_is_told_once_and_half_a_letter_by_its_name(space: Any) -> None:
    table = space.table
    found = space.look(table[[5, 6]], table[[4, 6]], table, space.words)
    assert [n.text for n in found.tokens[0].nearest].count("word4") == 1
    assert found.tokens[1].start == "␣bytes6"


def test_what_did_not_move_is_where_it_was(space: Any) -> None:
    table = space.table
    found = space.look(table[[7, 8, 9]], table[[7, 8, 9]], table, space.words)
    assert [t.moved for t in found.tokens] == [0, 0, 0]
    assert all(t.kept == 1 and t.nearest[0].text == t.start for t in found.tokens)
    assert all(t.place == t.start_place for t in found.tokens)
    assert found.far == 0
    assert not found.warning
    assert "hardly turned" in found.sentence


def test_moves_are_told_in_lengths_of_a_word(space: Any) -> None:
    torch, table = space.torch, space.table
    unit = float(table[1:40].norm(dim=1).median())
    start = table[[7]]
    found = space.look(start + 3 * unit * torch.eye(8)[:1], start, table, space.words)
    assert found.tokens[0].moved == pytest.approx(3, abs=1e-3)


def test_a_vector_in_a_direction_that_no_word_has_is_far(space: Any) -> None:
    """Trap 15: what lies off the embeddings' own ground is said to."""
    torch = space.torch
    flat = torch.cat([torch.randn(42, 8), torch.zeros(42, 1)], dim=1)  # words differ in 8 of 9
    off = torch.zeros(2, 9)
    off[:, 8] = 10
    found = space.look(off, flat[[1, 2]], flat, space.words)
    assert found.far == 2
    assert "2 of 2 virtual tokens lie far from every word" in found.warning
    assert "Do not read the words" in found.warning


def test_the_map_keeps_distances_where_two_directions_are_all_there_is(space: Any) -> None:
    torch, table = space.torch, space.table
    ground = torch.linalg.qr(torch.randn(8, 2, generator=torch.Generator().manual_seed(5)))[0].T
    spots = torch.tensor([[0.0, 0], [3, 0], [0, 1], [5, 2]])
    found = space.look(spots[:2] @ ground, spots[2:] @ ground, table, space.words)
    assert found.shown == pytest.approx(1, abs=1e-4)
    places = [t.place for t in found.tokens] + [t.start_place for t in found.tokens]
    assert torch.cdist(torch.tensor(places), torch.tensor(places)) == pytest.approx(
        torch.cdist(spots, spots), abs=1e-3
    )


def test_the_map_says_how_much_it_hides(space: Any) -> None:
    torch, table = space.torch, space.table
    points = torch.randn(20, 8, generator=torch.Generator().manual_seed(3))
    found = space.look(points, table[1:21], table, space.words)
    every = torch.cat([points, table[1:21]])
    shares = torch.linalg.svdvals(every - every.mean(0)).square()
    assert found.shown == pytest.approx(float(shares[:2].sum() / shares.sum()), abs=1e-3)
    assert found.shown < 0.6
