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

extern "C" __global__ void main_kernel(const int* __restrict__ X, int* __restrict__ counts);
extern "C" __global__ void __launch_bounds__(128, 1) main_kernel(const int* __restrict__ X, int* __restrict__ counts) {
  #pragma unroll
  for (int i = 0; i < 2; ++i) {
    if ((((((int)blockIdx.x) * 32) + (i * 16)) + (((int)threadIdx.x) >> 3)) < 125) {
      if (0 <= X[(((((int)blockIdx.x) * 256) + (i * 128)) + ((int)threadIdx.x))]) {
        if (X[(((((int)blockIdx.x) * 256) + (i * 128)) + ((int)threadIdx.x))] < 16) {
          AtomicAdd((&(counts[X[(((((int64_t)((int)blockIdx.x)) * (int64_t)256) + (((int64_t)i) * (int64_t)128)) + ((int64_t)((int)threadIdx.x)))]])), 1);
        }
      }
    }
  }
}
