// Function: main_kernel
#include <metal_stdlib>
#include <metal_simdgroup>
#define TILELANG_PRAGMA_UNROLL _Pragma("clang loop unroll(full)")
using namespace metal;

union __TVMArgUnion {
 int v_int[2];
};

[[kernel, max_total_threads_per_threadgroup(128)]] void main_kernel(  const device float* __restrict A [[ buffer(0) ]],
  device float* __restrict B [[ buffer(1) ]],
  uint3 blockIdx [[threadgroup_position_in_grid]],
  uint3 __gridDim [[threadgroups_per_grid]],
  uint3 threadIdx [[thread_position_in_threadgroup]],
  uint __simd_group_id [[simdgroup_index_in_threadgroup]]
) {
  threadgroup float tile[1059];
  #pragma clang loop unroll(disable)
  for (int i = 0; i < 8; ++i) {
    tile[(((((i >> 2) * 528) + ((((int)threadIdx.x) >> 3) * 33)) + ((((int)threadIdx.x) & 7) * 4)) + (i & 3))] = A[((((((((int)blockIdx.y) * 3072) + ((i >> 2) * 1536)) + ((((int)threadIdx.x) >> 3) * 96)) + (((int)blockIdx.x) * 32)) + ((((int)threadIdx.x) & 7) * 4)) + (i & 3))];
  }
  threadgroup_barrier(mem_flags::mem_threadgroup);
  #pragma clang loop unroll(disable)
  for (int i_1 = 0; i_1 < 8; ++i_1) {
    B[(((((((int)blockIdx.x) * 2048) + (i_1 * 256)) + (((int)__simd_group_id) * 64)) + (((int)blockIdx.y) * 32)) + (((int)threadIdx.x) & 31))] = tile[((((((int)threadIdx.x) & 31) * 33) + (i_1 * 4)) + ((int)__simd_group_id))];
  }
}
