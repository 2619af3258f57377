/* Room that a part of a pass works in, and what all kinds of passes share. */

#ifndef ROOM_H
#define ROOM_H

#include "passes.h"

#define WIDEST 32   /* floats that a loop takes at a time, as STEP in thin.h */
#define COLUMNS 256 /* of four rows of gate, up and what is made of them: 16 kB */

static inline int64_t padded(int64_t count)
{
    return (count + WIDEST - 1) / WIDEST * WIDEST;
}

static inline float *room_for(float **room, int64_t count)
{
    float *mine = *room;
    *room += padded(count) + WIDEST; /* loops may go on for a step behind the end of a row */
    return mine;
}

static inline int64_t smaller_of(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

static inline int64_t ranks_of(const Low *low)
{
    return low->group ? low->group->ranks : 0;
}

/* Floats that the gradients of all A of a group take, and of all B. */
static inline int64_t down_size(const Low *low)
{
    return low->group ? low->group->ranks * padded(low->group->inputs) : 0;
}

static inline int64_t up_size(const Low *low)
{
    return low->group ? low->group->size - down_size(low) : 0;
}

#endif
