"""The prover proves what is true for all values and nothing else."""

from __future__ import annotations

import random

import pytest

from tl_passlab.diff import diff_text
from tl_passlab.diff.evaluate import constant_value

TIR = """\
@T.prim_func
def f(A: T.Buffer((4096,), "float32"), n: T.int32):
    tx = T.launch_thread("threadIdx.x", 128)
    for i in range(8):
        for v in T.vectorized(4):
            for i_1, j in T.grid(3, 5):
                A[{}] = T.float32(0.0)
"""
EQUAL = (
    ("i * 4 + v", "v + 4 * i"),
    ("(i * 4 + v) // 4", "i"),
    ("(i * 4 + v) % 4", "v"),
    ("tx // 32 * 32 + tx % 32", "tx"),
    ("tx % 128", "tx"),
    ("T.shift_right(tx, 2)", "tx // 4"),
    ("T.bitwise_and(tx, 31)", "tx % 32"),
    ("T.Div(tx, 4)", "tx // 4"),
    ("(i + n) - n", "i"),
    ("n * 2 + n * 3", "n * 5"),
    ("T.min(i, 7)", "i"),
    ("T.max(i, 0) + i_1 * 5 + j", "j + i_1 * 5 + i"),
    ("i * (v + 1)", "i * v + i"),
    ("i_1 * 5 + j", "(i_1 * 5 + j) % 15"),
)
DIFFERENT = (
    ("i", "v"),
    ("i % 8", "i % 7"),
    ("tx % 128", "tx % 127"),
    ("n % 8", "n"),
    ("(n * 4 + i) // 4", "n"),
    ("T.Div(i - 4, 4)", "(i - 4) // 4"),
    ("T.truncmod(i - 4, 3)", "(i - 4) % 3"),
    ("i // v", "i"),
    ("T.bitwise_xor(i, 1)", "i + 1"),
    ('T.Cast("int64", i)', "i"),
    ("T.int64(4)", "4"),
    ("i + 1.0", "1.0 + i"),
    ("tx * 2 // 2 + n // 2 * 2", "tx + n"),
    ("f(i + v)", "f(i + v + 1)"),
)


@pytest.mark.parametrize(("before", "after"), EQUAL)
def test_an_index_that_is_equal_for_all_values_is_proven(before: str, after: str) -> None:
    assert set(diff_text(TIR.format(before), TIR.format(after)).counts) == {"equal expression"}


@pytest.mark.parametrize(("before", "after"), DIFFERENT)
def test_an_index_that_differs_for_some_value_or_is_not_known_is_not_proven(before: str, after: str) -> None:
    assert not diff_text(TIR.format(before), TIR.format(after)).equal


def test_a_changed_loop_widens_what_has_to_hold() -> None:
    before = TIR.format("i % 8")
    after = TIR.format("i").replace("range(8)", "range(9)")
    kinds = set(diff_text(before, after).counts)
    assert "equal expression" not in kinds and "loop structure" in kinds


def test_float_arithmetic_is_never_called_equal() -> None:
    before = "for i in range(4):\n    A[i] = A[i] + B[i] + C[i]\n"
    assert not diff_text(before, before.replace("A[i] + B[i] + C[i]", "C[i] + B[i] + A[i]"), "tir").equal
    scalars = "x = T.float32()\ny = T.float32()\nA[0] = x + y\n"
    assert not diff_text(scalars, scalars.replace("x + y", "y + x"), "tir").equal


def test_a_c_loop_whose_variable_is_assigned_has_no_range() -> None:
    code = "void f(float* A) {{\n  for (int i = 0; i < 4; ++i) {{\n    {body}A[{index}] = 0;\n  }}\n}}\n"
    plain = [code.format(body="", index=index) for index in ("i % 4", "i")]
    assert diff_text(plain[0], plain[1], "c").equal
    stepped = [code.format(body="i += 8;\n    ", index=index) for index in ("i % 4", "i")]
    assert not diff_text(stepped[0], stepped[1], "c").equal


def test_c_division_truncates() -> None:
    code = "void f(float* A) {{\n  for (int i = 0; i < 8; ++i) {{\n    A[{index}] = 0;\n  }}\n}}\n"
    assert diff_text(code.format(index="i / 4"), code.format(index="(i >> 2)"), "cuda").equal
    assert not diff_text(code.format(index="(i - 4) / 4"), code.format(index="((i - 4) >> 2)"), "cuda").equal


OPERATORS = ("+", "-", "*", "//", "%")


def _random_expression(chance: random.Random, depth: int) -> str:
    if depth == 0:
        return chance.choice(["i", "v", "tx", str(chance.randrange(1, 9))])
    operator = chance.choice(OPERATORS)
    right = str(chance.choice([1, 2, 3, 4, 8])) if operator in ("//", "%") else _random_expression(chance, depth - 1)
    return f"({_random_expression(chance, depth - 1)} {operator} {right})"


def _value(text: str, point: dict[str, int]) -> int:
    """The expression's value, worked out here and not by the code under test."""
    import ast

    def walk(node: ast.expr) -> int:
        if isinstance(node, ast.Constant):
            assert isinstance(node.value, int)
            return node.value
        if isinstance(node, ast.Name):
            return point[node.id]
        assert isinstance(node, ast.BinOp)
        left, right = walk(node.left), walk(node.right)
        table = {ast.Add: left + right, ast.Sub: left - right, ast.Mult: left * right}
        if type(node.op) in table:
            return table[type(node.op)]
        return left // right if isinstance(node.op, ast.FloorDiv) else left % right

    return walk(ast.parse(text, mode="eval").body)


def test_random_expressions_are_proven_equal_only_when_they_are() -> None:
    chance = random.Random(5)
    proven = 0
    for _ in range(300):
        before, after = _random_expression(chance, 2), _random_expression(chance, chance.randrange(3))
        if chance.random() < 0.3:
            after = f"({before} + i) - i"
        diff = diff_text(TIR.format(before), TIR.format(after))
        same = all(
            _value(before, p) == _value(after, p)
            for p in ({"i": i, "v": v, "tx": tx} for i in range(8) for v in range(4) for tx in range(0, 128, 5))
        )
        if diff.equal:
            proven += 1
            assert same, (before, after)
    assert proven > 50


def test_without_proofs_what_corresponds_is_the_same_and_nothing_is_called_equal() -> None:
    texts = TIR.format("(i * 4 + v) // 4"), TIR.format("i")
    proven, bare = diff_text(texts[0], texts[1]), diff_text(texts[0], texts[1], prove=False)
    assert proven.matches == bare.matches
    assert proven.equal and set(bare.counts) == {"memory access"}
    assert diff_text(texts[0], texts[0].replace("tx", "t"), prove=False).equal


def test_an_answer_for_one_text_serves_the_next_whatever_its_names() -> None:
    constant_value.cache_clear()
    for name in ("i", "row"):
        texts = [TIR.format(index).replace("for i in", f"for {name} in") for index in (f"({name} * 4 + v) // 4", name)]
        assert diff_text(texts[0], texts[1]).equal
    assert (constant_value.cache_info().misses, constant_value.cache_info().hits) == (1, 1)


def test_what_is_proven_does_not_depend_on_the_order_of_asking() -> None:
    """The budget counts values, known answers included."""
    lines = "".join(f"            A[(i * 4 + v) // 4 + {k}] = T.float32(0.0)\n" for k in range(40))
    before = TIR.format("0") + lines
    once = diff_text(before, before.replace("(i * 4 + v) // 4", "i")).counts
    assert once == diff_text(before, before.replace("(i * 4 + v) // 4", "i")).counts == {"equal expression": 40}
