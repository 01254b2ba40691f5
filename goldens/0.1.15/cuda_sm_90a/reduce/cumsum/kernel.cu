#if defined(_MSC_VER) && !defined(__clang__) && _MSC_VER < 1940
#define _tl_orig_alignas alignas
#define alignas(N) _tl_orig_alignas((N) <= 64 ? (N) : 64)
#include <cuda.h>
#undef alignas
#define alignas _tl_orig_alignas
#endif
#include <tl_templates/cuda/intrin.h>
#include <tl_templates/cuda/barrier.h>
#include <tl_templates/cuda/copy_sm90.h>
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
  extern __shared__ __align__(1024) float tile[];
  #pragma unroll
  for (int i = 0; i < 8; ++i) {
    *(float4*)(tile + ((i * 512) + (((int)threadIdx.x) * 4))) = *(float4*)(X + (((((int)blockIdx.x) * 4096) + (i * 512)) + (((int)threadIdx.x) * 4)));
  }
  __syncthreads();
  tl::CumSum2D<128, 1, false>::run((&(tile[0])), (&(tile[0])), 16, 256, 256, 256);
  __syncthreads();
  if (tl::tl_shuffle_elect<128>()) {
    tl::fence_proxy_async();
    tl::tma_store((&(Y[(((int)blockIdx.x) * 4096)])), (&(tile[0])), 16384);
    tl::tma_store_arrive();
    tl::tma_store_wait<0, true>();
  }
}
