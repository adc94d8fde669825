"""What this machine's processor can do by itself."""

import functools


@functools.cache
def multiplies_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 by itself; where it does not, it is slower."""
    import torch

    able = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_bf16"))
