// Function: main_kernel
#include <metal_stdlib>
#include <metal_simdgroup>
#define TILELANG_PRAGMA_UNROLL _Pragma("clang loop unroll(full)")
using namespace metal;

union __TVMArgUnion {
 int v_int[2];
};

[[kernel, max_total_threads_per_threadgroup(128)]] void main_kernel(  const device float4* __restrict A [[ buffer(0) ]],
  const device float4* __restrict B [[ buffer(1) ]],
  device float4* __restrict C [[ buffer(2) ]],
  uint3 blockIdx [[threadgroup_position_in_grid]],
  uint3 __gridDim [[threadgroups_per_grid]],
  uint3 threadIdx [[thread_position_in_threadgroup]],
  uint __simd_group_id [[simdgroup_index_in_threadgroup]]
) {
  C[((((int)threadIdx.x) * 4) / 4)] = (A[((((int)threadIdx.x) * 4) / 4)] + B[((((int)threadIdx.x) * 4) / 4)]);
}
