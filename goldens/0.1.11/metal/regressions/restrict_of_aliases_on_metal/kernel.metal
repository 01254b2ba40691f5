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
  C[((((int)threadIdx.x) * 4) / 4)] = (A[((((int)threadIdx.x) * 4) / 4)] + B[((((int)threadIdx.x) * 4) / 4)]);
}
