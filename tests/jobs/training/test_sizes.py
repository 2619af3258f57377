"""Few sizes of products, whatever number of rows there is."""

from jobs.training.sizes import like_others


def test_products_of_few_sizes_serve_any_number_of_rows() -> None:
    """oneDNN compiles one for each number of rows, and keeps it: 4 MB a step that all differ in."""
    sizes = {count: like_others(count) for count in range(1, 1025)}
    assert all(count <= size <= max(count + 15, count * 1.125) for count, size in sizes.items())
    assert len({size for count, size in sizes.items() if count > 128}) <= 8 * 3
    assert len(set(sizes.values())) <= 32
