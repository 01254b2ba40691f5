// Function: main_kernel
#include <metal_stdlib>
#include <metal_simdgroup>
#define TILELANG_PRAGMA_UNROLL _Pragma("clang loop unroll(full)")
using namespace metal;

union __TVMArgUnion {
 int v_int[2];
};

[[kernel, max_total_threads_per_threadgroup(128)]] void main_kernel(  const device uint4* __restrict A [[ buffer(0) ]],
  device float4* __restrict B [[ buffer(1) ]],
  uint3 blockIdx [[threadgroup_position_in_grid]],
  uint3 __gridDim [[threadgroups_per_grid]],
  uint3 threadIdx [[thread_position_in_threadgroup]],
  uint __simd_group_id [[simdgroup_index_in_threadgroup]]
) {
  thread float4 wide[2];
  thread half A_local_cast[8];
  *(thread uint4*)(A_local_cast + 0) = A[(((((int)blockIdx.x) * 1024) + (((int)threadIdx.x) * 8)) / 8)];
  for (int i = 0; i < 2; ++i) {
    wide[((i * 4) / 4)] = ((float4)*(thread half4*)(A_local_cast + (i * 4)));
  }
  for (int i_1 = 0; i_1 < 2; ++i_1) {
    float broadcast_var = 2.000000e+00f;
    B[((((((int)blockIdx.x) * 1024) + (((int)threadIdx.x) * 8)) + (i_1 * 4)) / 4)] = (wide[((i_1 * 4) / 4)] * float4(broadcast_var, broadcast_var, broadcast_var, broadcast_var));
  }
}
