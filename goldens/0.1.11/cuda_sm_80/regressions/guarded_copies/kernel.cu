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

extern "C" __global__ void main_kernel(const float* __restrict__ A, float* __restrict__ C, const int* __restrict__ keep);
extern "C" __global__ void __launch_bounds__(128, 1) main_kernel(const float* __restrict__ A, float* __restrict__ C, const int* __restrict__ keep) {
  float total[8];
  extern __shared__ __align__(1024) float row[];
  #pragma unroll
  for (int i = 0; i < 2; ++i) {
    float broadcast_var = 0x0p+0f/*0.000000e+00*/;
    *(float4*)(total + (i * 4)) = make_float4(broadcast_var, broadcast_var, broadcast_var, broadcast_var);
  }
  if (keep[0] != 0) {
    #pragma unroll
    for (int i_1 = 0; i_1 < 2; ++i_1) {
      *(float4*)(row + ((i_1 * 512) + (((int)threadIdx.x) * 4))) = *(float4*)(A + ((i_1 * 512) + (((int)threadIdx.x) * 4)));
    }
  }
  __syncthreads();
  for (int ko = 0; ko < 7; ++ko) {
    if (keep[(ko + 1)] != 0) {
      #pragma unroll
      for (int i_2 = 0; i_2 < 2; ++i_2) {
        *(float4*)(row + (((((ko + 1) & 1) * 1024) + (i_2 * 512)) + (((int)threadIdx.x) * 4))) = *(float4*)(A + ((((ko * 1024) + (i_2 * 512)) + (((int)threadIdx.x) * 4)) + 1024));
      }
    }
    if (keep[ko] != 0) {
      #pragma unroll
      for (int i_3 = 0; i_3 < 2; ++i_3) {
        float4 __1;
          float4 v_ = *(float4*)(total + (i_3 * 4));
          float4 v__1 = *(float4*)(row + ((((ko & 1) * 1024) + (i_3 * 512)) + (((int)threadIdx.x) * 4)));
          __1.x = (v_.x+v__1.x);
          __1.y = (v_.y+v__1.y);
          __1.z = (v_.z+v__1.z);
          __1.w = (v_.w+v__1.w);
        *(float4*)(total + (i_3 * 4)) = __1;
      }
    }
  }
  if (keep[7] != 0) {
    #pragma unroll
    for (int i_4 = 0; i_4 < 2; ++i_4) {
      float4 __2;
        float4 v__2 = *(float4*)(total + (i_4 * 4));
        float4 v__3 = *(float4*)(row + (((i_4 * 512) + (((int)threadIdx.x) * 4)) + 1024));
        __2.x = (v__2.x+v__3.x);
        __2.y = (v__2.y+v__3.y);
        __2.z = (v__2.z+v__3.z);
        __2.w = (v__2.w+v__3.w);
      *(float4*)(total + (i_4 * 4)) = __2;
    }
  }
  #pragma unroll
  for (int i_5 = 0; i_5 < 2; ++i_5) {
    *(float4*)(C + ((i_5 * 512) + (((int)threadIdx.x) * 4))) = *(float4*)(total + (i_5 * 4));
  }
}
