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
  float4 __1;
    uint4 v_ = tl::load_global_128((&(A[((((int)blockIdx.x) * 512) + (((int)threadIdx.x) * 4))])));
    float4 v__1 = *(float4 *)(&(v_));
    float4 v__2 = make_float4(0x1p+0f/*1.000000e+00*/, 0x1p+0f/*1.000000e+00*/, 0x1p+0f/*1.000000e+00*/, 0x1p+0f/*1.000000e+00*/);
    __1.x = (v__1.x+v__2.x);
    __1.y = (v__1.y+v__2.y);
    __1.z = (v__1.z+v__2.z);
    __1.w = (v__1.w+v__2.w);
  float4 _reinterpret_tmp = __1;
  tl::store_global_128((&(B[((((int)blockIdx.x) * 512) + (((int)threadIdx.x) * 4))])), (*(uint4 *)(&(_reinterpret_tmp))));
}
