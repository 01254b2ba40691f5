// Function: main_kernel
#include <metal_stdlib>
#include <metal_simdgroup>
#define TILELANG_PRAGMA_UNROLL _Pragma("clang loop unroll(full)")
using namespace metal;

union __TVMArgUnion {
 int v_int[2];
};

[[kernel, max_total_threads_per_threadgroup(128)]] void main_kernel(  const device uint4* __restrict A [[ buffer(0) ]],
  const device uint4* __restrict B [[ buffer(1) ]],
  device float* __restrict C [[ buffer(2) ]],
  uint3 blockIdx [[threadgroup_position_in_grid]],
  uint3 __gridDim [[threadgroups_per_grid]],
  uint3 threadIdx [[thread_position_in_threadgroup]],
  uint __simd_group_id [[simdgroup_index_in_threadgroup]]
) {
  simdgroup_float8x8 C_local[16];
  threadgroup half A_shared[1032];
  threadgroup half B_shared[1032];
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
  half broadcast_var = 0.000000e+00h;
  uint4 condval;
  if ((((int)threadIdx.x) < 96)) {
    condval = A[((((int)threadIdx.x) * 8) / 8)];
  } else {
    condval = uint4(as_type<uint>(half2(broadcast_var, broadcast_var)), as_type<uint>(half2(broadcast_var, broadcast_var)), as_type<uint>(half2(broadcast_var, broadcast_var)), as_type<uint>(half2(broadcast_var, broadcast_var)));
  }
  *(threadgroup uint4*)(A_shared + (((int)threadIdx.x) * 8)) = condval;
  *(threadgroup uint4*)(B_shared + (((int)threadIdx.x) * 8)) = B[((((int)threadIdx.x) * 8) / 8)];
  simdgroup_half8x8 A_local[2];
  simdgroup_half8x8 B_local[2];
  threadgroup_barrier(mem_flags::mem_threadgroup);
  for (int ki = 0; ki < 4; ++ki) {
    for (int i = 0; i < 2; ++i) {
      simdgroup_load(A_local[i], (&(A_shared[((((((int)__simd_group_id) & 1) * 512) + (i * 256)) + (ki * 8))])), 32, 0, (bool)0);
    }
    for (int j = 0; j < 2; ++j) {
      simdgroup_load(B_local[j], (&(B_shared[(((ki * 256) + ((((int)__simd_group_id) >> 1) * 16)) + (j * 8))])), 32, 0, (bool)0);
    }
    for (int i_1 = 0; i_1 < 2; ++i_1) {
      for (int j_1 = 0; j_1 < 2; ++j_1) {
        simdgroup_multiply_accumulate(C_local[((i_1 * 2) + j_1)], A_local[i_1], B_local[j_1], C_local[((i_1 * 2) + j_1)]);
      }
    }
  }
  simdgroup_store(C_local[0], (&(C[(((((int)__simd_group_id) & 1) * 512) + ((((int)__simd_group_id) >> 1) * 16))])), 32, 0, (bool)0);
  simdgroup_store(C_local[1], (&(C[((((((int)__simd_group_id) & 1) * 512) + ((((int)__simd_group_id) >> 1) * 16)) + 8)])), 32, 0, (bool)0);
  simdgroup_store(C_local[2], (&(C[((((((int)__simd_group_id) & 1) * 512) + ((((int)__simd_group_id) >> 1) * 16)) + 256)])), 32, 0, (bool)0);
  simdgroup_store(C_local[3], (&(C[((((((int)__simd_group_id) & 1) * 512) + ((((int)__simd_group_id) >> 1) * 16)) + 264)])), 32, 0, (bool)0);
}
