// tilelang target: {"kind":"c","tag":"","keys":["cpu"],"host":{"kind":"c","tag":"","keys":["cpu"]}}
#include <tl_templates/cpp/common.h>

#ifdef __cplusplus
extern "C"
#endif
int32_t main_kernel(float* A, float* B, float* C);
#ifdef __cplusplus
extern "C"
#endif
int32_t main_kernel(float* A, float* B, float* C) {
  for (int32_t bx = 0; bx < 2; ++bx) {
    for (int32_t by = 0; by < 4; ++by) {
      for (int32_t i = 0; i < 512; ++i) {
        if (((bx * 8) + ((i & 15) >> 1)) < 9) {
          if (((by * 8) + (i >> 6)) < 25) {
            *(float4*)(C + ((((by * 2304) + ((i >> 4) * 72)) + (bx * 64)) + ((i & 15) * 4))) = (*(float4*)(A + ((((by * 2304) + ((i >> 4) * 72)) + (bx * 64)) + ((i & 15) * 4))) + *(float4*)(B + ((((by * 2304) + ((i >> 4) * 72)) + (bx * 64)) + ((i & 15) * 4))));
          }
        }
      }
    }
  }
  return 0;
}
