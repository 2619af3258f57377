/* Queries, keys and values: turned by their places, laid apart for each head, and back. */

/* Where a head of a token lies when heads are apart; `at` counts the heads that share a key. */
INLINE int64_t K(apart)(const Heads *heads, int64_t row, int64_t head, int64_t place)
{
    const int64_t each = heads->heads / heads->shared;
    const int64_t key = head / each, at = head % each;
    return (((row * heads->shared + key) * each + at) * heads->length + place) * heads->size;
}

/* Where a key of a token lies, behind those that stand before every row; its value lies alike. */
INLINE int64_t K(key_at)(const Turn *turn, int64_t row, int64_t key, int64_t place)
{
    const Heads *heads = &turn->heads;
    const int64_t own = turn->k_rows - heads->length + place;
    return ((row * heads->shared + key) * turn->k_rows + own) * heads->size;
}

/* The place of a token among those of all rows; -1 where it has none. */
INLINE int64_t K(place_of)(const Heads *heads, int64_t token)
{
    return heads->places ? heads->places[token] : token;
}

INLINE void K(copy)(const NUMBER *restrict from, int64_t count, float *restrict to)
{
    for (int64_t i = 0; i < count; i += LANES)
        *(V *)(to + i) = K(get_some)(from + i, count - i);
}

INLINE void K(copy_back)(const float *restrict from, int64_t count, NUMBER *restrict to)
{
    for (int64_t i = 0; i < count; i += LANES)
        K(put_some)(to + i, *(const V *)(from + i), count - i);
}

/* With halves a, b of a head and those of cosines and sines: a c - b s, b c + a s. The way back
   exchanges what is added and what is taken away. */
INLINE void K(turn_one)(const float *restrict x, const float *restrict c, const float *restrict s,
                        int64_t half, int is_back, float *restrict made)
{
    for (int64_t j = 0; j < half; j++) {
        const float a = x[j], b = x[j + half];
        if (is_back) {
            made[j] = a * c[j] + b * s[j + half];
            made[j + half] = b * c[j + half] - a * s[j];
        } else {
            made[j] = a * c[j] - b * s[j];
            made[j + half] = b * c[j + half] + a * s[j + half];
        }
    }
}

INLINE void K(turn_token)(const Turn *turn, int64_t token, const float *x, float *c, float *s,
                          float *made)
{
    const Heads *heads = &turn->heads;
    const int64_t size = heads->size, whole = K(place_of)(heads, token);
    const int64_t row = whole / heads->length, place = whole % heads->length;
    K(copy)((const NUMBER *)heads->cos + place * size, size, c);
    K(copy)((const NUMBER *)heads->sin + place * size, size, s);
    for (int64_t head = 0; head < heads->heads; head++) {
        K(turn_one)(x + head * size, c, s, size / 2, 0, made);
        K(copy_back)(made, size, (NUMBER *)turn->q + K(apart)(heads, row, head, place));
    }
    for (int64_t key = 0; key < heads->shared; key++) {
        const int64_t to = K(key_at)(turn, row, key, place);
        K(turn_one)(x + (heads->heads + key) * size, c, s, size / 2, 0, made);
        K(copy_back)(made, size, (NUMBER *)turn->k + to);
        K(copy_back)(x + (heads->heads + heads->shared + key) * size, size, (NUMBER *)turn->v + to);
    }
}

INLINE void K(turn_token_back)(const Turn *turn, int64_t token, float *x, float *c, float *s,
                               float *held)
{
    const Heads *heads = &turn->heads;
    const int64_t size = heads->size, whole = K(place_of)(heads, token);
    const int64_t row = whole / heads->length, place = whole % heads->length;
    K(copy)((const NUMBER *)heads->cos + place * size, size, c);
    K(copy)((const NUMBER *)heads->sin + place * size, size, s);
    for (int64_t head = 0; head < heads->heads; head++) {
        K(copy)((const NUMBER *)turn->q + K(apart)(heads, row, head, place), size, held);
        K(turn_one)(held, c, s, size / 2, 1, x + head * size);
    }
    for (int64_t key = 0; key < heads->shared; key++) {
        const int64_t from = K(key_at)(turn, row, key, place);
        K(copy)((const NUMBER *)turn->k + from, size, held);
        K(turn_one)(held, c, s, size / 2, 1, x + (heads->heads + key) * size);
        K(copy)((const NUMBER *)turn->v + from, size, held);
        for (int64_t j = 0; j < size; j++)
            x[(heads->heads + heads->shared + key) * size + j] = held[j];
    }
}

PASS(turn)
{
    const Turn *turn = told;
    (void)of_down, (void)of_up;
    const Heads *heads = &turn->heads;
    const int64_t width = (heads->heads + 2 * heads->shared) * heads->size, stride = padded(width);
    float *x = room_for(&room, TOKENS * stride), *c = room_for(&room, heads->size);
    float *s = room_for(&room, heads->size), *made = room_for(&room, heads->size);
    float *held = room_for(&room, TOKENS * ranks_of(&turn->made));
    for (int64_t at = from; at < to; at += TOKENS) {
        const Rows rows = {at, smaller_of(TOKENS, to - at), width, stride};
        K(load)(turn->qkv, rows, x);
        K(add_low)(&turn->made, rows, x, held);
        for (int t = 0; t < rows.count; t++)
            if (K(place_of)(heads, at + t) >= 0)
                K(turn_token)(turn, at + t, x + t * stride, c, s, made);
    }
}

PASS(turn_back)
{
    const Turn *turn = told;
    (void)of_down;
    const Heads *heads = &turn->heads;
    const int64_t width = (heads->heads + 2 * heads->shared) * heads->size, stride = padded(width);
    float *x = room_for(&room, TOKENS * stride), *c = room_for(&room, heads->size);
    float *s = room_for(&room, heads->size), *head = room_for(&room, heads->size);
    float *held = room_for(&room, TOKENS * ranks_of(&turn->made));
    for (int64_t at = from; at < to; at += TOKENS) {
        const Rows rows = {at, smaller_of(TOKENS, to - at), width, stride};
        for (int64_t i = 0; i < TOKENS * stride; i++)
            x[i] = 0;
        for (int t = 0; t < rows.count; t++)
            if (K(place_of)(heads, at + t) >= 0)
                K(turn_token_back)(turn, at + t, x + t * stride, c, s, head);
        K(store)(turn->qkv, rows, x);
        K(leave_low)(&turn->made, rows, x, held, of_up);
    }
}

PASS(mix)
{
    const Mix *mix = told;
    (void)of_down, (void)of_up;
    const Heads *heads = &mix->heads;
    const int64_t size = heads->size, width = heads->heads * size, stride = padded(width);
    float *x = room_for(&room, TOKENS * stride);
    float *held = room_for(&room, TOKENS * ranks_of(&mix->read));
    for (int64_t at = from; at < to; at += TOKENS) {
        const Rows rows = {at, smaller_of(TOKENS, to - at), width, stride};
        for (int t = 0; t < rows.count; t++) {
            const int64_t whole = K(place_of)(heads, at + t);
            const int64_t row = whole / heads->length, place = whole % heads->length;
            if (whole < 0)
                memset((NUMBER *)mix->mixed + (at + t) * width, 0, (size_t)width * sizeof(NUMBER));
            for (int64_t head = 0; whole >= 0 && head < heads->heads; head++)
                memcpy((NUMBER *)mix->mixed + (at + t) * width + head * size,
                       (const NUMBER *)mix->seen + K(apart)(heads, row, head, place),
                       (size_t)size * sizeof(NUMBER));
        }
        if (!mix->read.group)
            continue;
        K(load)(mix->mixed, rows, x);
        K(read_low)(&mix->read, rows, x, held);
    }
}

PASS(mix_back)
{
    const Mix *mix = told;
    (void)of_up;
    const Heads *heads = &mix->heads;
    const int64_t size = heads->size, width = heads->heads * size, stride = padded(width);
    float *x = room_for(&room, TOKENS * stride), *spare = room_for(&room, TOKENS * stride);
    float *held = room_for(&room, TOKENS * ranks_of(&mix->read));
    for (int64_t at = from; at < to; at += TOKENS) {
        const Rows rows = {at, smaller_of(TOKENS, to - at), width, stride};
        K(load)(mix->grad, rows, x);
        K(back_low)(&mix->read, rows, x, held, spare);
        for (int t = 0; t < rows.count; t++) {
            const int64_t whole = K(place_of)(heads, at + t);
            const int64_t row = whole / heads->length, place = whole % heads->length;
            for (int64_t head = 0; whole >= 0 && head < heads->heads; head++)
                K(copy_back)(x + t * stride + head * size, size,
                             (NUMBER *)mix->seen + K(apart)(heads, row, head, place));
        }
        if (!mix->read.group)
            continue;
        K(load)(mix->mixed, rows, x);
        K(learn_low)(&mix->read, rows, x, held, of_down);
    }
}
