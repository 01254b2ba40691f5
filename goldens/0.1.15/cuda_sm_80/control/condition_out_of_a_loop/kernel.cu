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

extern "C" __global__ void main_kernel(const float* __restrict__ A, float* __restrict__ B, int n);
extern "C" __global__ void __launch_bounds__(128, 1) main_kernel(const float* __restrict__ A, float* __restrict__ B, int n) {
  if (512 < n) {
    for (int k = 0; k < 4; ++k) {
      B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] = (B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] + A[((((((int)blockIdx.x) * 128) + ((int)threadIdx.x)) + k) & 255)]);
    }
  } else {
    for (int k_1 = 0; k_1 < 4; ++k_1) {
      float condval;
      if ((((((((int)blockIdx.x) * 128) + ((int)threadIdx.x)) + k_1) & 255) < n)) {
        condval = A[((((((int)blockIdx.x) * 128) + ((int)threadIdx.x)) + k_1) & 255)];
      } else {
        condval = 0x0p+0f/*0.000000e+00*/;
      }
      B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] = (B[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))] - condval);
    }
  }
}
