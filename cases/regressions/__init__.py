"""What upstream got wrong, each in its smallest kernel: wrong code is a claim in KNOWN_BROKEN, a crash is in REJECTED.

Others of the same kind have a case where their topic is: upstream issue 2309 in `reject/unequal_stages`, 2548 in
`reject/pipelined_in_while`; of pull request 2002, layouts of versioned buffers in `layout/swizzled_layout` and
`layout/padded_layout`, phase counters of conditional bodies in `sparse/block_sparse_gemm`, consumer-only initialisation
in `warp_specialize/consumer_only_init`, two engines in `pipeline/mixed_tma_cp_async`, versions that MFMA reads in
`pipeline/gemm_two_stages`.
"""
