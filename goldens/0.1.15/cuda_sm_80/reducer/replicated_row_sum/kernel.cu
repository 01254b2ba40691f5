#if defined(_MSC_VER) && !defined(__clang__) && _MSC_VER < 1940
#define _tl_orig_alignas alignas
#define alignas(N) _tl_orig_alignas((N) <= 64 ? (N) : 64)
#include <cuda.h>
#undef alignas
#define alignas _tl_orig_alignas
#endif
#include <tl_templates/cuda/reduce.h>
#include <tl_templates/cuda/scan.h>
#include <tl_templates/cuda/ldsm.h>
#include <tl_templates/cuda/threadblock_swizzle.h>
#include <tl_templates/cuda/debug.h>
#ifdef ENABLE_BF16
#include <tl_templates/cuda/cuda_bf16_fallbacks.cuh>
#endif

extern "C" __global__ void main_kernel(const float* __restrict__ A, float* __restrict__ B);
extern "C" __global__ void __launch_bounds__(128, 1) main_kernel(const float* __restrict__ A, float* __restrict__ B) {
  float total[64];
  extern __shared__ __align__(1024) float workspace[];
  float total_result[64];
  #pragma unroll
  for (int i = 0; i < 16; ++i) {
    float broadcast_var = 0x0p+0f/*0.000000e+00*/;
    *(float4*)(total + (i * 4)) = make_float4(broadcast_var, broadcast_var, broadcast_var, broadcast_var);
  }
  #pragma unroll
  for (int i_1 = 0; i_1 < 64; ++i_1) {
    total[(((i_1 >> 2) * 4) + (((int)threadIdx.x) >> 5))] = (total[(((i_1 >> 2) * 4) + (((int)threadIdx.x) >> 5))] + A[((((((int)blockIdx.x) * 8192) + ((i_1 >> 2) * 512)) + (((int)threadIdx.x) * 4)) + (i_1 & 3))]);
  }
  for (int __finred_0 = 0; __finred_0 < 64; ++__finred_0) {
    __syncthreads();
    total[__finred_0] = tl::AllReduce<tl::SumOp, 128, 1, 0, tl::NamedBarrier<128>>::run(total[__finred_0], (&(workspace[0])));
  }
  #pragma unroll
  for (int i_2 = 0; i_2 < 16; ++i_2) {
    *(float4*)(total_result + (i_2 * 4)) = *(float4*)(total + (i_2 * 4));
  }
  if (((int)threadIdx.x) == 0) {
    #pragma unroll
    for (int i_3 = 0; i_3 < 16; ++i_3) {
      *(float4*)(B + ((((int)blockIdx.x) * 64) + (i_3 * 4))) = *(float4*)(total_result + (i_3 * 4));
    }
  }
}
