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
  float broadcast_var = 1.000000e+00f;
  B[(((((long)blockIdx.x) * (long)256) + (((long)threadIdx.x) * (long)2)) / (long)2)] = (A[(((((long)blockIdx.x) * (long)256) + (((long)threadIdx.x) * (long)2)) / (long)2)] + float2(broadcast_var, broadcast_var));
}
