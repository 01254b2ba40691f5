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

extern "C" __global__ void main_kernel(half_t* __restrict__ B, const int64_t* __restrict__ table);
extern "C" __global__ void __launch_bounds__(128, 1) main_kernel(half_t* __restrict__ B, const int64_t* __restrict__ table) {
  extern __shared__ __align__(1024) half_t tile[];
  int64_t v_ = table[((int)blockIdx.x)];
  void* A = (*(void* *)(&(v_)));
  *(uint1*)(tile + (((int)threadIdx.x) * 2)) = *(uint1*)(((half_t*)A) + (((int)threadIdx.x) * 2));
  __syncthreads();
  if (tl::tl_shuffle_elect<128>()) {
    tl::fence_proxy_async();
    tl::tma_store((&(B[(((int)blockIdx.x) * 256)])), (&(tile[0])), 512);
    tl::tma_store_arrive();
    tl::tma_store_wait<0, true>();
  }
}
