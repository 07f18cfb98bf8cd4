"""table.at[i].set(table[i] + row) is the same, in more words."""


def add_to_row(table, i, row):
    return table.at[i].add(row)
