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

extern "C" __global__ void main_kernel(const float* __restrict__ A, const half_t* __restrict__ B, float* __restrict__ C);
extern "C" __global__ void __launch_bounds__(128, 1) main_kernel(const float* __restrict__ A, const half_t* __restrict__ B, float* __restrict__ C) {
  extern __shared__ __align__(1024) uchar buf_dyn_shmem[];
  void* wide = ((void*)((char*)buf_dyn_shmem + 0));
  void* narrow = ((void*)((char*)buf_dyn_shmem + 1024));
  *(float2*)(((float*)wide) + (((int)threadIdx.x) * 2)) = *(float2*)(A + (((int)threadIdx.x) * 2));
  *(uint1*)(((half_t*)narrow) + (((int)threadIdx.x) * 2)) = *(uint1*)(B + (((int)threadIdx.x) * 2));
  __syncthreads();
  #pragma unroll
  for (int i = 0; i < 2; ++i) {
    C[((i * 128) + ((int)threadIdx.x))] = (((float*)wide)[((255 - ((int)threadIdx.x)) - (i * 128))] + ((float)((half_t*)narrow)[((255 - ((int)threadIdx.x)) - (i * 128))]));
  }
}
