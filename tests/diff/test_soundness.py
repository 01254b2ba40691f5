"""Differences that look like nothing: each of these was, or could have been, taken for cosmetic."""

# ruff: noqa: E501  (a pair is two short programs on one line)
from __future__ import annotations

import pytest

from tl_passlab.diff import diff_text

HEAD = """\
@T.prim_func
def f(a: T.handle, b: T.handle):
    A = T.match_buffer(a, (64,), "float32")
    B = T.match_buffer(b, (64,), "float32")
    s = T.alloc_buffer((64,), scope="shared")
    t = T.alloc_buffer((64,), scope="shared")
    tx = T.launch_thread("threadIdx.x", 64)
"""

# (what, before, after); the bodies follow HEAD.
TIR = (
    ("moved into a branch", "if tx < 3:\n    s[tx] = A[tx]\nt[tx] = B[tx]\n", "if tx < 3:\n    s[tx] = A[tx]\n    t[tx] = B[tx]\n"),
    ("moved out of a loop", "for k in range(4):\n    s[k] = A[k]\n    t[tx] = B[tx]\n", "for k in range(4):\n    s[k] = A[k]\nt[tx] = B[tx]\n"),
    ("from one branch to the other", "if tx < 3:\n    s[tx] = A[tx]\nelse:\n    t[tx] = B[tx]\n", "if tx < 3:\n    t[tx] = B[tx]\nelse:\n    s[tx] = A[tx]\n"),
    ("else of another if", "if tx < 3:\n    if tx < 2:\n        s[0] = A[0]\n    else:\n        t[0] = B[0]\n", "if tx < 3:\n    if tx < 2:\n        s[0] = A[0]\nelse:\n    t[0] = B[0]\n"),
    ("dependent stores exchanged", "s[tx] = A[tx]\nt[tx] = s[tx]\n", "t[tx] = s[tx]\ns[tx] = A[tx]\n"),
    ("stores to one buffer exchanged", "s[0] = A[0]\ns[tx] = B[tx]\n", "s[tx] = B[tx]\ns[0] = A[0]\n"),
    ("stores to two parameters exchanged", "A[0] = s[0]\nB[0] = t[0]\n", "B[0] = t[0]\nA[0] = s[0]\n"),
    ("copy across a barrier", 's[tx] = A[tx]\nT.tvm_storage_sync("shared")\nt[tx] = B[tx]\n', 's[tx] = A[tx]\nt[tx] = B[tx]\nT.tvm_storage_sync("shared")\n'),
    ("atomics exchanged", "s[0] = T.atomic_add(A[0], 1)\nt[0] = T.atomic_add(B[0], 1)\n", "t[0] = T.atomic_add(B[0], 1)\ns[0] = T.atomic_add(A[0], 1)\n"),
    ("unknown calls exchanged", "T.frobnicate(s[0])\nT.frobnicate(t[0])\n", "T.frobnicate(t[0])\nT.frobnicate(s[0])\n"),
    ("aliases exchanged", "v = T.decl_buffer((64,), data=s.data)\nv[0] = A[0]\nt[0] = s[0]\n", "v = T.decl_buffer((64,), data=s.data)\nt[0] = s[0]\nv[0] = A[0]\n"),
    ("attribute covers more", 'T.attr(0, "x", 1)\ns[tx] = A[tx]\n', 's[tx] = A[tx]\nT.attr(0, "x", 1)\n'),
    ("both buffers exchanged in one of two uses", "s[tx] = A[tx]\nt[tx] = B[tx]\n", "t[tx] = A[tx]\nt[tx] = B[tx]\n"),
    ("float constant", "s[tx] = T.float32(0.1)\n", "s[tx] = T.float32(0.10000000149011612)\n"),
    ("float sum", "s[0] = A[0] + B[0] + A[1]\n", "s[0] = A[0] + (B[0] + A[1])\n"),
    ("chained comparison", "if 1 < tx < 3:\n    s[0] = A[0]\n", "if (1 < tx) < 3:\n    s[0] = A[0]\n"),
    ("cast appears", "s[tx] = A[T.Cast(\"int64\", tx)]\n", "s[tx] = A[tx]\n"),
    ("tuple of one", "T.f((tx,))\n", "T.f((tx))\n"),
    ("keyword to position", "T.f(x=tx)\n", "T.f(tx)\n"),
    ("string spacing", 'T.f("a b")\n', 'T.f("ab")\n'),
    ("tab in a string", 'T.f("a\tb")\n', 'T.f("a       b")\n'),
    ("hash in a string", 'T.f("a # b")\n', 'T.f("a # c")\n'),
    ("attribute key renamed with nothing", 'T.sblock_attr({"s": 512})\n', 'T.sblock_attr({"t": 512})\n'),
    ("root block renamed", 'with T.sblock("tilelang_root"):\n    s[0] = A[0]\n', 'with T.sblock("other"):\n    s[0] = A[0]\n'),
    ("call of another function by name", 'T.call_packed("f", 1)\n', 'T.call_packed("g", 1)\n'),
    ("loop carried rename", "x = 0\nwhile x < 3:\n    x = x + 1\n", "x = 0\nwhile x < 3:\n    y = x + 1\n"),
    ("rebound in a branch", "x = 0\nif tx < 3:\n    x = T.int32(1)\ns[0] = x\n", "x = 0\nif tx < 3:\n    z = T.int32(1)\ns[0] = x\n"),
    ("moved past one that moved too", "s[0] = A[0]\nt[0] = s[0]\ns[1] = B[0]\nt[1] = s[1]\n", "s[1] = B[0]\nt[1] = s[1]\nt[0] = s[0]\ns[0] = A[0]\n"),
)  # fmt: skip

C = (
    ("unsigned comparison", "if (threadIdx.x < 64) {\n  A[0] = 1;\n}\n", "if (threadIdx.x - 64 < 0) {\n  A[0] = 1;\n}\n"),
    ("unsigned division", "A[(threadIdx.x - 4) / 2] = 1;\n", "A[threadIdx.x / 2 - 2] = 1;\n"),
    ("macro moved across its use", "#define N 4\nA[N] = 1;\n", "A[N] = 1;\n#define N 4\n"),
    ("pragma of another loop", "#pragma unroll\nfor (int i = 0; i < 4; ++i) {\n  A[i] = 1;\n}\nfor (int j = 0; j < 4; ++j) {\n  A[j] = 2;\n}\n", "for (int i = 0; i < 4; ++i) {\n  A[i] = 1;\n}\n#pragma unroll\nfor (int j = 0; j < 4; ++j) {\n  A[j] = 2;\n}\n"),
    ("type of a local", "uint64_t m = 0;\nA[0] = m;\n", "uint32_t m = 0;\nA[0] = m;\n"),
    ("shared or not", "__shared__ float m[4];\nm[0] = 1;\n", "float m[4];\nm[0] = 1;\n"),
    ("member renamed", "b[0].wait(1);\n", "b[0].test(1);\n"),
    ("template argument", "tl::wait<0>();\n", "tl::wait<1>();\n"),
    ("block macro", "FOO(a * b) {\n  A[0] = b;\n}\n", "FOO(a * c) {\n  A[0] = c;\n}\n"),
    ("second variable of a declaration", "int a = 1, b = 2;\nA[a] = b;\n", "int b = 1, a = 2;\nA[a] = b;\n"),
    ("comment in a string", 'printf("// x");\n', 'printf("// y");\n'),
    ("pointer to either", "float* p = x ? A : B;\np[0] = 1;\nC[0] = B[0];\n", "float* p = x ? A : B;\nC[0] = B[0];\np[0] = 1;\n"),
    ("integer suffix", "A[0] = 1.0f;\n", "A[0] = 1.0;\n"),
    ("arrow", "p->x = 1;\n", "p.x = 1;\n"),
    ("constructor call", "dim3 g(a * b);\nA[0] = g;\n", "dim3 g(a * c);\nA[0] = g;\n"),
)  # fmt: skip

PTX = (
    (".entry k {\nadd.s32 %r1, %r2, %r3;\nst.global [%rd1], %r1;\n}\n", ".entry k {\nadd.s32 %r1, %r2, %r3;\nst.global [%rd1], %r2;\n}\n"),
    (".entry k {\nmov.u32 %r1, %tid.x;\n}\n", ".entry k {\nmov.u32 %r1, %ctaid.x;\n}\n"),
    (".entry k {\nbar.sync 0;\n}\n", ".entry k {\nbar.sync 1;\n}\n"),
    (".entry k {\nsub.s32 %r1, %r2, %r3;\n}\n", ".entry k {\nsub.s32 %r1, %r2, %f3;\n}\n"),
)  # fmt: skip


def _indented(body: str) -> str:
    return "".join(f"    {line}\n" for line in body.splitlines())


@pytest.mark.parametrize(("before", "after"), [t[1:] for t in TIR], ids=[t[0] for t in TIR])
def test_a_tir_difference_that_looks_like_nothing_is_found(before: str, after: str) -> None:
    for old, new in ((before, after), (after, before)):
        diff = diff_text(HEAD + _indented(old), HEAD + _indented(new))
        assert not diff.equal, diff.hunks


@pytest.mark.parametrize(("before", "after"), [t[1:] for t in C], ids=[t[0] for t in C])
def test_a_c_difference_that_looks_like_nothing_is_found(before: str, after: str) -> None:
    frame = 'extern "C" __global__ void __launch_bounds__(32) k(float* A, float* B, float* C, int a, int b, int c) {{\n{}}}\n'
    for old, new in ((before, after), (after, before)):
        diff = diff_text(frame.format(old), frame.format(new), "cuda")
        assert not diff.equal, diff.hunks


@pytest.mark.parametrize(("before", "after"), PTX)
def test_a_ptx_difference_that_looks_like_nothing_is_found(before: str, after: str) -> None:
    assert not diff_text(before, after, "ptx").equal


def test_ptx_registers_may_be_renumbered() -> None:
    before = (
        ".visible .entry k(\n)\n{\nmov.u32 %r1, %tid.x;\nadd.s32 %r2, %r1, %r1;\n$L__BB0_1:\n@%p1 bra $L__BB0_1;\n}\n"
    )
    after = before.replace("%r1", "%r9").replace("%r2", "%r1").replace("$L__BB0_1", "$L__BB0_7").replace("%p1", "%p3")
    assert diff_text(before, after, "ptx").equal
    assert not diff_text(before, after.replace("%r9, %r9", "%r9, %r1"), "ptx").equal


def test_a_macro_moved_across_a_function_is_a_difference() -> None:
    function = "void f(int* A) {\n  A[0] = N;\n}\n"
    other = function.replace("f(", "g(")
    before = f"#define N 1\n{function}#undef N\n#define N 2\n{other}"
    after = f"#define N 1\n#undef N\n#define N 2\n{function}{other}"
    assert not diff_text(before, after, "c").equal
    assert not diff_text(before, f"{other}#define N 1\n{function}#undef N\n#define N 2\n", "c").equal


def test_a_removed_function_is_a_difference_and_functions_in_another_order_are_not() -> None:
    one = "    @T.prim_func\n    def f(a: T.handle):\n        T.evaluate(1)\n\n"
    two = one.replace("def f", "def g").replace("evaluate(1)", "evaluate(2)")
    module = "@I.ir_module\nclass Module:\n"
    removed = diff_text(module + one + two, module + one)
    assert [h.reason for h in removed.hunks] == ["function g removed"] and not removed.equal
    swapped = diff_text(module + one + two, module + two + one)
    assert dict(swapped.counts) == {"reordered (independent)": 1}


def test_two_functions_that_exchange_their_bodies_are_different() -> None:
    one = "    @T.prim_func\n    def f(a: T.handle):\n        T.evaluate(1)\n\n"
    two = one.replace("def f", "def g").replace("evaluate(1)", "evaluate(2)")
    module = "@I.ir_module\nclass Module:\n"
    swapped = module + one.replace("evaluate(1)", "evaluate(2)") + two.replace("evaluate(2)", "evaluate(1)")
    assert not diff_text(module + one + two, swapped).equal


def test_hidden_layouts_are_said_to_be_hidden() -> None:
    body = '    T.sblock_attr({"layout_map": {s: metadata["tl.Layout"][0]}})\n'
    same = diff_text(HEAD + body, HEAD + body + "    T.evaluate(0)\n")
    assert any("metadata" in note for note in same.notes)
    other = diff_text(HEAD + body, HEAD + body.replace("[0]", "[1]"))
    assert set(other.counts) == {"layout"}


def test_a_variable_that_is_bound_twice_is_renamed_only_when_both_are() -> None:
    body = '    k = T.int32()\n    T.attr(k, "pragma_unroll_explicit", 0)\n    for k in T.unroll(4):\n        s[k] = A[k]\n    B[0] = k\n'
    loop_only = body.replace("for k", "for q").replace("s[k] = A[k]", "s[q] = A[q]")
    assert not diff_text(HEAD + body, HEAD + loop_only).equal
    both = HEAD + body.replace("k =", "q =").replace("(k,", "(q,").replace("for k", "for q").replace("[k]", "[q]")
    assert set(diff_text(HEAD + body, both.replace("= k\n", "= q\n")).counts) == {"renamed"}


# What these rules must not cost: differences that are nothing, and are known to be.
NOTHING = (
    ("independent copies exchanged", "s[tx] = A[tx]\nt[tx] = B[tx]\n", "t[tx] = B[tx]\ns[tx] = A[tx]\n", "reordered (independent)"),
    ("allocations exchanged", 'u = T.alloc_buffer((4,), scope="local")\nw = T.alloc_buffer((8,), scope="local")\n', 'w = T.alloc_buffer((8,), scope="local")\nu = T.alloc_buffer((4,), scope="local")\n', "reordered (independent)"),
    ("access regions in another order", "T.reads(A[0], B[0])\n", "T.reads(B[0], A[0])\n", "reordered (independent)"),
    ("loop variable", "for k in range(4):\n    s[k] = A[k]\n", "for q in range(4):\n    s[q] = A[q]\n", "renamed"),
    ("block name", 'with T.sblock("x"):\n    s[0] = A[0]\n', 'with T.sblock("y"):\n    s[0] = A[0]\n', "renamed"),
    ("loop around nothing that changed", "s[tx] = A[tx]\nt[tx] = s[tx]\n", "for k in range(4):\n    s[tx] = A[tx]\nt[tx] = s[tx]\n", "loop structure"),
)  # fmt: skip


@pytest.mark.parametrize(("before", "after", "kind"), [n[1:] for n in NOTHING], ids=[n[0] for n in NOTHING])
def test_one_difference_is_one_hunk_of_its_class(before: str, after: str, kind: str) -> None:
    diff = diff_text(HEAD + _indented(before), HEAD + _indented(after))
    assert dict(diff.counts) == {kind: 1}, diff.hunks


def test_a_renamed_buffer_may_be_renamed_in_attribute_keys_too_but_not_only_there() -> None:
    body = '    T.sblock_attr({"tl.smem_alignment_map": {"s": 512}})\n    s[tx] = A[tx]\n'
    both = (HEAD + body).replace("s[tx]", "sh[tx]").replace("    s = ", "    sh = ")
    assert not diff_text(HEAD + body, both).equal
    assert set(diff_text(HEAD + body, both.replace('{"s":', '{"sh":')).counts) == {"renamed"}
