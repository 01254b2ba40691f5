// Function: main_kernel
#include <metal_stdlib>
using namespace metal;

union __TVMArgUnion {
 int v_int[2];
};

kernel void main_kernel(  device float4* A [[ buffer(0) ]],
  device float4* B [[ buffer(1) ]],
  device float4* S [[ buffer(2) ]],
  uint3 blockIdx [[threadgroup_position_in_grid]],
  uint3 threadIdx [[thread_position_in_threadgroup]]
) {
  float broadcast_var = 1.000000e+00f;
  S[(((((int)blockIdx.x) * 512) + (((int)threadIdx.x) * 4)) / 4)] = (A[(((((int)blockIdx.x) * 512) + (((int)threadIdx.x) * 4)) / 4)] + float4(broadcast_var, broadcast_var, broadcast_var, broadcast_var));
  float broadcast_var_1 = 2.000000e+00f;
  B[(((((int)blockIdx.x) * 512) + (((int)threadIdx.x) * 4)) / 4)] = (S[(((((int)blockIdx.x) * 512) + (((int)threadIdx.x) * 4)) / 4)] * float4(broadcast_var_1, broadcast_var_1, broadcast_var_1, broadcast_var_1));
}
