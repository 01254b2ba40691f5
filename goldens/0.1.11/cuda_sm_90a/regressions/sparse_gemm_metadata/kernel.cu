#if defined(_MSC_VER) && !defined(__clang__) && _MSC_VER < 1940
#define _tl_orig_alignas alignas
#define alignas(N) _tl_orig_alignas((N) <= 64 ? (N) : 64)
#include <cuda.h>
#undef alignas
#define alignas _tl_orig_alignas
#endif
#include <tl_templates/cuda/instruction/wgmma_sp.h>
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

extern "C" __global__ void main_kernel(__grid_constant__ const CUtensorMap A_desc, __grid_constant__ const CUtensorMap B_desc, float* __restrict__ C, const uchar* __restrict__ E);
extern "C" __global__ void __launch_bounds__(256, 1) main_kernel(__grid_constant__ const CUtensorMap A_desc, __grid_constant__ const CUtensorMap B_desc, float* __restrict__ C, const uchar* __restrict__ E) {
  extern __shared__ __align__(1024) uchar buf_dyn_shmem[];
  void* B_shared = ((void*)((char*)buf_dyn_shmem + 0));
  void* A_shared = ((void*)((char*)buf_dyn_shmem + 16384));
  void* E_shared = ((void*)((char*)buf_dyn_shmem + 24576));
  __shared__ __align__(16) uint64_t mbarrier_mem[4];
  auto mbarrier = reinterpret_cast<Barrier*>(mbarrier_mem);
  float C_local[32];
  if (tl::tl_shuffle_elect<0>()) {
    tl::prefetch_tma_descriptor(A_desc);
    tl::prefetch_tma_descriptor(B_desc);
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
    for (int ko = 0; ko < 4; ++ko) {
      mbarrier[((ko & 1) + 2)].wait(((ko >> 1) ^ 1));
      #pragma unroll
      for (int i = 0; i < 2; ++i) {
        *(uchar2*)(((uchar*)E_shared) + (((((((ko & 1) * 512) + (i * 256)) + ((((int)threadIdx.x) >> 6) * 128)) + ((((int)threadIdx.x) & 1) * 64)) + (((((int)threadIdx.x) & 31) >> 1) * 4)) + (((((int)threadIdx.x) & 63) >> 5) * 2))) = *(uchar2*)(E + (((((((ko * 1024) + (((int)blockIdx.y) * 512)) + (i * 256)) + ((((int)threadIdx.x) >> 6) * 128)) + ((((int)threadIdx.x) & 1) * 64)) + (((((int)threadIdx.x) & 31) >> 1) * 4)) + (((((int)threadIdx.x) & 63) >> 5) * 2)));
      }
      tl::__sync_thread_partial(3, 128);
      if (tl::tl_shuffle_elect<128>()) {
        mbarrier[(ko & 1)].expect_transaction(4096);
        tl::fence_proxy_async();
        tl::tma_load(A_desc, mbarrier[(ko & 1)], (&(((half_t*)A_shared)[((ko & 1) * 2048)])), (ko * 32), (((int)blockIdx.y) * 64));
        mbarrier[(ko & 1)].arrive_and_expect_tx(8192);
        tl::tma_load(B_desc, mbarrier[(ko & 1)], (&(((half_t*)B_shared)[((ko & 1) * 4096)])), (((int)blockIdx.x) * 64), (ko * 64));
      }
    }
  } else {
    #pragma unroll
    for (int i_1 = 0; i_1 < 8; ++i_1) {
      float broadcast_var = 0x0p+0f/*0.000000e+00*/;
      *(float4*)(C_local + (i_1 * 4)) = make_float4(broadcast_var, broadcast_var, broadcast_var, broadcast_var);
    }
    for (int ko_1 = 0; ko_1 < 4; ++ko_1) {
      mbarrier[(ko_1 & 1)].wait((ko_1 >> 1));
      {
        tl::GmmaDescriptor desc_a;
        tl::GmmaDescriptor desc_b;
        uchar E_local[8];
        tl::initialize_wgmma_descriptor<2, 1, 32>(desc_a, (&(((half_t*)A_shared)[((ko_1 & 1) * 2048)])));
        tl::initialize_wgmma_descriptor<1, 0, 64>(desc_b, (&(((half_t*)B_shared)[((ko_1 & 1) * 4096)])));
        #pragma unroll
        for (int ki = 0; ki < 2; ++ki) {
          for (int j = 0; j < 4; ++j) {
            E_local[((ki * 4) + j)] = ((uchar*)E_shared)[(((((((ko_1 & 1) * 512) + (((((int)threadIdx.x) & 127) >> 5) * 128)) + ((((int)threadIdx.x) & 1) * 64)) + (((((int)threadIdx.x) & 31) >> 2) * 8)) + (ki * 4)) + j)];
          }
        }
        tl::warpgroup_fence_operand(reinterpret_cast<float*>(C_local + 0), 32);
        tl::warpgroup_arrive();
        #pragma unroll
        for (int ki_1 = 0; ki_1 < 2; ++ki_1) {
          tl::wgmma_sp_ss<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 64, 64, 32, false, true, 1, 1, cute::SM90::GMMA::SparseSel::Zero>(uint64_t(desc_a + ((ki_1 * 32) >> 4)), uint64_t(desc_b + ((ki_1 * 4096) >> 4)), reinterpret_cast<uint32_t*>(C_local) + 0, 1, *reinterpret_cast<uint32_t*>(E_local + (ki_1 * 4)));
        }
        tl::warpgroup_commit_batch();
        tl::warpgroup_wait<0>();
        tl::warpgroup_fence_operand(reinterpret_cast<float*>(C_local + 0), 32);
      }
      mbarrier[((ko_1 & 1) + 2)].arrive();
    }
    #pragma unroll
    for (int i_2 = 0; i_2 < 16; ++i_2) {
      *(float2*)(C + ((((((((((int)blockIdx.y) * 8192) + ((((int)threadIdx.x) >> 5) * 2048)) + ((i_2 & 1) * 1024)) + (((((int)threadIdx.x) & 31) >> 2) * 128)) + (((int)blockIdx.x) * 64)) + ((i_2 >> 1) * 8)) + ((((int)threadIdx.x) & 3) * 2)) - 8192)) = *(float2*)(C_local + (i_2 * 2));
    }
  }
}
