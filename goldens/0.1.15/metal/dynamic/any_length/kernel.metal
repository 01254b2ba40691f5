// Function: main_kernel
#include <metal_stdlib>
#include <metal_simdgroup>
#define TILELANG_PRAGMA_UNROLL _Pragma("clang loop unroll(full)")
using namespace metal;

union __TVMArgUnion {
 int v_int[2];
};

struct main_kernel_args_t {
  int n[2];
};

[[kernel, max_total_threads_per_threadgroup(128)]] void main_kernel(  const device float* __restrict A [[ buffer(0) ]],
  device float* __restrict B [[ buffer(1) ]],
  constant main_kernel_args_t& arg [[ buffer(2) ]],
  uint3 blockIdx [[threadgroup_position_in_grid]],
  uint3 __gridDim [[threadgroups_per_grid]],
  uint3 threadIdx [[thread_position_in_threadgroup]],
  uint __simd_group_id [[simdgroup_index_in_threadgroup]]
) {
  for (int i_s = 0; i_s < 4; ++i_s) {
    if ((((((int)blockIdx.x) * 512) + (((int)threadIdx.x) * 4)) + i_s) < arg.n[0]) {
      B[(((((long)((int)blockIdx.x)) * (long)512) + (((long)((int)threadIdx.x)) * (long)4)) + ((long)i_s))] = (A[(((((long)((int)blockIdx.x)) * (long)512) + (((long)((int)threadIdx.x)) * (long)4)) + ((long)i_s))] + 1.000000e+00f);
    }
  }
}
