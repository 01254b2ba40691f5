// Function: main_kernel
#include <metal_stdlib>
#include <metal_simdgroup>
#define TILELANG_PRAGMA_UNROLL _Pragma("clang loop unroll(full)")
using namespace metal;

union __TVMArgUnion {
 int v_int[2];
};

[[kernel, max_total_threads_per_threadgroup(128)]] void main_kernel(  const device int* __restrict X [[ buffer(0) ]],
  device int* __restrict counts [[ buffer(1) ]],
  uint3 blockIdx [[threadgroup_position_in_grid]],
  uint3 __gridDim [[threadgroups_per_grid]],
  uint3 threadIdx [[thread_position_in_threadgroup]],
  uint __simd_group_id [[simdgroup_index_in_threadgroup]]
) {
  for (int i = 0; i < 2; ++i) {
    if ((((((int)blockIdx.x) * 32) + (i * 16)) + (((int)threadIdx.x) >> 3)) < 125) {
      if (0 <= X[(((((int)blockIdx.x) * 256) + (i * 128)) + ((int)threadIdx.x))]) {
        if (X[(((((int)blockIdx.x) * 256) + (i * 128)) + ((int)threadIdx.x))] < 16) {
          atomic_fetch_add_explicit(reinterpret_cast<device atomic_int *>((&(counts[X[(((((long)((int)blockIdx.x)) * (long)256) + (((long)i) * (long)128)) + ((long)((int)threadIdx.x)))]]))), 1, memory_order_relaxed);
        }
      }
    }
  }
}
