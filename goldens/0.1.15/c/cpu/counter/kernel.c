// tilelang target: {"kind":"c","tag":"","keys":["cpu"],"host":{"kind":"c","tag":"","keys":["cpu"]}}
#include <tl_templates/cpp/common.h>

#ifdef __cplusplus
extern "C"
#endif
int32_t main_kernel(int32_t* A, int32_t* B);
#ifdef __cplusplus
extern "C"
#endif
int32_t main_kernel(int32_t* A, int32_t* B) {
  for (int32_t i = 0; i < 256; ++i) {
    B[(A[i] & 15)] = (B[(A[i] & 15)] + 1);
  }
  return 0;
}
