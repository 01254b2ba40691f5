// Function: main_kernel
#include <metal_stdlib>
using namespace metal;

union __TVMArgUnion {
 int v_int[2];
};

struct main_kernel_args_t {
  int n[2];
};

kernel void main_kernel(  device float* A [[ buffer(0) ]],
  device float* B [[ buffer(1) ]],
  constant main_kernel_args_t& arg [[ buffer(2) ]],
  uint3 blockIdx [[threadgroup_position_in_grid]],
  uint3 threadIdx [[thread_position_in_threadgroup]]
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
