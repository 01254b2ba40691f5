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
  const device float* __restrict W [[ buffer(2) ]],
  uint3 blockIdx [[threadgroup_position_in_grid]],
  uint3 __gridDim [[threadgroups_per_grid]],
  uint3 threadIdx [[thread_position_in_threadgroup]],
  uint __simd_group_id [[simdgroup_index_in_threadgroup]]
) {
  B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] = 0.000000e+00f;
  B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] = (B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] + (W[0] * A[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))]));
  B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] = (B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] + (W[1] * A[((((((int)blockIdx.x) * 128) + ((int)threadIdx.x)) + 1) & 1023)]));
  B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] = (B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] + (W[2] * A[((((((int)blockIdx.x) * 128) + ((int)threadIdx.x)) + 2) & 1023)]));
}
