"""(xK₁ + b₁)K₂ + b₂ = x(K₁K₂) + (b₁K₂ + b₂): the first bias goes through the second layer."""


def kernel(first, second):
    return first["kernel"] @ second["kernel"]


def bias(first, second):
    return first["bias"] @ second["kernel"] + second["bias"]
