// Function: main_kernel
#include <metal_stdlib>
using namespace metal;

union __TVMArgUnion {
 int v_int[2];
};

kernel void main_kernel(  device float2* A [[ buffer(0) ]],
  device float2* B [[ buffer(1) ]],
  uint3 blockIdx [[threadgroup_position_in_grid]],
  uint3 threadIdx [[thread_position_in_threadgroup]]
) {
  thread float factor[1];
  factor[0] = (A[0])[0];
  B[((((int)threadIdx.x) * 2) / 2)] = (A[((((int)threadIdx.x) * 2) / 2)] * float2(factor[0], factor[0]));
}
