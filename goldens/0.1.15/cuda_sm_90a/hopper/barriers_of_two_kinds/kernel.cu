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
  extern __shared__ __align__(1024) uchar buf_dyn_shmem[];
  void* tile = ((void*)((char*)buf_dyn_shmem + 0));
  void* copy = ((void*)((char*)buf_dyn_shmem + 8192));
  __shared__ __align__(16) uint64_t barriers_mem[2];
  auto barriers = reinterpret_cast<Barrier*>(barriers_mem);
  if (tl::tl_shuffle_elect<0>()) {
    barriers[0].init(1);
    barriers[1].init(128);
  }
  tl::fence_barrier_init();
  __syncthreads();
  if (tl::tl_shuffle_elect<128>()) {
    barriers[0].arrive_and_expect_tx(8192);
    tl::tma_load((&(((half_t*)tile)[0])), (&(A[(((int)blockIdx.x) * 4096)])), barriers[0], 8192);
  }
  barriers[0].wait(0);
  __syncthreads();
  #pragma unroll
  for (int i = 0; i < 4; ++i) {
    *(uint4*)(((half_t*)copy) + ((i * 1024) + (((int)threadIdx.x) * 8))) = *(uint4*)(((half_t*)tile) + ((i * 1024) + (((int)threadIdx.x) * 8)));
  }
  barriers[1].arrive();
  barriers[1].wait(0);
  __syncthreads();
  #pragma unroll
  for (int i_1 = 0; i_1 < 32; ++i_1) {
    B[(((((int)blockIdx.x) * 4096) + (i_1 * 128)) + ((int)threadIdx.x))] = ((half_t*)copy)[((((((int)threadIdx.x) & 63) * 64) + (i_1 * 2)) + (((int)threadIdx.x) >> 6))];
  }
}
