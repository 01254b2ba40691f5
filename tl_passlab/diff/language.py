"""Which language a text is in: by its content, helped by the file extension. Nothing is parsed here."""

from __future__ import annotations

import re

LANGUAGES = ("tir", "cuda", "metal", "hip", "c", "ptx", "text")
BRACES = frozenset({"cuda", "metal", "hip", "c"})

_EXTENSIONS = {
    ".tir": "tir",
    ".py": "tir",
    ".cu": "cuda",
    ".cuh": "cuda",
    ".metal": "metal",
    ".msl": "metal",
    ".hip": "hip",
    ".c": "c",
    ".cc": "c",
    ".cpp": "c",
    ".h": "c",
    ".ptx": "ptx",
}

# Marks that no other language has; the first one found decides.
_MARKS = (
    ("tir", re.compile(r"^# from tvm\.script|^\s*@(?:T|I|tirx?|ir)\.(?:prim_func|ir_module)|^from tvm\.script", re.M)),
    ("ptx", re.compile(r"^\s*\.(?:version\s+\d|target\s+sm_|visible\s+\.entry|entry\b|address_size)", re.M)),
    ("metal", re.compile(r"metal_stdlib|using namespace metal|\[\[\s*kernel\b|threadgroup_barrier|\[\[buffer\(")),
    ("hip", re.compile(r"hip/hip_runtime|tl_templates/hip|__builtin_amdgcn")),
    ("cuda", re.compile(r"__global__|__device__|tl_templates/cuda|__syncthreads|cuda_runtime")),
)
# What a part of a text, without its head, may look like; the extension is the better hint.
_PARTS = (
    ("tir", re.compile(r"(?:^|[\s(=\[])T\.[A-Za-z_]\w*\s*\(")),
    ("c", re.compile(r"^\s*#\s*include\b|^\s*extern \"C\"|^[^#\n]*;\s*$", re.M)),
)
_PROBE = 200_000


def detect(text: str, extension: str = "") -> str:
    """The language of a text; content outranks the extension, which settles what content leaves open."""
    head = text[:_PROBE]
    for language, mark in _MARKS:
        if mark.search(head):
            return language
    if extension.lower() in _EXTENSIONS:
        return _EXTENSIONS[extension.lower()]
    return next((language for language, mark in _PARTS if mark.search(head)), "text")


def detect_pair(before: str, after: str, extension: str = "") -> str:
    """One language for both sides; a side that is empty or unknown takes the other's, a real conflict is `text`."""
    first, second = detect(before, extension), detect(after, extension)
    if first == second or not after.strip() or second == "text":
        return first
    if not before.strip() or first == "text":
        return second
    return "text"
