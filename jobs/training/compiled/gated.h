/* The gated part of a layer, silu(gate) up, some columns at a time that stay in the cache. */

#define APART 240 /* floats between them: places 4 kB apart are taken for one another by processors */

typedef struct {
    float *gate, *up, *active, *made, *read, *spare;
} K(GatedRoom);

INLINE K(GatedRoom) K(gated_room)(float *room, const Low *made, const Low *read)
{
    K(GatedRoom) mine;
    mine.gate = room_for(&room, TOKENS * COLUMNS + APART);
    mine.up = room_for(&room, TOKENS * COLUMNS + APART);
    mine.active = room_for(&room, TOKENS * COLUMNS + APART);
    mine.spare = room_for(&room, TOKENS * COLUMNS + APART);
    mine.made = room_for(&room, 2 * TOKENS * ranks_of(made));
    mine.read = room_for(&room, TOKENS * ranks_of(read));
    return mine;
}

/* Columns `first` and following of rows of `whole` numbers. */
INLINE void K(load_part)(const NUMBER *from, int64_t whole, Rows rows, int64_t first, float *x)
{
    const int64_t end = padded(rows.width);
    for (int t = 0; t < TOKENS; t++) {
        const NUMBER *row = from + (rows.at + t) * whole + first;
        int64_t i = 0;
        if (t < rows.count)
            for (; i < rows.width; i += LANES)
                *(V *)(x + t * COLUMNS + i) = K(get_some)(row + i, rows.width - i);
        for (; i < end; i += LANES)
            *(V *)(x + t * COLUMNS + i) = K(all)(0);
    }
}

INLINE void K(store_part)(NUMBER *to, int64_t whole, Rows rows, int64_t first, const float *x)
{
    for (int t = 0; t < rows.count; t++) {
        NUMBER *row = to + (rows.at + t) * whole + first;
        for (int64_t i = 0; i < rows.width; i += LANES)
            K(put_some)(row + i, *(const V *)(x + t * COLUMNS + i), rows.width - i);
    }
}

INLINE void K(hide_part)(const NUMBER *mask, int64_t whole, Rows rows, int64_t first, float *x)
{
    for (int t = 0; mask && t < rows.count; t++)
        for (int64_t i = 0; i < rows.width; i += LANES)
            *(V *)(x + t * COLUMNS + i) *=
                K(get_some)(mask + (rows.at + t) * whole + first + i, rows.width - i);
}

/* The layer of a group whose outputs begin at `column`; NULL where it has no adapter. */
INLINE const Block *K(block_at)(const Low *low, int64_t column)
{
    for (int64_t b = 0; low->group && b < low->group->blocks; b++)
        if (low->group->block[b].column == column)
            return low->group->block + b;
    return 0;
}

/* Gate or up, of which `first` is a column, gets its adapter's part; `held` has h. */
INLINE void K(add_part)(const Low *low, const Block *block, const float *held, int64_t first,
                        int64_t columns, float *x)
{
    if (block)
        K(expand)(held + block->rank, low->group->ranks, low->matrices + block->up + first,
                  padded(block->columns), columns, block->ranks, x, COLUMNS);
}

INLINE V K(opening)(V gate)
{
    return K(inverse)(1 + K(exp)(-gate));
}

PASS(gated)
{
    const Gated *gated = told;
    (void)of_down, (void)of_up;
    const int64_t width = gated->width;
    const Low *made = &gated->made, *read = &gated->read;
    const K(GatedRoom) in = K(gated_room)(room, made, read);
    const Block *gates = K(block_at)(made, 0), *ups = K(block_at)(made, width);
    for (int64_t at = from; at < to; at += TOKENS) {
        const int64_t count = smaller_of(TOKENS, to - at), ranks = ranks_of(read);
        const Rows all = {at, count, width, 0};
        if (made->group)
            K(hold)(made->h, all, made->group->ranks, (float)made->group->scale, in.made);
        for (int64_t i = 0; i < TOKENS * ranks; i++)
            in.read[i] = 0;
        for (int64_t first = 0; first < width; first += COLUMNS) {
            const Rows rows = {at, count, smaller_of(COLUMNS, width - first), COLUMNS};
            const int64_t columns = padded(rows.width);
            K(load_part)(gated->gate, width, rows, first, in.gate);
            K(load_part)(gated->up, width, rows, first, in.up);
            K(add_part)(made, gates, in.made, first, columns, in.gate);
            K(add_part)(made, ups, in.made, first, columns, in.up);
            if (gates)
                K(store_part)(gated->gate, width, rows, first, in.gate);
            if (ups)
                K(store_part)(gated->up, width, rows, first, in.up);
            for (int t = 0; t < TOKENS; t++)
                for (int64_t i = t * COLUMNS; i < t * COLUMNS + columns; i += LANES) {
                    const V gate = *(V *)(in.gate + i);
                    *(V *)(in.active + i) = gate * K(opening)(gate) * *(V *)(in.up + i);
                }
            K(store_part)(gated->active, width, rows, first, in.active);
            if (ranks) {
                K(hide_part)(read->mask, width, rows, first, in.active);
                K(contract)(in.active, COLUMNS, read->matrices + first, padded(width), columns,
                            ranks, in.read, ranks);
            }
        }
        for (int64_t i = 0; i < count * ranks; i++)
            read->h[at * ranks + i] = in.read[i];
    }
}

/* What one of both adapters takes of the gradient of its product. */
INLINE void K(leave_part)(const Low *low, const Block *block, Rows rows, int64_t first,
                          const float *grad, const float *h, float *of_h, float *of_up)
{
    if (!block)
        return;
    const int64_t ranks = low->group->ranks, whole = padded(block->columns);
    const int64_t columns = padded(rows.width);
    K(contract)(grad, COLUMNS, low->matrices + block->up + first, whole, columns, block->ranks,
                of_h + block->rank, ranks);
    K(outer)(h + block->rank, ranks, grad, COLUMNS, columns, block->ranks,
             of_up + block->up - ranks * padded(low->group->inputs) + first, whole);
}

/* With a = silu(gate) = gate σ: d up = g a, d gate = g up σ (1 + gate (1 - σ)) */
PASS(gated_back)
{
    const GatedBack *gated = told;
    const int64_t width = gated->width;
    const Low *made = &gated->made, *read = &gated->read;
    const K(GatedRoom) in = K(gated_room)(room, made, read);
    const Block *gates = K(block_at)(made, 0), *ups = K(block_at)(made, width);
    const int64_t ranks = ranks_of(read), made_ranks = ranks_of(made);
    float *h = in.made, *of_h = in.made + TOKENS * made_ranks;
    for (int64_t at = from; at < to; at += TOKENS) {
        const int64_t count = smaller_of(TOKENS, to - at);
        const Rows all = {at, count, width, 0};
        if (made_ranks)
            K(hold)(made->h, all, made_ranks, (float)made->group->scale, h);
        for (int64_t i = 0; i < TOKENS * made_ranks; i++)
            of_h[i] = 0;
        if (ranks)
            K(hold)(read->of_h, all, ranks, 1, in.read);
        for (int64_t first = 0; first < width; first += COLUMNS) {
            const Rows rows = {at, count, smaller_of(COLUMNS, width - first), COLUMNS};
            const int64_t columns = padded(rows.width);
            K(load_part)(gated->gate, width, rows, first, in.gate);
            K(load_part)(gated->up, width, rows, first, in.up);
            K(load_part)(gated->of_active, width, rows, first, in.active);
            if (ranks && read->mask) {
                for (int64_t i = 0; i < TOKENS * COLUMNS; i++)
                    in.spare[i] = 0;
                K(expand)(in.read, ranks, read->matrices + first, padded(width), columns, ranks,
                          in.spare, COLUMNS);
                K(hide_part)(read->mask, width, rows, first, in.spare);
                for (int64_t i = 0; i < TOKENS * COLUMNS; i++)
                    in.active[i] += in.spare[i];
            } else if (ranks) {
                K(expand)(in.read, ranks, read->matrices + first, padded(width), columns, ranks,
                          in.active, COLUMNS);
            }
            for (int t = 0; t < TOKENS; t++)
                for (int64_t i = t * COLUMNS; i < t * COLUMNS + columns; i += LANES) {
                    const V gate = *(V *)(in.gate + i), up = *(V *)(in.up + i);
                    const V grad = *(V *)(in.active + i), open = K(opening)(gate);
                    const V opened = gate * open;
                    *(V *)(in.spare + i) = opened * up;
                    *(V *)(in.up + i) = grad * opened;
                    *(V *)(in.gate + i) = grad * up * open * (1 + gate * (1 - open));
                }
            if (ranks) {
                K(hide_part)(read->mask, width, rows, first, in.spare);
                K(outer)(in.read, ranks, in.spare, COLUMNS, columns, ranks, of_down + first,
                         padded(width));
            }
            K(store_part)(gated->of_gate, width, rows, first, in.gate);
            K(store_part)(gated->of_up, width, rows, first, in.up);
            K(leave_part)(made, gates, rows, first, in.gate, h, of_h, of_up);
            K(leave_part)(made, ups, rows, first, in.up, h, of_h, of_up);
        }
        for (int64_t i = 0; i < count * made_ranks; i++)
            made->of_h[at * made_ranks + i] = of_h[i] * (float)made->group->scale;
    }
}
