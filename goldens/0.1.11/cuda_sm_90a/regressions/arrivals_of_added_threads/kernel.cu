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

extern "C" __global__ void main_kernel(__grid_constant__ const CUtensorMap A_desc, float* __restrict__ C, const float* __restrict__ X);
extern "C" __global__ void __launch_bounds__(256, 1) main_kernel(__grid_constant__ const CUtensorMap A_desc, float* __restrict__ C, const float* __restrict__ X) {
  extern __shared__ __align__(1024) uchar buf_dyn_shmem[];
  void* first = ((void*)((char*)buf_dyn_shmem + 0));
  void* row = ((void*)((char*)buf_dyn_shmem + 4096));
  __shared__ __align__(16) uint64_t ready_mem[2];
  auto ready = reinterpret_cast<Barrier*>(ready_mem);
  __shared__ __align__(16) uint64_t mbarrier_mem[5];
  auto mbarrier = reinterpret_cast<Barrier*>(mbarrier_mem);
  float sums[8];
  if (tl::tl_shuffle_elect<0>()) {
    tl::prefetch_tma_descriptor(A_desc);
  }
  if (tl::tl_shuffle_elect<0>()) {
    ready[0].init(128);
    ready[1].init(128);
    mbarrier[0].init(1);
    mbarrier[1].init(1);
    mbarrier[2].init(128);
    mbarrier[3].init(128);
    mbarrier[4].init(1);
  }
  tl::fence_barrier_init();
  __syncthreads();
  if (tl::tl_shuffle_elect<256>()) {
    mbarrier[4].expect_transaction(4096);
    tl::tma_load((&(((float*)first)[0])), (&(X[0])), mbarrier[4], 4096);
  }
  ready[0].arrive();
  ready[0].wait(0);
  __syncthreads();
  if (((int)threadIdx.x) < 128) {
    tl::warpgroup_reg_dealloc<24>();
    for (int ko = 0; ko < 8; ++ko) {
      mbarrier[((ko & 1) + 2)].wait((((ko & 3) >> 1) ^ 1));
      if (tl::tl_shuffle_elect<128>()) {
        mbarrier[(ko & 1)].arrive_and_expect_tx(4096);
        tl::tma_load(A_desc, mbarrier[(ko & 1)], (&(((float*)row)[((ko & 1) * 1024)])), 0, ko);
        tl::tma_load(A_desc, mbarrier[(ko & 1)], (&(((float*)row)[(((ko & 1) * 1024) + 256)])), 256, ko);
        tl::tma_load(A_desc, mbarrier[(ko & 1)], (&(((float*)row)[(((ko & 1) * 1024) + 512)])), 512, ko);
        tl::tma_load(A_desc, mbarrier[(ko & 1)], (&(((float*)row)[(((ko & 1) * 1024) + 768)])), 768, ko);
      }
    }
  } else {
    tl::warpgroup_reg_alloc<240>();
    for (int ko_1 = 0; ko_1 < 8; ++ko_1) {
      if (ko_1 == 0) {
        mbarrier[4].wait(0);
      }
      mbarrier[(ko_1 & 1)].wait(((ko_1 & 3) >> 1));
      #pragma unroll
      for (int i = 0; i < 2; ++i) {
        float4 __1;
          float4 v_ = *(float4*)(((float*)first) + (((i * 512) + (((int)threadIdx.x) * 4)) - 512));
          float4 v__1 = *(float4*)(((float*)row) + (((((i * 1024) + ((((int)threadIdx.x) >> 6) * 512)) + ((ko_1 & 1) * 256)) + ((((int)threadIdx.x) & 63) * 4)) - 1024));
          __1.x = (v_.x+v__1.x);
          __1.y = (v_.y+v__1.y);
          __1.z = (v_.z+v__1.z);
          __1.w = (v_.w+v__1.w);
        *(float4*)(sums + ((i * 4) + 4)) = __1;
      }
      mbarrier[((ko_1 & 1) + 2)].arrive();
      #pragma unroll
      for (int i_1 = 0; i_1 < 2; ++i_1) {
        *(float4*)(C + ((((ko_1 * 1024) + (i_1 * 512)) + (((int)threadIdx.x) * 4)) - 512)) = *(float4*)(sums + (i_1 * 4));
      }
    }
  }
}
