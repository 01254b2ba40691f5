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
  __shared__ __align__(16) float tile[1055];
  #pragma unroll
  for (int i = 0; i < 8; ++i) {
    tile[(((((i >> 2) * 528) + ((((int)threadIdx.x) >> 3) * 33)) + ((((int)threadIdx.x) & 7) * 4)) + (i & 3))] = A[((((((((int)blockIdx.y) * 3072) + ((i >> 2) * 1536)) + ((((int)threadIdx.x) >> 3) * 96)) + (((int)blockIdx.x) * 32)) + ((((int)threadIdx.x) & 7) * 4)) + (i & 3))];
  }
  __syncthreads();
  #pragma unroll
  for (int i_1 = 0; i_1 < 8; ++i_1) {
    B[(((((((int)blockIdx.x) * 2048) + (i_1 * 256)) + ((((int)threadIdx.x) >> 5) * 64)) + (((int)blockIdx.y) * 32)) + (((int)threadIdx.x) & 31))] = tile[((((((int)threadIdx.x) & 31) * 33) + (i_1 * 4)) + (((int)threadIdx.x) >> 5))];
  }
}
