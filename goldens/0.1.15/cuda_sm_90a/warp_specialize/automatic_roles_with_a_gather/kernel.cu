#if defined(_MSC_VER) && !defined(__clang__) && _MSC_VER < 1940
#define _tl_orig_alignas alignas
#define alignas(N) _tl_orig_alignas((N) <= 64 ? (N) : 64)
#include <cuda.h>
#undef alignas
#define alignas _tl_orig_alignas
#endif
#include <tl_templates/cuda/instruction/wgmma.h>
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

extern "C" __global__ void main_kernel(__grid_constant__ const CUtensorMap A_desc, const half_t* __restrict__ B, float* __restrict__ C, const int* __restrict__ rows);
extern "C" __global__ void __launch_bounds__(256, 1) main_kernel(__grid_constant__ const CUtensorMap A_desc, const half_t* __restrict__ B, float* __restrict__ C, const int* __restrict__ rows) {
  extern __shared__ __align__(1024) uchar buf_dyn_shmem[];
  void* A_shared = ((void*)((char*)buf_dyn_shmem + 0));
  void* B_shared = ((void*)((char*)buf_dyn_shmem + 8192));
  __shared__ __align__(16) uint64_t A_shared_full_mem[2];
  auto A_shared_full = reinterpret_cast<Barrier*>(A_shared_full_mem);
  __shared__ __align__(16) uint64_t A_shared_empty_mem[2];
  auto A_shared_empty = reinterpret_cast<Barrier*>(A_shared_empty_mem);
  float C_local[32];
  if (tl::tl_shuffle_elect<0>()) {
    tl::prefetch_tma_descriptor(A_desc);
  }
  if (tl::tl_shuffle_elect<0>()) {
    A_shared_full[0].init(1);
    A_shared_full[1].init(1);
    A_shared_empty[0].init(128);
    A_shared_empty[1].init(128);
  }
  tl::fence_barrier_init();
  __syncthreads();
  if (((int)threadIdx.x) < 128) {
    tl::warpgroup_reg_alloc<104>();
    #pragma unroll
    for (int i = 0; i < 8; ++i) {
      float broadcast_var = 0x0p+0f/*0.000000e+00*/;
      *(float4*)(C_local + (i * 4)) = make_float4(broadcast_var, broadcast_var, broadcast_var, broadcast_var);
    }
    for (int ko = 0; ko < 8; ++ko) {
      tl::__sync_thread_partial(3, 128);
      #pragma unroll
      for (int i_1 = 0; i_1 < 2; ++i_1) {
        half_t broadcast_var_1 = half_t(0x0p+0f/*0.000000e+00*/);
        uint4 condval;
        if (((0 <= rows[(((((int)blockIdx.x) * 64) + (i_1 * 32)) + (((int)threadIdx.x) >> 2))]) && (rows[(((((int)blockIdx.x) * 64) + (i_1 * 32)) + (((int)threadIdx.x) >> 2))] < 200))) {
          condval = *(uint4*)(B + (((((int64_t)rows[(((((int64_t)((int)blockIdx.x)) * (int64_t)64) + (((int64_t)i_1) * (int64_t)32)) + (((int64_t)((int)threadIdx.x)) >> (int64_t)2))]) * (int64_t)256) + (((int64_t)ko) * (int64_t)32)) + ((((int64_t)((int)threadIdx.x)) & (int64_t)3) * (int64_t)8)));
        } else {
          condval = make_uint4(__pack_half2(broadcast_var_1, broadcast_var_1), __pack_half2(broadcast_var_1, broadcast_var_1), __pack_half2(broadcast_var_1, broadcast_var_1), __pack_half2(broadcast_var_1, broadcast_var_1));
        }
        *(uint4*)(((half_t*)B_shared) + ((((i_1 * 1024) + ((((int)threadIdx.x) >> 2) * 32)) + (((((((int)threadIdx.x) & 31) >> 4) + ((((int)threadIdx.x) & 3) >> 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 15) >> 3) + (((int)threadIdx.x) & 1)) & 1) * 8))) = condval;
      }
      A_shared_full[(ko & 1)].wait(((ko >> 1) & 1));
      {
        tl::GmmaDescriptor desc_a;
        tl::GmmaDescriptor desc_b;
        tl::__sync_thread_partial(3, 128);
        tl::initialize_wgmma_descriptor<2, 1, 32>(desc_a, (&(((half_t*)A_shared)[0])));
        tl::increase_descriptor_offset<int>(desc_a, ((ko & 1) * 4096));
        tl::initialize_wgmma_descriptor<2, 1, 32>(desc_b, (&(((half_t*)B_shared)[0])));
        tl::warpgroup_fence_operand(reinterpret_cast<float*>(C_local + 0), 32);
        tl::warpgroup_arrive();
        tl::fence_proxy_async();
        #pragma unroll
        for (int ki = 0; ki < 2; ++ki) {
          tl::wgmma_ss<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 64, 64, 16, false, false, 1, 1>(uint64_t(desc_a + ((ki * 32) >> 4)), uint64_t(desc_b + ((ki * 32) >> 4)), ((uint32_t*)(C_local + 0)), 1);
        }
        tl::warpgroup_commit_batch();
        tl::warpgroup_wait<0>();
        tl::warpgroup_fence_operand(reinterpret_cast<float*>(C_local + 0), 32);
      }
      A_shared_empty[(ko & 1)].arrive();
    }
    #pragma unroll
    for (int i_2 = 0; i_2 < 16; ++i_2) {
      *(float2*)(C + (((((((((int)blockIdx.y) * 8192) + ((((int)threadIdx.x) >> 5) * 2048)) + ((i_2 & 1) * 1024)) + (((((int)threadIdx.x) & 31) >> 2) * 128)) + (((int)blockIdx.x) * 64)) + ((i_2 >> 1) * 8)) + ((((int)threadIdx.x) & 3) * 2))) = *(float2*)(C_local + (i_2 * 2));
    }
  } else {
    if (((int)threadIdx.x) < 160) {
      tl::warpgroup_reg_dealloc<24>();
      for (int ko_1 = 0; ko_1 < 8; ++ko_1) {
        A_shared_empty[(ko_1 & 1)].wait((((ko_1 >> 1) & 1) ^ 1));
        if (tl::tl_shuffle_elect<32>()) {
          A_shared_full[(ko_1 & 1)].arrive_and_expect_tx(4096);
          tl::tma_load(A_desc, A_shared_full[(ko_1 & 1)], (&(((half_t*)A_shared)[((ko_1 & 1) * 2048)])), (ko_1 * 32), (((int)blockIdx.y) * 64));
        }
      }
    } else {
      tl::warpgroup_reg_dealloc<24>();
    }
  }
}
