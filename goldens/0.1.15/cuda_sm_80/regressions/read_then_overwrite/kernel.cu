#if defined(_MSC_VER) && !defined(__clang__) && _MSC_VER < 1940
#define _tl_orig_alignas alignas
#define alignas(N) _tl_orig_alignas((N) <= 64 ? (N) : 64)
#include <cuda.h>
#undef alignas
#define alignas _tl_orig_alignas
#endif
#include <tl_templates/cuda/copy.h>
#include <tl_templates/cuda/reduce.h>
#include <tl_templates/cuda/scan.h>
#include <tl_templates/cuda/ldsm.h>
#include <tl_templates/cuda/threadblock_swizzle.h>
#include <tl_templates/cuda/debug.h>
#ifdef ENABLE_BF16
#include <tl_templates/cuda/cuda_bf16_fallbacks.cuh>
#endif

extern "C" __global__ void main_kernel(const half_t* __restrict__ A, half_t* __restrict__ C);
extern "C" __global__ void __launch_bounds__(128, 1) main_kernel(const half_t* __restrict__ A, half_t* __restrict__ C) {
  extern __shared__ __align__(1024) half_t tile[];
  half_t row[8];
  {
    half_t tile_local_cast[8];
    for (int i = 0; i < 2; ++i) {
      half_t broadcast_var = half_t(0x1p+0f/*1.000000e+00*/);
      *(uint2*)(tile_local_cast + (i * 4)) = make_uint2(__pack_half2(broadcast_var, broadcast_var), __pack_half2(broadcast_var, broadcast_var));
    }
    *(uint4*)(tile + (((int)threadIdx.x) * 8)) = *(uint4*)(tile_local_cast + 0);
  }
  *(uint4*)(row + 0) = *(uint4*)(tile + (((int)threadIdx.x) * 8));
  *(uint4*)(C + (((int)threadIdx.x) * 8)) = *(uint4*)(row + 0);
  for (int ko = 0; ko < 6; ++ko) {
    __syncthreads();
    tl::cp_async_gs<16>((&(tile[(((int)threadIdx.x) * 8)])), (&(A[((ko * 1024) + (((int)threadIdx.x) * 8))])));
    tl::cp_async_commit();
    __syncthreads();
    *(uint4*)(row + 0) = *(uint4*)(tile + (((int)threadIdx.x) * 8));
    *(uint4*)(C + (((ko * 1024) + (((int)threadIdx.x) * 8)) + 1024)) = *(uint4*)(row + 0);
  }
  __syncthreads();
  tl::cp_async_gs<16>((&(tile[(((int)threadIdx.x) * 8)])), (&(A[((((int)threadIdx.x) * 8) + 6144)])));
  tl::cp_async_commit();
  __syncthreads();
  *(uint4*)(row + 0) = *(uint4*)(tile + (((int)threadIdx.x) * 8));
  *(uint4*)(C + ((((int)threadIdx.x) * 8) + 7168)) = *(uint4*)(row + 0);
  __syncthreads();
  tl::cp_async_gs<16>((&(tile[(((int)threadIdx.x) * 8)])), (&(A[((((int)threadIdx.x) * 8) + 7168)])));
  tl::cp_async_commit();
}
