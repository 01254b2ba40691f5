// Function: main_kernel
#include <metal_stdlib>
using namespace metal;

union __TVMArgUnion {
 int v_int[2];
};

kernel void main_kernel(  device uint4* A [[ buffer(0) ]],
  device uint4* B [[ buffer(1) ]],
  device float* C [[ buffer(2) ]],
  uint3 blockIdx [[threadgroup_position_in_grid]],
  uint3 threadIdx [[thread_position_in_threadgroup]]
) {
  threadgroup uchar buf_dyn_shmem[24576];
  void* A_shared = ((void*)((char*)buf_dyn_shmem + 0));
  void* B_shared = ((void*)((char*)buf_dyn_shmem + 12288));
  simdgroup_float8x8 C_local[64];
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
  C_local[16] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[17] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[18] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[19] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[20] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[21] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[22] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[23] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[24] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[25] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[26] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[27] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[28] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[29] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[30] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[31] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[32] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[33] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[34] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[35] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[36] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[37] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[38] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[39] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[40] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[41] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[42] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[43] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[44] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[45] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[46] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[47] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[48] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[49] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[50] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[51] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[52] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[53] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[54] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[55] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[56] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[57] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[58] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[59] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[60] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[61] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[62] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  C_local[63] = make_filled_simdgroup_matrix<float, 8, 8>(0.000000e+00f);
  for (int i = 0; i < 2; ++i) {
    *(uint4*)(((half*)A_shared) + ((i * 1024) + (((int)threadIdx.x) * 8))) = A[(((((((int)blockIdx.y) * 16384) + (i * 8192)) + ((((int)threadIdx.x) >> 2) * 256)) + ((((int)threadIdx.x) & 3) * 8)) / 8)];
  }
  for (int i_1 = 0; i_1 < 2; ++i_1) {
    *(uint4*)(((half*)B_shared) + ((i_1 * 1024) + (((int)threadIdx.x) * 8))) = B[(((((i_1 * 2048) + ((((int)threadIdx.x) >> 3) * 128)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) & 7) * 8)) / 8)];
  }
  for (int i_2 = 0; i_2 < 2; ++i_2) {
    *(uint4*)(((half*)A_shared) + (((i_2 * 1024) + (((int)threadIdx.x) * 8)) + 2048)) = A[((((((((int)blockIdx.y) * 16384) + (i_2 * 8192)) + ((((int)threadIdx.x) >> 2) * 256)) + ((((int)threadIdx.x) & 3) * 8)) + 32) / 8)];
  }
  for (int i_3 = 0; i_3 < 2; ++i_3) {
    *(uint4*)(((half*)B_shared) + (((i_3 * 1024) + (((int)threadIdx.x) * 8)) + 2048)) = B[((((((i_3 * 2048) + ((((int)threadIdx.x) >> 3) * 128)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) & 7) * 8)) + 4096) / 8)];
  }
  for (int ko = 0; ko < 6; ++ko) {
    for (int i_4 = 0; i_4 < 2; ++i_4) {
      *(uint4*)(((half*)A_shared) + (((((ko + 2) % 3) * 2048) + (i_4 * 1024)) + (((int)threadIdx.x) * 8))) = A[(((((((((int)blockIdx.y) * 16384) + (i_4 * 8192)) + ((((int)threadIdx.x) >> 2) * 256)) + (ko * 32)) + ((((int)threadIdx.x) & 3) * 8)) + 64) / 8)];
    }
    for (int i_5 = 0; i_5 < 2; ++i_5) {
      *(uint4*)(((half*)B_shared) + (((((ko + 2) % 3) * 2048) + (i_5 * 1024)) + (((int)threadIdx.x) * 8))) = B[(((((((ko * 4096) + (i_5 * 2048)) + ((((int)threadIdx.x) >> 3) * 128)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) & 7) * 8)) + 8192) / 8)];
    }
    simdgroup_half8x8 A_local[4];
    simdgroup_half8x8 B_local[4];
    for (int ki = 0; ki < 4; ++ki) {
      for (int i_6 = 0; i_6 < 4; ++i_6) {
        simdgroup_load(A_local[i_6], (&(((half*)A_shared)[(((((ko % 3) * 2048) + (((((int)threadIdx.x) & 63) >> 5) * 1024)) + (i_6 * 256)) + (ki * 8))])), 32, 0, (bool)0);
      }
      for (int j = 0; j < 4; ++j) {
        simdgroup_load(B_local[j], (&(((half*)B_shared)[(((((ko % 3) * 2048) + (ki * 512)) + ((((int)threadIdx.x) >> 6) * 32)) + (j * 8))])), 64, 0, (bool)0);
      }
      for (int i_7 = 0; i_7 < 4; ++i_7) {
        for (int j_1 = 0; j_1 < 4; ++j_1) {
          simdgroup_multiply_accumulate(C_local[((i_7 * 4) + j_1)], A_local[i_7], B_local[j_1], C_local[((i_7 * 4) + j_1)]);
        }
      }
    }
  }
  simdgroup_half8x8 A_local_1[4];
  simdgroup_half8x8 B_local_1[4];
  for (int ki_1 = 0; ki_1 < 4; ++ki_1) {
    for (int i_8 = 0; i_8 < 4; ++i_8) {
      simdgroup_load(A_local_1[i_8], (&(((half*)A_shared)[(((((((int)threadIdx.x) & 63) >> 5) * 1024) + (i_8 * 256)) + (ki_1 * 8))])), 32, 0, (bool)0);
    }
    for (int j_2 = 0; j_2 < 4; ++j_2) {
      simdgroup_load(B_local_1[j_2], (&(((half*)B_shared)[(((ki_1 * 512) + ((((int)threadIdx.x) >> 6) * 32)) + (j_2 * 8))])), 64, 0, (bool)0);
    }
    for (int i_9 = 0; i_9 < 4; ++i_9) {
      for (int j_3 = 0; j_3 < 4; ++j_3) {
        simdgroup_multiply_accumulate(C_local[((i_9 * 4) + j_3)], A_local_1[i_9], B_local_1[j_3], C_local[((i_9 * 4) + j_3)]);
      }
    }
  }
  simdgroup_half8x8 A_local_2[4];
  simdgroup_half8x8 B_local_2[4];
  for (int ki_2 = 0; ki_2 < 4; ++ki_2) {
    for (int i_10 = 0; i_10 < 4; ++i_10) {
      simdgroup_load(A_local_2[i_10], (&(((half*)A_shared)[((((((((int)threadIdx.x) & 63) >> 5) * 1024) + (i_10 * 256)) + (ki_2 * 8)) + 2048)])), 32, 0, (bool)0);
    }
    for (int j_4 = 0; j_4 < 4; ++j_4) {
      simdgroup_load(B_local_2[j_4], (&(((half*)B_shared)[((((ki_2 * 512) + ((((int)threadIdx.x) >> 6) * 32)) + (j_4 * 8)) + 2048)])), 64, 0, (bool)0);
    }
    for (int i_11 = 0; i_11 < 4; ++i_11) {
      for (int j_5 = 0; j_5 < 4; ++j_5) {
        simdgroup_multiply_accumulate(C_local[((i_11 * 4) + j_5)], A_local_2[i_11], B_local_2[j_5], C_local[((i_11 * 4) + j_5)]);
      }
    }
  }
  simdgroup_store(C_local[0], (&(C[((((((int)blockIdx.y) * 8192) + (((((int)threadIdx.x) & 63) >> 5) * 4096)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) >> 6) * 32))])), 128, 0, (bool)0);
  simdgroup_store(C_local[1], (&(C[(((((((int)blockIdx.y) * 8192) + (((((int)threadIdx.x) & 63) >> 5) * 4096)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) >> 6) * 32)) + 8)])), 128, 0, (bool)0);
  simdgroup_store(C_local[2], (&(C[(((((((int)blockIdx.y) * 8192) + (((((int)threadIdx.x) & 63) >> 5) * 4096)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) >> 6) * 32)) + 16)])), 128, 0, (bool)0);
  simdgroup_store(C_local[3], (&(C[(((((((int)blockIdx.y) * 8192) + (((((int)threadIdx.x) & 63) >> 5) * 4096)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) >> 6) * 32)) + 24)])), 128, 0, (bool)0);
  simdgroup_store(C_local[4], (&(C[(((((((int)blockIdx.y) * 8192) + (((((int)threadIdx.x) & 63) >> 5) * 4096)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) >> 6) * 32)) + 1024)])), 128, 0, (bool)0);
  simdgroup_store(C_local[5], (&(C[(((((((int)blockIdx.y) * 8192) + (((((int)threadIdx.x) & 63) >> 5) * 4096)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) >> 6) * 32)) + 1032)])), 128, 0, (bool)0);
  simdgroup_store(C_local[6], (&(C[(((((((int)blockIdx.y) * 8192) + (((((int)threadIdx.x) & 63) >> 5) * 4096)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) >> 6) * 32)) + 1040)])), 128, 0, (bool)0);
  simdgroup_store(C_local[7], (&(C[(((((((int)blockIdx.y) * 8192) + (((((int)threadIdx.x) & 63) >> 5) * 4096)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) >> 6) * 32)) + 1048)])), 128, 0, (bool)0);
  simdgroup_store(C_local[8], (&(C[(((((((int)blockIdx.y) * 8192) + (((((int)threadIdx.x) & 63) >> 5) * 4096)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) >> 6) * 32)) + 2048)])), 128, 0, (bool)0);
  simdgroup_store(C_local[9], (&(C[(((((((int)blockIdx.y) * 8192) + (((((int)threadIdx.x) & 63) >> 5) * 4096)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) >> 6) * 32)) + 2056)])), 128, 0, (bool)0);
  simdgroup_store(C_local[10], (&(C[(((((((int)blockIdx.y) * 8192) + (((((int)threadIdx.x) & 63) >> 5) * 4096)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) >> 6) * 32)) + 2064)])), 128, 0, (bool)0);
  simdgroup_store(C_local[11], (&(C[(((((((int)blockIdx.y) * 8192) + (((((int)threadIdx.x) & 63) >> 5) * 4096)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) >> 6) * 32)) + 2072)])), 128, 0, (bool)0);
  simdgroup_store(C_local[12], (&(C[(((((((int)blockIdx.y) * 8192) + (((((int)threadIdx.x) & 63) >> 5) * 4096)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) >> 6) * 32)) + 3072)])), 128, 0, (bool)0);
  simdgroup_store(C_local[13], (&(C[(((((((int)blockIdx.y) * 8192) + (((((int)threadIdx.x) & 63) >> 5) * 4096)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) >> 6) * 32)) + 3080)])), 128, 0, (bool)0);
  simdgroup_store(C_local[14], (&(C[(((((((int)blockIdx.y) * 8192) + (((((int)threadIdx.x) & 63) >> 5) * 4096)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) >> 6) * 32)) + 3088)])), 128, 0, (bool)0);
  simdgroup_store(C_local[15], (&(C[(((((((int)blockIdx.y) * 8192) + (((((int)threadIdx.x) & 63) >> 5) * 4096)) + (((int)blockIdx.x) * 64)) + ((((int)threadIdx.x) >> 6) * 32)) + 3096)])), 128, 0, (bool)0);
}
