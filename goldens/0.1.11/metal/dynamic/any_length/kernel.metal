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
  for (int i_s = 0; i_s < 4; ++i_s) {
    if ((((((int)blockIdx.x) * 512) + (((int)threadIdx.x) * 4)) + i_s) < arg.n[0]) {
      B[(((((long)((int)blockIdx.x)) * (long)512) + (((long)((int)threadIdx.x)) * (long)4)) + ((long)i_s))] = (A[(((((long)((int)blockIdx.x)) * (long)512) + (((long)((int)threadIdx.x)) * (long)4)) + ((long)i_s))] + 1.000000e+00f);
    }
  }
}
