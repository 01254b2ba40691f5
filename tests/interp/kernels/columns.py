"""The im2col matrix of an image, one tap of the convolution after the other."""
# ruff: noqa: ANN201, ANN202 (kernels keep upstream's idiom)

import tilelang.language as T


def columns(images=1, size=(5, 4), kernel=3, stride=1, dilation=1, pad=1):
    high, wide = ((n + 2 * pad - dilation * (kernel - 1) - 1) // stride + 1 for n in size)
    rows = (images * high * wide + 63) // 64 * 64

    @T.prim_func
    def main(image: T.Tensor((images, *size, 32), "float16"), out: T.Tensor((rows, kernel * kernel * 32), "float16")):
        with T.Kernel(rows // 64, threads=128) as bx:
            tile = T.alloc_shared((64, 32), "float16")
            for k in T.serial(kernel * kernel):
                T.im2col(image, tile, bx, k, kernel, stride, dilation, pad)
                T.copy(tile, out[bx * 64, k * 32])

    return main
