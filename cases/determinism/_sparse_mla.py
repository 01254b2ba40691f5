"""What the sparse MLA kernel computes: attention in base 2 over the rows of KV that each query names as its keys."""


def inputs(rng, S, SKV, H, D, TOPK):
    from torch import from_numpy as tensor

    rows = rng.integers(0, SKV, (S, TOPK), dtype="int32")
    Q, KV = rng.standard_normal((S, H, D)) / D**0.5, rng.standard_normal((SKV, D))
    return {"Q": tensor(Q).half(), "KV": tensor(KV).half(), "Rows": tensor(rows)}


def reference(Q, KV, Rows):
    import math

    keys = KV.double()[Rows.long()]
    weights = ((Q.double() @ keys.transpose(1, 2)) * math.log(2)).softmax(-1)
    return {"O": weights @ keys}
