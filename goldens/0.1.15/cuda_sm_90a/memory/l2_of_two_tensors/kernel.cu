#if defined(_MSC_VER) && !defined(__clang__) && _MSC_VER < 1940
#define _tl_orig_alignas alignas
#define alignas(N) _tl_orig_alignas((N) <= 64 ? (N) : 64)
#include <cuda.h>
#undef alignas
#define alignas _tl_orig_alignas
#endif
#include <tl_templates/cuda/reduce.h>
#include <tl_templates/cuda/scan.h>
#include <tl_templates/cuda/ldsm.h>
#include <tl_templates/cuda/threadblock_swizzle.h>
#include <tl_templates/cuda/debug.h>
#ifdef ENABLE_BF16
#include <tl_templates/cuda/cuda_bf16_fallbacks.cuh>
#endif

extern "C" __global__ void main_kernel(const half_t* __restrict__ A, float* __restrict__ B, const float* __restrict__ scale);
extern "C" __global__ void __launch_bounds__(128, 1) main_kernel(const half_t* __restrict__ A, float* __restrict__ B, const float* __restrict__ scale) {
  {
    half_t A_local_cast_1[4];
    float B_local_cast[4];
    *(uint2*)(A_local_cast_1 + 0) = *(uint2*)(A + ((((int)blockIdx.x) * 512) + (((int)threadIdx.x) * 4)));
    float4 __1;
      float4 __2;
      uint2 v_ = *(uint2*)(A_local_cast_1 + 0);
      ((float2*)(&__2))[0] = __half22float2(((half2*)(&v_))[0]);
      ((float2*)(&__2))[1] = __half22float2(((half2*)(&v_))[1]);
      float4 v__1 = make_float4(scale[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))], scale[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))], scale[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))], scale[((((int)blockIdx.x) * 128) + ((int)threadIdx.x))]);
      __1.x = (__2.x*v__1.x);
      __1.y = (__2.y*v__1.y);
      __1.z = (__2.z*v__1.z);
      __1.w = (__2.w*v__1.w);
    *(float4*)(B_local_cast + 0) = __1;
    *(float4*)(B + ((((int)blockIdx.x) * 512) + (((int)threadIdx.x) * 4))) = *(float4*)(B_local_cast + 0);
  }
}
