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

extern "C" __global__ void main_kernel(const float* __restrict__ A, float* __restrict__ B);
extern "C" __global__ void __launch_bounds__(128, 1) main_kernel(const float* __restrict__ A, float* __restrict__ B) {
  extern __shared__ __align__(1024) uchar buf_dyn_shmem[];
  void* first = ((void*)((char*)buf_dyn_shmem + 0));
  void* third = ((void*)((char*)buf_dyn_shmem + 0));
  void* second = ((void*)((char*)buf_dyn_shmem + 1024));
  *(float2*)(((float*)first) + (((int)threadIdx.x) * 2)) = *(float2*)(A + (((int)threadIdx.x) * 2));
  __syncthreads();
  #pragma unroll
  for (int i = 0; i < 2; ++i) {
    ((float*)second)[((i * 128) + ((int)threadIdx.x))] = ((float*)first)[((255 - ((int)threadIdx.x)) - (i * 128))];
  }
  __syncthreads();
  #pragma unroll
  for (int i_1 = 0; i_1 < 2; ++i_1) {
    ((float*)third)[((i_1 * 128) + ((int)threadIdx.x))] = (((float*)second)[((i_1 * 128) + ((int)threadIdx.x))] + ((float*)second)[((255 - ((int)threadIdx.x)) - (i_1 * 128))]);
  }
  __syncthreads();
  #pragma unroll
  for (int i_2 = 0; i_2 < 2; ++i_2) {
    B[((i_2 * 128) + ((int)threadIdx.x))] = ((float*)third)[((((i_2 * 128) + ((int)threadIdx.x)) + 1) & 255)];
  }
}
