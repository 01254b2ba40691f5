#include <hip/hip_runtime.h>
#include <tl_templates/hip/gemm.h>
#include <tl_templates/hip/copy.h>
#include <tl_templates/hip/reduce.h>
#include <tl_templates/hip/scan.h>
#include <tl_templates/hip/ldsm.h>
#include <tl_templates/hip/threadblock_swizzle.h>
#include <tl_templates/hip/debug.h>

extern "C" __global__ void __launch_bounds__(128) main_kernel(float* __restrict__ A, float* __restrict__ B) {
  const dim3 blockIdx = tl::rasterization2DRow<10>();
  #pragma unroll
  for (int i = 0; i < 8; ++i) {
    float broadcast_var = 2.000000e+00f;
    float4 __1;
      float4 v_ = *(float4*)(A + (((((((int)blockIdx.y) * 65536) + (i * 8192)) + ((((int)threadIdx.x) >> 4) * 1024)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) & 15) * 4)));
      float4 v__1 = make_float4(broadcast_var, broadcast_var, broadcast_var, broadcast_var);
      __1.x = (v_.x*v__1.x);
      __1.y = (v_.y*v__1.y);
      __1.z = (v_.z*v__1.z);
      __1.w = (v_.w*v__1.w);
    *(float4*)(B + (((((((int)blockIdx.y) * 65536) + (i * 8192)) + ((((int)threadIdx.x) >> 4) * 1024)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) & 15) * 4))) = __1;
  }
}
