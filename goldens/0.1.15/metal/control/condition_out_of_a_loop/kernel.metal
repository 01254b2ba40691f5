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
  if (512 < arg.n[0]) {
    for (int k = 0; k < 4; ++k) {
      B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] = (B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] + A[((((((int)blockIdx.x) * 128) + ((int)threadIdx.x)) + k) & 255)]);
    }
  } else {
    for (int k_1 = 0; k_1 < 4; ++k_1) {
      float condval;
      if ((((((((int)blockIdx.x) * 128) + ((int)threadIdx.x)) + k_1) & 255) < arg.n[0])) {
        condval = A[((((((int)blockIdx.x) * 128) + ((int)threadIdx.x)) + k_1) & 255)];
      } else {
        condval = 0.000000e+00f;
      }
      B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] = (B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] - condval);
    }
  }
}
