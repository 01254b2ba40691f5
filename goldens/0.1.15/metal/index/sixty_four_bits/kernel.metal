// Function: main_kernel
#include <metal_stdlib>
#include <metal_simdgroup>
#define TILELANG_PRAGMA_UNROLL _Pragma("clang loop unroll(full)")
using namespace metal;

union __TVMArgUnion {
 int v_int[2];
};

[[kernel, max_total_threads_per_threadgroup(128)]] void main_kernel(  const device float2* __restrict A [[ buffer(0) ]],
  device float2* __restrict B [[ buffer(1) ]],
  uint3 blockIdx [[threadgroup_position_in_grid]],
  uint3 __gridDim [[threadgroups_per_grid]],
  uint3 threadIdx [[thread_position_in_threadgroup]],
  uint __simd_group_id [[simdgroup_index_in_threadgroup]]
) {
  float broadcast_var = 1.000000e+00f;
  B[(((((long)blockIdx.x) * (long)256) + (((long)threadIdx.x) * (long)2)) / (long)2)] = (A[(((((long)blockIdx.x) * (long)256) + (((long)threadIdx.x) * (long)2)) / (long)2)] + float2(broadcast_var, broadcast_var));
}
