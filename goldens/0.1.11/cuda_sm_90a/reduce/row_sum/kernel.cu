#if defined(_MSC_VER) && !defined(__clang__) && _MSC_VER < 1940
#define _tl_orig_alignas alignas
#define alignas(N) _tl_orig_alignas((N) <= 64 ? (N) : 64)
#include <cuda.h>
#undef alignas
#define alignas _tl_orig_alignas
#endif
#include <tl_templates/cuda/gemm.h>
#include <tl_templates/cuda/copy.h>
#include <tl_templates/cuda/reduce.h>
#include <tl_templates/cuda/scan.h>
#include <tl_templates/cuda/ldsm.h>
#include <tl_templates/cuda/threadblock_swizzle.h>
#include <tl_templates/cuda/debug.h>
#ifdef ENABLE_BF16
#include <tl_templates/cuda/cuda_bf16_fallbacks.cuh>
#endif

extern "C" __global__ void main_kernel(const float* __restrict__ X, float* __restrict__ Y);
extern "C" __global__ void __launch_bounds__(128, 1) main_kernel(const float* __restrict__ X, float* __restrict__ Y) {
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
    total[i_1] = 0x0p+0f/*0.000000e+00*/;
    #pragma unroll
    for (int rv = 0; rv < 4; ++rv) {
      total[i_1] = (total[i_1] + x[((i_1 * 4) + rv)]);
    }
    total[i_1] = tl::AllReduce<tl::SumOp, 64, 1, 0, tl::NamedBarrier<128>>::run(total[i_1], (&(workspace[0])));
  }
  if ((((int)threadIdx.x) % 64) == 0) {
    #pragma unroll
    for (int i_2 = 0; i_2 < 8; ++i_2) {
      Y[(((((int)blockIdx.x) * 16) + (i_2 * 2)) + (((int)threadIdx.x) >> 6))] = total[i_2];
    }
  }
}
