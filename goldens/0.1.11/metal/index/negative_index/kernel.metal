// Function: main_kernel
#include <metal_stdlib>
using namespace metal;

union __TVMArgUnion {
 int v_int[2];
};

kernel void main_kernel(  device float* A [[ buffer(0) ]],
  device float* B [[ buffer(1) ]],
  uint3 blockIdx [[threadgroup_position_in_grid]],
  uint3 threadIdx [[thread_position_in_threadgroup]]
) {
  for (int i = 0; i < 2; ++i) {
    B[((i * 128) + ((int)threadIdx.x))] = A[((255 - ((int)threadIdx.x)) - (i * 128))];
  }
}
