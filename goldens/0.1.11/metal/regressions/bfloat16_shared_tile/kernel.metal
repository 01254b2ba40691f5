// Function: main_kernel
#include <metal_stdlib>
using namespace metal;

union __TVMArgUnion {
 int v_int[2];
};

kernel void main_kernel(  device bfloat* A [[ buffer(0) ]],
  device bfloat* B [[ buffer(1) ]],
  uint3 blockIdx [[threadgroup_position_in_grid]],
  uint3 threadIdx [[thread_position_in_threadgroup]]
) {
  threadgroup bfloat tile[1024];
  *(threadgroup bfloat*)(tile + (((int)threadIdx.x) * 8)) = A[((((int)threadIdx.x) * 8) / 8)];
  threadgroup_barrier(mem_flags::mem_threadgroup);
  for (int i = 0; i < 8; ++i) {
    B[((i * 128) + ((int)threadIdx.x))] = tile[((1023 - ((int)threadIdx.x)) - (i * 128))];
  }
}
