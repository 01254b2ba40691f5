#include <hip/hip_runtime.h>
#include <tl_templates/hip/gemm.h>
#include <tl_templates/hip/copy.h>
#include <tl_templates/hip/reduce.h>
#include <tl_templates/hip/scan.h>
#include <tl_templates/hip/ldsm.h>
#include <tl_templates/hip/threadblock_swizzle.h>
#include <tl_templates/hip/debug.h>

extern "C" __global__ void __launch_bounds__(128) main_kernel(float* __restrict__ X, float* __restrict__ Y) {
  float x[32];
  float total[8];
  extern __shared__ __align__(1024) float workspace[];
  #pragma unroll
  for (int i = 0; i < 8; ++i) {
    *(float4*)(x + (i * 4)) = *(float4*)(X + (((((int)blockIdx.x) * 4096) + (i * 512)) + (((int)threadIdx.x) * 4)));
  }
  __syncthreads();
  #pragma unroll
  for (int i_1 = 0; i_1 < 8; ++i_1) {
    total[i_1] = 0.000000e+00f;
    #pragma unroll
    for (int rv = 0; rv < 4; ++rv) {
      total[i_1] = (total[i_1] + x[((i_1 * 4) + rv)]);
    }
    total[i_1] = tl::AllReduce<tl::SumOp, 64, 1, 0>::run(total[i_1], (&(workspace[0])));
  }
  if ((((int)threadIdx.x) % 64) == 0) {
    #pragma unroll
    for (int i_2 = 0; i_2 < 8; ++i_2) {
      Y[(((((int)blockIdx.x) * 16) + (i_2 * 2)) + (((int)threadIdx.x) >> 6))] = total[i_2];
    }
  }
}
