// Function: main_kernel
#include <metal_stdlib>
using namespace metal;

union __TVMArgUnion {
 int v_int[2];
};

kernel void main_kernel(  device half4* A [[ buffer(0) ]],
  device half4* B [[ buffer(1) ]],
  device float* C [[ buffer(2) ]],
  uint3 blockIdx [[threadgroup_position_in_grid]],
  uint3 threadIdx [[thread_position_in_threadgroup]]
) {
  simdgroup_float8x8 C_local[16];
  threadgroup half A_shared[1024];
  threadgroup half B_shared[1024];
  C_local[0] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[1] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[2] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[3] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[4] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[5] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[6] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[7] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[8] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[9] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[10] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[11] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[12] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[13] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[14] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[15] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  *(threadgroup half4*)(A_shared + (((int)threadIdx.x) * 4)) = A[((((((int)blockIdx.y) * 2048) + ((((int)threadIdx.x) >> 2) * 64)) + ((((int)threadIdx.x) & 3) * 4)) / 4)];
  *(threadgroup half4*)(B_shared + (((int)threadIdx.x) * 4)) = B[(((((((int)threadIdx.x) >> 3) * 64) + (((int)blockIdx.x) * 32)) + ((((int)threadIdx.x) & 7) * 4)) / 4)];
  for (int ko = 0; ko < 3; ++ko) {
    threadgroup_barrier(mem_flags::mem_threadgroup);
    *(threadgroup half4*)(A_shared + ((((ko + 1) & 1) * 512) + (((int)threadIdx.x) * 4))) = A[((((((((int)blockIdx.y) * 2048) + ((((int)threadIdx.x) >> 2) * 64)) + (ko * 16)) + ((((int)threadIdx.x) & 3) * 4)) + 16) / 4)];
    *(threadgroup half4*)(B_shared + ((((ko + 1) & 1) * 512) + (((int)threadIdx.x) * 4))) = B[((((((ko * 1024) + ((((int)threadIdx.x) >> 3) * 64)) + (((int)blockIdx.x) * 32)) + ((((int)threadIdx.x) & 7) * 4)) + 1024) / 4)];
    simdgroup_half8x8 A_local[2];
    simdgroup_half8x8 B_local[2];
    threadgroup_barrier(mem_flags::mem_threadgroup);
    for (int ki = 0; ki < 2; ++ki) {
      for (int i = 0; i < 2; ++i) {
        simdgroup_load(A_local[i], (&(A_shared[(((((ko & 1) * 512) + (((((int)threadIdx.x) & 63) >> 5) * 256)) + (i * 128)) + (ki * 8))])), 16, 0, (bool)0);
      }
      for (int j = 0; j < 2; ++j) {
        simdgroup_load(B_local[j], (&(B_shared[(((((ko & 1) * 512) + (ki * 256)) + ((((int)threadIdx.x) >> 6) * 16)) + (j * 8))])), 32, 0, (bool)0);
      }
      for (int i_1 = 0; i_1 < 2; ++i_1) {
        for (int j_1 = 0; j_1 < 2; ++j_1) {
          simdgroup_multiply_accumulate(C_local[((i_1 * 2) + j_1)], A_local[i_1], B_local[j_1], C_local[((i_1 * 2) + j_1)]);
        }
      }
    }
  }
  simdgroup_half8x8 A_local_1[2];
  simdgroup_half8x8 B_local_1[2];
  for (int ki_1 = 0; ki_1 < 2; ++ki_1) {
    for (int i_2 = 0; i_2 < 2; ++i_2) {
      simdgroup_load(A_local_1[i_2], (&(A_shared[((((((((int)threadIdx.x) & 63) >> 5) * 256) + (i_2 * 128)) + (ki_1 * 8)) + 512)])), 16, 0, (bool)0);
    }
    for (int j_2 = 0; j_2 < 2; ++j_2) {
      simdgroup_load(B_local_1[j_2], (&(B_shared[((((ki_1 * 256) + ((((int)threadIdx.x) >> 6) * 16)) + (j_2 * 8)) + 512)])), 32, 0, (bool)0);
    }
    for (int i_3 = 0; i_3 < 2; ++i_3) {
      for (int j_3 = 0; j_3 < 2; ++j_3) {
        simdgroup_multiply_accumulate(C_local[((i_3 * 2) + j_3)], A_local_1[i_3], B_local_1[j_3], C_local[((i_3 * 2) + j_3)]);
      }
    }
  }
  simdgroup_store(C_local[0], (&(C[((((((int)blockIdx.y) * 2048) + (((((int)threadIdx.x) & 63) >> 5) * 1024)) + (((int)blockIdx.x) * 32)) + ((((int)threadIdx.x) >> 6) * 16))])), 64, 0, (bool)0);
  simdgroup_store(C_local[1], (&(C[(((((((int)blockIdx.y) * 2048) + (((((int)threadIdx.x) & 63) >> 5) * 1024)) + (((int)blockIdx.x) * 32)) + ((((int)threadIdx.x) >> 6) * 16)) + 8)])), 64, 0, (bool)0);
  simdgroup_store(C_local[2], (&(C[(((((((int)blockIdx.y) * 2048) + (((((int)threadIdx.x) & 63) >> 5) * 1024)) + (((int)blockIdx.x) * 32)) + ((((int)threadIdx.x) >> 6) * 16)) + 512)])), 64, 0, (bool)0);
  simdgroup_store(C_local[3], (&(C[(((((((int)blockIdx.y) * 2048) + (((((int)threadIdx.x) & 63) >> 5) * 1024)) + (((int)blockIdx.x) * 32)) + ((((int)threadIdx.x) >> 6) * 16)) + 520)])), 64, 0, (bool)0);
}
