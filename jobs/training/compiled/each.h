/* All passes for one kind of number on one kind of processor. */

#define PASS(name)                                                                                 \
    static void K(name)(const void *told, float *room, int64_t from, int64_t to, float *of_down,   \
                        float *of_up)

#include "vectors.h"

#include "thin.h"

#include "low.h"

#include "norms.h"

#include "gated.h"

#include "heads.h"

#include "softmax.h"

#include "unpack.h"

/* The adapters of a group as passes read them; an item is a rank. */
PASS(unfold)
{
    const Unfold *unfold = told;
    const Group *group = unfold->group;
    const int64_t inputs = padded(group->inputs);
    (void)room, (void)of_down, (void)of_up;
    for (int64_t b = 0; b < group->blocks; b++) {
        const Block *block = group->block + b;
        const int64_t columns = padded(block->columns);
        for (int64_t i = 0; i < block->ranks; i++) {
            const int64_t rank = block->rank + i;
            if (rank < from || rank >= to)
                continue;
            const NUMBER *a = (const NUMBER *)unfold->a[b] + i * group->inputs;
            const NUMBER *b_ = (const NUMBER *)unfold->b[b] + i;
            float *down = unfold->matrices + rank * inputs;
            float *up = unfold->matrices + block->up + i * columns;
            for (int64_t j = 0; j < inputs; j++)
                down[j] = j < group->inputs ? K(one)(a[j]) : 0;
            for (int64_t j = 0; j < columns; j++)
                up[j] = j < block->columns ? K(one)(b_[j * block->ranks]) : 0;
        }
    }
}

/* The gradients of A, or of B, that the parts of a pass have summed `apart` floats from another. */
static void K(fold)(const Low *low, int is_up, const float *sums, int64_t parts, int64_t apart)
{
    const Group *group = low->group;
    const int64_t inputs = padded(group->inputs);
    for (int64_t b = 0; b < group->blocks; b++) {
        const Block *block = group->block + b;
        const int64_t wide = is_up ? block->columns : group->inputs;
        const int64_t stride = padded(wide);
        NUMBER *to = is_up ? low->of_b[b] : low->of_a[b];
        for (int64_t i = 0; i < block->ranks; i++) {
            const float *row = sums + (is_up ? block->up - group->ranks * inputs + i * stride
                                             : (block->rank + i) * stride);
            for (int64_t j = 0; j < wide; j += LANES) {
                const int64_t count = smaller_of(LANES, wide - j);
                V total = *(const V *)(row + j);
                for (int64_t part = 1; part < parts; part++)
                    total += *(const V *)(row + part * apart + j);
                NUMBER held[LANES];
                K(put)(held, total);
                for (int64_t lane = 0; lane < count; lane++)
                    to[is_up ? (j + lane) * block->ranks + i : i * wide + j + lane] = held[lane];
            }
        }
    }
}

static const Kind K(kind) = {
    {K(norm), K(norm_back), K(gated), K(gated_back), K(turn), K(turn_back), K(mix), K(mix_back),
     K(softmax), K(softmax_back), K(leave), K(slopes), K(unfold),
     K(unpack)},
    K(fold),
};

#undef PASS
#undef V
#undef INLINE
#undef Rows
