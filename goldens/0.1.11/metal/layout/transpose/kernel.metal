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
  threadgroup float tile[1055];
  for (int i = 0; i < 8; ++i) {
    tile[(((((i >> 2) * 528) + ((((int)threadIdx.x) >> 3) * 33)) + ((((int)threadIdx.x) & 7) * 4)) + (i & 3))] = A[((((((((int)blockIdx.y) * 3072) + ((i >> 2) * 1536)) + ((((int)threadIdx.x) >> 3) * 96)) + (((int)blockIdx.x) * 32)) + ((((int)threadIdx.x) & 7) * 4)) + (i & 3))];
  }
  threadgroup_barrier(mem_flags::mem_threadgroup);
  for (int i_1 = 0; i_1 < 8; ++i_1) {
    B[(((((((int)blockIdx.x) * 2048) + (i_1 * 256)) + ((((int)threadIdx.x) >> 5) * 64)) + (((int)blockIdx.y) * 32)) + (((int)threadIdx.x) & 31))] = tile[((((((int)threadIdx.x) & 31) * 33) + (i_1 * 4)) + (((int)threadIdx.x) >> 5))];
  }
}
