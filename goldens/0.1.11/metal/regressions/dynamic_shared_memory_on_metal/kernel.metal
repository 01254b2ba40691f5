// Function: main_kernel
#include <metal_stdlib>
using namespace metal;

union __TVMArgUnion {
 int v_int[2];
};

kernel void main_kernel(  device float4* A [[ buffer(0) ]],
  device float* B [[ buffer(1) ]],
  uint3 blockIdx [[threadgroup_position_in_grid]],
  uint3 threadIdx [[thread_position_in_threadgroup]]
) {
  threadgroup float tile[4096];
  for (int i = 0; i < 8; ++i) {
    *(threadgroup float4*)(tile + ((i * 512) + (((int)threadIdx.x) * 4))) = A[(((i * 512) + (((int)threadIdx.x) * 4)) / 4)];
  }
  for (int i_1 = 0; i_1 < 32; ++i_1) {
    B[((i_1 * 128) + ((int)threadIdx.x))] = tile[((((((int)threadIdx.x) & 63) * 64) + (i_1 * 2)) + (((int)threadIdx.x) >> 6))];
  }
}
