#if defined(_MSC_VER) && !defined(__clang__) && _MSC_VER < 1940
#define _tl_orig_alignas alignas
#define alignas(N) _tl_orig_alignas((N) <= 64 ? (N) : 64)
#include <cuda.h>
#undef alignas
#define alignas _tl_orig_alignas
#endif
#include <math_constants.h>
#include <tl_templates/cuda/reduce.h>
#include <tl_templates/cuda/scan.h>
#include <tl_templates/cuda/ldsm.h>
#include <tl_templates/cuda/threadblock_swizzle.h>
#include <tl_templates/cuda/debug.h>
#ifdef ENABLE_BF16
#include <tl_templates/cuda/cuda_bf16_fallbacks.cuh>
#endif

extern "C" __global__ void main_kernel(const float* __restrict__ A, float* __restrict__ y);
extern "C" __global__ void __launch_bounds__(128, 1) main_kernel(const float* __restrict__ A, float* __restrict__ y) {
  float peak[16];
  extern __shared__ __align__(1024) float workspace[];
  float result[16];
  #pragma unroll
  for (int i = 0; i < 4; ++i) {
    float broadcast_var = -CUDART_INF_F;
    *(float4*)(peak + (i * 4)) = make_float4(broadcast_var, broadcast_var, broadcast_var, broadcast_var);
  }
  for (int k = 0; k < 4; ++k) {
    #pragma unroll
    for (int i_1 = 0; i_1 < 8; ++i_1) {
      peak[(((i_1 >> 2) * 8) + (((int)threadIdx.x) >> 4))] = max(peak[(((i_1 >> 2) * 8) + (((int)threadIdx.x) >> 4))], A[((((((((int)blockIdx.x) * 4096) + ((i_1 >> 2) * 2048)) + ((((int)threadIdx.x) >> 4) * 256)) + (k * 64)) + ((((int)threadIdx.x) & 15) * 4)) + (i_1 & 3))]);
    }
  }
  for (int __finred_0 = 0; __finred_0 < 16; ++__finred_0) {
    __syncthreads();
    peak[__finred_0] = tl::AllReduce<tl::MaxOp, 128, 1, 0, tl::NamedBarrier<128>>::run(peak[__finred_0], (&(workspace[0])));
  }
  #pragma unroll
  for (int i_2 = 0; i_2 < 4; ++i_2) {
    *(float4*)(result + (i_2 * 4)) = *(float4*)(peak + (i_2 * 4));
  }
  if (((int)threadIdx.x) == 0) {
    #pragma unroll
    for (int i_3 = 0; i_3 < 4; ++i_3) {
      *(float4*)(y + ((((int)blockIdx.x) * 16) + (i_3 * 4))) = *(float4*)(result + (i_3 * 4));
    }
  }
}
