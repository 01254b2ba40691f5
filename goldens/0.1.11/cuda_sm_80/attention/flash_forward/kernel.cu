#if defined(_MSC_VER) && !defined(__clang__) && _MSC_VER < 1940
#define _tl_orig_alignas alignas
#define alignas(N) _tl_orig_alignas((N) <= 64 ? (N) : 64)
#include <cuda.h>
#undef alignas
#define alignas _tl_orig_alignas
#endif
#include <tl_templates/cuda/instruction/mma.h>
#include <math_constants.h>
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

extern "C" __global__ void main_kernel(const half_t* __restrict__ K, half_t* __restrict__ O, const half_t* __restrict__ Q, const half_t* __restrict__ V);
extern "C" __global__ void __launch_bounds__(128, 1) main_kernel(const half_t* __restrict__ K, half_t* __restrict__ O, const half_t* __restrict__ Q, const half_t* __restrict__ V) {
  extern __shared__ __align__(1024) uchar buf_dyn_shmem[];
  void* Q_shared = ((void*)((char*)buf_dyn_shmem + 0));
  void* K_shared = ((void*)((char*)buf_dyn_shmem + 8192));
  void* V_shared = ((void*)((char*)buf_dyn_shmem + 24576));
  float acc[32];
  float row_sum[2];
  float row_max[2];
  float scores[32];
  float old_max[2];
  half_t weights[32];
  float row_max_clear[2];
  float row_sum_clear[2];
  float row_max_clear_1[2];
  float row_sum_clear_1[2];
  float row_max_clear_2[2];
  float row_sum_clear_2[2];
  half_t O_local_cast[2];
  #pragma unroll
  for (int i = 0; i < 4; ++i) {
    *(uint4*)(((half_t*)Q_shared) + (((((i * 1024) + ((((int)threadIdx.x) >> 3) * 64)) + (((((((int)threadIdx.x) & 63) >> 5) + ((((int)threadIdx.x) & 7) >> 2)) & 1) * 32)) + (((((((int)threadIdx.x) & 31) >> 4) + ((((int)threadIdx.x) & 3) >> 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 15) >> 3) + (((int)threadIdx.x) & 1)) & 1) * 8))) = *(uint4*)(Q + ((((((int)blockIdx.y) * 16384) + (((int)blockIdx.x) * 4096)) + (i * 1024)) + (((int)threadIdx.x) * 8)));
  }
  #pragma unroll
  for (int i_1 = 0; i_1 < 8; ++i_1) {
    float broadcast_var = 0x0p+0f/*0.000000e+00*/;
    *(float4*)(acc + (i_1 * 4)) = make_float4(broadcast_var, broadcast_var, broadcast_var, broadcast_var);
  }
  float broadcast_var_1 = 0x0p+0f/*0.000000e+00*/;
  *(float2*)(row_sum + 0) = make_float2(broadcast_var_1, broadcast_var_1);
  float broadcast_var_2 = -CUDART_INF_F;
  *(float2*)(row_max + 0) = make_float2(broadcast_var_2, broadcast_var_2);
  __syncthreads();
  #pragma unroll
  for (int i_2 = 0; i_2 < 4; ++i_2) {
    tl::cp_async_gs<16>((&(((half_t*)K_shared)[(((((i_2 * 1024) + ((((int)threadIdx.x) >> 3) * 64)) + (((((((int)threadIdx.x) & 63) >> 5) + ((((int)threadIdx.x) & 7) >> 2)) & 1) * 32)) + (((((((int)threadIdx.x) & 31) >> 4) + ((((int)threadIdx.x) & 3) >> 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 15) >> 3) + (((int)threadIdx.x) & 1)) & 1) * 8))])), (&(K[(((((int)blockIdx.y) * 16384) + (i_2 * 1024)) + (((int)threadIdx.x) * 8))])));
  }
  tl::cp_async_commit();
  #pragma unroll
  for (int i_3 = 0; i_3 < 4; ++i_3) {
    tl::cp_async_gs<16>((&(((half_t*)V_shared)[(((((i_3 * 1024) + ((((int)threadIdx.x) >> 3) * 64)) + (((((((int)threadIdx.x) & 63) >> 5) + ((((int)threadIdx.x) & 7) >> 2)) & 1) * 32)) + (((((((int)threadIdx.x) & 31) >> 4) + ((((int)threadIdx.x) & 3) >> 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 15) >> 3) + (((int)threadIdx.x) & 1)) & 1) * 8))])), (&(V[(((((int)blockIdx.y) * 16384) + (i_3 * 1024)) + (((int)threadIdx.x) * 8))])));
  }
  tl::cp_async_commit();
  #pragma unroll
  for (int i_4 = 0; i_4 < 4; ++i_4) {
    tl::cp_async_gs<16>((&(((half_t*)K_shared)[((((((i_4 * 1024) + ((((int)threadIdx.x) >> 3) * 64)) + (((((((int)threadIdx.x) & 63) >> 5) + ((((int)threadIdx.x) & 7) >> 2)) & 1) * 32)) + (((((((int)threadIdx.x) & 31) >> 4) + ((((int)threadIdx.x) & 3) >> 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 15) >> 3) + (((int)threadIdx.x) & 1)) & 1) * 8)) + 4096)])), (&(K[((((((int)blockIdx.y) * 16384) + (i_4 * 1024)) + (((int)threadIdx.x) * 8)) + 4096)])));
  }
  tl::cp_async_commit();
  #pragma unroll
  for (int i_5 = 0; i_5 < 4; ++i_5) {
    tl::cp_async_gs<16>((&(((half_t*)V_shared)[((((((i_5 * 1024) + ((((int)threadIdx.x) >> 3) * 64)) + (((((((int)threadIdx.x) & 63) >> 5) + ((((int)threadIdx.x) & 7) >> 2)) & 1) * 32)) + (((((((int)threadIdx.x) & 31) >> 4) + ((((int)threadIdx.x) & 3) >> 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 15) >> 3) + (((int)threadIdx.x) & 1)) & 1) * 8)) + 4096)])), (&(V[((((((int)blockIdx.y) * 16384) + (i_5 * 1024)) + (((int)threadIdx.x) * 8)) + 4096)])));
  }
  tl::cp_async_commit();
  for (int k = 0; k < 2; ++k) {
    #pragma unroll
    for (int i_6 = 0; i_6 < 8; ++i_6) {
      float broadcast_var_3 = 0x0p+0f/*0.000000e+00*/;
      *(float4*)(scores + (i_6 * 4)) = make_float4(broadcast_var_3, broadcast_var_3, broadcast_var_3, broadcast_var_3);
    }
    tl::cp_async_wait<1>();
    __syncthreads();
    {
      half_t A_local[8];
      half_t B_local[32];
      for (int ki = 0; ki < 4; ++ki) {
        tl::ptx_ldmatrix_x4((&(((half_t*)Q_shared)[((((((int)threadIdx.x) >> 5) * 1024) + (((((int)threadIdx.x) & 15) >> 3) * 512)) + ((((((((int)threadIdx.x) & 15) * 64) + (((((((int)threadIdx.x) & 7) >> 2) + (ki >> 1)) & 1) * 32)) + (((((((int)threadIdx.x) & 3) >> 1) + (ki & 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 31) >> 4) + (((int)threadIdx.x) & 1)) & 1) * 8)) & 511))])), (&(A_local[0])));
        for (int i_7 = 0; i_7 < 4; ++i_7) {
          tl::ptx_ldmatrix_x4((&(((half_t*)K_shared)[(((((((k * 4096) + (i_7 * 1024)) + (((((int)threadIdx.x) & 31) >> 4) * 512)) + ((((int)threadIdx.x) & 7) * 64)) + (((((((int)threadIdx.x) & 7) >> 2) + (ki >> 1)) & 1) * 32)) + (((((((int)threadIdx.x) & 3) >> 1) + (ki & 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 15) >> 3) + (((int)threadIdx.x) & 1)) & 1) * 8))])), (&(B_local[(i_7 * 8)])));
        }
        for (int j = 0; j < 4; ++j) {
          tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(scores + (j * 8)), reinterpret_cast<const unsigned*>(A_local + 0), reinterpret_cast<const unsigned*>(B_local + (j * 8)));
          tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(scores + ((j * 8) + 4)), reinterpret_cast<const unsigned*>(A_local + 0), reinterpret_cast<const unsigned*>(B_local + ((j * 8) + 4)));
        }
      }
    }
    __syncthreads();
    #pragma unroll
    for (int i_8 = 0; i_8 < 4; ++i_8) {
      tl::cp_async_gs<16>((&(((half_t*)K_shared)[((((((k * 4096) + (i_8 * 1024)) + ((((int)threadIdx.x) >> 3) * 64)) + (((((((int)threadIdx.x) & 63) >> 5) + ((((int)threadIdx.x) & 7) >> 2)) & 1) * 32)) + (((((((int)threadIdx.x) & 31) >> 4) + ((((int)threadIdx.x) & 3) >> 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 15) >> 3) + (((int)threadIdx.x) & 1)) & 1) * 8))])), (&(K[(((((((int)blockIdx.y) * 16384) + (k * 4096)) + (i_8 * 1024)) + (((int)threadIdx.x) * 8)) + 8192)])));
    }
    tl::cp_async_commit();
    *(float2*)(old_max + 0) = *(float2*)(row_max + 0);
    #pragma unroll
    for (int i_9 = 0; i_9 < 2; ++i_9) {
      row_max_clear[i_9] = -CUDART_INF_F;
      #pragma unroll
      for (int rv = 0; rv < 16; ++rv) {
        row_max_clear[i_9] = max(row_max_clear[i_9], scores[((((rv & 7) * 4) + (i_9 * 2)) + (rv >> 3))]);
      }
      row_max_clear[i_9] = tl::AllReduce<tl::MaxOp, 4, 1, 0>::run(row_max_clear[i_9]);
      row_max[i_9] = max(row_max[i_9], row_max_clear[i_9]);
    }
    #pragma unroll
    for (int i_10 = 0; i_10 < 32; ++i_10) {
      scores[i_10] = exp2f(((scores[i_10] - row_max[((i_10 & 3) >> 1)]) * 0x1.7154764ee6c2fp-3f/*1.803369e-01*/));
    }
    #pragma unroll
    for (int i_11 = 0; i_11 < 2; ++i_11) {
      row_sum[i_11] = (row_sum[i_11] * exp2f(((old_max[i_11] - row_max[i_11]) * 0x1.7154764ee6c2fp-3f/*1.803369e-01*/)));
    }
    #pragma unroll
    for (int i_12 = 0; i_12 < 2; ++i_12) {
      row_sum_clear[i_12] = 0x0p+0f/*0.000000e+00*/;
      #pragma unroll
      for (int rv_1 = 0; rv_1 < 16; ++rv_1) {
        row_sum_clear[i_12] = (row_sum_clear[i_12] + scores[((((rv_1 & 7) * 4) + (i_12 * 2)) + (rv_1 >> 3))]);
      }
      row_sum_clear[i_12] = tl::AllReduce<tl::SumOp, 4, 1, 0>::run(row_sum_clear[i_12]);
      row_sum[i_12] = (row_sum[i_12] + row_sum_clear[i_12]);
    }
    #pragma unroll
    for (int i_13 = 0; i_13 < 32; ++i_13) {
      acc[i_13] = (acc[i_13] * exp2f(((old_max[((i_13 & 3) >> 1)] - row_max[((i_13 & 3) >> 1)]) * 0x1.7154764ee6c2fp-3f/*1.803369e-01*/)));
    }
    #pragma unroll
    for (int i_14 = 0; i_14 < 8; ++i_14) {
      uint2 __1;
      float4 v_ = *(float4*)(scores + (i_14 * 4));
      ((half2*)(&__1))[0] = __float22half2_rn(((float2*)(&v_))[0]);
      ((half2*)(&__1))[1] = __float22half2_rn(((float2*)(&v_))[1]);
      *(uint2*)(weights + (i_14 * 4)) = __1;
    }
    tl::cp_async_wait<1>();
    __syncthreads();
    {
      half_t B_local_1[32];
      for (int ki_1 = 0; ki_1 < 4; ++ki_1) {
        for (int i_15 = 0; i_15 < 4; ++i_15) {
          tl::ptx_ldmatrix_x4_trans((&(((half_t*)V_shared)[((((k * 4096) + (ki_1 * 1024)) + (((((int)threadIdx.x) & 15) >> 3) * 512)) + ((((((((int)threadIdx.x) & 15) * 64) + (((((((int)threadIdx.x) & 7) >> 2) + (i_15 >> 1)) & 1) * 32)) + (((((((int)threadIdx.x) & 3) >> 1) + (i_15 & 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 31) >> 4) + (((int)threadIdx.x) & 1)) & 1) * 8)) & 511))])), (&(B_local_1[(i_15 * 8)])));
        }
        for (int j_1 = 0; j_1 < 4; ++j_1) {
          tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(acc + (j_1 * 8)), reinterpret_cast<const unsigned*>(weights + (ki_1 * 8)), reinterpret_cast<const unsigned*>(B_local_1 + (j_1 * 8)));
          tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(acc + ((j_1 * 8) + 4)), reinterpret_cast<const unsigned*>(weights + (ki_1 * 8)), reinterpret_cast<const unsigned*>(B_local_1 + ((j_1 * 8) + 4)));
        }
      }
    }
    __syncthreads();
    #pragma unroll
    for (int i_16 = 0; i_16 < 4; ++i_16) {
      tl::cp_async_gs<16>((&(((half_t*)V_shared)[((((((k * 4096) + (i_16 * 1024)) + ((((int)threadIdx.x) >> 3) * 64)) + (((((((int)threadIdx.x) & 63) >> 5) + ((((int)threadIdx.x) & 7) >> 2)) & 1) * 32)) + (((((((int)threadIdx.x) & 31) >> 4) + ((((int)threadIdx.x) & 3) >> 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 15) >> 3) + (((int)threadIdx.x) & 1)) & 1) * 8))])), (&(V[(((((((int)blockIdx.y) * 16384) + (k * 4096)) + (i_16 * 1024)) + (((int)threadIdx.x) * 8)) + 8192)])));
    }
    tl::cp_async_commit();
  }
  #pragma unroll
  for (int i_17 = 0; i_17 < 8; ++i_17) {
    float broadcast_var_4 = 0x0p+0f/*0.000000e+00*/;
    *(float4*)(scores + (i_17 * 4)) = make_float4(broadcast_var_4, broadcast_var_4, broadcast_var_4, broadcast_var_4);
  }
  tl::cp_async_wait<1>();
  __syncthreads();
  {
    half_t A_local_1[8];
    half_t B_local_2[32];
    for (int ki_2 = 0; ki_2 < 4; ++ki_2) {
      tl::ptx_ldmatrix_x4((&(((half_t*)Q_shared)[((((((int)threadIdx.x) >> 5) * 1024) + (((((int)threadIdx.x) & 15) >> 3) * 512)) + ((((((((int)threadIdx.x) & 15) * 64) + (((((((int)threadIdx.x) & 7) >> 2) + (ki_2 >> 1)) & 1) * 32)) + (((((((int)threadIdx.x) & 3) >> 1) + (ki_2 & 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 31) >> 4) + (((int)threadIdx.x) & 1)) & 1) * 8)) & 511))])), (&(A_local_1[0])));
      for (int i_18 = 0; i_18 < 4; ++i_18) {
        tl::ptx_ldmatrix_x4((&(((half_t*)K_shared)[((((((i_18 * 1024) + (((((int)threadIdx.x) & 31) >> 4) * 512)) + ((((int)threadIdx.x) & 7) * 64)) + (((((((int)threadIdx.x) & 7) >> 2) + (ki_2 >> 1)) & 1) * 32)) + (((((((int)threadIdx.x) & 3) >> 1) + (ki_2 & 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 15) >> 3) + (((int)threadIdx.x) & 1)) & 1) * 8))])), (&(B_local_2[(i_18 * 8)])));
      }
      for (int j_2 = 0; j_2 < 4; ++j_2) {
        tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(scores + (j_2 * 8)), reinterpret_cast<const unsigned*>(A_local_1 + 0), reinterpret_cast<const unsigned*>(B_local_2 + (j_2 * 8)));
        tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(scores + ((j_2 * 8) + 4)), reinterpret_cast<const unsigned*>(A_local_1 + 0), reinterpret_cast<const unsigned*>(B_local_2 + ((j_2 * 8) + 4)));
      }
    }
  }
  *(float2*)(old_max + 0) = *(float2*)(row_max + 0);
  #pragma unroll
  for (int i_19 = 0; i_19 < 2; ++i_19) {
    row_max_clear_1[i_19] = -CUDART_INF_F;
    #pragma unroll
    for (int rv_2 = 0; rv_2 < 16; ++rv_2) {
      row_max_clear_1[i_19] = max(row_max_clear_1[i_19], scores[((((rv_2 & 7) * 4) + (i_19 * 2)) + (rv_2 >> 3))]);
    }
    row_max_clear_1[i_19] = tl::AllReduce<tl::MaxOp, 4, 1, 0>::run(row_max_clear_1[i_19]);
    row_max[i_19] = max(row_max[i_19], row_max_clear_1[i_19]);
  }
  #pragma unroll
  for (int i_20 = 0; i_20 < 32; ++i_20) {
    scores[i_20] = exp2f(((scores[i_20] - row_max[((i_20 & 3) >> 1)]) * 0x1.7154764ee6c2fp-3f/*1.803369e-01*/));
  }
  #pragma unroll
  for (int i_21 = 0; i_21 < 2; ++i_21) {
    row_sum[i_21] = (row_sum[i_21] * exp2f(((old_max[i_21] - row_max[i_21]) * 0x1.7154764ee6c2fp-3f/*1.803369e-01*/)));
  }
  #pragma unroll
  for (int i_22 = 0; i_22 < 2; ++i_22) {
    row_sum_clear_1[i_22] = 0x0p+0f/*0.000000e+00*/;
    #pragma unroll
    for (int rv_3 = 0; rv_3 < 16; ++rv_3) {
      row_sum_clear_1[i_22] = (row_sum_clear_1[i_22] + scores[((((rv_3 & 7) * 4) + (i_22 * 2)) + (rv_3 >> 3))]);
    }
    row_sum_clear_1[i_22] = tl::AllReduce<tl::SumOp, 4, 1, 0>::run(row_sum_clear_1[i_22]);
    row_sum[i_22] = (row_sum[i_22] + row_sum_clear_1[i_22]);
  }
  #pragma unroll
  for (int i_23 = 0; i_23 < 32; ++i_23) {
    acc[i_23] = (acc[i_23] * exp2f(((old_max[((i_23 & 3) >> 1)] - row_max[((i_23 & 3) >> 1)]) * 0x1.7154764ee6c2fp-3f/*1.803369e-01*/)));
  }
  #pragma unroll
  for (int i_24 = 0; i_24 < 8; ++i_24) {
    uint2 __2;
    float4 v__1 = *(float4*)(scores + (i_24 * 4));
    ((half2*)(&__2))[0] = __float22half2_rn(((float2*)(&v__1))[0]);
    ((half2*)(&__2))[1] = __float22half2_rn(((float2*)(&v__1))[1]);
    *(uint2*)(weights + (i_24 * 4)) = __2;
  }
  {
    half_t B_local_3[32];
    for (int ki_3 = 0; ki_3 < 4; ++ki_3) {
      for (int i_25 = 0; i_25 < 4; ++i_25) {
        tl::ptx_ldmatrix_x4_trans((&(((half_t*)V_shared)[(((ki_3 * 1024) + (((((int)threadIdx.x) & 15) >> 3) * 512)) + ((((((((int)threadIdx.x) & 15) * 64) + (((((((int)threadIdx.x) & 7) >> 2) + (i_25 >> 1)) & 1) * 32)) + (((((((int)threadIdx.x) & 3) >> 1) + (i_25 & 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 31) >> 4) + (((int)threadIdx.x) & 1)) & 1) * 8)) & 511))])), (&(B_local_3[(i_25 * 8)])));
      }
      for (int j_3 = 0; j_3 < 4; ++j_3) {
        tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(acc + (j_3 * 8)), reinterpret_cast<const unsigned*>(weights + (ki_3 * 8)), reinterpret_cast<const unsigned*>(B_local_3 + (j_3 * 8)));
        tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(acc + ((j_3 * 8) + 4)), reinterpret_cast<const unsigned*>(weights + (ki_3 * 8)), reinterpret_cast<const unsigned*>(B_local_3 + ((j_3 * 8) + 4)));
      }
    }
  }
  #pragma unroll
  for (int i_26 = 0; i_26 < 8; ++i_26) {
    float broadcast_var_5 = 0x0p+0f/*0.000000e+00*/;
    *(float4*)(scores + (i_26 * 4)) = make_float4(broadcast_var_5, broadcast_var_5, broadcast_var_5, broadcast_var_5);
  }
  tl::cp_async_wait<0>();
  __syncthreads();
  {
    half_t A_local_2[8];
    half_t B_local_4[32];
    for (int ki_4 = 0; ki_4 < 4; ++ki_4) {
      tl::ptx_ldmatrix_x4((&(((half_t*)Q_shared)[((((((int)threadIdx.x) >> 5) * 1024) + (((((int)threadIdx.x) & 15) >> 3) * 512)) + ((((((((int)threadIdx.x) & 15) * 64) + (((((((int)threadIdx.x) & 7) >> 2) + (ki_4 >> 1)) & 1) * 32)) + (((((((int)threadIdx.x) & 3) >> 1) + (ki_4 & 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 31) >> 4) + (((int)threadIdx.x) & 1)) & 1) * 8)) & 511))])), (&(A_local_2[0])));
      for (int i_27 = 0; i_27 < 4; ++i_27) {
        tl::ptx_ldmatrix_x4((&(((half_t*)K_shared)[(((((((i_27 * 1024) + (((((int)threadIdx.x) & 31) >> 4) * 512)) + ((((int)threadIdx.x) & 7) * 64)) + (((((((int)threadIdx.x) & 7) >> 2) + (ki_4 >> 1)) & 1) * 32)) + (((((((int)threadIdx.x) & 3) >> 1) + (ki_4 & 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 15) >> 3) + (((int)threadIdx.x) & 1)) & 1) * 8)) + 4096)])), (&(B_local_4[(i_27 * 8)])));
      }
      for (int j_4 = 0; j_4 < 4; ++j_4) {
        tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(scores + (j_4 * 8)), reinterpret_cast<const unsigned*>(A_local_2 + 0), reinterpret_cast<const unsigned*>(B_local_4 + (j_4 * 8)));
        tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(scores + ((j_4 * 8) + 4)), reinterpret_cast<const unsigned*>(A_local_2 + 0), reinterpret_cast<const unsigned*>(B_local_4 + ((j_4 * 8) + 4)));
      }
    }
  }
  *(float2*)(old_max + 0) = *(float2*)(row_max + 0);
  #pragma unroll
  for (int i_28 = 0; i_28 < 2; ++i_28) {
    row_max_clear_2[i_28] = -CUDART_INF_F;
    #pragma unroll
    for (int rv_4 = 0; rv_4 < 16; ++rv_4) {
      row_max_clear_2[i_28] = max(row_max_clear_2[i_28], scores[((((rv_4 & 7) * 4) + (i_28 * 2)) + (rv_4 >> 3))]);
    }
    row_max_clear_2[i_28] = tl::AllReduce<tl::MaxOp, 4, 1, 0>::run(row_max_clear_2[i_28]);
    row_max[i_28] = max(row_max[i_28], row_max_clear_2[i_28]);
  }
  #pragma unroll
  for (int i_29 = 0; i_29 < 32; ++i_29) {
    scores[i_29] = exp2f(((scores[i_29] - row_max[((i_29 & 3) >> 1)]) * 0x1.7154764ee6c2fp-3f/*1.803369e-01*/));
  }
  #pragma unroll
  for (int i_30 = 0; i_30 < 2; ++i_30) {
    row_sum[i_30] = (row_sum[i_30] * exp2f(((old_max[i_30] - row_max[i_30]) * 0x1.7154764ee6c2fp-3f/*1.803369e-01*/)));
  }
  #pragma unroll
  for (int i_31 = 0; i_31 < 2; ++i_31) {
    row_sum_clear_2[i_31] = 0x0p+0f/*0.000000e+00*/;
    #pragma unroll
    for (int rv_5 = 0; rv_5 < 16; ++rv_5) {
      row_sum_clear_2[i_31] = (row_sum_clear_2[i_31] + scores[((((rv_5 & 7) * 4) + (i_31 * 2)) + (rv_5 >> 3))]);
    }
    row_sum_clear_2[i_31] = tl::AllReduce<tl::SumOp, 4, 1, 0>::run(row_sum_clear_2[i_31]);
    row_sum[i_31] = (row_sum[i_31] + row_sum_clear_2[i_31]);
  }
  #pragma unroll
  for (int i_32 = 0; i_32 < 32; ++i_32) {
    acc[i_32] = (acc[i_32] * exp2f(((old_max[((i_32 & 3) >> 1)] - row_max[((i_32 & 3) >> 1)]) * 0x1.7154764ee6c2fp-3f/*1.803369e-01*/)));
  }
  #pragma unroll
  for (int i_33 = 0; i_33 < 8; ++i_33) {
    uint2 __3;
    float4 v__2 = *(float4*)(scores + (i_33 * 4));
    ((half2*)(&__3))[0] = __float22half2_rn(((float2*)(&v__2))[0]);
    ((half2*)(&__3))[1] = __float22half2_rn(((float2*)(&v__2))[1]);
    *(uint2*)(weights + (i_33 * 4)) = __3;
  }
  {
    half_t B_local_5[32];
    for (int ki_5 = 0; ki_5 < 4; ++ki_5) {
      for (int i_34 = 0; i_34 < 4; ++i_34) {
        tl::ptx_ldmatrix_x4_trans((&(((half_t*)V_shared)[((((ki_5 * 1024) + (((((int)threadIdx.x) & 15) >> 3) * 512)) + ((((((((int)threadIdx.x) & 15) * 64) + (((((((int)threadIdx.x) & 7) >> 2) + (i_34 >> 1)) & 1) * 32)) + (((((((int)threadIdx.x) & 3) >> 1) + (i_34 & 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 31) >> 4) + (((int)threadIdx.x) & 1)) & 1) * 8)) & 511)) + 4096)])), (&(B_local_5[(i_34 * 8)])));
      }
      for (int j_5 = 0; j_5 < 4; ++j_5) {
        tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(acc + (j_5 * 8)), reinterpret_cast<const unsigned*>(weights + (ki_5 * 8)), reinterpret_cast<const unsigned*>(B_local_5 + (j_5 * 8)));
        tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(acc + ((j_5 * 8) + 4)), reinterpret_cast<const unsigned*>(weights + (ki_5 * 8)), reinterpret_cast<const unsigned*>(B_local_5 + ((j_5 * 8) + 4)));
      }
    }
  }
  #pragma unroll
  for (int i_35 = 0; i_35 < 32; ++i_35) {
    acc[i_35] = (acc[i_35] / row_sum[((i_35 & 3) >> 1)]);
  }
  #pragma unroll
  for (int i_36 = 0; i_36 < 16; ++i_36) {
    uint1 __4;
    float2 v__3 = *(float2*)(acc + (i_36 * 2));
    ((half2*)(&__4))[0] = __float22half2_rn(((float2*)(&v__3))[0]);
    *(uint1*)(O_local_cast + 0) = __4;
    *(uint1*)(O + (((((((((int)blockIdx.y) * 16384) + (((int)blockIdx.x) * 4096)) + ((((int)threadIdx.x) >> 5) * 1024)) + ((i_36 & 1) * 512)) + (((((int)threadIdx.x) & 31) >> 2) * 64)) + ((i_36 >> 1) * 8)) + ((((int)threadIdx.x) & 3) * 2))) = *(uint1*)(O_local_cast + 0);
  }
}
