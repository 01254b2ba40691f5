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

extern "C" __global__ void main_kernel(__grid_constant__ const CUtensorMap A_desc, __grid_constant__ const CUtensorMap A_desc_1, float* __restrict__ B);
extern "C" __global__ void __launch_bounds__(128, 1) main_kernel(__grid_constant__ const CUtensorMap A_desc, __grid_constant__ const CUtensorMap A_desc_1, float* __restrict__ B) {
  extern __shared__ __align__(1024) uchar buf_dyn_shmem[];
  void* wide = ((void*)((char*)buf_dyn_shmem + 0));
  void* flat = ((void*)((char*)buf_dyn_shmem + 8192));
  __shared__ __align__(16) uint64_t full_mem[1];
  auto full = reinterpret_cast<Barrier*>(full_mem);
  if (tl::tl_shuffle_elect<0>()) {
    tl::prefetch_tma_descriptor(A_desc);
    tl::prefetch_tma_descriptor(A_desc_1);
  }
  if (tl::tl_shuffle_elect<0>()) {
    full[0].init(128);
  }
  tl::fence_barrier_init();
  __syncthreads();
  if (tl::tl_shuffle_elect<128>()) {
    full[0].expect_transaction(8192);
    tl::tma_load(A_desc, full[0], (&(((float*)wide)[0])), 0, (((int)blockIdx.x) * 64));
    full[0].expect_transaction(4096);
    tl::tma_load(A_desc_1, full[0], (&(((float*)flat)[0])), 32, (((int)blockIdx.x) * 64));
  }
  full[0].arrive();
  full[0].wait(0);
  __syncthreads();
  #pragma unroll
  for (int i = 0; i < 4; ++i) {
    *(float4*)(B + ((((((int)blockIdx.x) * 4096) + (i * 1024)) + ((((int)threadIdx.x) >> 3) * 64)) + ((((int)threadIdx.x) & 7) * 4))) = *(float4*)(((float*)wide) + ((i * 512) + (((int)threadIdx.x) * 4)));
  }
  #pragma unroll
  for (int i_1 = 0; i_1 < 2; ++i_1) {
    *(float4*)(B + (((((((int)blockIdx.x) * 4096) + (i_1 * 1024)) + ((((int)threadIdx.x) >> 3) * 64)) + ((((int)threadIdx.x) & 7) * 4)) + 32)) = *(float4*)(((float*)flat) + ((i_1 * 512) + (((int)threadIdx.x) * 4)));
  }
}
