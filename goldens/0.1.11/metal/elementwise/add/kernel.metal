// Function: main_kernel
#include <metal_stdlib>
using namespace metal;

union __TVMArgUnion {
 int v_int[2];
};

kernel void main_kernel(  device float4* A [[ buffer(0) ]],
  device float4* B [[ buffer(1) ]],
  device float4* C [[ buffer(2) ]],
  uint3 blockIdx [[threadgroup_position_in_grid]],
  uint3 threadIdx [[thread_position_in_threadgroup]]
) {
  if (((((int)blockIdx.x) * 8) + ((((int)threadIdx.x) & 15) >> 1)) < 9) {
    for (int i = 0; i < 4; ++i) {
      if ((((((int)blockIdx.y) * 8) + (i * 2)) + (((int)threadIdx.x) >> 6)) < 25) {
        C[((((((((int)blockIdx.y) * 2304) + (i * 576)) + ((((int)threadIdx.x) >> 4) * 72)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) & 15) * 4)) / 4)] = (A[((((((((int)blockIdx.y) * 2304) + (i * 576)) + ((((int)threadIdx.x) >> 4) * 72)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) & 15) * 4)) / 4)] + B[((((((((int)blockIdx.y) * 2304) + (i * 576)) + ((((int)threadIdx.x) >> 4) * 72)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) & 15) * 4)) / 4)]);
      }
    }
  }
}
