// Function: main_kernel
#include <metal_stdlib>
#include <metal_simdgroup>
#define TILELANG_PRAGMA_UNROLL _Pragma("clang loop unroll(full)")
using namespace metal;

union __TVMArgUnion {
 int v_int[2];
};

[[kernel, max_total_threads_per_threadgroup(128)]] void main_kernel(  const device float4* __restrict A [[ buffer(0) ]],
  device float* __restrict B [[ buffer(1) ]],
  uint3 blockIdx [[threadgroup_position_in_grid]],
  uint3 __gridDim [[threadgroups_per_grid]],
  uint3 threadIdx [[thread_position_in_threadgroup]],
  uint __simd_group_id [[simdgroup_index_in_threadgroup]]
) {
  threadgroup float tile[4096];
  #pragma clang loop unroll(disable)
  for (int i = 0; i < 8; ++i) {
    *(threadgroup float4*)(tile + ((i * 512) + (((int)threadIdx.x) * 4))) = A[(((i * 512) + (((int)threadIdx.x) * 4)) / 4)];
  }
  threadgroup_barrier(mem_flags::mem_threadgroup);
  #pragma clang loop unroll(disable)
  for (int i_1 = 0; i_1 < 32; ++i_1) {
    B[((i_1 * 128) + ((int)threadIdx.x))] = tile[((((((int)threadIdx.x) & 63) * 64) + (i_1 * 2)) + (((int)__simd_group_id) >> 1))];
  }
}
