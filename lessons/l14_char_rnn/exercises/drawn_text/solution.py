"""What is drawn goes two ways: out, and on to the next step as the letter before."""

import jax


def write(key, table, start, count):
    def letter(before, own_key):
        drawn = jax.random.categorical(own_key, table[before])
        return drawn, drawn

    return jax.lax.scan(letter, start, jax.random.split(key, count))[1]
