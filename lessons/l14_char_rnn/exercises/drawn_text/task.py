import jax


def write(key, table, start, count):
    def letter(before, own_key):
        drawn = jax.random.categorical(..., table[before])
        return ..., drawn  # the next carry, what is kept

    return jax.lax.scan(letter, start, ...)[1]
