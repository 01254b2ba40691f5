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
  threadgroup float As[1024];
  #pragma clang loop unroll(disable)
  for (int i = 0; i < 8; ++i) {
    float condval;
    if (((((((int)blockIdx.y) * 8) + i) < 25) && (((((int)blockIdx.x) * 32) + (((int)threadIdx.x) & 31)) < 77))) {
      condval = A[(((((((int)blockIdx.y) * 2464) + (i * 308)) + (((int)__simd_group_id) * 77)) + (((int)blockIdx.x) * 32)) + (((int)threadIdx.x) & 31))];
    } else {
      condval = 0.000000e+00f;
    }
    As[((i * 128) + ((int)threadIdx.x))] = condval;
  }
  threadgroup_barrier(mem_flags::mem_threadgroup);
  if (((((int)blockIdx.x) * 32) + (((int)threadIdx.x) & 31)) < 77) {
    #pragma clang loop unroll(disable)
    for (int i_1 = 0; i_1 < 8; ++i_1) {
      if (5.000000e-01f < As[((i_1 * 128) + ((int)threadIdx.x))]) {
        if (((((int)blockIdx.y) * 8) + i_1) < 25) {
          B[(((((((int)blockIdx.y) * 2464) + (i_1 * 308)) + (((int)__simd_group_id) * 77)) + (((int)blockIdx.x) * 32)) + (((int)threadIdx.x) & 31))] = (As[((((i_1 * 128) + (((int)__simd_group_id) * 32)) + 31) - (((int)threadIdx.x) & 31))] * 2.000000e+00f);
        }
      }
    }
  }
}


