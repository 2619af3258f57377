/* Softmax over the places that a place sees, and over the words of a vocabulary. */

#define SUMMED 1024 /* words whose exponents are summed in float32, before the sum goes on in double */

/* How many keys a line sees: the last of its places sees all. */
INLINE int64_t K(seen)(const Softmax *softmax, int64_t line)
{
    return softmax->keys - softmax->length + line % softmax->length + 1;
}

PASS(softmax)
{
    const Softmax *softmax = told;
    (void)of_down, (void)of_up;
    const int64_t keys = softmax->keys;
    float *held = room_for(&room, keys);
    for (int64_t line = from; line < to; line++) {
        NUMBER *scores = (NUMBER *)softmax->scores + line * keys;
        const int64_t seen = K(seen)(softmax, line);
        V most = K(all)(-INFINITY);
        for (int64_t i = 0; i < seen; i += LANES) {
            V some = K(get_some)(scores + i, seen - i) * (float)softmax->scale;
            for (int64_t j = seen - i; j < LANES; j++)
                some[j] = -INFINITY;
            *(V *)(held + i) = some;
            most = K(larger)(most, some);
        }
        float top = most[0];
        for (int j = 1; j < LANES; j++)
            top = most[j] > top ? most[j] : top;
        V sums = K(all)(0);
        for (int64_t i = 0; i < seen; i += LANES) {
            V some = K(exp)(*(V *)(held + i) - top);
            for (int64_t j = seen - i; j < LANES; j++)
                some[j] = 0;
            *(V *)(held + i) = some;
            sums += some;
        }
        const float by = 1 / K(sum)(sums);
        int64_t i = 0;
        for (; i < seen; i += LANES)
            K(put_some)(scores + i, *(V *)(held + i) * by, keys - i);
        for (; i < keys; i += LANES)
            K(put_some)(scores + i, K(all)(0), keys - i);
    }
}

/* With p the weights and g their gradients: scale p (g - the sum of p g) */
PASS(softmax_back)
{
    const Softmax *softmax = told;
    (void)room, (void)of_down, (void)of_up;
    const int64_t keys = softmax->keys;
    for (int64_t line = from; line < to; line++) {
        NUMBER *grads = (NUMBER *)softmax->scores + line * keys;
        const NUMBER *weights = (const NUMBER *)softmax->weights + line * keys;
        const int64_t seen = K(seen)(softmax, line);
        V sums = K(all)(0);
        for (int64_t i = 0; i < seen; i += LANES)
            sums += K(get_some)(grads + i, seen - i) * K(get_some)(weights + i, seen - i);
        const float mean = K(sum)(sums);
        int64_t i = 0;
        for (; i < seen; i += LANES) {
            const V grad = K(get_some)(grads + i, seen - i);
            const V weight = K(get_some)(weights + i, seen - i);
            K(put_some)(grads + i, weight * (grad - mean) * (float)softmax->scale, keys - i);
        }
        for (; i < keys; i += LANES)
            K(put_some)(grads + i, K(all)(0), keys - i);
    }
}

/* With p the softmax, the gradient of -log p[target] is p - 1 there and p elsewhere. */
PASS(slopes)
{
    const Slopes *slopes = told;
    (void)of_down, (void)of_up;
    const int64_t words = slopes->words;
    float *held = room_for(&room, words);
    for (int64_t row = from; row < to; row++) {
        NUMBER *logits = (NUMBER *)slopes->logits + row * words;
        const int64_t target = slopes->targets[row];
        const int64_t whole = words / LANES * LANES;
        const float chosen = K(one)(logits[target]);
        float top = chosen;
        V most = K(all)(top);
        double total = 0;
        for (int64_t i = 0; i < whole; i += LANES)
            most = K(larger)(most, K(get)(logits + i));
        for (int j = 0; j < LANES; j++)
            top = most[j] > top ? most[j] : top;
        for (int64_t i = whole; i < words; i++)
            top = K(one)(logits[i]) > top ? K(one)(logits[i]) : top;
        for (int64_t first = 0; first < words; first += SUMMED) {
            V sums = K(all)(0);
            for (int64_t i = first; i < words && i < first + SUMMED; i += LANES) {
                V some = K(exp)(K(get_some)(logits + i, words - i) - top);
                for (int64_t j = words - i; j < LANES; j++)
                    some[j] = 0;
                *(V *)(held + i) = some;
                sums += some;
            }
            total += K(sum)(sums);
        }
        const double loss = log(total) + top - chosen;
        const float by = (float)(1 / total);
        for (int64_t i = 0; i < words; i += LANES)
            K(put_some)(logits + i, *(V *)(held + i) * by, words - i);
        float slope[LANES] = {(float)expm1(-loss)};
        K(put_some)(logits + target, *(V *)slope, 1);
        slopes->losses[row] = loss;
    }
}
