#if defined(_MSC_VER) && !defined(__clang__) && _MSC_VER < 1940
#define _tl_orig_alignas alignas
#define alignas(N) _tl_orig_alignas((N) <= 64 ? (N) : 64)
#include <cuda.h>
#undef alignas
#define alignas _tl_orig_alignas
#endif
#include <tl_templates/cuda/instruction/tcgen05mma.h>
#include <tl_templates/cuda/tcgen_05.h>
#include <tl_templates/cuda/intrin.h>
#include <tl_templates/cuda/barrier.h>
#include <tl_templates/cuda/copy_sm90.h>
#include <tl_templates/cuda/copy_sm100.h>
#include <tl_templates/cuda/cluster.h>
#include <tl_templates/cuda/reduce.h>
#include <tl_templates/cuda/scan.h>
#include <tl_templates/cuda/ldsm.h>
#include <tl_templates/cuda/threadblock_swizzle.h>
#include <tl_templates/cuda/debug.h>
#ifdef ENABLE_BF16
#include <tl_templates/cuda/cuda_bf16_fallbacks.cuh>
#endif

extern "C" __global__ void main_kernel(__grid_constant__ const CUtensorMap A_desc, __grid_constant__ const CUtensorMap B_desc, float* __restrict__ C);
extern "C" __global__ void __launch_bounds__(128, 1) main_kernel(__grid_constant__ const CUtensorMap A_desc, __grid_constant__ const CUtensorMap B_desc, float* __restrict__ C) {
  extern __shared__ __align__(1024) uchar buf_dyn_shmem[];
  void* A_shared = ((void*)((char*)buf_dyn_shmem + 0));
  void* B_shared = ((void*)((char*)buf_dyn_shmem + 16384));
  __shared__ __align__(16) uint64_t loaded_mem[1];
  auto loaded = reinterpret_cast<Barrier*>(loaded_mem);
  __shared__ __align__(16) uint64_t done_mem[1];
  auto done = reinterpret_cast<Barrier*>(done_mem);
  __shared__ __align__(16) uint C_tmem[1];
  float C_local[128];
  if (tl::tl_shuffle_elect<0>()) {
    tl::prefetch_tma_descriptor(A_desc);
    tl::prefetch_tma_descriptor(B_desc);
  }
  if (tl::tl_shuffle_elect<0>()) {
    loaded[0].init(2);
    done[0].init(1);
  }
  tl::fence_barrier_init();
  tl::cluster_sync();
  if ((((int)threadIdx.x) >> 5) == 0) {
    tl::tmem_allocate<true>((&(C_tmem[0])), 128);
  }
  tl::tcgen05_before_thread_sync();
  __syncthreads();
  tl::tcgen05_after_thread_sync();
  if (((int)threadIdx.x) < 32) {
    if (tl::tl_shuffle_elect<32>()) {
      if (tl::block_rank_in_cluster() == 0) {
        loaded[0].expect_transaction(32768);
      }
      tl::tma_load_2sm(A_desc, loaded[0], (&(((half_t*)A_shared)[0])), 0, (((int)blockIdx.x) * 128));
      if (tl::block_rank_in_cluster() == 0) {
        loaded[0].expect_transaction(16384);
      }
      tl::tma_load_2sm(B_desc, loaded[0], (&(((half_t*)B_shared)[0])), (tl::block_rank_in_cluster() * 64), 0);
    }
    loaded[0].arrive(0u);
  } else {
    if ((tl::block_rank_in_cluster() == 0) && (((int)threadIdx.x) < 64)) {
      loaded[0].wait(0);
      tl::tcgen05_after_thread_sync();
      {
        tl::Tcgen05SMemDescriptor desc_a;
        tl::Tcgen05SMemDescriptor desc_b;
        tl::initialize_tcgen05_descriptor(desc_a, (&(((half_t*)A_shared)[0])), 1, 64, 0, 0, 2);
        tl::initialize_tcgen05_descriptor(desc_b, (&(((half_t*)B_shared)[0])), 0, 64, 0, 0, 2);
        #pragma unroll
        for (int ki = 0; ki < 4; ++ki) {
          tl::tcgen05mma_ss<tl::DataType::kFloat16, true>(uint64_t(desc_a + (ki * 32)), uint64_t(desc_b + (ki * 2048)), (*reinterpret_cast<uint32_t*>(C_tmem)) + 0, ((0 < ki) ? 1 : 0), static_cast<uint32_t>(270598160), 0, 0, 0, 0);
        }
        tl::tcgen05_mma_arrive<true>((&(done[0])));
      }
      tl::tcgen05_mma_arrive<true>((&(done[0])));
    }
  }
  done[0].wait(0);
  tl::tcgen05_after_thread_sync();
  tl::tcgen05_ld_32dp32bNx<128, false>(C_tmem[0], 0, (&(C_local[0])));
  #pragma unroll
  for (int i = 0; i < 16; ++i) {
    tl::store_global_256(&(*(ulonglong4*)(C + (((((int)blockIdx.x) * 16384) + (((int)threadIdx.x) * 128)) + (i * 8)))), *(ulonglong4*)(C_local + (i * 8)));
  }
  tl::cluster_sync();
  if ((((int)threadIdx.x) >> 5) == 0) {
    tl::tmem_deallocate<true>((&(C_tmem[0])), 128);
  }
}
