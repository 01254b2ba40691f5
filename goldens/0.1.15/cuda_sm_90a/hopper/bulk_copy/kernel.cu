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

extern "C" __global__ void main_kernel(const half_t* __restrict__ A, half_t* __restrict__ B);
extern "C" __global__ void __launch_bounds__(128, 1) main_kernel(const half_t* __restrict__ A, half_t* __restrict__ B) {
  __shared__ __align__(16) uint64_t full_mem[1];
  auto full = reinterpret_cast<Barrier*>(full_mem);
  extern __shared__ __align__(1024) half_t tile[];
  if (tl::tl_shuffle_elect<0>()) {
    full[0].init(128);
  }
  tl::fence_barrier_init();
  __syncthreads();
  if (tl::tl_shuffle_elect<128>()) {
    full[0].expect_transaction(8192);
    tl::tma_load((&(tile[0])), (&(A[(((int)blockIdx.x) * 4096)])), full[0], 8192);
  }
  full[0].arrive();
  full[0].wait(0);
  __syncthreads();
  #pragma unroll
  for (int i = 0; i < 4; ++i) {
    *(uint4*)(B + (((((int)blockIdx.x) * 4096) + (i * 1024)) + (((int)threadIdx.x) * 8))) = *(uint4*)(tile + ((i * 1024) + (((int)threadIdx.x) * 8)));
  }
}
