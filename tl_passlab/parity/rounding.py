"""Unit roundoffs and error constants, and where they come from.

- Unit roundoff u of a format with p significant bits, round to nearest: 2**-p (Higham, Accuracy and Stability of
  Numerical Algorithms, 2nd ed., 2.1). FP8: OCP 8-bit Floating Point Specification (OFP8) 1.0, table 1.
- A sum of n terms in any order: |error| <= gamma(n) * sum |x|, gamma(n) ~ n u (Higham, 3.1 and 4.2). For rounding
  errors that behave as mean-independent random variables, n becomes lambda * sqrt(n), with a failure probability of
  2 n exp(-lambda**2 / 2) (Higham and Mary, A New Approach to Probabilistic Rounding Error Analysis, SIAM J. Sci.
  Comput. 41(5), 2019, theorem 2.4): lambda = 8 makes it below 1e-10 for n up to 4096.
- Tensor cores truncate when they align and add, instead of rounding to nearest (Fasi, Higham, Mikaitis and Pranesh,
  Numerical behavior of NVIDIA tensor cores, PeerJ Computer Science 7:e330, 2021): one unit in the last place, 2u.
- Hopper's tensor cores keep 13 bits behind the point when they add products of eight-bit floats, whatever the type of
  the accumulator: products and accumulator are aligned to the largest of them and cut off there (DeepSeek-V3 Technical
  Report, arXiv:2412.19437, 3.3.2 and 3.5.2). One instruction adds 32 products to the accumulator (PTX ISA, wgmma, k32).
- float32 operands of a matrix product go through TF32, 10 stored bits (NVIDIA, CUDA C++ Programming Guide, warp matrix
  functions: alternate floating point); bits dropped by truncation: 2**-10.
- exp and exp2 in float32: at most 2 ulp for the functions, 2 + floor(|1.173 x|) ulp for the fast intrinsics
  (CUDA C++ Programming Guide, mathematical functions, tables of maximum ulp errors).
"""

from __future__ import annotations

import math

UNIT = {
    "float64": 2.0**-53,
    "float32": 2.0**-24,
    "float16": 2.0**-11,
    "bfloat16": 2.0**-8,
    "float8_e4m3fn": 2.0**-4,
    "float8_e5m2": 2.0**-3,
}
SMALLEST = {
    "float64": 2.0**-1074,
    "float32": 2.0**-149,
    "float16": 2.0**-24,
    "bfloat16": 2.0**-133,
    "float8_e4m3fn": 2.0**-9,
    "float8_e5m2": 2.0**-16,
}
LARGEST = {"float64": 1.7976931348623157e308, "float32": 3.4028234663852886e38, "float16": 65504.0,
           "bfloat16": 3.3895313892515355e38, "float8_e4m3fn": 448.0, "float8_e5m2": 57344.0}  # fmt: skip
SIGNIFICANT_BITS = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8, "float8_e4m3fn": 4, "float8_e5m2": 3}

# What kernels compute in between their inputs and outputs: float32, each operation good to one ulp (2u).
COMPUTE = 2 * UNIT["float32"]
TF32_TRUNCATED = 2.0**-10
FP8_ALIGNED = 2.0**-13
FP8_STEP = 32
LAMBDA = 8.0
# exp2.approx flushes subnormal results to zero.
EXP_UNDERFLOW = 2.0**-126


def gamma(n: int) -> float:
    """The relative error of a float32 sum of n terms, against the sum of their absolute values."""
    return min(n, LAMBDA * math.sqrt(n)) * COMPUTE


def operand_unit(dtypes: set[str]) -> float:
    """What a computed operand of a matrix product is rounded to: the 16-bit type of the inputs, else TF32."""
    narrow = [UNIT[d] for d in dtypes if d in ("float16", "bfloat16")]
    return max(narrow, default=TF32_TRUNCATED)
