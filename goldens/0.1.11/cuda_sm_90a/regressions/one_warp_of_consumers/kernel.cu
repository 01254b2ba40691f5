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

extern "C" __global__ void main_kernel(__grid_constant__ const CUtensorMap A_desc, half_t* __restrict__ C);
extern "C" __global__ void __launch_bounds__(160, 1) main_kernel(__grid_constant__ const CUtensorMap A_desc, half_t* __restrict__ C) {
  __shared__ __align__(16) uint64_t mbarrier_mem[2];
  auto mbarrier = reinterpret_cast<Barrier*>(mbarrier_mem);
  extern __shared__ __align__(1024) half_t tile[];
  half_t row[32];
  if (tl::tl_shuffle_elect<0>()) {
    tl::prefetch_tma_descriptor(A_desc);
  }
  if (tl::tl_shuffle_elect<0>()) {
    mbarrier[0].init(1);
    mbarrier[1].init(32);
  }
  tl::fence_barrier_init();
  __syncthreads();
  if (((int)threadIdx.x) < 128) {
    tl::warpgroup_reg_dealloc<24>();
    for (int ko = 0; ko < 32; ++ko) {
      mbarrier[1].wait(((ko & 1) ^ 1));
      if (tl::tl_shuffle_elect<128>()) {
        mbarrier[0].arrive_and_expect_tx(2048);
        tl::tma_load(A_desc, mbarrier[0], (&(tile[0])), 0, ko);
        tl::tma_load(A_desc, mbarrier[0], (&(tile[256])), 256, ko);
        tl::tma_load(A_desc, mbarrier[0], (&(tile[512])), 512, ko);
        tl::tma_load(A_desc, mbarrier[0], (&(tile[768])), 768, ko);
      }
    }
  } else {
    tl::warpgroup_reg_alloc<240>();
    for (int ko_1 = 0; ko_1 < 32; ++ko_1) {
      mbarrier[0].wait((ko_1 & 1));
      #pragma unroll
      for (int i = 0; i < 4; ++i) {
        *(uint4*)(row + (i * 8)) = *(uint4*)(tile + ((i * 256) + ((((int)threadIdx.x) & 31) * 8)));
      }
      mbarrier[1].arrive();
      #pragma unroll
      for (int i_1 = 0; i_1 < 4; ++i_1) {
        *(uint4*)(C + ((((ko_1 * 1024) + (i_1 * 256)) + (((int)threadIdx.x) * 8)) - 1024)) = *(uint4*)(row + (i_1 * 8));
      }
    }
  }
}
