"""A small picture of where an output is wrong: what a missing tail, a wrong tile or a stray row look like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

HEIGHT, WIDTH = 16, 64
# By the share of wrong elements in the cell; `!` marks a cell with NaN or an infinity.
SHADES = ".-+*#"


def draw(wrong: Any, strange: Any, tile: Sequence[int] = ()) -> str:
    """The last two dimensions (others folded into the rows), one character for each cell."""
    import torch

    grid = _as_grid(wrong).float()
    odd = _as_grid(strange).float()
    rows, columns = min(HEIGHT, grid.shape[0]), min(WIDTH, grid.shape[1])
    share = torch.nn.functional.adaptive_avg_pool2d(grid[None, None], (rows, columns))[0, 0]
    spoiled = torch.nn.functional.adaptive_max_pool2d(odd[None, None], (rows, columns))[0, 0]
    lines = [
        "".join(_shade(float(s), bool(n)) for s, n in zip(row, marks, strict=True))
        for row, marks in zip(share, spoiled, strict=True)
    ]
    scale = f"{grid.shape[0]} x {grid.shape[1]} elements, one character for {_per(grid.shape[0], rows)} x "
    return "\n".join([scale + _per(grid.shape[1], columns), *lines])


def _as_grid(tensor: Any) -> Any:
    if tensor.dim() == 0:
        return tensor.view(1, 1)
    if tensor.dim() == 1:
        return tensor.view(1, -1)
    return tensor.reshape(-1, tensor.shape[-1])


def _shade(share: float, spoiled: bool) -> str:
    if spoiled:
        return "!"
    return SHADES[0] if share == 0 else SHADES[min(1 + int(share * (len(SHADES) - 1)), len(SHADES) - 1)]


def _per(extent: int, cells: int) -> str:
    return f"{extent / cells:.3g}"
