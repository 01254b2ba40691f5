// Function: main_kernel
#include <metal_stdlib>
using namespace metal;

union __TVMArgUnion {
 int v_int[2];
};

kernel void main_kernel(  device float* A [[ buffer(0) ]],
  device float* B [[ buffer(1) ]],
  device float* C [[ buffer(2) ]],
  uint3 blockIdx [[threadgroup_position_in_grid]],
  uint3 threadIdx [[thread_position_in_threadgroup]]
) {
  if (((int)threadIdx.x) < 64) {
    B[((int)threadIdx.x)] = A[((int)threadIdx.x)];
    C[((int)threadIdx.x)] = (A[((int)threadIdx.x)] + A[((int)threadIdx.x)]);
  }
}
