#if defined(_MSC_VER) && !defined(__clang__) && _MSC_VER < 1940
#define _tl_orig_alignas alignas
#define alignas(N) _tl_orig_alignas((N) <= 64 ? (N) : 64)
#include <cuda.h>
#undef alignas
#define alignas _tl_orig_alignas
#endif
#include <tl_templates/cuda/instruction/mma.h>
#include <tl_templates/cuda/copy.h>
#include <math_constants.h>
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
    tl::cp_async_wait<3>();
    __syncthreads();
    {
      half_t A_local[8];
      half_t B_local[32];
      for (int ki = 0; ki < 4; ++ki) {
        tl::ptx_ldmatrix_x4((&(((half_t*)Q_shared)[((((((((int)threadIdx.x) >> 5) * 1024) + ((((int)threadIdx.x) & 15) * 64)) + (((((((int)threadIdx.x) & 7) >> 2) + (ki >> 1)) & 1) * 32)) + (((((((int)threadIdx.x) & 3) >> 1) + (ki & 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 31) >> 4) + (((int)threadIdx.x) & 1)) & 1) * 8))])), (&(A_local[0])));
        #pragma unroll
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
      row_max_clear[i_9] = tl::AllReduce<tl::MaxOp, 4, 1, 0, tl::NamedBarrier<128>>::run(row_max_clear[i_9]);
      row_max[i_9] = max(row_max[i_9], row_max_clear[i_9]);
    }
    #pragma unroll
    for (int i_10 = 0; i_10 < 16; ++i_10) {
      float broadcast_var_4 = 0x1.7154764ee6c2fp-3f/*1.803369e-01*/;
      float2 __1;
      float2 __2;
        float2 __3;
          float2 v_ = *(float2*)(scores + (i_10 * 2));
          float2 v__1 = make_float2(row_max[(i_10 & 1)], row_max[(i_10 & 1)]);
          __3.x = (v_.x-v__1.x);
          __3.y = (v_.y-v__1.y);
        float2 v__2 = make_float2(broadcast_var_4, broadcast_var_4);
        __2.x = (__3.x*v__2.x);
        __2.y = (__3.y*v__2.y);
      __1.x = exp2f(__2.x);
      __1.y = exp2f(__2.y);
      *(float2*)(scores + (i_10 * 2)) = __1;
    }
    float broadcast_var_5 = 0x1.7154764ee6c2fp-3f/*1.803369e-01*/;
    float2 __4;
      float2 v__3 = *(float2*)(row_sum + 0);
      float2 __5;
      float2 __6;
        float2 __7;
          float2 v__4 = *(float2*)(old_max + 0);
          float2 v__5 = *(float2*)(row_max + 0);
          __7.x = (v__4.x-v__5.x);
          __7.y = (v__4.y-v__5.y);
        float2 v__6 = make_float2(broadcast_var_5, broadcast_var_5);
        __6.x = (__7.x*v__6.x);
        __6.y = (__7.y*v__6.y);
      __5.x = exp2f(__6.x);
      __5.y = exp2f(__6.y);
      __4.x = (v__3.x*__5.x);
      __4.y = (v__3.y*__5.y);
    *(float2*)(row_sum + 0) = __4;
    #pragma unroll
    for (int i_11 = 0; i_11 < 2; ++i_11) {
      row_sum_clear[i_11] = 0x0p+0f/*0.000000e+00*/;
      #pragma unroll
      for (int rv_1 = 0; rv_1 < 16; ++rv_1) {
        row_sum_clear[i_11] = (row_sum_clear[i_11] + scores[((((rv_1 & 7) * 4) + (i_11 * 2)) + (rv_1 >> 3))]);
      }
      row_sum_clear[i_11] = tl::AllReduce<tl::SumOp, 4, 1, 0, tl::NamedBarrier<128>>::run(row_sum_clear[i_11]);
      row_sum[i_11] = (row_sum[i_11] + row_sum_clear[i_11]);
    }
    #pragma unroll
    for (int i_12 = 0; i_12 < 16; ++i_12) {
      float2 __8;
        float2 v__7 = *(float2*)(acc + (i_12 * 2));
        float2 v__8 = make_float2(exp2f(((old_max[(i_12 & 1)] - row_max[(i_12 & 1)]) * 0x1.7154764ee6c2fp-3f/*1.803369e-01*/)), exp2f(((old_max[(i_12 & 1)] - row_max[(i_12 & 1)]) * 0x1.7154764ee6c2fp-3f/*1.803369e-01*/)));
        __8.x = (v__7.x*v__8.x);
        __8.y = (v__7.y*v__8.y);
      *(float2*)(acc + (i_12 * 2)) = __8;
    }
    #pragma unroll
    for (int i_13 = 0; i_13 < 8; ++i_13) {
      uint2 __9;
      float4 v__9 = *(float4*)(scores + (i_13 * 4));
      ((half2*)(&__9))[0] = __float22half2_rn(((float2*)(&v__9))[0]);
      ((half2*)(&__9))[1] = __float22half2_rn(((float2*)(&v__9))[1]);
      *(uint2*)(weights + (i_13 * 4)) = __9;
    }
    tl::cp_async_wait<3>();
    __syncthreads();
    {
      half_t B_local_1[32];
      for (int ki_1 = 0; ki_1 < 4; ++ki_1) {
        #pragma unroll
        for (int i_14 = 0; i_14 < 4; ++i_14) {
          tl::ptx_ldmatrix_x4_trans((&(((half_t*)V_shared)[((((((k * 4096) + (ki_1 * 1024)) + ((((int)threadIdx.x) & 15) * 64)) + (((((((int)threadIdx.x) & 7) >> 2) + (i_14 >> 1)) & 1) * 32)) + (((((((int)threadIdx.x) & 3) >> 1) + (i_14 & 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 31) >> 4) + (((int)threadIdx.x) & 1)) & 1) * 8))])), (&(B_local_1[(i_14 * 8)])));
        }
        for (int j_1 = 0; j_1 < 4; ++j_1) {
          tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(acc + (j_1 * 8)), reinterpret_cast<const unsigned*>(weights + (ki_1 * 8)), reinterpret_cast<const unsigned*>(B_local_1 + (j_1 * 8)));
          tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(acc + ((j_1 * 8) + 4)), reinterpret_cast<const unsigned*>(weights + (ki_1 * 8)), reinterpret_cast<const unsigned*>(B_local_1 + ((j_1 * 8) + 4)));
        }
      }
    }
    __syncthreads();
    #pragma unroll
    for (int i_15 = 0; i_15 < 4; ++i_15) {
      tl::cp_async_gs<16>((&(((half_t*)V_shared)[((((((k * 4096) + (i_15 * 1024)) + ((((int)threadIdx.x) >> 3) * 64)) + (((((((int)threadIdx.x) & 63) >> 5) + ((((int)threadIdx.x) & 7) >> 2)) & 1) * 32)) + (((((((int)threadIdx.x) & 31) >> 4) + ((((int)threadIdx.x) & 3) >> 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 15) >> 3) + (((int)threadIdx.x) & 1)) & 1) * 8))])), (&(V[(((((((int)blockIdx.y) * 16384) + (k * 4096)) + (i_15 * 1024)) + (((int)threadIdx.x) * 8)) + 8192)])));
    }
    tl::cp_async_commit();
  }
  #pragma unroll
  for (int i_16 = 0; i_16 < 8; ++i_16) {
    float broadcast_var_6 = 0x0p+0f/*0.000000e+00*/;
    *(float4*)(scores + (i_16 * 4)) = make_float4(broadcast_var_6, broadcast_var_6, broadcast_var_6, broadcast_var_6);
  }
  tl::cp_async_wait<3>();
  __syncthreads();
  {
    half_t A_local_1[8];
    half_t B_local_2[32];
    for (int ki_2 = 0; ki_2 < 4; ++ki_2) {
      tl::ptx_ldmatrix_x4((&(((half_t*)Q_shared)[((((((((int)threadIdx.x) >> 5) * 1024) + ((((int)threadIdx.x) & 15) * 64)) + (((((((int)threadIdx.x) & 7) >> 2) + (ki_2 >> 1)) & 1) * 32)) + (((((((int)threadIdx.x) & 3) >> 1) + (ki_2 & 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 31) >> 4) + (((int)threadIdx.x) & 1)) & 1) * 8))])), (&(A_local_1[0])));
      #pragma unroll
      for (int i_17 = 0; i_17 < 4; ++i_17) {
        tl::ptx_ldmatrix_x4((&(((half_t*)K_shared)[((((((i_17 * 1024) + (((((int)threadIdx.x) & 31) >> 4) * 512)) + ((((int)threadIdx.x) & 7) * 64)) + (((((((int)threadIdx.x) & 7) >> 2) + (ki_2 >> 1)) & 1) * 32)) + (((((((int)threadIdx.x) & 3) >> 1) + (ki_2 & 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 15) >> 3) + (((int)threadIdx.x) & 1)) & 1) * 8))])), (&(B_local_2[(i_17 * 8)])));
      }
      for (int j_2 = 0; j_2 < 4; ++j_2) {
        tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(scores + (j_2 * 8)), reinterpret_cast<const unsigned*>(A_local_1 + 0), reinterpret_cast<const unsigned*>(B_local_2 + (j_2 * 8)));
        tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(scores + ((j_2 * 8) + 4)), reinterpret_cast<const unsigned*>(A_local_1 + 0), reinterpret_cast<const unsigned*>(B_local_2 + ((j_2 * 8) + 4)));
      }
    }
  }
  *(float2*)(old_max + 0) = *(float2*)(row_max + 0);
  #pragma unroll
  for (int i_18 = 0; i_18 < 2; ++i_18) {
    row_max_clear_1[i_18] = -CUDART_INF_F;
    #pragma unroll
    for (int rv_2 = 0; rv_2 < 16; ++rv_2) {
      row_max_clear_1[i_18] = max(row_max_clear_1[i_18], scores[((((rv_2 & 7) * 4) + (i_18 * 2)) + (rv_2 >> 3))]);
    }
    row_max_clear_1[i_18] = tl::AllReduce<tl::MaxOp, 4, 1, 0, tl::NamedBarrier<128>>::run(row_max_clear_1[i_18]);
    row_max[i_18] = max(row_max[i_18], row_max_clear_1[i_18]);
  }
  #pragma unroll
  for (int i_19 = 0; i_19 < 16; ++i_19) {
    float broadcast_var_7 = 0x1.7154764ee6c2fp-3f/*1.803369e-01*/;
    float2 __10;
    float2 __11;
      float2 __12;
        float2 v__10 = *(float2*)(scores + (i_19 * 2));
        float2 v__11 = make_float2(row_max[(i_19 & 1)], row_max[(i_19 & 1)]);
        __12.x = (v__10.x-v__11.x);
        __12.y = (v__10.y-v__11.y);
      float2 v__12 = make_float2(broadcast_var_7, broadcast_var_7);
      __11.x = (__12.x*v__12.x);
      __11.y = (__12.y*v__12.y);
    __10.x = exp2f(__11.x);
    __10.y = exp2f(__11.y);
    *(float2*)(scores + (i_19 * 2)) = __10;
  }
  float broadcast_var_8 = 0x1.7154764ee6c2fp-3f/*1.803369e-01*/;
  float2 __13;
    float2 v__13 = *(float2*)(row_sum + 0);
    float2 __14;
    float2 __15;
      float2 __16;
        float2 v__14 = *(float2*)(old_max + 0);
        float2 v__15 = *(float2*)(row_max + 0);
        __16.x = (v__14.x-v__15.x);
        __16.y = (v__14.y-v__15.y);
      float2 v__16 = make_float2(broadcast_var_8, broadcast_var_8);
      __15.x = (__16.x*v__16.x);
      __15.y = (__16.y*v__16.y);
    __14.x = exp2f(__15.x);
    __14.y = exp2f(__15.y);
    __13.x = (v__13.x*__14.x);
    __13.y = (v__13.y*__14.y);
  *(float2*)(row_sum + 0) = __13;
  #pragma unroll
  for (int i_20 = 0; i_20 < 2; ++i_20) {
    row_sum_clear_1[i_20] = 0x0p+0f/*0.000000e+00*/;
    #pragma unroll
    for (int rv_3 = 0; rv_3 < 16; ++rv_3) {
      row_sum_clear_1[i_20] = (row_sum_clear_1[i_20] + scores[((((rv_3 & 7) * 4) + (i_20 * 2)) + (rv_3 >> 3))]);
    }
    row_sum_clear_1[i_20] = tl::AllReduce<tl::SumOp, 4, 1, 0, tl::NamedBarrier<128>>::run(row_sum_clear_1[i_20]);
    row_sum[i_20] = (row_sum[i_20] + row_sum_clear_1[i_20]);
  }
  #pragma unroll
  for (int i_21 = 0; i_21 < 16; ++i_21) {
    float2 __17;
      float2 v__17 = *(float2*)(acc + (i_21 * 2));
      float2 v__18 = make_float2(exp2f(((old_max[(i_21 & 1)] - row_max[(i_21 & 1)]) * 0x1.7154764ee6c2fp-3f/*1.803369e-01*/)), exp2f(((old_max[(i_21 & 1)] - row_max[(i_21 & 1)]) * 0x1.7154764ee6c2fp-3f/*1.803369e-01*/)));
      __17.x = (v__17.x*v__18.x);
      __17.y = (v__17.y*v__18.y);
    *(float2*)(acc + (i_21 * 2)) = __17;
  }
  #pragma unroll
  for (int i_22 = 0; i_22 < 8; ++i_22) {
    uint2 __18;
    float4 v__19 = *(float4*)(scores + (i_22 * 4));
    ((half2*)(&__18))[0] = __float22half2_rn(((float2*)(&v__19))[0]);
    ((half2*)(&__18))[1] = __float22half2_rn(((float2*)(&v__19))[1]);
    *(uint2*)(weights + (i_22 * 4)) = __18;
  }
  tl::cp_async_wait<2>();
  __syncthreads();
  {
    half_t B_local_3[32];
    for (int ki_3 = 0; ki_3 < 4; ++ki_3) {
      #pragma unroll
      for (int i_23 = 0; i_23 < 4; ++i_23) {
        tl::ptx_ldmatrix_x4_trans((&(((half_t*)V_shared)[(((((ki_3 * 1024) + ((((int)threadIdx.x) & 15) * 64)) + (((((((int)threadIdx.x) & 7) >> 2) + (i_23 >> 1)) & 1) * 32)) + (((((((int)threadIdx.x) & 3) >> 1) + (i_23 & 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 31) >> 4) + (((int)threadIdx.x) & 1)) & 1) * 8))])), (&(B_local_3[(i_23 * 8)])));
      }
      for (int j_3 = 0; j_3 < 4; ++j_3) {
        tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(acc + (j_3 * 8)), reinterpret_cast<const unsigned*>(weights + (ki_3 * 8)), reinterpret_cast<const unsigned*>(B_local_3 + (j_3 * 8)));
        tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(acc + ((j_3 * 8) + 4)), reinterpret_cast<const unsigned*>(weights + (ki_3 * 8)), reinterpret_cast<const unsigned*>(B_local_3 + ((j_3 * 8) + 4)));
      }
    }
  }
  #pragma unroll
  for (int i_24 = 0; i_24 < 8; ++i_24) {
    float broadcast_var_9 = 0x0p+0f/*0.000000e+00*/;
    *(float4*)(scores + (i_24 * 4)) = make_float4(broadcast_var_9, broadcast_var_9, broadcast_var_9, broadcast_var_9);
  }
  tl::cp_async_wait<1>();
  __syncthreads();
  {
    half_t A_local_2[8];
    half_t B_local_4[32];
    for (int ki_4 = 0; ki_4 < 4; ++ki_4) {
      tl::ptx_ldmatrix_x4((&(((half_t*)Q_shared)[((((((((int)threadIdx.x) >> 5) * 1024) + ((((int)threadIdx.x) & 15) * 64)) + (((((((int)threadIdx.x) & 7) >> 2) + (ki_4 >> 1)) & 1) * 32)) + (((((((int)threadIdx.x) & 3) >> 1) + (ki_4 & 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 31) >> 4) + (((int)threadIdx.x) & 1)) & 1) * 8))])), (&(A_local_2[0])));
      #pragma unroll
      for (int i_25 = 0; i_25 < 4; ++i_25) {
        tl::ptx_ldmatrix_x4((&(((half_t*)K_shared)[(((((((i_25 * 1024) + (((((int)threadIdx.x) & 31) >> 4) * 512)) + ((((int)threadIdx.x) & 7) * 64)) + (((((((int)threadIdx.x) & 7) >> 2) + (ki_4 >> 1)) & 1) * 32)) + (((((((int)threadIdx.x) & 3) >> 1) + (ki_4 & 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 15) >> 3) + (((int)threadIdx.x) & 1)) & 1) * 8)) + 4096)])), (&(B_local_4[(i_25 * 8)])));
      }
      for (int j_4 = 0; j_4 < 4; ++j_4) {
        tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(scores + (j_4 * 8)), reinterpret_cast<const unsigned*>(A_local_2 + 0), reinterpret_cast<const unsigned*>(B_local_4 + (j_4 * 8)));
        tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(scores + ((j_4 * 8) + 4)), reinterpret_cast<const unsigned*>(A_local_2 + 0), reinterpret_cast<const unsigned*>(B_local_4 + ((j_4 * 8) + 4)));
      }
    }
  }
  *(float2*)(old_max + 0) = *(float2*)(row_max + 0);
  #pragma unroll
  for (int i_26 = 0; i_26 < 2; ++i_26) {
    row_max_clear_2[i_26] = -CUDART_INF_F;
    #pragma unroll
    for (int rv_4 = 0; rv_4 < 16; ++rv_4) {
      row_max_clear_2[i_26] = max(row_max_clear_2[i_26], scores[((((rv_4 & 7) * 4) + (i_26 * 2)) + (rv_4 >> 3))]);
    }
    row_max_clear_2[i_26] = tl::AllReduce<tl::MaxOp, 4, 1, 0, tl::NamedBarrier<128>>::run(row_max_clear_2[i_26]);
    row_max[i_26] = max(row_max[i_26], row_max_clear_2[i_26]);
  }
  #pragma unroll
  for (int i_27 = 0; i_27 < 16; ++i_27) {
    float broadcast_var_10 = 0x1.7154764ee6c2fp-3f/*1.803369e-01*/;
    float2 __19;
    float2 __20;
      float2 __21;
        float2 v__20 = *(float2*)(scores + (i_27 * 2));
        float2 v__21 = make_float2(row_max[(i_27 & 1)], row_max[(i_27 & 1)]);
        __21.x = (v__20.x-v__21.x);
        __21.y = (v__20.y-v__21.y);
      float2 v__22 = make_float2(broadcast_var_10, broadcast_var_10);
      __20.x = (__21.x*v__22.x);
      __20.y = (__21.y*v__22.y);
    __19.x = exp2f(__20.x);
    __19.y = exp2f(__20.y);
    *(float2*)(scores + (i_27 * 2)) = __19;
  }
  float broadcast_var_11 = 0x1.7154764ee6c2fp-3f/*1.803369e-01*/;
  float2 __22;
    float2 v__23 = *(float2*)(row_sum + 0);
    float2 __23;
    float2 __24;
      float2 __25;
        float2 v__24 = *(float2*)(old_max + 0);
        float2 v__25 = *(float2*)(row_max + 0);
        __25.x = (v__24.x-v__25.x);
        __25.y = (v__24.y-v__25.y);
      float2 v__26 = make_float2(broadcast_var_11, broadcast_var_11);
      __24.x = (__25.x*v__26.x);
      __24.y = (__25.y*v__26.y);
    __23.x = exp2f(__24.x);
    __23.y = exp2f(__24.y);
    __22.x = (v__23.x*__23.x);
    __22.y = (v__23.y*__23.y);
  *(float2*)(row_sum + 0) = __22;
  #pragma unroll
  for (int i_28 = 0; i_28 < 2; ++i_28) {
    row_sum_clear_2[i_28] = 0x0p+0f/*0.000000e+00*/;
    #pragma unroll
    for (int rv_5 = 0; rv_5 < 16; ++rv_5) {
      row_sum_clear_2[i_28] = (row_sum_clear_2[i_28] + scores[((((rv_5 & 7) * 4) + (i_28 * 2)) + (rv_5 >> 3))]);
    }
    row_sum_clear_2[i_28] = tl::AllReduce<tl::SumOp, 4, 1, 0, tl::NamedBarrier<128>>::run(row_sum_clear_2[i_28]);
    row_sum[i_28] = (row_sum[i_28] + row_sum_clear_2[i_28]);
  }
  #pragma unroll
  for (int i_29 = 0; i_29 < 16; ++i_29) {
    float2 __26;
      float2 v__27 = *(float2*)(acc + (i_29 * 2));
      float2 v__28 = make_float2(exp2f(((old_max[(i_29 & 1)] - row_max[(i_29 & 1)]) * 0x1.7154764ee6c2fp-3f/*1.803369e-01*/)), exp2f(((old_max[(i_29 & 1)] - row_max[(i_29 & 1)]) * 0x1.7154764ee6c2fp-3f/*1.803369e-01*/)));
      __26.x = (v__27.x*v__28.x);
      __26.y = (v__27.y*v__28.y);
    *(float2*)(acc + (i_29 * 2)) = __26;
  }
  #pragma unroll
  for (int i_30 = 0; i_30 < 8; ++i_30) {
    uint2 __27;
    float4 v__29 = *(float4*)(scores + (i_30 * 4));
    ((half2*)(&__27))[0] = __float22half2_rn(((float2*)(&v__29))[0]);
    ((half2*)(&__27))[1] = __float22half2_rn(((float2*)(&v__29))[1]);
    *(uint2*)(weights + (i_30 * 4)) = __27;
  }
  tl::cp_async_wait<0>();
  __syncthreads();
  {
    half_t B_local_5[32];
    for (int ki_5 = 0; ki_5 < 4; ++ki_5) {
      #pragma unroll
      for (int i_31 = 0; i_31 < 4; ++i_31) {
        tl::ptx_ldmatrix_x4_trans((&(((half_t*)V_shared)[((((((ki_5 * 1024) + ((((int)threadIdx.x) & 15) * 64)) + (((((((int)threadIdx.x) & 7) >> 2) + (i_31 >> 1)) & 1) * 32)) + (((((((int)threadIdx.x) & 3) >> 1) + (i_31 & 1)) & 1) * 16)) + (((((((int)threadIdx.x) & 31) >> 4) + (((int)threadIdx.x) & 1)) & 1) * 8)) + 4096)])), (&(B_local_5[(i_31 * 8)])));
      }
      for (int j_5 = 0; j_5 < 4; ++j_5) {
        tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(acc + (j_5 * 8)), reinterpret_cast<const unsigned*>(weights + (ki_5 * 8)), reinterpret_cast<const unsigned*>(B_local_5 + (j_5 * 8)));
        tl::mma_sync<tl::DataType::kFloat16, tl::DataType::kFloat16, tl::DataType::kFloat32, 16, 8, 16, false, true>(reinterpret_cast<float*>(acc + ((j_5 * 8) + 4)), reinterpret_cast<const unsigned*>(weights + (ki_5 * 8)), reinterpret_cast<const unsigned*>(B_local_5 + ((j_5 * 8) + 4)));
      }
    }
  }
  #pragma unroll
  for (int i_32 = 0; i_32 < 16; ++i_32) {
    float2 __28;
      float2 v__30 = *(float2*)(acc + (i_32 * 2));
      float2 v__31 = make_float2(row_sum[(i_32 & 1)], row_sum[(i_32 & 1)]);
      __28.x = (v__30.x/v__31.x);
      __28.y = (v__30.y/v__31.y);
    *(float2*)(acc + (i_32 * 2)) = __28;
  }
  #pragma unroll
  for (int i_33 = 0; i_33 < 16; ++i_33) {
    half_t O_local_cast[2];
    uint1 __29;
    float2 v__32 = *(float2*)(acc + (i_33 * 2));
    ((half2*)(&__29))[0] = __float22half2_rn(((float2*)(&v__32))[0]);
    *(uint1*)(O_local_cast + 0) = __29;
    *(uint1*)(O + (((((((((int)blockIdx.y) * 16384) + (((int)blockIdx.x) * 4096)) + ((((int)threadIdx.x) >> 5) * 1024)) + ((i_33 & 1) * 512)) + (((((int)threadIdx.x) & 31) >> 2) * 64)) + ((i_33 >> 1) * 8)) + ((((int)threadIdx.x) & 3) * 2))) = *(uint1*)(O_local_cast + 0);
  }
}
