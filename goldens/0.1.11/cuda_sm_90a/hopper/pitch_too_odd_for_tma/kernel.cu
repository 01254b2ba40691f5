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

extern "C" __global__ void main_kernel(__grid_constant__ const CUtensorMap A_desc, half_t* __restrict__ C, const half_t* __restrict__ Odd);
extern "C" __global__ void __launch_bounds__(256, 1) main_kernel(__grid_constant__ const CUtensorMap A_desc, half_t* __restrict__ C, const half_t* __restrict__ Odd) {
  extern __shared__ __align__(1024) uchar buf_dyn_shmem[];
  void* other = ((void*)((char*)buf_dyn_shmem + 0));
  void* tile = ((void*)((char*)buf_dyn_shmem + 16384));
  __shared__ __align__(16) uint64_t mbarrier_mem[4];
  auto mbarrier = reinterpret_cast<Barrier*>(mbarrier_mem);
  if (tl::tl_shuffle_elect<0>()) {
    tl::prefetch_tma_descriptor(A_desc);
  }
  if (tl::tl_shuffle_elect<0>()) {
    mbarrier[0].init(1);
    mbarrier[1].init(1);
    mbarrier[2].init(128);
    mbarrier[3].init(128);
  }
  tl::fence_barrier_init();
  __syncthreads();
  if (((int)threadIdx.x) < 128) {
    tl::__sync_thread_partial(3, 128);
    for (int k = 0; k < 2; ++k) {
      mbarrier[(k + 2)].wait(1);
      #pragma unroll
      for (int i = 0; i < 8; ++i) {
        *(uint2*)(((half_t*)other) + ((((k * 4096) + ((i >> 1) * 1024)) + (((int)threadIdx.x) * 8)) + ((i & 1) * 4))) = *(uint2*)(Odd + (((((k * 6400) + ((i >> 1) * 1600)) + ((((int)threadIdx.x) >> 3) * 100)) + ((((int)threadIdx.x) & 7) * 8)) + ((i & 1) * 4)));
      }
      tl::__sync_thread_partial(3, 128);
      if (tl::tl_shuffle_elect<128>()) {
        mbarrier[k].arrive_and_expect_tx(8192);
        tl::fence_proxy_async();
        tl::tma_load(A_desc, mbarrier[k], (&(((half_t*)tile)[(k * 4096)])), 0, (k * 64));
      }
    }
  } else {
    for (int k_1 = 0; k_1 < 2; ++k_1) {
      mbarrier[k_1].wait(0);
      #pragma unroll
      for (int i_1 = 0; i_1 < 4; ++i_1) {
        uint4 __1;
          uint4 v_ = *(uint4*)(((half_t*)tile) + ((((k_1 * 4096) + (i_1 * 1024)) + (((int)threadIdx.x) * 8)) - 1024));
          uint4 v__1 = *(uint4*)(((half_t*)other) + ((((k_1 * 4096) + (i_1 * 1024)) + (((int)threadIdx.x) * 8)) - 1024));
          *(uint1*)(&(__1.x)) = tl::to_uint1(tl::add2(tl::from_uint1<__half2>(*(uint1*)(&(v_.x))), tl::from_uint1<__half2>(*(uint1*)(&(v__1.x)))));
          *(uint1*)(&(__1.y)) = tl::to_uint1(tl::add2(tl::from_uint1<__half2>(*(uint1*)(&(v_.y))), tl::from_uint1<__half2>(*(uint1*)(&(v__1.y)))));
          *(uint1*)(&(__1.z)) = tl::to_uint1(tl::add2(tl::from_uint1<__half2>(*(uint1*)(&(v_.z))), tl::from_uint1<__half2>(*(uint1*)(&(v__1.z)))));
          *(uint1*)(&(__1.w)) = tl::to_uint1(tl::add2(tl::from_uint1<__half2>(*(uint1*)(&(v_.w))), tl::from_uint1<__half2>(*(uint1*)(&(v__1.w)))));
        *(uint4*)(C + ((((k_1 * 4096) + (i_1 * 1024)) + (((int)threadIdx.x) * 8)) - 1024)) = __1;
      }
      mbarrier[(k_1 + 2)].arrive();
    }
  }
}
