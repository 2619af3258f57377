/* Passes over the numbers of a decoder layer, between its matrix products.

   Each reads its numbers once, does all that is to be done with them, and writes what comes of it.
   `take_pass` divides a pass into parts for the threads that torch itself uses: it is handed the
   `GOMP_parallel` of torch's own OpenMP, for two teams of threads would wait for each other. */

#define _GNU_SOURCE
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "passes.h"

#include "room.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define HAS_WAYS 1
#include <immintrin.h>
#endif

#define FLUSH 0x8040 /* of the control register: what comes out small, and what goes in */

enum { NORM, NORM_BACK, GATED, GATED_BACK, TURN, TURN_BACK, MIX, MIX_BACK, SOFTMAX, SOFTMAX_BACK,
       LEAVE, SLOPES, UNFOLD, UNPACK, PASSES };

typedef void (*Pass)(const void *told, float *room, int64_t from, int64_t to, float *of_down,
                     float *of_up);

typedef struct {
    Pass passes[PASSES];
    void (*fold)(const Low *low, int is_up, const float *sums, int64_t parts, int64_t apart);
} Kind;

#define JOINED(name, number, way) name##_##number##_##way
#define JOIN(name, number, way) JOINED(name, number, way)

#ifdef HAS_WAYS
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,avx512bf16,prefer-vector-width=512")
#define WAY avx512
#define LANES 16
#include "kinds.h"
#undef WAY
#undef LANES
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#define WAY avx2
#define LANES 8
#include "kinds.h"
#undef WAY
#undef LANES
#pragma GCC pop_options
#endif

/* What this processor can do: 2 AVX-512 with bfloat16, 1 AVX2, 0 less, for which nothing is made here. */
int best_way(void)
{
#ifdef HAS_WAYS
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        return 0;
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
                   && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
                   && __builtin_cpu_supports("avx512bf16")
               ? 2
               : 1;
#else
    return 0;
#endif
}

static const Kind *kind_of(int way, int is_bfloat16)
{
#ifdef HAS_WAYS
    if (way == 2)
        return is_bfloat16 ? &kind_bfloat16_avx512 : &kind_float32_avx512;
    if (way == 1)
        return is_bfloat16 ? &kind_bfloat16_avx2 : &kind_float32_avx2;
#endif
    (void)way, (void)is_bfloat16;
    return NULL;
}

/* How a pass is divided: `items` in parts of at least `least`, the room that each part needs, and
   the adapters whose gradients it sums. */
typedef struct {
    int64_t items, least, room;
    const Low *down, *up;
} Division;

static int64_t ranks_room(const Low *one, const Low *other)
{
    return 8 * (ranks_of(one) + ranks_of(other)) + 4 * WIDEST;
}

static Division over_tokens(int64_t tokens, int64_t width, const Low *one, const Low *other)
{
    const int64_t row = padded(width) + 2 * WIDEST;
    return (Division){tokens, 16, 20 * row + ranks_room(one, other), 0, 0};
}

static Division over_heads(const Heads *heads, const Low *low)
{
    const int64_t width = (heads->heads + 2 * heads->shared) * heads->size;
    Division made = over_tokens(heads->tokens, width, low, low);
    made.room += 3 * (padded(heads->size) + WIDEST);
    return made;
}

static Division divided(int pass, const void *told)
{
    static const Low none;
    Division made;
    if (pass == NORM) {
        const Norm *norm = told;
        return over_tokens(norm->tokens, norm->width, &norm->made, &norm->read);
    }
    if (pass == NORM_BACK) {
        const NormBack *norm = told;
        made = over_tokens(norm->tokens, norm->width, &norm->made, &norm->read);
        made.down = &norm->read;
        made.up = norm->grad ? &norm->made : 0;
        return made;
    }
    if (pass == GATED) {
        const Gated *gated = told;
        return over_tokens(gated->tokens, COLUMNS, &gated->made, &gated->read);
    }
    if (pass == GATED_BACK) {
        const GatedBack *gated = told;
        made = over_tokens(gated->tokens, COLUMNS, &gated->made, &gated->read);
        made.down = &gated->read;
        made.up = &gated->made;
        return made;
    }
    if (pass == TURN || pass == TURN_BACK) {
        const Turn *turn = told;
        made = over_heads(&turn->heads, &turn->made);
        made.up = pass == TURN_BACK ? &turn->made : 0;
        return made;
    }
    if (pass == MIX || pass == MIX_BACK) {
        const Mix *mix = told;
        made = over_heads(&mix->heads, &mix->read);
        made.down = pass == MIX_BACK ? &mix->read : 0;
        return made;
    }
    if (pass == SOFTMAX || pass == SOFTMAX_BACK) {
        const Softmax *softmax = told;
        return (Division){softmax->lines, 64, padded(softmax->keys) + WIDEST, 0, 0};
    }
    if (pass == LEAVE) {
        const Leave *leave = told;
        made = over_tokens(leave->tokens, leave->width, &leave->made, &none);
        made.up = &leave->made;
        return made;
    }
    if (pass == SLOPES) {
        const Slopes *slopes = told;
        return (Division){slopes->rows, 4, padded(slopes->words) + WIDEST, 0, 0};
    }
    if (pass == UNPACK)
        return (Division){((const Unpack *)told)->blocks, 256, 0, 0, 0};
    return (Division){((const Unfold *)told)->group->ranks, 4, 0, 0, 0};
}

typedef struct {
    Pass pass;
    const void *told;
    float *rooms;
    int64_t items, parts, apart, down, up;
    int (*number)(void), (*threads)(void);
} Task;

/* Parts begin at a multiple of four items, as thin.h takes them together. */
static int64_t begin_of(const Task *task, int64_t part)
{
    return part == task->parts ? task->items : task->items * part / task->parts / 4 * 4;
}

/* The smallest numbers are taken for 0 meanwhile: a processor is a hundred times slower at them. */
static void take_part(const Task *task, int64_t part)
{
#ifdef HAS_WAYS
    const unsigned before = _mm_getcsr();
    _mm_setcsr(before | FLUSH);
#endif
    float *sums = task->rooms + part * task->apart;
    /* All of it: behind the end of a row loops multiply what is there by 0. */
    memset(sums, 0, (size_t)task->apart * sizeof(float));
    task->pass(task->told, sums + task->down + task->up, begin_of(task, part),
               begin_of(task, part + 1), sums, sums + task->down);
#ifdef HAS_WAYS
    _mm_setcsr(before);
#endif
}

static void take_turns(void *given)
{
    const Task *task = given;
    for (int64_t part = task->number(); part < task->parts; part += task->threads())
        take_part(task, part);
}

typedef void (*Parallel)(void (*)(void *), void *, unsigned, unsigned);

typedef struct {
    Parallel parallel;                     /* NULL where there is one thread alone */
    int (*number)(void), (*threads)(void); /* omp_get_thread_num and omp_get_num_threads */
} Team;

/* 0; -1 where there is no memory, -2 where nothing is made for the processor. The same threads give
   the same sums to the bit. */
int64_t take_pass(int64_t pass, const void *told, const Team *team, int64_t threads, int64_t way,
                  int64_t is_bfloat16)
{
    const Kind *kind = kind_of((int)way, (int)is_bfloat16);
    if (!kind)
        return -2;
    const Division made = divided((int)pass, told);
    const int64_t most = (made.items + made.least - 1) / made.least;
    Task task = {.pass = kind->passes[pass], .told = told, .items = made.items};
    task.parts = most < 1 || !team->parallel ? 1 : smaller_of(most, threads);
    task.down = made.down ? down_size(made.down) : 0;
    task.up = made.up ? up_size(made.up) : 0;
    task.apart = padded(task.down + task.up + made.room);
    task.number = team->number;
    task.threads = team->threads;
    task.rooms = malloc((size_t)(task.parts * task.apart) * sizeof(float) + 1);
    if (!task.rooms)
        return -1;
    if (task.parts == 1)
        take_part(&task, 0);
    else
        team->parallel(take_turns, &task, (unsigned)task.parts, 0);
    if (task.down)
        kind->fold(made.down, 0, task.rooms, task.parts, task.apart);
    if (task.up)
        kind->fold(made.up, 1, task.rooms + task.down, task.parts, task.apart);
    free(task.rooms);
    return 0;
}

/* Bytes of what a pass is told, to be held against the structures of told.py. */
int64_t told_bytes(int64_t pass)
{
    static const size_t bytes[PASSES] = {
        [NORM] = sizeof(Norm),     [NORM_BACK] = sizeof(NormBack),   [GATED] = sizeof(Gated),
        [TURN] = sizeof(Turn),     [GATED_BACK] = sizeof(GatedBack), [TURN_BACK] = sizeof(Turn),
        [MIX] = sizeof(Mix),       [MIX_BACK] = sizeof(Mix),         [SOFTMAX] = sizeof(Softmax),
        [LEAVE] = sizeof(Leave),   [SOFTMAX_BACK] = sizeof(Softmax), [SLOPES] = sizeof(Slopes),
        [UNFOLD] = sizeof(Unfold), [UNPACK] = sizeof(Unpack),
    };
    return pass < 0 || pass >= PASSES ? -1 : (int64_t)bytes[pass];
}

/* What the functions of this library take; to be raised along with VERSION in __init__.py. */
int passes_version(void)
{
    return 4;
}
