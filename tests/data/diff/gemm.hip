#include <hip/hip_runtime.h>
#include <tl_templates/hip/gemm.h>
#include <tl_templates/hip/copy.h>
#include <tl_templates/hip/reduce.h>
#include <tl_templates/hip/scan.h>
#include <tl_templates/hip/ldsm.h>
#include <tl_templates/hip/threadblock_swizzle.h>
#include <tl_templates/hip/debug.h>

extern "C" __global__ void __launch_bounds__(128) main_kernel(half_t* __restrict__ A, half_t* __restrict__ B, float* __restrict__ C) {
  extern __shared__ __align__(1024) uchar buf_dyn_shmem[];
  void* As = ((void*)((char*)buf_dyn_shmem + 0));
  void* Bs = ((void*)((char*)buf_dyn_shmem + 8192));
  float Cl[32];
  #pragma unroll
  for (int i = 0; i < 8; ++i) {
    float broadcast_var = 0.000000e+00f;
    *(float4*)(Cl + (i * 4)) = make_float4(broadcast_var, broadcast_var, broadcast_var, broadcast_var);
  }
  #pragma unroll
  for (int i_1 = 0; i_1 < 2; ++i_1) {
    tl::cp_async_gs<16>((&(((half_t*)As)[((((i_1 * 1024) + ((((int)threadIdx.x) >> 2) * 32)) + (((((((int)threadIdx.x) & 31) >> 4) + ((((int)threadIdx.x) & 3) >> 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 15) >> 3) + (((int)threadIdx.x) & 1)) & 1) * 8))])), (&(A[((((((int)blockIdx.y) * 16384) + (i_1 * 8192)) + ((((int)threadIdx.x) >> 2) * 256)) + ((((int)threadIdx.x) & 3) * 8))])));
  }
  #pragma unroll
  for (int i_2 = 0; i_2 < 2; ++i_2) {
    tl::cp_async_gs<16>((&(((half_t*)Bs)[(((((i_2 * 1024) + ((((int)threadIdx.x) >> 3) * 64)) + (((((((int)threadIdx.x) & 63) >> 5) + ((((int)threadIdx.x) & 7) >> 2)) & 1) * 32)) + (((((((int)threadIdx.x) & 31) >> 4) + ((((int)threadIdx.x) & 3) >> 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 15) >> 3) + (((int)threadIdx.x) & 1)) & 1) * 8))])), (&(B[((((i_2 * 2048) + ((((int)threadIdx.x) >> 3) * 128)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) & 7) * 8))])));
  }
  tl::cp_async_commit();
  for (int ko = 0; ko < 7; ++ko) {
    __syncthreads();
    #pragma unroll
    for (int i_3 = 0; i_3 < 2; ++i_3) {
      tl::cp_async_gs<16>((&(((half_t*)As)[(((((((ko + 1) & 1) * 2048) + (i_3 * 1024)) + ((((int)threadIdx.x) >> 2) * 32)) + (((((((int)threadIdx.x) & 31) >> 4) + ((((int)threadIdx.x) & 3) >> 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 15) >> 3) + (((int)threadIdx.x) & 1)) & 1) * 8))])), (&(A[((((((((int)blockIdx.y) * 16384) + (i_3 * 8192)) + ((((int)threadIdx.x) >> 2) * 256)) + (ko * 32)) + ((((int)threadIdx.x) & 3) * 8)) + 32)])));
    }
    #pragma unroll
    for (int i_4 = 0; i_4 < 2; ++i_4) {
      tl::cp_async_gs<16>((&(((half_t*)Bs)[((((((((ko + 1) & 1) * 2048) + (i_4 * 1024)) + ((((int)threadIdx.x) >> 3) * 64)) + (((((((int)threadIdx.x) & 63) >> 5) + ((((int)threadIdx.x) & 7) >> 2)) & 1) * 32)) + (((((((int)threadIdx.x) & 31) >> 4) + ((((int)threadIdx.x) & 3) >> 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 15) >> 3) + (((int)threadIdx.x) & 1)) & 1) * 8))])), (&(B[((((((ko * 4096) + (i_4 * 2048)) + ((((int)threadIdx.x) >> 3) * 128)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) & 7) * 8)) + 4096)])));
    }
    tl::cp_async_commit();
    tl::cp_async_wait<1>();
    __syncthreads();
    {
      half_t A_local[8];
      half_t B_local[16];
      for (int ki = 0; ki < 2; ++ki) {
        for (int i_5 = 0; i_5 < 2; ++i_5) {
          *(uint2*)(A_local + (i_5 * 4)) = *(uint2*)(((half_t*)As) + ((((((((ko & 1) * 2048) + ((((int)threadIdx.x) >> 6) * 1024)) + (i_5 * 512)) + ((((int)threadIdx.x) & 15) * 32)) + (((((((int)threadIdx.x) & 7) >> 2) + ki) & 1) * 16)) + (((((((int)threadIdx.x) & 63) >> 5) + ((((int)threadIdx.x) & 3) >> 1)) & 1) * 8)) + (((((int)threadIdx.x) & 31) >> 4) * 4)));
        }
        for (int j = 0; j < 4; ++j) {
          for (int local_id = 0; local_id < 4; ++local_id) {
            B_local[((j * 4) + local_id)] = ((half_t*)Bs)[(((((((((ko & 1) * 2048) + (ki * 1024)) + (((((int)threadIdx.x) & 63) >> 4) * 256)) + (local_id * 64)) + (((((((int)threadIdx.x) & 31) >> 4) + (j >> 1)) & 1) * 32)) + ((((local_id >> 1) + (j & 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 15) >> 3) + (local_id & 1)) & 1) * 8)) + (((int)threadIdx.x) & 7))];
          }
        }
        for (int i_6 = 0; i_6 < 2; ++i_6) {
          for (int j_1 = 0; j_1 < 4; ++j_1) {
            {
      *(((float32x4*)Cl) + ((i_6 * 4) + j_1)) = __builtin_amdgcn_mfma_f32_16x16x16f16(*(((float16x4*)B_local) + j_1),
                    *(((float16x4*)A_local) + i_6),
                    *(((float32x4*)Cl) + ((i_6 * 4) + j_1)), 0, 0, 0);
    };
          }
        }
      }
    }
  }
  tl::cp_async_wait<0>();
  __syncthreads();
  {
    half_t A_local_1[8];
    half_t B_local_1[16];
    for (int ki_1 = 0; ki_1 < 2; ++ki_1) {
      for (int i_7 = 0; i_7 < 2; ++i_7) {
        *(uint2*)(A_local_1 + (i_7 * 4)) = *(uint2*)(((half_t*)As) + ((((((((((int)threadIdx.x) >> 6) * 1024) + (i_7 * 512)) + ((((int)threadIdx.x) & 15) * 32)) + (((((((int)threadIdx.x) & 7) >> 2) + ki_1) & 1) * 16)) + (((((((int)threadIdx.x) & 63) >> 5) + ((((int)threadIdx.x) & 3) >> 1)) & 1) * 8)) + (((((int)threadIdx.x) & 31) >> 4) * 4)) + 2048));
      }
      for (int j_2 = 0; j_2 < 4; ++j_2) {
        for (int local_id_1 = 0; local_id_1 < 4; ++local_id_1) {
          B_local_1[((j_2 * 4) + local_id_1)] = ((half_t*)Bs)[((((((((ki_1 * 1024) + (((((int)threadIdx.x) & 63) >> 4) * 256)) + (local_id_1 * 64)) + (((((((int)threadIdx.x) & 31) >> 4) + (j_2 >> 1)) & 1) * 32)) + ((((local_id_1 >> 1) + (j_2 & 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 15) >> 3) + (local_id_1 & 1)) & 1) * 8)) + (((int)threadIdx.x) & 7)) + 2048)];
        }
      }
      for (int i_8 = 0; i_8 < 2; ++i_8) {
        for (int j_3 = 0; j_3 < 4; ++j_3) {
          {
      *(((float32x4*)Cl) + ((i_8 * 4) + j_3)) = __builtin_amdgcn_mfma_f32_16x16x16f16(*(((float16x4*)B_local_1) + j_3),
                    *(((float16x4*)A_local_1) + i_8),
                    *(((float32x4*)Cl) + ((i_8 * 4) + j_3)), 0, 0, 0);
    };
        }
      }
    }
  }
  #pragma unroll
  for (int i_9 = 0; i_9 < 8; ++i_9) {
    *(float4*)(C + (((((((((int)blockIdx.y) * 8192) + ((((int)threadIdx.x) >> 6) * 4096)) + ((i_9 >> 2) * 2048)) + ((((int)threadIdx.x) & 15) * 128)) + (((int)blockIdx.x) * 64)) + ((i_9 & 3) * 16)) + (((((int)threadIdx.x) & 63) >> 4) * 4))) = *(float4*)(Cl + (i_9 * 4));
  }
}

