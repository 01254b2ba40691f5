// Function: main_kernel
#include <metal_stdlib>
using namespace metal;

union __TVMArgUnion {
 int v_int[2];
};

kernel void main_kernel(  device float* A [[ buffer(0) ]],
  device float* B [[ buffer(1) ]],
  device float* W [[ buffer(2) ]],
  uint3 blockIdx [[threadgroup_position_in_grid]],
  uint3 threadIdx [[thread_position_in_threadgroup]]
) {
  B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] = 0.000000e+00f;
  B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] = (B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] + (W[0] * A[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))]));
  B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] = (B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] + (W[1] * A[((((((int)blockIdx.x) * 128) + ((int)threadIdx.x)) + 1) & 1023)]));
  B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] = (B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] + (W[2] * A[((((((int)blockIdx.x) * 128) + ((int)threadIdx.x)) + 2) & 1023)]));
}
