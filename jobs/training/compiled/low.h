/* What adapters do beside a product, TOKENS rows at a time. `x` holds such rows from the token `at`
   on, `count` of them, the others 0; `held` is room for TOKENS rows of ranks. */

typedef struct {
    int64_t at, count, width, stride;
} K(Rows);
#define Rows K(Rows)

INLINE void K(load)(const NUMBER *from, Rows rows, float *x)
{
    for (int t = 0; t < TOKENS; t++) {
        const NUMBER *row = from + (rows.at + t) * rows.width;
        float *to = x + t * rows.stride;
        int64_t i = 0;
        if (t < rows.count)
            for (; i < rows.width; i += LANES)
                *(V *)(to + i) = K(get_some)(row + i, rows.width - i);
        for (; i < rows.stride; i += LANES)
            *(V *)(to + i) = K(all)(0);
    }
}

INLINE void K(store)(NUMBER *to, Rows rows, const float *x)
{
    for (int t = 0; t < rows.count; t++) {
        NUMBER *row = to + (rows.at + t) * rows.width;
        for (int64_t i = 0; i < rows.width; i += LANES)
            K(put_some)(row + i, *(const V *)(x + t * rows.stride + i), rows.width - i);
    }
}

/* `ranks` numbers of each row times `by`. */
INLINE void K(hold)(const float *from, Rows rows, int64_t ranks, float by, float *held)
{
    for (int64_t i = 0; i < TOKENS * ranks; i++)
        held[i] = i < rows.count * ranks ? from[rows.at * ranks + i] * by : 0;
}

INLINE void K(hide)(const NUMBER *mask, Rows rows, float *x)
{
    for (int t = 0; mask && t < rows.count; t++)
        for (int64_t i = 0; i < rows.width; i += LANES)
            *(V *)(x + t * rows.stride + i) *=
                K(get_some)(mask + (rows.at + t) * rows.width + i, rows.width - i);
}

/* The product of the group gets what its adapters make of h. */
INLINE void K(add_low)(const Low *low, Rows rows, float *x, float *held)
{
    const Group *group = low->group;
    if (!group)
        return;
    K(hold)(low->h, rows, group->ranks, (float)group->scale, held);
    for (int64_t b = 0; b < group->blocks; b++) {
        const Block *block = group->block + b;
        const int64_t columns = padded(block->columns);
        K(expand)(held + block->rank, group->ranks, low->matrices + block->up, columns, columns,
                  block->ranks, x + block->column, rows.stride);
    }
}

/* h of what the group reads; `x` is used up. */
INLINE void K(read_low)(const Low *low, Rows rows, float *x, float *held)
{
    const Group *group = low->group;
    if (!group)
        return;
    K(hide)(low->mask, rows, x);
    for (int64_t i = 0; i < TOKENS * group->ranks; i++)
        held[i] = 0;
    const int64_t columns = padded(group->inputs);
    K(contract)(x, rows.stride, low->matrices, columns, columns, group->ranks, held, group->ranks);
    for (int64_t i = 0; i < rows.count * group->ranks; i++)
        low->h[rows.at * group->ranks + i] = held[i];
}

/* The gradient of h, and of B summed to `of_up`, from that of the product. */
INLINE void K(leave_low)(const Low *low, Rows rows, const float *grad, float *held, float *of_up)
{
    const Group *group = low->group;
    if (!group)
        return;
    const float scale = (float)group->scale;
    const int64_t first = group->ranks * padded(group->inputs);
    for (int64_t i = 0; i < TOKENS * group->ranks; i++)
        held[i] = 0;
    for (int64_t b = 0; b < group->blocks; b++) {
        const Block *block = group->block + b;
        const int64_t columns = padded(block->columns);
        K(contract)(grad + block->column, rows.stride, low->matrices + block->up, columns, columns,
                    block->ranks, held + block->rank, group->ranks);
    }
    for (int64_t i = 0; i < rows.count * group->ranks; i++)
        low->of_h[rows.at * group->ranks + i] = held[i] * scale;
    K(hold)(low->h, rows, group->ranks, scale, held);
    for (int64_t b = 0; b < group->blocks; b++) {
        const Block *block = group->block + b;
        const int64_t columns = padded(block->columns);
        K(outer)(held + block->rank, group->ranks, grad + block->column, rows.stride, columns,
                 block->ranks, of_up + block->up - first, columns);
    }
}

/* The gradient of what the group reads gets what comes by way of A; `spare` is as large as it. */
INLINE void K(back_low)(const Low *low, Rows rows, float *of_x, float *held, float *spare)
{
    const Group *group = low->group;
    if (!group)
        return;
    const int64_t columns = padded(group->inputs);
    float *to = low->mask ? spare : of_x;
    if (low->mask)
        for (int64_t i = 0; i < TOKENS * rows.stride; i++)
            spare[i] = 0;
    K(hold)(low->of_h, rows, group->ranks, 1, held);
    K(expand)(held, group->ranks, low->matrices, columns, columns, group->ranks, to, rows.stride);
    if (low->mask) {
        K(hide)(low->mask, rows, spare);
        for (int64_t i = 0; i < TOKENS * rows.stride; i++)
            of_x[i] += spare[i];
    }
}

/* The gradient of A summed to `of_down`; `x`, what the group has read, is used up. */
INLINE void K(learn_low)(const Low *low, Rows rows, float *x, float *held, float *of_down)
{
    const Group *group = low->group;
    if (!group)
        return;
    const int64_t columns = padded(group->inputs);
    K(hide)(low->mask, rows, x);
    K(hold)(low->of_h, rows, group->ranks, 1, held);
    K(outer)(held, group->ranks, x, rows.stride, columns, group->ranks, of_down, columns);
}
